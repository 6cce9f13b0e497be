//! Records in a former place: `accessGroup` or `synchronizable` changed between two versions of the app.

use std::sync::Arc;

use strongroom_apple::StoreStates;
use strongroom_apple_fake::{Effect, Lock, When};
use strongroom_core::testing::{FsOperation, Row, scaled};
use strongroom_core::{ErrorCode, Expiry, Vault};

use crate::phone::{
    Device, IN_SHARED, NOW_MS, OWN, Phone, RECORDS, SHARED, get, key, names, record, set, set_all,
};

const LOCAL: &str = r#"{"ios":{"accessibility":"afterFirstUnlock"}}"#;
const SYNCED: &str = r#"{"ios":{"accessibility":"afterFirstUnlock","synchronizable":true}}"#;
const SYNCED_IN_SHARED: &str =
    r#"{"ios":{"accessibility":"afterFirstUnlock","synchronizable":true,"accessGroup":"TEAM.shared"}}"#;
const ASKS: &str = r#"{"onKeyLoss":"error"}"#;

/// Changes that fetch the records.
const FETCHED: [(&str, &str); 6] = [
    ("{}", IN_SHARED),
    (LOCAL, SYNCED),
    (SYNCED, LOCAL),
    (SYNCED, "{}"),
    ("{}", SYNCED_IN_SHARED),
    (SYNCED, IN_SHARED),
];

/// Changes away from what others may have written.
const LEFT: [(&str, &str); 5] = [
    (SYNCED, SYNCED_IN_SHARED),
    (IN_SHARED, "{}"),
    (IN_SHARED, r#"{"ios":{"accessGroup":"TEAM.third"}}"#),
    (SYNCED_IN_SHARED, IN_SHARED),
    (IN_SHARED, SYNCED_IN_SHARED),
];

const HELD: [(&str, &str); 3] = [("a", "1"), ("b", "2"), ("c", "3")];

/// An app that stored something, set it aside, stored more and left a batch half done.
fn used(config: &str) -> Phone {
    let phone = Phone::of_a_team();
    phone.keychain.set_entitled(&[OWN, SHARED, "TEAM.third"]);
    let vault = phone.start_with(config);
    set_all(&vault, &[("aside", "1"), ("a", "older")]).unwrap();
    vault.reset().unwrap();
    set_all(&vault, &[("a", "0"), ("b", "0"), ("c", "3")]).unwrap();
    phone.set_half(&vault, &HELD[..2]);
    phone.events();
    phone
}

fn holds_all(vault: &dyn Vault, place: &str) {
    assert_eq!(names(vault), ["a", "b", "c"], "{place}");
    for (name, value) in HELD {
        assert_eq!(get(vault, name).unwrap(), value, "{place}");
    }
    // What is set aside and was cut short on its way may have two numbers.
    assert!((1..=2).contains(&vault.status().unwrap().quarantined), "{place}");
}

#[test]
fn records_come_along_when_the_group_or_synchronizable_changes() {
    for (before, after) in FETCHED {
        let place = format!("{before} to {after}");
        let phone = used(before);
        holds_all(&phone.start_with(after), &place);
        let vault = phone.start_with(after);
        holds_all(&vault, &place);
        assert_eq!(vault.recover().unwrap().recovered, 1);
        assert_eq!(get(&vault, "aside").unwrap(), "1", "{place}");
        vault.remove(&key("a")).unwrap();
        set(&vault, "b", "newer").unwrap();
        let vault = phone.start_with(after);
        assert_eq!(names(&vault), ["aside", "b", "c"], "{place}");
        assert_eq!(get(&vault, "b").unwrap(), "newer");
        assert!(phone.events().is_empty(), "{place}");
        let former = |row: &&strongroom_apple_fake::Row| {
            !before.contains("synchronizable") && (after.contains("accessGroup") && row.group == OWN)
        };
        assert_eq!(
            phone.keychain.rows().iter().filter(former).count(),
            0,
            "{place}: nothing stays behind"
        );
    }
}

#[test]
fn a_change_that_is_cut_short_at_any_call_is_finished_and_brings_nothing_back() {
    let mut row = Row::start("keychain-moves");
    for (before, after) in FETCHED {
        for effect in [Effect::Before, Effect::After] {
            for nth in (1..).step_by(scaled(3, 1)) {
                row.case();
                let place = format!("{before} to {after}, {effect:?} {nth}");
                let phone = used(before);
                phone.keychain.fail(When::nth(nth).for_ever(), -25291, effect);
                let cut = names_of(&phone.start_with(after));
                phone.keychain.clear_faults();
                let vault = phone.start_with(after);
                holds_all(&vault, &place);
                vault.remove(&key("a")).unwrap();
                for _ in 0..2 {
                    assert_eq!(names(&phone.start_with(after)), ["b", "c"], "{place}");
                }
                assert!(phone.events().is_empty(), "{place}");
                if cut.is_ok() {
                    assert!(nth > 20, "{place}");
                    break;
                }
                assert!(nth < 400, "{place}");
            }
        }
    }
}

#[test]
fn a_change_that_is_taken_back_in_the_middle_loses_nothing_unseen() {
    for (before, after) in FETCHED {
        for effect in [Effect::Before, Effect::After] {
            for nth in (1..200).step_by(scaled(9, 1)) {
                let place = format!("{before} to {after} and back, {effect:?} {nth}");
                let phone = used(before);
                phone.keychain.fail(When::nth(nth).for_ever(), -25291, effect);
                let done = names_of(&phone.start_with(after)).is_ok();
                phone.keychain.clear_faults();
                if done {
                    break;
                }
                let back = phone.start_with(before);
                if phone.keychain.rows().iter().all(|row| row.group == OWN) {
                    holds_all(&back, &place);
                    assert!(phone.events().is_empty(), "{place}");
                } else {
                    // Of what lies in a shared group nobody knows whose it is: the app is told, and the rest is there.
                    names_of(&back).unwrap();
                    let events = phone.events();
                    assert!(
                        events == ["storeReset KEY_LOST"] || names(&back) == ["a", "b", "c"],
                        "{place}: {events:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn whatever_one_call_answers_while_records_are_fetched_none_is_lost() {
    let mut row = Row::start("keychain-move-faults");
    for (before, after) in FETCHED {
        for status in [-25299, -25300, -25308, -34018, -25293, -25291, -26275, -50, -108] {
            for effect in [Effect::Before, Effect::After] {
                for nth in (1..=scaled(60, 85)).step_by(scaled(13, 2)) {
                    row.case();
                    let place = format!("{before} to {after}: {status} {effect:?} at {nth}");
                    let phone = used(before);
                    phone.keychain.fail(nth, status, effect);
                    let vault = phone.start_with(after);
                    let _ = names_of(&vault);
                    phone.keychain.clear_faults();
                    for vault in [&vault, &phone.start_with(after)] {
                        holds_all(vault, &place);
                    }
                    assert!(phone.events().is_empty(), "{place}");
                }
            }
        }
    }
}

#[test]
fn records_of_another_app_stay_its_own_and_stand_in_no_ones_way() {
    let phone = used("{}");
    let other = phone.other_app();
    other
        .act_as_other(|vault| set_all(vault, &[("a", "theirs"), ("d", "theirs")]))
        .unwrap();
    let vault = phone.start_with(IN_SHARED);
    for (name, value) in [("a", "theirs"), ("b", "2"), ("c", "3"), ("d", "theirs")] {
        assert_eq!(get(&vault, name).unwrap(), value);
    }
    assert_eq!(other.act_as_other(|vault| get(vault, "a")).unwrap(), "theirs");
    // What found its place taken is set aside, and not lost.
    assert_eq!(vault.status().unwrap().quarantined, 2);
    vault.remove(&key("a")).unwrap();
    assert_eq!(vault.recover().unwrap().recovered, 2);
    assert_eq!(get(&vault, "a").unwrap(), "1", "the newest of what was aside");
    assert!(phone.events().is_empty() && other.events().is_empty());
}

#[test]
fn an_expired_record_of_another_app_gives_its_place_up() {
    let phone = used("{}");
    let other = phone.other_app();
    other
        .act_as_other(|vault| vault.set_many(&[record("a", "theirs", Some(Expiry::After(5)))]))
        .unwrap();
    phone.clock.set(NOW_MS + 5);
    assert_eq!(get(&phone.start_with(IN_SHARED), "a").unwrap(), "1");
    assert_eq!(phone.events(), ["expired a"]);
}

#[test]
fn a_move_that_is_suspended_at_any_call_brings_nothing_back() {
    for nth in 1..=60 {
        let phone = used("{}");
        let other: Arc<Device> = phone.other_app();
        let gone = Arc::new(std::sync::atomic::AtomicBool::new(false));
        let (removed, acting) = (Arc::clone(&gone), Arc::clone(&other));
        phone.keychain.suspend(When::nth(nth), move |_| {
            // Another app, in the new place already, removes what it finds there, and stores something.
            let done = acting.act_as_other(|vault| {
                let removed = vault.remove(&key("b")).is_ok();
                set(vault, "c", "theirs").unwrap();
                removed
            });
            removed.store(done, std::sync::atomic::Ordering::Relaxed);
        });
        let vault = phone.start_with(IN_SHARED);
        let _ = names_of(&vault);
        for vault in [&vault, &phone.start_with(IN_SHARED)] {
            let expected = if gone.load(std::sync::atomic::Ordering::Relaxed) {
                Err(ErrorCode::NotFound)
            } else {
                Ok("2".to_owned())
            };
            assert_eq!(get(vault, "b"), expected, "{nth}");
            assert_eq!(get(vault, "a").unwrap(), "1", "{nth}");
            assert_eq!(get(vault, "c").unwrap(), "theirs", "{nth}");
        }
    }
}

#[test]
fn a_shared_group_is_left_to_those_who_share_it_and_the_app_is_told() {
    for (before, after) in LEFT {
        let place = format!("{before} to {after}");
        let phone = used(before);
        phone.start_with(before).keys().unwrap();
        let shared: Vec<_> = phone
            .keychain
            .rows()
            .into_iter()
            .filter(|row| row.service.starts_with(RECORDS))
            .collect();
        let vault = phone.start_with(after);
        assert_eq!(get(&vault, "a").unwrap_err(), ErrorCode::NotFound, "{place}");
        assert_eq!(phone.events(), ["storeReset KEY_LOST"], "{place}");
        let rows = phone.keychain.rows();
        assert!(
            shared
                .iter()
                .all(|row| row.account == "header" || rows.contains(row)),
            "{place}"
        );
        set(&vault, "a", "anew").unwrap();
        assert_eq!(get(&phone.start_with(after), "a").unwrap(), "anew");
        assert!(phone.events().is_empty(), "it is told once");
        // The option back: the items are there, and what was stored meanwhile is told or fetched.
        let back = phone.start_with(before);
        assert_eq!(get(&back, "b").unwrap(), "2", "{place}");
    }
}

#[test]
fn an_app_that_wants_to_be_asked_decides_before_it_goes_on_in_a_new_place() {
    for (before, after) in LEFT {
        let after = after
            .replacen('{', r#"{"onKeyLoss":"error","#, 1)
            .replace(",}", "}");
        let phone = used(before);
        let other = phone.other_app();
        for _ in 0..2 {
            let vault = phone.start_with(&after);
            assert_eq!(get(&vault, "a").unwrap_err(), ErrorCode::KeyLost, "{after}");
            assert_eq!(set(&vault, "a", "2").unwrap_err().code(), ErrorCode::KeyLost);
            assert_eq!(names_of(&vault).unwrap_err(), ErrorCode::KeyLost);
        }
        assert!(phone.events().is_empty());
        // With the former option everything is as it was.
        assert_eq!(get(&phone.start_with(before), "a").unwrap(), "1");
        let vault = phone.start_with(&after);
        assert_eq!(get(&vault, "a").unwrap_err(), ErrorCode::KeyLost);
        let before_reset = phone.rows();
        vault.reset().unwrap();
        assert_eq!(phone.rows(), before_reset, "it only goes on");
        assert_eq!(phone.events(), ["storeReset REQUESTED"]);
        set(&vault, "a", "2").unwrap();
        assert_eq!(get(&phone.start_with(&after), "a").unwrap(), "2");
        drop(other);
    }
}

#[test]
fn naming_the_group_where_the_records_are_changes_nothing() {
    let named = r#"{"ios":{"accessGroup":"TEAM.dev.example.app"}}"#;
    for (before, after) in [("{}", named), (named, "{}")] {
        let phone = used(before);
        phone.start_with(before).keys().unwrap();
        let rows = phone.rows();
        holds_all(&phone.start_with(after), after);
        assert_eq!(phone.rows(), rows);
        holds_all(&phone.start_with(before), before);
        assert!(phone.events().is_empty());
    }
}

#[test]
fn what_synchronizes_stays_for_the_other_devices() {
    for config in [LOCAL, "{}"] {
        let phone = Phone::new();
        let second = Phone::new();
        let _first = phone.keychain.enter();
        set_all(&phone.start_with(SYNCED), &HELD).unwrap();
        let vault = phone.start_with(config);
        assert_eq!(get(&vault, "a").unwrap(), "1");
        vault.remove(&key("a")).unwrap();
        assert_eq!(names(&phone.start_with(config)), ["b", "c"]);
        phone.start_with(config).clear().unwrap();
        assert!(names(&phone.start_with(config)).is_empty());
        phone.keychain.sync_to(&second.keychain);
        let _second = second.keychain.enter();
        assert_eq!(names(&second.start_with(SYNCED)), ["a", "b", "c"]);
    }
}

#[test]
fn what_another_device_stored_stays_when_an_app_begins_to_synchronize() {
    let phone = Phone::new();
    let second = Phone::new();
    let _first = phone.keychain.enter();
    set_all(&phone.start_with(LOCAL), &HELD).unwrap();
    {
        let _second = second.keychain.enter();
        set_all(&second.start_with(SYNCED), &[("a", "of the second"), ("d", "4")]).unwrap();
    }
    second.keychain.sync_to(&phone.keychain);
    let vault = phone.start_with(SYNCED);
    assert_eq!(names(&vault), ["a", "b", "c", "d"]);
    assert_eq!(get(&vault, "a").unwrap(), "of the second");
    vault.remove(&key("a")).unwrap();
    assert_eq!(vault.recover().unwrap().recovered, 1);
    assert_eq!(get(&vault, "a").unwrap(), "1");
    assert!(phone.rows().iter().all(|row| row.synchronizable));
    assert!(phone.events().is_empty());
}

#[test]
fn a_restored_device_begins_to_synchronize_without_a_marker() {
    let phone = Phone::new();
    set_all(&phone.start_with(LOCAL), &HELD).unwrap();
    let new = Phone::with(phone.keychain.restored_to_a_new_device());
    assert_eq!(names(&new.start_with(SYNCED)), ["a", "b", "c"]);
    assert!(new.rows().iter().all(|row| row.synchronizable));
}

#[test]
fn native_code_of_the_app_that_comes_first_hides_no_change() {
    for (before, after) in FETCHED {
        let phone = used(before);
        let process = StoreStates::default();
        let native = phone.vault(after, &process, false);
        let _ = names_of(&native);
        let plugin = phone.vault(after, &process, true);
        holds_all(&plugin, after);
        holds_all(&native, after);
        assert!(phone.events().is_empty());
    }
}

#[test]
fn a_former_header_row_that_cannot_be_read_gives_nothing_up_by_itself() {
    let phone = used("{}");
    // The former header row is read by the fourth call, after the new one was looked for and added, and the entitlement was seen.
    let vault = phone.start_with(IN_SHARED);
    phone.keychain.fail(4, -26275, Effect::Before);
    assert_eq!(get(&vault, "a").unwrap_err(), ErrorCode::Corrupt);
    phone.keychain.clear_faults();
    holds_all(&vault, "when it can be read");
    let phone = used("{}");
    let vault = phone.start_with(IN_SHARED);
    phone.keychain.fail(4, -26275, Effect::Before);
    let before = phone.rows();
    vault.reset().unwrap();
    assert_eq!(phone.rows(), before, "nothing is set aside or deleted");
    assert_eq!(phone.events(), ["storeReset REQUESTED"]);
    assert_eq!(
        get(&phone.start_with(IN_SHARED), "a").unwrap_err(),
        ErrorCode::NotFound
    );
    assert!(phone.events().is_empty());
}

#[test]
fn clearing_takes_along_what_would_be_fetched() {
    for (before, after) in FETCHED {
        let place = format!("{before} to {after}");
        for nth in 1.. {
            let phone = used(before);
            let vault = phone.start_with(after);
            phone.keychain.set_lock(Lock::BeforeFirstUnlock);
            phone
                .keychain
                .fail(When::nth(nth).for_ever(), -25291, Effect::Before);
            let outcome = vault.clear();
            phone.keychain.clear_faults();
            phone.keychain.set_lock(Lock::Unlocked);
            if outcome.is_err() {
                phone.start_with(after).clear().unwrap();
            }
            for _ in 0..2 {
                assert!(names(&phone.start_with(after)).is_empty(), "{place} {nth}");
            }
            if !before.contains("synchronizable") {
                assert!(phone.rows().is_empty(), "{place} {nth}");
            }
            assert!(phone.events().is_empty(), "{place} {nth}");
            if outcome.is_ok() || after != "{}" && after != LOCAL && nth > 60 {
                break;
            }
            assert!(nth < 100, "{place}");
        }
    }
}

#[test]
fn a_locked_device_makes_nothing_look_absent_while_records_are_fetched() {
    let unlocked = |config: &str| config.replace("afterFirstUnlock", "whenUnlocked");
    for (before, after) in FETCHED {
        for (before, lock) in [
            (before.to_owned(), Lock::BeforeFirstUnlock),
            (before.to_owned(), Lock::Prewarmed),
            (unlocked(before), Lock::Locked),
        ] {
            if lock == Lock::Locked && !before.contains("whenUnlocked") {
                continue;
            }
            let phone = used(&before);
            phone.keychain.set_lock(lock);
            assert_eq!(
                get(&phone.start_with(after), "a").unwrap_err(),
                ErrorCode::Locked,
                "{before} {after}"
            );
            phone.keychain.set_lock(Lock::Unlocked);
            holds_all(&phone.start_with(after), after);
        }
    }
}

#[test]
fn a_marker_that_cannot_be_written_brings_nothing_back() {
    for (before, after) in FETCHED {
        let phone = used(before);
        phone.fs.fail(Some(FsOperation::Create), 0, usize::MAX, 1);
        let vault = phone.start_with(after);
        if names_of(&vault).is_ok() {
            vault.remove(&key("a")).unwrap();
            assert_eq!(names(&phone.start_with(after)), ["b", "c"], "{before} {after}");
        } else {
            assert_eq!(names_of(&vault).unwrap_err(), ErrorCode::Io, "{before} {after}");
        }
        phone.fs.heal();
        let there = names(&phone.start_with(after));
        assert!(
            there == ["b", "c"] || there == ["a", "b", "c"],
            "{before} {after}"
        );
    }
}

#[test]
fn a_former_store_that_is_gone_is_told() {
    for (before, after) in FETCHED {
        let phone = used(before);
        for row in phone.keychain.rows() {
            phone.keychain.delete_row(&row.service, &row.account);
        }
        assert_eq!(
            get(&phone.start_with(after), "a").unwrap_err(),
            ErrorCode::NotFound
        );
        assert_eq!(phone.events(), ["storeReset KEY_LOST"], "{before} {after}");
        assert_eq!(
            get(&phone.start_with(after), "a").unwrap_err(),
            ErrorCode::NotFound
        );
        assert!(phone.events().is_empty(), "{before} {after}");
    }
}

#[test]
fn a_store_that_was_cleared_has_no_former_place() {
    for (before, after) in LEFT.into_iter().chain(FETCHED) {
        let phone = used(before);
        phone.start_with(before).clear().unwrap();
        let vault = phone.start_with(&format!("{after} "));
        assert_eq!(
            get(&vault, "a").unwrap_err(),
            ErrorCode::NotFound,
            "{before} {after}"
        );
        assert!(phone.events().is_empty(), "{before} {after}");
    }
    assert_eq!(
        get(&Phone::new().start_with(ASKS), "a").unwrap_err(),
        ErrorCode::NotFound
    );
}

fn names_of(vault: &dyn Vault) -> Result<Vec<String>, ErrorCode> {
    let keys = vault.keys().map_err(|error| error.code())?;
    Ok(keys.iter().map(|key| key.as_str().to_owned()).collect())
}

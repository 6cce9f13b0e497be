//! Items in a former place: `accessGroup` or `synchronizable` changed between two versions of the app.

use std::sync::Arc;

use strongroom_apple_fake::{Effect, Lock, When};
use strongroom_core::{ErrorCode, Expiry, Vault};
use strongroom_testkit::{FsOperation, Row, scaled};

use crate::phone::{Device, IN_SHARED, NOW_MS, OWN, Phone, SHARED, get, key, names, record, set, set_all};

pub(crate) const LOCAL: &str = r#"{"ios":{"accessibility":"afterFirstUnlock"}}"#;
pub(crate) const SYNCED: &str = r#"{"ios":{"accessibility":"afterFirstUnlock","synchronizable":true}}"#;
pub(crate) const SYNCED_IN_SHARED: &str =
    r#"{"ios":{"accessibility":"afterFirstUnlock","synchronizable":true,"accessGroup":"TEAM.shared"}}"#;

/// Changes that fetch the items.
pub(crate) const FETCHED: [(&str, &str); 6] = [
    ("{}", IN_SHARED),
    (LOCAL, SYNCED),
    (SYNCED, LOCAL),
    (SYNCED, "{}"),
    ("{}", SYNCED_IN_SHARED),
    (SYNCED, IN_SHARED),
];

pub(crate) const HELD: [(&str, &str); 3] = [("a", "1"), ("b", "2"), ("c", "3")];

/// An app that stored items, put them into quarantine, stored more and left a batch half done.
pub(crate) fn used(config: &str) -> Phone {
    let phone = Phone::of_a_team();
    phone.keychain.set_entitled(&[OWN, SHARED, "TEAM.third"]);
    let vault = phone.start_with(config);
    set_all(&vault, &[("aside", "1"), ("a", "older")]).unwrap();
    vault.reset().unwrap();
    set_all(&vault, &[("a", "0"), ("b", "0"), ("c", "3")]).unwrap();
    phone.set_half(&vault, config, &HELD[..2]);
    phone.events();
    phone
}

pub(crate) fn holds_all(vault: &dyn Vault, place: &str) {
    assert_eq!(names(vault), ["a", "b", "c"], "{place}");
    for (name, value) in HELD {
        assert_eq!(get(vault, name).unwrap(), value, "{place}");
    }
    // A store in quarantine whose move was interrupted may have two numbers.
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
                    // It is not known to whom rows in a shared group belong: the app gets the event, and the rest is
                    // there.
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
    // An item whose place was taken is in quarantine, and not lost.
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
            // Another app, already in the new place, removes what it finds there and stores something.
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

pub(crate) fn names_of(vault: &dyn Vault) -> Result<Vec<String>, ErrorCode> {
    let keys = vault.keys().map_err(|error| error.code())?;
    Ok(keys.iter().map(|key| key.as_str().to_owned()).collect())
}

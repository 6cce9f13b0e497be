//! A change of `accessGroup` or `synchronizable` where others matter: apps that share the group, other devices,
//! `clear()`, native code.

use strongroom_apple::StoreStates;
use strongroom_apple_fake::{Effect, Lock, When};
use strongroom_core::{ErrorCode, Vault};

use crate::moving::{FETCHED, HELD, LOCAL, SYNCED, SYNCED_IN_SHARED, holds_all, names_of, used};
use crate::phone::{IN_SHARED, Phone, RECORDS, get, key, names, set, set_all};

const ASKS: &str = r#"{"onKeyLoss":"error"}"#;

/// Changes that leave items which others may have written.
const LEFT: [(&str, &str); 5] = [
    (SYNCED, SYNCED_IN_SHARED),
    (IN_SHARED, "{}"),
    (IN_SHARED, r#"{"ios":{"accessGroup":"TEAM.third"}}"#),
    (SYNCED_IN_SHARED, IN_SHARED),
    (IN_SHARED, SYNCED_IN_SHARED),
];

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
        set(&vault, "a", "again").unwrap();
        assert_eq!(get(&phone.start_with(after), "a").unwrap(), "again");
        assert!(phone.events().is_empty(), "it is told once");
        // The app changes the option back: the items are there, and what was stored meanwhile is reported or fetched.
        let back = phone.start_with(before);
        assert_eq!(get(&back, "b").unwrap(), "2", "{place}");
    }
}

#[test]
fn an_app_that_wants_to_be_asked_decides_before_it_continues_in_a_new_place() {
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
        // With the former option, everything is as before.
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
    // The fourth call reads the former header row, after the new one was looked for and added, and the entitlement was
    // checked.
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
    assert_eq!(phone.rows(), before, "nothing is quarantined or deleted");
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

//! Accessibility classes, access groups, and rows that are synchronized or leave the device.

use strongroom_apple_fake::{Accessible, Effect, Kind, Lock, When};
use strongroom_core::{ErrorCode, Vault};

use crate::phone::{Phone, get, set, set_all};

fn of_class(class: &str) -> String {
    format!(r#"{{"ios":{{"accessibility":"{class}"}}}}"#)
}

const CLASSES: [(&str, Accessible); 5] = [
    (
        "afterFirstUnlockThisDeviceOnly",
        Accessible::AfterFirstUnlockThisDeviceOnly,
    ),
    ("afterFirstUnlock", Accessible::AfterFirstUnlock),
    (
        "whenUnlockedThisDeviceOnly",
        Accessible::WhenUnlockedThisDeviceOnly,
    ),
    ("whenUnlocked", Accessible::WhenUnlocked),
    (
        "whenPasscodeSetThisDeviceOnly",
        Accessible::WhenPasscodeSetThisDeviceOnly,
    ),
];

#[test]
fn every_row_has_the_class_that_the_app_asks_for_and_takes_another_one_later() {
    for (from, first) in CLASSES {
        for (to, second) in CLASSES {
            let phone = Phone::new();
            let classes = |expected| {
                let rows = phone.keychain.rows();
                assert!(
                    rows.iter().all(|row| row.accessible == expected),
                    "{from} to {to}"
                );
            };
            let vault = phone.start_with(&of_class(from));
            set_all(&vault, &[("aside", "1"), ("too", "2")]).unwrap();
            vault.reset().unwrap();
            set_all(&vault, &[("a", "1"), ("b", "2")]).unwrap();
            classes(first);
            let vault = phone.start_with(&of_class(to));
            assert_eq!(get(&vault, "a").unwrap(), "1");
            classes(second);
            set(&vault, "c", "3").unwrap();
            vault.recover().unwrap();
            classes(second);
            phone.events();
        }
    }
}

#[test]
fn a_change_of_class_that_is_cut_short_is_finished_and_nothing_looks_absent_meanwhile() {
    let (old, new) = (of_class("whenUnlocked"), of_class("afterFirstUnlock"));
    for nth in 1..=2 {
        let phone = Phone::new();
        set(&phone.start_with(&old), "a", "1").unwrap();
        phone
            .keychain
            .fail(When::nth(nth).of(Kind::Update).for_ever(), -25291, Effect::Before);
        // Whether or not opening the store has another repair to do first.
        std::fs::remove_file(phone.markers().join("default.installed")).unwrap();
        let vault = phone.start_with(&new);
        for _ in 0..2 {
            assert_eq!(get(&vault, "a").unwrap_err(), ErrorCode::Unavailable, "{nth}");
        }
        phone.keychain.clear_faults();
        phone.keychain.set_lock(Lock::Locked);
        let locked = phone.start_with(&new);
        assert_eq!(get(&locked, "a").unwrap_err(), ErrorCode::Locked);
        assert_eq!(get(&locked, "absent").unwrap_err(), ErrorCode::Locked);
        phone.keychain.set_lock(Lock::Unlocked);
        assert_eq!(get(&locked, "a").unwrap(), "1");
        phone.keychain.set_lock(Lock::Locked);
        assert_eq!(get(&locked, "a").unwrap(), "1");
    }
}

#[test]
fn a_class_that_needs_a_passcode_says_so_where_there_is_none() {
    let phone = Phone::new();
    phone.keychain.set_passcode(false);
    let vault = phone.start_with(&of_class("whenPasscodeSetThisDeviceOnly"));
    let error = set(&vault, "a", "1").unwrap_err();
    assert_eq!(error.code(), ErrorCode::InsufficientSecurity);
    assert!(phone.keychain.rows().is_empty());
}

#[test]
fn a_group_without_an_entitlement_is_told_and_one_with_it_is_used() {
    let config = r#"{"ios":{"accessGroup":"TEAM.shared"}}"#;
    let phone = Phone::new();
    let vault = phone.start_with(config);
    for result in [
        get(&vault, "a").map(drop),
        set(&vault, "a", "1").map_err(|error| error.code()),
    ] {
        assert_eq!(result.unwrap_err(), ErrorCode::MissingEntitlement);
    }
    phone
        .keychain
        .set_entitled(&["TEAM.dev.example.app", "TEAM.shared"]);
    set(&vault, "a", "shared").unwrap();
    assert!(phone.keychain.rows().iter().all(|row| row.group == "TEAM.shared"));
    assert_eq!(get(&phone.start_with(config), "a").unwrap(), "shared");
}

#[test]
fn only_the_records_travel_and_only_where_asked_for() {
    let phone = Phone::new();
    let vault = phone.start_with(r#"{"ios":{"synchronizable":true,"accessibility":"afterFirstUnlock"}}"#);
    set(&vault, "a", "travels").unwrap();
    for row in phone.keychain.rows() {
        assert_eq!(row.synchronizable, row.account == "a");
    }
}

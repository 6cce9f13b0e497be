//! A backup that is restored to a new iPhone, and an app that is installed again: only the second case leaves items to
//! delete.

use std::sync::Arc;

use strongroom_apple::{KeychainConfig, KeychainVault, StoreStates};
use strongroom_apple_fake::{Effect, Lock, When};
use strongroom_core::policy::{OnReinstall, VaultOptions};
use strongroom_core::{ErrorCode, StoreName};
use strongroom_testkit::FsOperation;

use crate::phone::{Device, IN_SHARED, Phone, STATE, get, set};

const TRAVELS: [&str; 2] = [
    r#"{"ios":{"onReinstall":"clear","accessibility":"afterFirstUnlock"}}"#,
    r#"{"ios":{"onReinstall":"clear","accessibility":"whenUnlocked"}}"#,
];
const STAYS: &str = r#"{"ios":{"onReinstall":"clear"}}"#;
const EPERM: i32 = 1;

/// A new iPhone with the backup of this phone: no marker, and only rows that may leave the device.
fn restored(phone: &Phone) -> Phone {
    Phone::with(phone.keychain.restored_to_a_new_device())
}

#[test]
fn what_a_backup_brought_to_a_new_device_is_not_left_over() {
    for config in TRAVELS {
        let phone = Phone::new();
        set(&phone.start_with(config), "a", "1").unwrap();
        let new = restored(&phone);
        for _ in 0..3 {
            assert_eq!(get(&new.start_with(config), "a").unwrap(), "1");
        }
        // From here on, it is an installation of this device.
        new.delete_app();
        assert_eq!(
            get(&new.start_with(config), "a").unwrap_err(),
            ErrorCode::NotFound
        );
        assert!(new.events().is_empty());
    }
}

#[test]
fn what_travels_is_deleted_where_an_earlier_installation_left_it() {
    for config in TRAVELS {
        let phone = Phone::new();
        set(&phone.start_with(config), "a", "1").unwrap();
        phone.delete_app();
        assert_eq!(
            get(&phone.start_with(config), "a").unwrap_err(),
            ErrorCode::NotFound
        );
        set(&phone.start_with(config), "a", "2").unwrap();
        assert_eq!(get(&phone.start_with(config), "a").unwrap(), "2");
        phone.start_with(config);
        phone.delete_app();
        assert_eq!(
            get(&phone.start_with(config), "a").unwrap_err(),
            ErrorCode::NotFound
        );
    }
}

#[test]
fn the_row_that_stays_never_travels_and_goes_with_the_store() {
    for config in TRAVELS {
        let phone = Phone::new();
        let vault = phone.start_with(config);
        set(&vault, "a", "1").unwrap();
        let device = |phone: &Phone| {
            phone
                .keychain
                .rows()
                .into_iter()
                .filter(|row| row.account == "device")
                .count()
        };
        assert_eq!((device(&phone), device(&restored(&phone))), (1, 0));
        strongroom_core::Vault::clear(&vault).unwrap();
        assert!(phone.keychain.rows().is_empty());
    }
}

#[test]
fn a_class_that_changes_takes_the_proof_along() {
    let changes = [(STAYS, TRAVELS[0]), (TRAVELS[0], STAYS), (TRAVELS[0], TRAVELS[1])];
    for (before, after) in changes {
        let phone = Phone::new();
        set(&phone.start_with(before), "a", "1").unwrap();
        let new = restored(&phone);
        if before != STAYS {
            assert_eq!(get(&new.start_with(after), "a").unwrap(), "1", "{before} {after}");
            assert_eq!(get(&new.start_with(after), "a").unwrap(), "1");
        }
        drop(new);
        let _entered = phone.keychain.enter();
        assert_eq!(get(&phone.start_with(after), "a").unwrap(), "1");
        let new = restored(&phone);
        if after != STAYS {
            assert_eq!(get(&new.start_with(after), "a").unwrap(), "1");
        }
        drop(new);
        phone.delete_app();
        assert_eq!(
            get(&phone.start_with(after), "a").unwrap_err(),
            ErrorCode::NotFound
        );
    }
}

#[test]
fn a_restored_device_that_cannot_leave_its_marker_deletes_nothing_later() {
    for (first, second) in [
        (TRAVELS[0], STAYS),
        (TRAVELS[0], TRAVELS[0]),
        (TRAVELS[1], TRAVELS[0]),
    ] {
        let phone = Phone::new();
        set(&phone.start_with(first), "a", "1").unwrap();
        let new = restored(&phone);
        new.fs.fail(Some(FsOperation::Create), 0, usize::MAX, EPERM);
        for _ in 0..2 {
            assert_eq!(get(&new.start_with(second), "a").unwrap(), "1");
        }
        new.fs.heal();
        assert_eq!(get(&new.start_with(second), "a").unwrap(), "1");
        assert!(new.events().is_empty());
    }
}

#[test]
fn a_restored_device_keeps_its_items_wherever_the_first_start_is_cut_short() {
    for config in TRAVELS {
        for after in [config, STAYS] {
            for effect in [Effect::Before, Effect::After] {
                for nth in 1..=20 {
                    let phone = Phone::new();
                    set(&phone.start_with(config), "a", "1").unwrap();
                    let new = restored(&phone);
                    new.keychain.fail(When::nth(nth).for_ever(), -25291, effect);
                    let _ = get(&new.start_with(after), "a");
                    new.keychain.clear_faults();
                    for _ in 0..2 {
                        assert_eq!(
                            get(&new.start_with(after), "a").unwrap(),
                            "1",
                            "{after} {effect:?} {nth}"
                        );
                    }
                    assert!(new.events().is_empty());
                }
            }
        }
    }
}

#[test]
fn one_call_that_fails_on_a_restored_device_deletes_nothing() {
    for status in [-25291, -25308, -25300, -25299, -34018, -50] {
        for nth in 1..=12 {
            let phone = Phone::new();
            set(&phone.start_with(TRAVELS[0]), "a", "1").unwrap();
            let new = restored(&phone);
            new.keychain.fail(nth, status, Effect::Before);
            let _ = get(&new.start_with(STAYS), "a");
            new.keychain.clear_faults();
            assert_eq!(get(&new.start_with(STAYS), "a").unwrap(), "1", "{status} {nth}");
        }
    }
}

#[test]
fn a_proof_that_cannot_be_read_waits() {
    let phone = Phone::new();
    set(&phone.start_with(TRAVELS[1]), "a", "1").unwrap();
    phone.delete_app();
    phone.keychain.set_lock(Lock::Locked);
    let vault = phone.start_with(TRAVELS[1]);
    assert_eq!(get(&vault, "a").unwrap_err(), ErrorCode::Locked);
    phone.keychain.set_lock(Lock::Unlocked);
    assert_eq!(get(&vault, "a").unwrap_err(), ErrorCode::NotFound);
}

/// The configuration refuses it; the vault would not do it either.
#[test]
fn what_others_may_have_written_is_never_left_over() {
    let synced = r#"{"ios":{"synchronizable":true,"accessibility":"afterFirstUnlock"}}"#;
    for config in [IN_SHARED, synced] {
        let phone = Phone::of_a_team();
        set(&start_clearing(&phone, config), "a", "1").unwrap();
        phone.delete_app();
        assert_eq!(
            get(&start_clearing(&phone, config), "a").unwrap(),
            "1",
            "{config}"
        );
        let other: Arc<Device> = phone.other_app();
        assert_eq!(
            get(&start_clearing(&other, config), "a").unwrap(),
            "1",
            "{config}"
        );
        assert!(phone.events().is_empty());
    }
}

fn start_clearing(device: &Device, config: &str) -> KeychainVault {
    let mut options = VaultOptions::parse(config).unwrap();
    options.keychain.on_reinstall = OnReinstall::Clear;
    options.marker_directory = Some(device.markers());
    KeychainVault::new(
        device.edges(&StoreStates::default()),
        KeychainConfig::from(&options),
        StoreName::default(),
    )
}

#[test]
fn the_row_that_stays_costs_a_reader_one_call_and_only_where_it_is_needed() {
    let calls = |config: &str| {
        let phone = Phone::new();
        set(&phone.start_with(config), "a", "1").unwrap();
        let before = phone.keychain.calls().total();
        get(&phone.start_with(config), "a").unwrap();
        phone.keychain.calls().total() - before
    };
    assert_eq!((calls("{}"), calls(STAYS), calls(TRAVELS[0])), (6, 6, 7));
    let phone = Phone::new();
    set(&phone.start_with(STAYS), "a", "1").unwrap();
    assert_eq!(
        phone
            .keychain
            .rows()
            .iter()
            .filter(|row| row.service == STATE)
            .count(),
        1
    );
}

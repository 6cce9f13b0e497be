//! A locked device: what is there must not look absent, and nothing is written.

use strongroom_apple_fake::Lock;
use strongroom_core::{ErrorCode, Vault};

use crate::phone::{CALLS, Phone, get, set, set_all};

const LOCKED_CONFIGS: [(&str, Lock); 4] = [
    ("{}", Lock::BeforeFirstUnlock),
    ("{}", Lock::Prewarmed),
    (
        r#"{"ios":{"accessibility":"whenUnlockedThisDeviceOnly"}}"#,
        Lock::Locked,
    ),
    (
        r#"{"ios":{"accessibility":"whenPasscodeSetThisDeviceOnly"}}"#,
        Lock::Prewarmed,
    ),
];

#[test]
fn no_call_takes_a_locked_store_for_an_empty_one_and_none_writes() {
    for (config, lock) in LOCKED_CONFIGS {
        for (name, call) in CALLS {
            for opened_before in [false, true] {
                let phone = Phone::new();
                let vault = phone.start_with(config);
                set_all(&vault, &[("a", "1"), ("b", "2")]).unwrap();
                let before = phone.keychain.rows();
                let vault = if opened_before {
                    vault
                } else {
                    phone.start_with(config)
                };
                phone.keychain.set_lock(lock);
                let error = call(&vault).expect_err(name);
                assert_eq!(error.code(), ErrorCode::Locked, "{name}, {lock:?}");
                assert!(error.retryable());
                phone.keychain.set_lock(Lock::Unlocked);
                assert_eq!(phone.keychain.rows(), before, "{name}, {lock:?}");
                assert!(phone.events().is_empty());
                call(&vault).unwrap();
                assert!(phone.events().is_empty());
            }
        }
    }
}

#[test]
fn a_device_that_is_locked_again_shows_what_its_class_allows() {
    let phone = Phone::new();
    let vault = phone.start();
    set(&vault, "a", "1").unwrap();
    phone.keychain.set_lock(Lock::Locked);
    for vault in [&vault, &phone.start()] {
        assert_eq!(get(vault, "a").unwrap(), "1");
        assert_eq!(get(vault, "absent").unwrap_err(), ErrorCode::NotFound);
        set(vault, "b", "2").unwrap();
    }
}

#[test]
fn the_first_use_of_an_app_on_a_locked_device_waits() {
    for lock in [Lock::BeforeFirstUnlock, Lock::Prewarmed] {
        let phone = Phone::new();
        phone.keychain.set_lock(lock);
        let vault = phone.start();
        assert_eq!(get(&vault, "a").unwrap_err(), ErrorCode::Locked);
        assert_eq!(set(&vault, "a", "1").unwrap_err().code(), ErrorCode::Locked);
        assert!(phone.keychain.rows().is_empty());
        phone.keychain.set_lock(Lock::Unlocked);
        assert_eq!(get(&vault, "a").unwrap_err(), ErrorCode::NotFound);
        set(&vault, "a", "1").unwrap();
        assert_eq!(get(&vault, "a").unwrap(), "1");
    }
}

#[test]
fn a_lock_in_the_middle_of_a_batch_is_made_up_for() {
    let config = r#"{"ios":{"accessibility":"whenUnlocked"}}"#;
    // The call of a kind before which the device is locked: adding the intent, or one of the rows.
    for nth in 1..=4 {
        let phone = Phone::new();
        let vault = phone.start_with(config);
        set(&vault, "old", "1").unwrap();
        phone
            .keychain
            .race(strongroom_apple_fake::Kind::Add, nth, |keychain| {
                keychain.set_lock(Lock::Locked);
            });
        let batch = [("a", "1"), ("b", "2"), ("c", "3")];
        let outcome = set_all(&vault, &batch);
        assert_eq!(get(&vault, "old").unwrap_err(), ErrorCode::Locked);
        phone.keychain.set_lock(Lock::Unlocked);
        // Once the intent is there, the batch is as good as done.
        let stored = if nth == 1 {
            Err(ErrorCode::NotFound)
        } else {
            Ok(())
        };
        let told = outcome.map_err(|error| error.code());
        assert_eq!(told, stored.map_err(|_| ErrorCode::Locked), "{nth}");
        for vault in [&vault, &phone.start_with(config)] {
            for (name, value) in batch {
                let found = get(vault, name);
                assert_eq!(found, stored.map(|()| value.to_owned()), "{nth}");
            }
            assert_eq!(get(vault, "old").unwrap(), "1");
        }
        assert_eq!(vault.status().unwrap().records, if nth == 1 { 1 } else { 4 });
    }
}

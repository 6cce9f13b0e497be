//! A locked device: existing items must not look absent, and nothing is written.

use strongroom_apple_fake::{Kind, Lock};
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
    // The device is locked before this call: one that adds a placeholder, then the one that adds the intent, or a step.
    let calls = (1..=4)
        .map(|nth| (Kind::Add, nth, false))
        .chain((1..=3).map(|nth| (Kind::Update, nth, true)));
    for (kind, nth, decided) in calls {
        let phone = Phone::new();
        let vault = phone.start_with(config);
        set(&vault, "old", "1").unwrap();
        phone
            .keychain
            .race(kind, nth, |keychain| keychain.set_lock(Lock::Locked));
        let batch = [("a", "1"), ("b", "2"), ("c", "3")];
        let outcome = set_all(&vault, &batch);
        assert_eq!(get(&vault, "old").unwrap_err(), ErrorCode::Locked);
        phone.keychain.set_lock(Lock::Unlocked);
        // Once the intent exists, the batch will be finished.
        let stored = if decided { Ok(()) } else { Err(ErrorCode::NotFound) };
        let told = outcome.map_err(|error| error.code());
        assert_eq!(told, stored.map_err(|_| ErrorCode::Locked), "{kind:?} {nth}");
        for vault in [&vault, &phone.start_with(config)] {
            for (name, value) in batch {
                let found = get(vault, name);
                assert_eq!(found, stored.map(|()| value.to_owned()), "{kind:?} {nth}");
            }
            assert_eq!(get(vault, "old").unwrap(), "1");
        }
        assert_eq!(vault.status().unwrap().records, if decided { 4 } else { 1 });
        assert_eq!(
            phone.rows().len(),
            if decided { 4 } else { 1 },
            "no placeholder is left"
        );
    }
}

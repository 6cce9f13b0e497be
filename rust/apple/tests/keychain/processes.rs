//! Several processes and several threads on one store.

use std::sync::Arc;
use std::thread;

use strongroom_apple::{KeychainVault, StoreStates};
use strongroom_apple_fake::{Effect, Kind, When};
use strongroom_core::{ErrorCode, Replacement, Vault};

use crate::phone::{Device, Phone, get, key, names, record, secret, set, set_all};

const GROUP: &str = r#"{"ios":{"accessGroup":"TEAM.dev.example.app"}}"#;

fn replacement(value: &str) -> Option<Replacement> {
    Replacement::of(Some(secret(value)), None).unwrap()
}

/// Does what another process would do, just before a call of this one.
fn meanwhile(phone: &Phone, kind: Kind, nth: usize, action: impl Fn(&KeychainVault) + Send + 'static) {
    let device: Arc<Device> = phone.device.clone();
    phone.keychain.race(kind, nth, move |_| {
        let other = device.start_with(GROUP);
        action(&other);
    });
}

#[test]
fn a_value_that_changes_under_compare_and_set_is_seen() {
    let phone = Phone::new();
    let vault = phone.start_with(GROUP);
    set(&vault, "a", "1").unwrap();
    meanwhile(&phone, Kind::Update, 1, |other| set(other, "a", "2").unwrap());
    assert!(
        !vault
            .compare_and_set(&key("a"), Some(&secret("1")), replacement("3"))
            .unwrap()
    );
    assert_eq!(get(&vault, "a").unwrap(), "2");
    // Writing the same value again leaves the same value.
    meanwhile(&phone, Kind::Update, 1, |other| set(other, "a", "2").unwrap());
    assert!(
        vault
            .compare_and_set(&key("a"), Some(&secret("2")), replacement("3"))
            .unwrap()
    );
    assert_eq!(get(&vault, "a").unwrap(), "3");
    meanwhile(&phone, Kind::Update, 1, |other| set(other, "a", "4").unwrap());
    assert!(
        !vault
            .compare_and_set(&key("a"), Some(&secret("3")), None)
            .unwrap()
    );
    assert_eq!(get(&vault, "a").unwrap(), "4");
    meanwhile(&phone, Kind::Add, 1, |other| set(other, "b", "theirs").unwrap());
    assert!(
        !vault
            .compare_and_set(&key("b"), None, replacement("ours"))
            .unwrap()
    );
    assert_eq!(get(&vault, "b").unwrap(), "theirs");
}

#[test]
fn of_two_that_create_one_creates() {
    let phone = Phone::new();
    let vault = phone.start_with(GROUP);
    set(&vault, "other", "1").unwrap();
    meanwhile(&phone, Kind::Add, 1, |other| set(other, "a", "theirs").unwrap());
    let (value, created) = vault.get_or_create(record("a", "ours", None)).unwrap();
    assert_eq!((value.expose(), created), ("theirs", false));
    let (value, created) = vault.get_or_create(record("b", "ours", None)).unwrap();
    assert_eq!((value.expose(), created), ("ours", true));
}

#[test]
fn a_row_that_appears_or_goes_while_it_is_written_is_written() {
    let phone = Phone::new();
    let vault = phone.start_with(GROUP);
    set(&vault, "other", "1").unwrap();
    meanwhile(&phone, Kind::Add, 1, |other| set(other, "a", "theirs").unwrap());
    set(&vault, "a", "ours").unwrap();
    assert_eq!(get(&vault, "a").unwrap(), "ours");
    meanwhile(&phone, Kind::Update, 1, |other| other.remove(&key("a")).unwrap());
    set(&vault, "a", "again").unwrap();
    assert_eq!(get(&vault, "a").unwrap(), "again");
    meanwhile(&phone, Kind::Update, 1, |other| other.remove(&key("a")).unwrap());
    assert_eq!(vault.remove(&key("a")).unwrap_err().code(), ErrorCode::NotFound);
}

#[test]
fn several_values_are_of_one_moment() {
    for nth in 1..=8 {
        let phone = Phone::new();
        let vault = phone.start_with(GROUP);
        set_all(&vault, &[("a", "1"), ("b", "1")]).unwrap();
        meanwhile(&phone, Kind::Copy, nth, |other| {
            set_all(other, &[("a", "2"), ("b", "2")]).unwrap();
        });
        let values = vault.get_many(&[key("a"), key("b")]).unwrap();
        let values: Vec<_> = values.iter().flatten().map(|value| value.expose()).collect();
        assert!(values == ["1", "1"] || values == ["2", "2"], "{nth}: {values:?}");
    }
}

#[test]
fn a_batch_of_a_process_that_died_is_finished_by_another_that_is_open() {
    let phone = Phone::new();
    let (app, extension) = (phone.start_with(GROUP), phone.start_with(GROUP));
    set_all(&app, &[("a", "old"), ("b", "old")]).unwrap();
    assert_eq!(get(&extension, "a").unwrap(), "old");
    // The first update decides the batch.
    phone
        .keychain
        .fail(When::nth(3).of(Kind::Update).for_ever(), -25291, Effect::Before);
    set_all(&app, &[("a", "new"), ("b", "new")]).unwrap();
    phone.keychain.clear_faults();
    assert_eq!(get(&extension, "b").unwrap(), "new");
    assert_eq!(get(&extension, "a").unwrap(), "new");
}

#[test]
fn a_batch_finds_that_of_another_and_finishes_it_first() {
    let phone = Phone::new();
    let vault = phone.start_with(GROUP);
    set_all(&vault, &[("a", "0"), ("b", "0")]).unwrap();
    let device: Arc<Device> = phone.device.clone();
    phone.keychain.race(Kind::Add, 1, move |keychain| {
        let other = device.start_with(GROUP);
        keychain.fail(When::nth(2).of(Kind::Update).for_ever(), -25291, Effect::After);
        let _ = set_all(&other, &[("a", "theirs"), ("b", "theirs")]);
        keychain.clear_faults();
    });
    set_all(&vault, &[("b", "ours"), ("c", "ours")]).unwrap();
    for (name, value) in [("a", "theirs"), ("b", "ours"), ("c", "ours")] {
        assert_eq!(get(&vault, name).unwrap(), value);
    }
    assert_eq!(names(&vault), ["a", "b", "c"]);
}

#[test]
fn threads_and_handles_count_without_a_loss() {
    const THREADS: usize = 4;
    const EACH: usize = 50;
    for config in ["{}", GROUP] {
        let phone = Phone::new();
        let one = StoreStates::default();
        set(&phone.start_with(config), "n", "0").unwrap();
        thread::scope(|scope| {
            for number in 0..THREADS {
                let device = phone.device.clone();
                // Two threads share a process if processes share the rows.
                let process = if config == GROUP && number % 2 == 0 {
                    StoreStates::default()
                } else {
                    one.clone()
                };
                scope.spawn(move || {
                    let _entered = device.keychain.enter();
                    let vault = device.vault(config, &process, true);
                    for _ in 0..EACH {
                        increment(&vault);
                    }
                });
            }
        });
        assert_eq!(
            get(&phone.start_with(config), "n").unwrap(),
            (THREADS * EACH).to_string()
        );
    }
}

fn increment(vault: &dyn Vault) {
    loop {
        let now = get(vault, "n").unwrap();
        let next = (now.parse::<usize>().unwrap() + 1).to_string();
        match vault.compare_and_set(&key("n"), Some(&secret(&now)), replacement(&next)) {
            Ok(true) => return,
            Ok(false) => {}
            // Too many others were faster.
            Err(error) => assert!(error.retryable(), "{error}"),
        }
    }
}

//! What every app does.

use strongroom_apple::{KeychainConfig, KeychainVault, StoreStates};
use strongroom_apple_fake::{Kind, Row, When};
use strongroom_core::policy::VaultOptions;
use strongroom_core::{ErrorCode, Expiry, StoreName, Vault};

use crate::phone::{NOW_MS, Phone, RECORDS, get, key, names, record, set, set_all};

#[test]
fn what_was_stored_survives_the_process() {
    let phone = Phone::new();
    let vault = phone.start();
    set(&vault, "a", "1").unwrap();
    set(&vault, "grüße 👩‍👩‍👧", "").unwrap();
    set(&vault, "a", "2").unwrap();
    let vault = phone.start();
    assert_eq!(get(&vault, "a").unwrap(), "2");
    assert_eq!(get(&vault, "grüße 👩‍👩‍👧").unwrap(), "");
    assert_eq!(names(&vault), ["a", "grüße 👩‍👩‍👧"]);
    assert!(phone.events().is_empty());
}

#[test]
fn a_row_is_what_the_documentation_says() {
    let phone = Phone::new();
    set(&phone.start(), "nul\0 and sub\u{1a}", "value").unwrap();
    let rows = phone.rows();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].service, RECORDS);
    assert_eq!(rows[0].account, "nul\u{1a}0 and sub\u{1a}A");
    assert_eq!(rows[0].data, b"\x01value");
    let tag = rows[0].generic.clone().unwrap();
    assert_eq!(tag[0], 1);
    assert_eq!(tag[1..9], NOW_MS.to_be_bytes());
    assert_eq!(tag[9..17], [0; 8]);
    assert_eq!(tag.len(), 33);
    assert!(!rows[0].synchronizable && rows[0].access_control.is_none());
    assert_eq!(names(&phone.start()), ["nul\0 and sub\u{1a}"]);
}

#[test]
fn an_open_store_costs_one_call_for_a_value_and_one_for_an_update() {
    let phone = Phone::new();
    let vault = phone.start();
    set(&vault, "a", "1").unwrap();
    let calls = |call: &dyn Fn()| {
        let before = phone.keychain.calls().total();
        call();
        phone.keychain.calls().total() - before
    };
    assert_eq!(calls(&|| drop(get(&vault, "a").unwrap())), 1);
    assert_eq!(calls(&|| set(&vault, "a", "2").unwrap()), 1);
    assert_eq!(calls(&|| set(&vault, "new", "2").unwrap()), 2);
    assert_eq!(
        calls(&|| assert!(get(&vault, "absent").is_err())),
        3,
        "and the proof of absence"
    );
    let started = phone.start();
    assert_eq!(
        calls(&|| drop(get(&started, "a").unwrap())),
        6,
        "the first call of a process"
    );
}

#[test]
fn what_expired_is_taken_away_and_told_once() {
    let phone = Phone::new();
    let vault = phone.start();
    let soon = Some(Expiry::After(10));
    let records: Vec<_> = ["get", "has", "keys", "remove", "kept"]
        .map(|name| record(name, "1", if name == "kept" { None } else { soon }))
        .into();
    vault.set_many(&records).unwrap();
    phone.clock.set(NOW_MS + 9);
    assert_eq!(get(&vault, "get").unwrap(), "1");
    phone.clock.set(NOW_MS + 10);
    assert_eq!(get(&vault, "get").unwrap_err(), ErrorCode::NotFound);
    assert!(!vault.has(&key("has")).unwrap());
    assert_eq!(
        vault.remove(&key("remove")).unwrap_err().code(),
        ErrorCode::NotFound
    );
    assert_eq!(names(&vault), ["kept"]);
    assert_eq!(phone.rows().len(), 1);
    assert_eq!(
        phone.events(),
        ["expired get", "expired has", "expired remove", "expired keys"]
    );
    assert_eq!(get(&vault, "get").unwrap_err(), ErrorCode::NotFound);
    assert!(phone.events().is_empty());
}

#[test]
fn what_expired_but_was_written_again_meanwhile_stays() {
    let phone = Phone::new();
    let vault = phone.start();
    vault
        .set_many(&[record("a", "old", Some(Expiry::After(10)))])
        .unwrap();
    let other = phone.start();
    let fresh = {
        set(&other, "a", "fresh").unwrap();
        phone.rows()[0].clone()
    };
    vault
        .set_many(&[record("a", "old", Some(Expiry::After(10)))])
        .unwrap();
    phone.clock.set(NOW_MS + 10);
    phone
        .keychain
        .race(Kind::Delete, 1, move |keychain| keychain.put_row(&fresh));
    assert_eq!(get(&vault, "a").unwrap_err(), ErrorCode::NotFound);
    assert_eq!(get(&vault, "a").unwrap(), "fresh");
    assert!(phone.events().is_empty());
}

#[test]
fn a_damaged_row_costs_nobody_else_and_can_be_replaced_or_removed() {
    let phone = Phone::new();
    let vault = phone.start();
    set_all(&vault, &[("a", "1"), ("b", "2"), ("c", "3")]).unwrap();
    let mut rows = phone.rows();
    rows[0].data = b"\x01\xff".to_vec();
    rows[1].generic = None;
    rows[2].data = b"\x02of a newer version".to_vec();
    for row in &rows {
        phone.keychain.put_row(row);
    }
    for (name, code) in [
        ("a", ErrorCode::CorruptRecord),
        ("b", ErrorCode::CorruptRecord),
        ("c", ErrorCode::NewerFormat),
    ] {
        assert_eq!(get(&vault, name).unwrap_err(), code);
    }
    assert_eq!(
        vault.get_or_create(record("a", "x", None)).err().unwrap().code(),
        ErrorCode::CorruptRecord
    );
    assert_eq!(
        vault.status().unwrap().damaged_records,
        1,
        "what is seen without reading values"
    );
    assert_eq!(phone.rows(), rows, "nothing was touched");
    set(&vault, "a", "new").unwrap();
    vault.remove(&key("b")).unwrap();
    assert_eq!(get(&vault, "a").unwrap(), "new");
    assert_eq!(names(&vault), ["a", "c"]);
}

#[test]
fn clearing_leaves_nothing_of_the_store_and_nothing_else_is_touched() {
    let phone = Phone::new();
    let foreign = Row::new("dev.strongroom.default2", "a", b"foreign");
    phone.keychain.put_row(&foreign);
    let vault = phone.start();
    set(&vault, "a", "1").unwrap();
    vault.reset().unwrap();
    set(&vault, "b", "2").unwrap();
    assert_eq!(
        phone.keychain.rows().len(),
        4,
        "two records, the header, and the foreign row"
    );
    vault.clear().unwrap();
    assert_eq!(phone.keychain.rows().len(), 1);
    assert_eq!(phone.keychain.rows()[0].data, b"foreign");
    assert!(!phone.markers().join("default.installed").exists());
    assert!(vault.status().unwrap().fresh);
    set(&vault, "a", "again").unwrap();
    assert_eq!(get(&phone.start(), "a").unwrap(), "again");
    phone.events();
}

/// The name of one store is the start of another's, and rows of others look almost like ours.
#[test]
fn stores_do_not_meet() {
    let phone = Phone::new();
    let store = |name: &str| {
        let options = VaultOptions::default();
        let edges = phone.edges(&StoreStates::default());
        KeychainVault::new(
            edges,
            KeychainConfig::from(&options),
            StoreName::new(name).unwrap(),
        )
    };
    let names = ["a", "a.b", "a-state", "state", "a.aside.0"];
    for service in ["dev.strongroom", "dev.strongroom.", "a", ""] {
        phone.keychain.put_row(&Row::new(service, "k", b"\x01foreign"));
    }
    for name in names {
        set(&store(name), "k", name).unwrap();
        store(name).reset().unwrap();
        set(&store(name), "k", name).unwrap();
    }
    for (index, name) in names.iter().enumerate() {
        for other in &names[index..] {
            assert_eq!(get(&store(other), "k").unwrap(), *other);
            assert_eq!(store(other).status().unwrap().quarantined, 1);
        }
        store(name).clear().unwrap();
        assert_eq!(get(&store(name), "k").unwrap_err(), ErrorCode::NotFound);
        store(name).clear().unwrap();
    }
    assert_eq!(phone.keychain.rows().len(), 4, "those of somebody else");
    phone.events();
}

#[test]
fn rotating_rewrites_every_row() {
    let phone = Phone::new();
    let vault = phone.start();
    vault
        .set_many(&[record("a", "1", None), record("b", "2", Some(Expiry::After(10)))])
        .unwrap();
    let before = phone.rows();
    let updates = phone.keychain.calls().update;
    vault.rotate_keys().unwrap();
    assert_eq!(phone.keychain.calls().update - updates, 2);
    assert_eq!(
        phone.rows(),
        before,
        "with the tags that a batch of somebody else may name"
    );
    phone.keychain.fail(
        When::nth(2).of(Kind::Update),
        -25308,
        strongroom_apple_fake::Effect::Before,
    );
    assert_eq!(vault.rotate_keys().unwrap_err().code(), ErrorCode::Locked);
    assert_eq!(get(&vault, "a").unwrap(), "1");
    assert_eq!(get(&vault, "b").unwrap(), "2");
}

//! Keeps secrets in a vault, with the allocator of the system, so that nothing but the types of this crate wipes them.

#![allow(clippy::unwrap_used, reason = "its parent sees it fail")]

use strongroom_battery::keeper::{Record, keep};
use strongroom_core::policy::{GateMode, GatePolicy, UserAuthentication};
use strongroom_core::ports::Prompt;
use strongroom_core::{ItemKey, LockTrigger, NewItem, SealedVault, Secret, Vault};
use strongroom_testkit::SecretText;

fn main() {
    keep(|vault| vault, call);
}

fn call(vault: &SealedVault, command: &str, records: &[Record]) {
    match (command, records) {
        ("set", records) => {
            let records: Vec<NewItem> = records.iter().map(new_record).collect();
            vault.set_many(&records).unwrap();
        }
        ("get", [Record { name, value }]) => assert!(value.is(vault.get(&key(*name)).unwrap().expose())),
        ("has", [Record { name, .. }]) => assert!(vault.has(&key(*name)).unwrap()),
        ("absent", [Record { name, .. }]) => assert!(vault.get(&key(*name)).is_err()),
        ("keys", records) => {
            let keys = vault.keys().unwrap();
            assert!(
                records
                    .iter()
                    .all(|record| keys.iter().any(|key| record.name.is(key.as_str())))
            );
        }
        ("remove", [Record { name, .. }]) => vault.remove(&key(*name)).unwrap(),
        ("rotate", []) => vault.rotate_keys().unwrap(),
        ("status", []) => assert!(!vault.status().unwrap().fresh),
        ("reset", []) => vault.reset().unwrap(),
        ("recover", []) => assert!(vault.recover().unwrap().recovered > 0),
        ("protect", []) => protect(vault, Some(GateMode::Session)),
        ("protect-each-use", []) => protect(vault, Some(GateMode::EveryUse)),
        ("expose", []) => protect(vault, None),
        ("unlock", []) => vault.unlock(&Prompt::default()).unwrap(),
        ("lock", []) => vault.lock(LockTrigger::Manual),
        ("hide", []) => {
            vault.set_visible(false);
            vault.set_visible(true);
        }
        ("clear", []) => vault.clear().unwrap(),
        _ => unreachable!("an unknown command"),
    }
}

fn protect(vault: &SealedVault, mode: Option<GateMode>) {
    let policy = mode.and_then(|mode| GatePolicy::new(UserAuthentication::Biometry, None, mode));
    vault.protect(policy, &Prompt::default(), true).unwrap();
}

fn new_record(record: &Record) -> NewItem {
    NewItem {
        key: key(record.name),
        value: Secret::new(record.value.text()).unwrap(),
        expiry: None,
    }
}

fn key(name: SecretText) -> ItemKey {
    ItemKey::new(&name.text()).unwrap()
}

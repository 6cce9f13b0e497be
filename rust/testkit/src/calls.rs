//! The calls that almost every test of a vault makes, with names and values as plain text.

use strongroom_core::{Error, ErrorCode, Expiry, ItemKey, NewItem, Secret, Vault};

/// A key.
#[must_use]
pub fn key(name: &str) -> ItemKey {
    ItemKey::new(name).unwrap()
}

/// A value.
#[must_use]
pub fn secret(value: &str) -> Secret {
    Secret::new(value.to_owned().into()).unwrap()
}

/// A record to be stored.
#[must_use]
pub fn record(name: &str, value: &str, expiry: Option<Expiry>) -> NewItem {
    NewItem {
        key: key(name),
        value: secret(value),
        expiry,
    }
}

/// Stores one record.
pub fn set(vault: &dyn Vault, name: &str, value: &str) -> Result<(), Error> {
    vault.set_many(&[record(name, value, None)])
}

/// Reads one value.
pub fn get(vault: &dyn Vault, name: &str) -> Result<String, ErrorCode> {
    vault
        .get(&key(name))
        .map(|secret| secret.expose().to_owned())
        .map_err(|error| error.code())
}

/// The names of all records.
#[must_use]
pub fn names(vault: &dyn Vault) -> Vec<String> {
    vault
        .keys()
        .unwrap()
        .iter()
        .map(|key| key.as_str().to_owned())
        .collect()
}

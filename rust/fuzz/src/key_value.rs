//! A store against a map, with any text for keys and values.

use std::collections::BTreeMap;

use strongroom_core::policy::OnKeyLoss;
use strongroom_core::{ErrorCode, ItemKey, NewItem, Replacement, SealedVault, Secret, Vault};
use zeroize::Zeroizing;

use crate::input::Input;
use crate::stage::{Keys, Stage};

const MOST_CALLS: usize = 24;

type Model = BTreeMap<String, String>;

/// The input is a list of calls: kind 1, key (length 1, text), value (length 1, text).
pub fn key_value(data: &[u8]) {
    let stage = Stage::new([], Keys::new(false, &[]));
    let mut vault = stage.vault(OnKeyLoss::Error);
    let mut model = Model::new();
    let mut input = Input::new(data);
    for _ in 0..MOST_CALLS {
        if input.is_empty() {
            break;
        }
        let what = input.u8();
        // Repeated text reaches the limits.
        let key = input.text().repeat([1, 1, 1, 5][usize::from(what >> 4 & 3)]);
        let value = input.text().repeat([1, 1, 100, 4500][usize::from(what >> 6)]);
        let (Some(key), Some(value)) = (checked_key(&key), checked_value(value)) else {
            continue;
        };
        let held = model.get(key.as_str()).cloned();
        match what & 15 {
            0 => vault = stage.vault(OnKeyLoss::Error),
            1 | 2 => remove(&vault, &key, &mut model),
            3 => {
                vault.rotate_keys().expect("a rotation");
            }
            4 => {
                let right = what & 64 == 0;
                let expected = held
                    .as_ref()
                    .filter(|_| right)
                    .and_then(|held| checked_value(held.clone()));
                let equal = right || held.is_none();
                let new = Replacement {
                    value: checked_value(value.expose().to_owned()).expect("checked before"),
                    expiry: None,
                };
                let done = vault.compare_and_set(&key, expected.as_ref(), Some(new));
                assert!(done.expect("a comparison") == equal, "compared otherwise");
                if equal {
                    model.insert(key.as_str().to_owned(), value.expose().to_owned());
                }
            }
            5 => {
                let offered = value.expose().to_owned();
                let (found, created) = vault
                    .get_or_create(new_record(key.clone(), value))
                    .unwrap_or_else(|_| panic!("an item that is there or is made"));
                assert!(created == held.is_none(), "created what was there");
                assert!(
                    found.expose() == held.as_ref().unwrap_or(&offered),
                    "another value"
                );
                model.insert(key.as_str().to_owned(), found.expose().to_owned());
            }
            6 => remove_many(&vault, &key, &mut model),
            _ => {
                model.insert(key.as_str().to_owned(), value.expose().to_owned());
                vault
                    .set_many(&[new_record(key.clone(), value)])
                    .expect("a write");
            }
        }
        compare_one(&vault, &key, &model);
    }
    compare(&vault, &model);
    compare(&stage.vault(OnKeyLoss::Error), &model);
}

/// The key, which is accepted if and only if it is within the limit.
fn checked_key(text: &str) -> Option<ItemKey> {
    let allowed = (1..=1024).contains(&text.len());
    let key = ItemKey::new(text);
    assert!(key.is_ok() == allowed, "the cap of keys");
    if let Err(error) = &key {
        assert!(error.code() == ErrorCode::InvalidArgument, "another code");
        return None;
    }
    let key = key.ok()?;
    assert!(key.as_str() == text, "another key");
    Some(key)
}

fn checked_value(text: String) -> Option<Secret> {
    let allowed = text.len() <= 1024 * 1024;
    let copy = text.clone();
    match Secret::new(Zeroizing::new(text)) {
        Ok(value) => {
            assert!(allowed && value.expose() == copy, "another value");
            Some(value)
        }
        Err(error) => {
            assert!(
                !allowed && error.code() == ErrorCode::TooLarge,
                "the cap of values"
            );
            None
        }
    }
}

fn new_record(key: ItemKey, value: Secret) -> NewItem {
    NewItem {
        key,
        value,
        expiry: None,
    }
}

fn remove(vault: &SealedVault, key: &ItemKey, model: &mut Model) {
    match vault.remove(key) {
        Ok(()) => assert!(model.remove(key.as_str()).is_some(), "removed what was not there"),
        Err(error) => {
            assert!(error.code() == ErrorCode::NotFound, "another code");
            assert!(!model.contains_key(key.as_str()), "did not find what was there");
        }
    }
}

/// Removes `key`, again `key`, and the first of all keys.
fn remove_many(vault: &SealedVault, key: &ItemKey, model: &mut Model) {
    let mut keys = vec![key.clone(), key.clone()];
    keys.extend(vault.keys().expect("the keys").into_iter().next());
    let there = keys
        .iter()
        .filter(|key| model.remove(key.as_str()).is_some())
        .count();
    let removed = vault.remove_many(&keys).expect("a removal");
    assert!(removed == there as u64, "another number of removals");
}

fn compare_one(vault: &SealedVault, key: &ItemKey, model: &Model) {
    let held = model.get(key.as_str());
    assert!(
        vault.has(key).expect("an answer") == held.is_some(),
        "has() is wrong"
    );
    match vault.get(key) {
        Ok(found) => assert!(Some(found.expose()) == held.map(String::as_str), "get() is wrong"),
        Err(error) => assert!(
            error.code() == ErrorCode::NotFound && held.is_none(),
            "get() fails"
        ),
    }
}

/// Rust orders text by its UTF-8 bytes, and so does a map with text as keys.
fn compare(vault: &SealedVault, model: &Model) {
    let keys = vault.keys().expect("the keys");
    assert!(
        keys.iter()
            .map(ItemKey::as_str)
            .eq(model.keys().map(String::as_str)),
        "other keys"
    );
    for key in &keys {
        compare_one(vault, key, model);
    }
    let bytes: usize = model.values().map(String::len).sum();
    if bytes <= strongroom_core::MAX_BATCH_BYTES {
        let values = vault.get_many(&keys).unwrap_or_else(|_| panic!("all values"));
        let same = values
            .iter()
            .map(|value| value.as_ref().map(Secret::expose))
            .eq(model.values().map(|value| Some(value.as_str())));
        assert!(same, "getMany() is wrong");
    }
}

//! When a data key has to be replaced: the bound on seals, which no test can reach by sealing, and the bytes that are dead.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

use std::sync::Arc;

use super::*;
use crate::ports::{OsFileSystem, OsRandom};
use crate::sealed::{Edges, SealedConfig, SealedVault};
use crate::testing::{BareKeys, ManualClock, RecordedEvents};
use crate::{NewRecord, StoreName, Vault};

#[test]
fn the_bound_of_random_nonces_is_never_passed() {
    let directory = tempfile::tempdir().unwrap();
    let vault = vault(&directory);
    set(&vault);
    {
        let mut state = vault.state.lock().unwrap();
        let journal = state.journal.as_mut().unwrap();
        journal.tail.next_sequence = MAX_SEALS;
        let length = journal.file.identify().unwrap().length;
        let refused = journal.append(&[change("a"), change("b")], &OsRandom);
        assert_eq!(refused.err().unwrap().code(), ErrorCode::Unavailable);
        assert_eq!(journal.file.identify().unwrap().length, length);
        journal.append(&[change("a")], &OsRandom).unwrap();
        let refused = journal.append(&[change("b")], &OsRandom);
        assert_eq!(refused.err().unwrap().code(), ErrorCode::Unavailable);
    }
}

#[test]
fn a_vault_near_the_bound_replaces_its_data_key() {
    let directory = tempfile::tempdir().unwrap();
    let vault = vault(&directory);
    set(&vault);
    vault
        .state
        .lock()
        .unwrap()
        .journal
        .as_mut()
        .unwrap()
        .tail
        .next_sequence = MAX_SEALS;
    set(&vault);
    let state = vault.state.lock().unwrap();
    let journal = state.journal.as_ref().unwrap();
    assert_eq!(journal.header.fields.generation, 2);
    assert_eq!(journal.tail.next_sequence, 2, "one record, sealed once");
}

#[test]
fn only_what_was_replaced_is_dead() {
    let directory = tempfile::tempdir().unwrap();
    let vault = vault(&directory);
    for dead in [0, 128, 256] {
        set(&vault);
        let state = vault.state.lock().unwrap();
        assert_eq!(state.journal.as_ref().unwrap().dead_bytes(), dead);
    }
}

fn vault(directory: &tempfile::TempDir) -> SealedVault {
    let edges = Edges {
        fs: Arc::new(OsFileSystem),
        keys: Arc::new(BareKeys),
        clock: Arc::new(ManualClock::new(1)),
        random: Arc::new(OsRandom),
        events: Arc::new(RecordedEvents::default()),
    };
    let config = SealedConfig::new(directory.path().to_owned());
    SealedVault::new(edges, config, StoreName::default())
}

fn set(vault: &SealedVault) {
    let record = NewRecord {
        key: EntryKey::new("key").unwrap(),
        value: Secret::new(Zeroizing::new("value".to_owned())).unwrap(),
        expiry: None,
    };
    vault.set_many(&[record]).unwrap();
}

fn change(name: &str) -> Change<'_> {
    Change {
        name,
        value: Some("value"),
        written_ms: 1,
        expires_ms: 0,
    }
}

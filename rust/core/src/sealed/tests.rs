//! A vault near the bound on seals, which no test can reach by sealing.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

use std::sync::Arc;

use zeroize::Zeroizing;

use super::journal::MAX_SEALS;
use super::*;
use crate::ports::{OsFileSystem, OsRandom};
use crate::testing::{BareKeys, ManualClock, RecordedEvents};

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

//! A store near the bound on seals, which no test can reach by sealing, and the state after a panic in a call.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

use std::sync::Arc;
use std::thread;

use super::*;
use crate::fakes::{BareKeys, Unheard, Waits};
use crate::name::StoreName;
use crate::ports::{OsFileSystem, OsRandom};
use crate::sealed::config::SealedConfig;
use crate::sealed::files::Edges;
use crate::sealed::journal::MAX_SEALS;

#[test]
fn a_vault_near_the_bound_replaces_its_data_key() {
    let directory = tempfile::tempdir().unwrap();
    let handle = handle(&directory);
    set(&handle);
    handle.state().journal.as_mut().unwrap().tail.next_sequence = MAX_SEALS;
    set(&handle);
    let state = handle.state();
    let journal = state.journal.as_ref().unwrap();
    assert_eq!(journal.header.fields.generation, 2);
    assert_eq!(journal.tail.next_sequence, 2, "one record, sealed once");
}

#[test]
fn a_panic_does_not_make_a_disk_trusted_that_was_not() {
    let directory = tempfile::tempdir().unwrap();
    for distrusted in [true, false] {
        let handle = handle(&directory);
        let panicked = thread::scope(|scope| {
            let call = || {
                let mut state = handle.state();
                state.distrusted = distrusted;
                state.fresh = true;
                panic!("a call that goes wrong");
            };
            scope.spawn(call).join().is_err()
        });
        assert!(panicked);
        assert_eq!(handle.state().distrusted, distrusted);
        assert!(!handle.state().fresh, "nobody vouches for the rest");
    }
}

fn handle(directory: &tempfile::TempDir) -> Handle {
    let edges = Edges {
        fs: Arc::new(OsFileSystem),
        keys: Arc::new(BareKeys),
        clock: Arc::new(Waits::default()),
        random: Arc::new(OsRandom),
        events: Arc::new(Unheard),
    };
    let config = SealedConfig::new(directory.path().to_owned());
    Handle::new(Store::new(edges, config, StoreName::default()))
}

fn set(handle: &Handle) {
    let change = Change {
        name: "key",
        value: Some("value"),
        written_ms: 1,
        expires_ms: 0,
    };
    handle
        .call(Access::Write, |session| session.set(&[change]))
        .unwrap();
}

//! What a panic in a call leaves behind.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

use std::sync::Arc;
use std::thread;

use super::*;
use crate::StoreName;
use crate::platform::{OsFileSystem, OsRandom};
use crate::sealed::{Edges, SealedConfig};
use crate::testing::{BareKeys, ManualClock, RecordedEvents};

#[test]
fn a_panic_does_not_make_a_disk_trusted_that_was_not() {
    let directory = tempfile::tempdir().unwrap();
    for distrusted in [true, false] {
        let edges = Edges {
            fs: Arc::new(OsFileSystem),
            keys: Arc::new(BareKeys::default()),
            clock: Arc::new(ManualClock::new(1_790_000_000_000)),
            random: Arc::new(OsRandom::default()),
            events: Arc::new(RecordedEvents::default()),
        };
        let config = SealedConfig::new(directory.path().into());
        let vault = SealedVault::new(edges, config, StoreName::default());
        let panicked = thread::scope(|scope| {
            let call = || {
                let mut state = vault.state();
                state.distrusted = distrusted;
                state.fresh = true;
                panic!("a call that goes wrong");
            };
            scope.spawn(call).join().is_err()
        });
        assert!(panicked);
        assert_eq!(vault.state().distrusted, distrusted);
        assert!(!vault.state().fresh, "nobody vouches for the rest");
    }
}

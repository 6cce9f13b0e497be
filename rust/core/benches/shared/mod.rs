//! What the benchmarks measure: a vault on a real disk, under keys in memory.

use std::path::Path;
use std::sync::Arc;

use strongroom_core::ports::{OsFileSystem, OsRandom, SystemClock};
use strongroom_core::{Edges, ItemKey, SealedConfig, SealedVault, StoreName};
use strongroom_testkit::{RecordedEvents, SoftwareKeys};

/// A handle of its own, which has read nothing yet.
pub(crate) fn open(directory: &Path, keys: &Arc<SoftwareKeys>) -> SealedVault {
    let edges = Edges {
        fs: Arc::new(OsFileSystem::default()),
        keys: keys.clone(),
        clock: Arc::new(SystemClock::default()),
        random: Arc::new(OsRandom::default()),
        events: Arc::new(RecordedEvents::default()),
    };
    SealedVault::new(
        edges,
        SealedConfig::new(directory.join("bench")),
        StoreName::default(),
    )
}

pub(crate) fn key(name: &str) -> ItemKey {
    ItemKey::new(name).unwrap()
}

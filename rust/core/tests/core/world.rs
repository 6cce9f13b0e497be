//! A store with all its edges in the hands of a test.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use strongroom_core::ports::OsRandom;
use strongroom_core::testing::{FaultyFileSystem, ManualClock, RecordedEvents, SoftwareKeys};
pub(crate) use strongroom_core::testing::{get, key, names, record, set};
use strongroom_core::{Edges, SealedConfig, SealedVault, StoreName};
use tempfile::TempDir;

pub(crate) const NOW_MS: u64 = 1_790_000_000_000;

pub(crate) struct World {
    pub(crate) directory: TempDir,
    pub(crate) keys: Arc<SoftwareKeys>,
    pub(crate) fs: FaultyFileSystem,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) events: Arc<RecordedEvents>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self {
            directory: TempDir::new().unwrap(),
            keys: Arc::default(),
            fs: FaultyFileSystem::default(),
            clock: Arc::new(ManualClock::new(NOW_MS)),
            events: Arc::default(),
        }
    }

    pub(crate) fn config(&self) -> SealedConfig {
        SealedConfig::new(self.files())
    }

    pub(crate) fn edges(&self) -> Edges {
        Edges {
            fs: Arc::new(self.fs.clone()),
            keys: self.keys.clone(),
            clock: self.clock.clone(),
            random: Arc::new(OsRandom::default()),
            events: self.events.clone(),
        }
    }

    /// A handle as a new process would have it.
    pub(crate) fn vault(&self) -> SealedVault {
        self.vault_with(self.config())
    }

    pub(crate) fn vault_with(&self, config: SealedConfig) -> SealedVault {
        SealedVault::new(self.edges(), config, StoreName::default())
    }

    pub(crate) fn files(&self) -> PathBuf {
        self.directory.path().join("strongroom")
    }

    pub(crate) fn vault_path(&self) -> PathBuf {
        self.files().join("default.vault")
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        std::fs::read(self.vault_path()).unwrap()
    }

    /// Every file of the store but the lock, which is empty, by name.
    pub(crate) fn snapshot(&self) -> Vec<(String, Vec<u8>)> {
        let mut files: Vec<_> = std::fs::read_dir(self.files())
            .map(|entries| {
                entries
                    .map(|entry| entry.unwrap())
                    .map(|entry| {
                        (
                            entry.file_name().into_string().unwrap(),
                            std::fs::read(entry.path()).unwrap(),
                        )
                    })
                    .filter(|(name, _)| {
                        Path::new(name)
                            .extension()
                            .is_none_or(|extension| extension != "lock")
                    })
                    .collect()
            })
            .unwrap_or_default();
        files.sort();
        files
    }
}

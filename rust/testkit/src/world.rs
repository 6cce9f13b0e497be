//! A store with all its edges in the hands of a test.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use strongroom_core::ports::OsRandom;
use strongroom_core::{Edges, SealedConfig, SealedVault, StoreName};
use tempfile::TempDir;

use crate::{FaultyFileSystem, ManualClock, RecordedEvents, ScriptedDevice, SoftwareKeys};

/// What the clock of a [`World`] shows at first.
pub const NOW_MS: u64 = 1_790_000_000_000;

/// A store whose files, key store, clock, user and events a test controls.
pub struct World {
    /// A directory of its own, which holds that of the store.
    pub directory: TempDir,
    /// The key store.
    pub keys: Arc<SoftwareKeys>,
    /// The real file system.
    pub fs: FaultyFileSystem,
    /// Shows [`NOW_MS`] at first.
    pub clock: Arc<ManualClock>,
    /// Asks its user, who authenticates unless told otherwise.
    pub device: Arc<ScriptedDevice>,
    /// What all handles raised.
    pub events: Arc<RecordedEvents>,
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

impl World {
    /// No store yet.
    pub fn new() -> Self {
        let (keys, clock) = (Arc::default(), Arc::new(ManualClock::new(NOW_MS)));
        Self {
            directory: TempDir::new().unwrap(),
            device: Arc::new(ScriptedDevice::new(Arc::clone(&keys), Arc::clone(&clock))),
            keys,
            fs: FaultyFileSystem::default(),
            clock,
            events: Arc::default(),
        }
    }

    /// The default configuration.
    pub fn config(&self) -> SealedConfig {
        SealedConfig::new(self.files())
    }

    /// What a vault of this world stands on.
    pub fn edges(&self) -> Edges {
        Edges {
            fs: Arc::new(self.fs.clone()),
            keys: self.keys.clone(),
            clock: self.clock.clone(),
            random: Arc::new(OsRandom::default()),
            events: self.events.clone(),
        }
    }

    /// A handle as a new process would have it.
    pub fn vault(&self) -> SealedVault {
        self.vault_with(self.config())
    }

    /// The same with another configuration.
    pub fn vault_with(&self, config: SealedConfig) -> SealedVault {
        SealedVault::new(self.edges(), config, StoreName::default()).with_asking(self.device.asking())
    }

    /// The directory of the store.
    pub fn files(&self) -> PathBuf {
        self.directory.path().join("strongroom")
    }

    /// The file of the store.
    pub fn vault_path(&self) -> PathBuf {
        self.files().join("default.vault")
    }

    /// What is in the file of the store.
    pub fn bytes(&self) -> Vec<u8> {
        std::fs::read(self.vault_path()).unwrap()
    }

    /// Every file of the store but the lock, which is empty, by name.
    pub fn snapshot(&self) -> Vec<(String, Vec<u8>)> {
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

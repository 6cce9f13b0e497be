//! A store whose whole platform is in memory and depends only on the input, so that a finding can be run again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use strongroom_core::policy::{KeyPolicy, OnKeyLoss, SecurityLevel};
use strongroom_core::ports::{DataKey, KeyError, KeyErrorKind, KeyWrapper, Random};
use strongroom_core::{Edges, Error, Expiry, ItemKey, NewItem, SealedConfig, SealedVault, Secret, StoreName};
use strongroom_testkit::{ManualClock, MemoryFs, RecordedEvents};

pub(crate) const NOW_MS: u64 = 1_790_000_000_000;

const DIRECTORY: &str = "/data/strongroom";

/// The files of a disk.
pub(crate) type Files = BTreeMap<PathBuf, Vec<u8>>;

pub(crate) struct Stage {
    pub(crate) disk: MemoryFs,
    pub(crate) keys: Arc<Keys>,
    random: Arc<Sequence>,
}

impl Stage {
    /// A disk with these files; the names are their extensions.
    pub(crate) fn new(files: impl IntoIterator<Item = (String, Vec<u8>)>, keys: Keys) -> Self {
        let mut image = MemoryFs::default().image();
        image.files.extend(
            files
                .into_iter()
                .map(|(extension, bytes)| (path(&extension), bytes)),
        );
        Self {
            disk: MemoryFs::from_image(&image),
            keys: Arc::new(keys),
            random: Arc::default(),
        }
    }

    /// The default store, as a new process opens it.
    pub(crate) fn vault(&self, on_key_loss: OnKeyLoss) -> SealedVault {
        let mut config = Self::config();
        config.on_key_loss = on_key_loss;
        SealedVault::new(self.edges(), config, StoreName::default())
    }

    pub(crate) fn config() -> SealedConfig {
        SealedConfig::new(PathBuf::from(DIRECTORY))
    }

    pub(crate) fn edges(&self) -> Edges {
        Edges {
            fs: Arc::new(self.disk.clone()),
            keys: self.keys.clone(),
            clock: Arc::new(ManualClock::new(NOW_MS)),
            random: self.random.clone(),
            events: Arc::new(RecordedEvents::default()),
        }
    }

    /// All files except a temporary file, which any attempt to open the store may remove.
    pub(crate) fn files(&self) -> Files {
        let mut files = self.disk.image().files;
        files.remove(&path("tmp"));
        files
    }

    pub(crate) fn vault_file(&self) -> Option<Vec<u8>> {
        self.disk.image().files.remove(&path("vault"))
    }
}

pub(crate) fn path(extension: &str) -> PathBuf {
    Path::new(DIRECTORY).join(format!("default.{extension}"))
}

pub(crate) fn key(name: &str) -> ItemKey {
    ItemKey::new(name).expect("a key within the cap")
}

pub(crate) fn secret(value: &str) -> Secret {
    Secret::new(value.to_owned().into()).unwrap_or_else(|_| panic!("a value within the cap"))
}

pub(crate) fn record(name: &str, value: &str, expiry: Option<Expiry>) -> NewItem {
    NewItem {
        key: key(name),
        value: secret(value),
        expiry,
    }
}

/// A key store that wraps nothing, so that altered headers still open, but knows which keys exist.
#[derive(Default)]
pub(crate) struct Keys {
    /// Whether a key that does not exist also opens a file.
    lenient: bool,
    aliases: Mutex<Aliases>,
}

#[derive(Default)]
struct Aliases {
    present: BTreeSet<String>,
    destroyed: BTreeSet<String>,
}

impl Keys {
    pub(crate) fn new(lenient: bool, present: &[&str]) -> Self {
        Self {
            lenient,
            aliases: Mutex::new(Aliases {
                present: present.iter().map(|alias| (*alias).to_owned()).collect(),
                destroyed: BTreeSet::new(),
            }),
        }
    }

    /// Whether a file that names `alias` can be opened.
    pub(crate) fn opens(&self, alias: &str) -> bool {
        self.lenient || self.aliases().present.contains(alias)
    }

    /// Whether there was a key under `alias` and is none any more.
    pub(crate) fn destroyed(&self, alias: &str) -> bool {
        self.aliases().destroyed.contains(alias)
    }

    fn aliases(&self) -> MutexGuard<'_, Aliases> {
        self.aliases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn check(&self, alias: &str) -> Result<(), KeyError> {
        if self.opens(alias) {
            return Ok(());
        }
        Err(KeyError::new(KeyErrorKind::Absent, "no such alias"))
    }
}

impl KeyWrapper for Keys {
    fn aliases(&self, prefix: &str, _: Duration) -> Result<Vec<String>, KeyError> {
        let aliases = self.aliases();
        let found = aliases.present.iter().filter(|alias| alias.starts_with(prefix));
        Ok(found.cloned().collect())
    }

    fn create(&self, alias: &str, policy: &KeyPolicy, _: Duration) -> Result<SecurityLevel, KeyError> {
        let level = SecurityLevel::TrustedEnvironment;
        if policy.min_level.is_some_and(|least| level < least) {
            return Err(KeyError::new(KeyErrorKind::InsufficientSecurity, level.as_str()));
        }
        let mut aliases = self.aliases();
        aliases.destroyed.remove(alias);
        if !aliases.present.insert(alias.to_owned()) {
            return Err(KeyError::new(KeyErrorKind::Exists, "alias taken"));
        }
        Ok(level)
    }

    fn wrap(&self, alias: &str, data_key: &[u8; 32], _: &[u8], _: Duration) -> Result<Vec<u8>, KeyError> {
        self.check(alias)?;
        Ok(data_key.to_vec())
    }

    fn unwrap(&self, alias: &str, wrapped: &[u8], _: &[u8], _: Duration) -> Result<DataKey, KeyError> {
        self.check(alias)?;
        DataKey::copied(wrapped).ok_or_else(|| KeyError::new(KeyErrorKind::Mismatch, "length"))
    }

    fn destroy(&self, alias: &str, _: Duration) -> Result<(), KeyError> {
        let mut aliases = self.aliases();
        if aliases.present.remove(alias) {
            aliases.destroyed.insert(alias.to_owned());
        }
        Ok(())
    }
}

/// Numbers that look random and are always the same (splitmix64).
#[derive(Default)]
pub(crate) struct Sequence(AtomicU64);

impl Random for Sequence {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), Error> {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        for chunk in buffer.chunks_mut(8) {
            let mut z = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            let bytes = (z ^ (z >> 31)).to_le_bytes();
            chunk.copy_from_slice(&bytes[..chunk.len()]);
        }
        Ok(())
    }
}

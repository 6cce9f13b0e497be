//! A phone with an app whose whole platform a test controls.

use std::path::PathBuf;
use std::sync::Arc;

use strongroom_apple::keychain::Keychain;
use strongroom_apple::{KeychainConfig, KeychainEdges, KeychainVault, StoreStates};
use strongroom_apple_fake::{Effect, Entered, Kind, Row, When, World};
use strongroom_core::policy::VaultOptions;
use strongroom_core::ports::OsRandom;
use strongroom_core::{Error, ErrorCode, Event, NewItem, StoreName, Vault};
use strongroom_testkit::{FaultyFileSystem, ManualClock, RecordedEvents};
pub(crate) use strongroom_testkit::{get, key, names, record, secret, set};
use tempfile::TempDir;

pub(crate) const NOW_MS: u64 = 1_790_000_000_000;
pub(crate) const RECORDS: &str = "dev.strongroom.default";
pub(crate) const STATE: &str = "dev.strongroom.default/state";
pub(crate) const SYNCED_STATE: &str = "dev.strongroom.default/synced";

/// The group that the system gives the app, and one that it shares.
pub(crate) const OWN: &str = "TEAM.dev.example.app";
pub(crate) const SHARED: &str = "TEAM.shared";
pub(crate) const IN_SHARED: &str = r#"{"ios":{"accessGroup":"TEAM.shared"}}"#;

/// A phone that this thread controls.
pub(crate) struct Phone {
    pub(crate) device: Arc<Device>,
    _entered: Entered,
}

impl Phone {
    pub(crate) fn new() -> Self {
        Self::with(World::new())
    }

    /// A phone whose app is entitled to a group that it shares with another app of its team.
    pub(crate) fn of_a_team() -> Self {
        let phone = Self::new();
        phone.keychain.set_entitled(&[OWN, SHARED]);
        phone
    }

    /// A phone with this Keychain, and an app that was never started.
    pub(crate) fn with(keychain: Arc<World>) -> Self {
        let entered = keychain.enter();
        Self {
            device: Arc::new(Device::with(keychain)),
            _entered: entered,
        }
    }
}

impl std::ops::Deref for Phone {
    type Target = Device;

    fn deref(&self) -> &Device {
        &self.device
    }
}

/// The parts of a phone. Dropping it checks that nothing leaked and that no query broke a rule.
pub(crate) struct Device {
    pub(crate) keychain: Arc<World>,
    pub(crate) files: TempDir,
    pub(crate) fs: FaultyFileSystem,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) events: Arc<RecordedEvents>,
}

impl Device {
    fn with(keychain: Arc<World>) -> Self {
        let fs = FaultyFileSystem::default();
        // The marker is the only file, and no test needs a power cut.
        fs.skip_syncs();
        Self {
            keychain,
            files: TempDir::new().unwrap(),
            fs,
            clock: Arc::new(ManualClock::new(NOW_MS)),
            events: Arc::default(),
        }
    }

    /// Another app of the team on the same phone, with files of its own.
    pub(crate) fn other_app(&self) -> Arc<Self> {
        Arc::new(Self::with(self.keychain.clone()))
    }

    /// Runs an action of the other app, which keeps its items in the shared group.
    pub(crate) fn act_as_other<R>(&self, act: impl FnOnce(&dyn Vault) -> R) -> R {
        let _entered = self.keychain.enter_as(&["TEAM.dev.example.other", SHARED]);
        act(&self.start_with(IN_SHARED))
    }

    pub(crate) fn marker(&self) -> PathBuf {
        self.markers().join("default.installed")
    }

    /// The default store in a new process of the app.
    pub(crate) fn start(&self) -> KeychainVault {
        self.start_with("{}")
    }

    /// The same with a configuration of the app.
    pub(crate) fn start_with(&self, config: &str) -> KeychainVault {
        self.vault(config, &StoreStates::default(), true)
    }

    /// A process of an extension, which has no directory that is deleted with the app.
    pub(crate) fn start_extension(&self, config: &str) -> KeychainVault {
        self.vault(config, &StoreStates::default(), false)
    }

    pub(crate) fn vault(&self, config: &str, process: &StoreStates, marked: bool) -> KeychainVault {
        let mut options = VaultOptions::parse(config).unwrap();
        options.marker_directory = marked.then(|| self.markers());
        let edges = self.edges(process);
        KeychainVault::new(edges, KeychainConfig::from(&options), StoreName::default())
    }

    pub(crate) fn edges(&self, process: &StoreStates) -> KeychainEdges {
        KeychainEdges {
            groups: Arc::new(Keychain),
            fs: Arc::new(self.fs.clone()),
            clock: self.clock.clone(),
            random: Arc::new(OsRandom::default()),
            events: self.events.clone(),
            states: process.clone(),
        }
    }

    pub(crate) fn markers(&self) -> PathBuf {
        self.files.path().join("strongroom")
    }

    /// Stores a batch as a process does that dies once the batch is written: of the existing rows, only the first is
    /// written.
    pub(crate) fn set_half(&self, vault: &dyn Vault, config: &str, records: &[(&str, &str)]) {
        // In a store that others can change, the first update decides the batch.
        let decides = config.contains("accessGroup") || config.contains("synchronizable");
        let second_step = When::nth(2 + usize::from(decides)).of(Kind::Update).for_ever();
        self.keychain.fail(second_step, -25291, Effect::Before);
        set_all(vault, records).unwrap();
        self.keychain.clear_faults();
    }

    /// Deletes the app: its files are deleted, and the Keychain stays.
    pub(crate) fn delete_app(&self) {
        let _ = std::fs::remove_dir_all(self.markers());
    }

    /// The rows of items and of quarantine, as bytes. Tags are new with each write, so they show whether something was
    /// written.
    pub(crate) fn rows(&self) -> Vec<Row> {
        let mut rows = self.keychain.rows();
        rows.retain(|row| row.service != STATE && row.service != SYNCED_STATE);
        rows.sort_by_key(|row| (row.service.clone(), row.account.clone()));
        rows
    }

    /// The names of the events since the last call.
    pub(crate) fn events(&self) -> Vec<String> {
        let events = self.events.take().into_iter();
        events
            .map(|event| match event {
                Event::StoreReset(reset) => format!("storeReset {}", reset.reason.as_str()),
                Event::Expired(key) => format!("expired {}", key.as_str()),
                _ => unreachable!(),
            })
            .collect()
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        assert_eq!(self.keychain.violations(), [""; 0]);
        assert_eq!(self.keychain.live_objects(), 0, "objects were not released");
    }
}

pub(crate) fn set_all(vault: &dyn Vault, records: &[(&str, &str)]) -> Result<(), Error> {
    let records: Vec<NewItem> = records
        .iter()
        .map(|(name, value)| record(name, value, None))
        .collect();
    vault.set_many(&records)
}

pub(crate) type Call = fn(&dyn Vault) -> Result<(), Error>;

/// Every call of a vault, by its name.
pub(crate) const CALLS: [(&str, Call); 15] = [
    ("get", |vault| vault.get(&key("a")).map(drop)),
    ("get absent", |vault| match vault.get(&key("absent")) {
        Err(error) if error.code() == ErrorCode::NotFound => Ok(()),
        Ok(_) => panic!("it is absent"),
        Err(error) => Err(error),
    }),
    ("has", |vault| vault.has(&key("a")).map(drop)),
    ("keys", |vault| vault.keys().map(drop)),
    ("get_many", |vault| {
        vault.get_many(&[key("a"), key("absent")]).map(drop)
    }),
    ("get_or_create", |vault| {
        vault.get_or_create(record("absent", "new", None)).map(drop)
    }),
    ("set", |vault| set(vault, "a", "new")),
    ("set new", |vault| set(vault, "absent", "new")),
    ("set_many", |vault| {
        set_all(vault, &[("a", "new"), ("b", "new"), ("absent", "new")])
    }),
    ("compare_and_set", |vault| {
        let new = strongroom_core::Replacement::of(Some(secret("new")), None)?;
        vault
            .compare_and_set(&key("a"), Some(&secret("1")), new)
            .map(drop)
    }),
    ("remove", |vault| vault.remove(&key("a"))),
    ("remove_many", |vault| {
        vault.remove_many(&[key("a"), key("b")]).map(drop)
    }),
    ("status", |vault| vault.status().map(drop)),
    ("rotate_keys", |vault| vault.rotate_keys()),
    ("recover", |vault| vault.recover().map(drop)),
];

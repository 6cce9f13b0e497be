//! A store on a disk in memory, with a record of what was promised when.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use strongroom_core::policy::{KeyPolicy, SecurityLevel};
use strongroom_core::ports::{DataKey, KeyError, KeyWrapper, OsRandom};
use strongroom_core::{Edges, Error, ErrorCode, SealedConfig, SealedVault, StoreName, Vault};
use strongroom_testkit::{ManualClock, MemoryFs, NOW_MS, RecordedEvents, SoftwareKeys, get, set};

/// What a store holds.
pub(super) type Model = BTreeMap<String, String>;

pub(super) struct Stage {
    pub(super) disk: MemoryFs,
    pub(super) keys: Arc<TracedKeys>,
    pub(super) clock: Arc<ManualClock>,
    pub(super) config: SealedConfig,
    pub(super) vault: SealedVault,
    /// What the store holds now.
    pub(super) model: Model,
    /// Records that only `recover()` brings back.
    pub(super) set_aside: Model,
    /// The code with which calls fail without any fault.
    pub(super) full: Option<ErrorCode>,
    /// The codes of the calls that failed.
    pub(super) failures: Vec<ErrorCode>,
    /// After how many effects which states became the only ones allowed.
    pub(super) promises: Vec<(usize, Vec<Model>)>,
}

impl Stage {
    /// A fresh store.
    pub(super) fn new(configure: impl FnOnce(&mut SealedConfig)) -> Self {
        let disk = MemoryFs::default();
        let clock = Arc::new(ManualClock::new(NOW_MS));
        let mut config = SealedConfig::new(PathBuf::from("/data/strongroom"));
        configure(&mut config);
        let keys = Arc::new(TracedKeys::new(disk.clone()));
        let vault = open(&disk, keys.clone(), &clock, &config);
        Self {
            disk,
            keys,
            clock,
            config,
            vault,
            model: Model::new(),
            set_aside: Model::new(),
            full: None,
            failures: Vec::new(),
            promises: vec![(0, vec![Model::new()])],
        }
    }

    /// From here on the disk may crash: all that was done so far is durable.
    pub(super) fn begin(&mut self) {
        self.disk.settle();
        self.keys.begin();
        self.promises = vec![(0, vec![self.model.clone()])];
    }

    /// The next process.
    pub(super) fn restart(&mut self) {
        self.vault = self.reopened();
    }

    /// A handle as another process has it.
    pub(super) fn reopened(&self) -> SealedVault {
        open(&self.disk, self.keys.clone(), &self.clock, &self.config)
    }

    /// Makes a call that changes the store into `after`. One that fails may have changed it or not, and then it stays so.
    pub(super) fn call(&mut self, call: impl FnOnce(&SealedVault) -> Result<(), Error>, after: Model) {
        let Err(error) = call(&self.vault) else {
            self.model = after;
            self.promises
                .push((self.disk.effects(), vec![self.model.clone()]));
            return;
        };
        self.failures.push(error.code());
        let before = std::mem::take(&mut self.model);
        for vault in [&self.vault, &self.reopened()] {
            // While it lasts, a read tells the truth or that it cannot.
            if let Ok(found) = visible(vault) {
                assert!(found == before || found == after);
            }
        }
        self.disk.heal();
        self.promises
            .push((self.disk.effects(), vec![before.clone(), after.clone()]));
        self.model = visible(&self.vault).expect("a store that works again");
        assert!(
            self.model == before || self.model == after,
            "a call that failed was done by half"
        );
        // What was read once must not change any more.
        self.promises
            .push((self.disk.effects(), vec![self.model.clone()]));
    }

    /// The states that may be found after a crash behind the first `effects` effects.
    pub(super) fn allowed(&self, effects: usize) -> Vec<&Model> {
        let kept = self.promises.iter().filter(|(at, _)| *at <= effects).count();
        self.promises
            .iter()
            .take(kept + 1)
            .skip(kept - 1)
            .flat_map(|(_, models)| models)
            .collect()
    }
}

/// A vault as a new process has it.
pub(super) fn open(
    disk: &MemoryFs,
    keys: Arc<dyn KeyWrapper>,
    clock: &Arc<ManualClock>,
    config: &SealedConfig,
) -> SealedVault {
    let edges = Edges {
        fs: Arc::new(disk.clone()),
        keys,
        clock: clock.clone(),
        random: Arc::new(OsRandom::default()),
        events: Arc::new(RecordedEvents::default()),
    };
    SealedVault::new(edges, config.clone(), StoreName::default())
}

/// Everything a store answers, or the code that it answers instead.
pub(super) fn visible(vault: &dyn Vault) -> Result<Model, String> {
    let keys = vault.keys().map_err(|error| error.to_string())?;
    keys.iter()
        .map(|key| key.as_str().to_owned())
        .map(|name| match get(vault, &name) {
            Ok(value) => Ok((name, value)),
            Err(code) => Err(format!("a record answers {code:?}")),
        })
        .collect()
}

/// The store can be written to, read by the next process, brought back as it was, and rotated; no key is left over.
pub(super) fn works_on(
    stage: &Stage,
    disk: &MemoryFs,
    keys: &Arc<SoftwareKeys>,
    mut model: Model,
) -> Result<(), String> {
    let reopen = || open(disk, keys.clone(), &stage.clock, &stage.config);
    let coded = |error: Error| error.to_string();
    set(&reopen(), "probe", "1").map_err(coded)?;
    model.insert("probe".to_owned(), "1".to_owned());
    let vault = reopen();
    if visible(&vault)? != model {
        return Err("what is written after the crash is not what is read".to_owned());
    }
    if vault.status().map_err(coded)?.damaged_records > 0 {
        return Err("a write after the crash passes for damage".to_owned());
    }
    if !stage.set_aside.is_empty() {
        keys.restore(&keys.alias(1));
        let recovery = vault.recover().map_err(coded)?;
        for (name, value) in &stage.set_aside {
            model.entry(name.clone()).or_insert_with(|| value.clone());
        }
        if visible(&reopen())? != model {
            return Err(format!("not all in quarantine is brought back: {recovery:?}"));
        }
    }
    vault.rotate_keys().map_err(coded)?;
    if keys.all().len() != 1 {
        return Err(format!("{} keys for one file", keys.all().len()));
    }
    if visible(&reopen())? != model {
        return Err("a rotation after the crash loses records".to_owned());
    }
    Ok(())
}

/// A key store that remembers which keys there were after how many effects on the disk.
pub(super) struct TracedKeys {
    pub(super) keys: SoftwareKeys,
    disk: MemoryFs,
    states: Mutex<Vec<(usize, SoftwareKeys)>>,
}

impl TracedKeys {
    fn new(disk: MemoryFs) -> Self {
        Self {
            keys: SoftwareKeys::default(),
            disk,
            states: Mutex::default(),
        }
    }

    fn begin(&self) {
        *self.states.lock().unwrap() = vec![(0, self.keys.fork())];
    }

    /// The key stores that a crash behind the first `effects` effects can leave.
    pub(super) fn at(&self, effects: usize) -> Vec<SoftwareKeys> {
        let states = self.states.lock().unwrap();
        let certain = states.iter().filter(|(at, _)| *at < effects).count().max(1);
        let possible = states.iter().filter(|(at, _)| *at <= effects).count();
        states[certain - 1..possible]
            .iter()
            .map(|(_, keys)| keys.fork())
            .collect()
    }

    fn remember(&self) {
        let mut states = self.states.lock().unwrap();
        states.push((self.disk.effects(), self.keys.fork()));
    }
}

impl KeyWrapper for TracedKeys {
    fn ready(&self) -> Result<(), KeyError> {
        self.keys.ready()
    }

    fn aliases(&self, prefix: &str, wait: Duration) -> Result<Vec<String>, KeyError> {
        self.keys.aliases(prefix, wait)
    }

    fn create(&self, alias: &str, policy: &KeyPolicy, wait: Duration) -> Result<SecurityLevel, KeyError> {
        let level = self.keys.create(alias, policy, wait)?;
        self.remember();
        Ok(level)
    }

    fn wrap(
        &self,
        alias: &str,
        data_key: &[u8; 32],
        aad: &[u8],
        wait: Duration,
    ) -> Result<Vec<u8>, KeyError> {
        self.keys.wrap(alias, data_key, aad, wait)
    }

    fn unwrap(&self, alias: &str, wrapped: &[u8], aad: &[u8], wait: Duration) -> Result<DataKey, KeyError> {
        self.keys.unwrap(alias, wrapped, aad, wait)
    }

    fn destroy(&self, alias: &str, wait: Duration) -> Result<(), KeyError> {
        self.keys.destroy(alias, wait)?;
        self.remember();
        Ok(())
    }
}

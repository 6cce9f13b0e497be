//! A store beside a model of it that knows nothing but the rule.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use strongroom_core::{ErrorCode, Event, Expiry, ResetReason, SealedConfig, SealedVault, Vault};

use crate::nonces::SealsOfFile;
use strongroom_testkit::{World, get, key, names, record};

pub(super) const ROTATE_AFTER: u64 = 90 * 24 * 60 * 60 * 1000;

/// Value and the time it expires, 0 for never.
type Records = BTreeMap<String, (String, u64)>;

/// A store, and what the rule says of it.
pub(super) struct Watched {
    world: World,
    vault: SealedVault,
    pub(super) now_ms: u64,
    /// What the file holds; `None` while there is no file.
    file: Option<Records>,
    /// What this process saw expire since its last write.
    gone: BTreeSet<String>,
    /// Generation and age of the data key.
    generation: u64,
    created_ms: u64,
    set_aside: BTreeMap<u64, Records>,
    values: u64,
}

impl Watched {
    pub(super) fn new(now_ms: u64) -> Self {
        let world = World::new();
        world.clock.set(now_ms);
        Self {
            vault: world.vault_with(config(&world)),
            world,
            now_ms,
            file: None,
            gone: BTreeSet::new(),
            generation: 0,
            created_ms: 0,
            set_aside: BTreeMap::new(),
            values: 0,
        }
    }

    pub(super) fn jump(&mut self, now_ms: u64) {
        self.now_ms = now_ms;
        self.world.clock.set(now_ms);
    }

    pub(super) fn restart(&mut self) {
        self.vault = self.world.vault_with(config(&self.world));
        self.gone.clear();
    }

    pub(super) fn set(&mut self, expiries: &[(String, Option<Expiry>)]) {
        let mut expected = self.meet();
        self.create();
        self.forget_gone();
        let mut records = Vec::new();
        for (name, expiry) in expiries {
            self.values += 1;
            let value = self.values.to_string();
            records.push(record(name, &value, *expiry));
            let expires_ms = match expiry {
                None => 0,
                Some(Expiry::At(at_ms)) => (*at_ms).max(1),
                Some(Expiry::After(ms)) => self.now_ms.saturating_add(*ms).max(1),
                Some(_) => unreachable!(),
            };
            self.file
                .as_mut()
                .unwrap()
                .insert(name.clone(), (value, expires_ms));
        }
        self.vault.set_many(&records).unwrap();
        expected.extend(self.meet());
        self.grow_old();
        self.assert_expired(&expected);
    }

    pub(super) fn remove(&mut self, name: &str) {
        let expected = self.meet();
        let there = self.visible().contains_key(name);
        let removed = self.vault.remove(&key(name));
        if there {
            removed.unwrap();
            self.forget_gone();
            self.file.as_mut().unwrap().remove(name);
            self.grow_old();
        } else {
            assert_eq!(removed.unwrap_err().code(), ErrorCode::NotFound);
        }
        self.assert_expired(&expected);
    }

    pub(super) fn rotate(&mut self) {
        let expected = self.meet();
        self.vault.rotate_keys().unwrap();
        if self.file.is_some() {
            self.forget_gone();
            self.generation += 1;
            self.created_ms = self.now_ms;
        }
        self.assert_expired(&expected);
    }

    pub(super) fn reset(&mut self) {
        self.vault.reset().unwrap();
        let events = self.world.events.take();
        let Some(records) = self.file.take() else {
            assert!(events.is_empty());
            return;
        };
        self.gone.clear();
        let [Event::StoreReset(reset)] = events[..] else {
            panic!("{events:?}");
        };
        assert_eq!(reset.reason, ResetReason::Requested);
        let latest = self.set_aside.last_key_value().map(|(at_ms, _)| *at_ms);
        assert!(reset.at_ms >= self.now_ms || latest == Some(u64::MAX));
        assert!(latest.is_none_or(|latest| latest < reset.at_ms || latest == u64::MAX));
        let replaced = self.set_aside.insert(reset.at_ms, records);
        assert!(replaced.is_none(), "one store took the place of another");
    }

    pub(super) fn recover(&mut self) {
        let expected = self.meet();
        let mut restored = 0;
        for (_, records) in std::mem::take(&mut self.set_aside).into_iter().rev() {
            let visible = self.visible();
            let absent: Records = records
                .into_iter()
                .filter(|(name, (_, expires_ms))| {
                    !expired(*expires_ms, self.now_ms) && !visible.contains_key(name)
                })
                .collect();
            if !absent.is_empty() {
                self.create();
                self.forget_gone();
                restored += absent.len() as u64;
                self.file.as_mut().unwrap().extend(absent);
            }
        }
        let recovery = self.vault.recover().unwrap();
        assert_eq!((recovery.recovered, recovery.remaining), (restored, 0));
        if restored > 0 {
            self.grow_old();
        }
        self.assert_expired(&expected);
    }

    /// Reads everything, and compares it with what the rule says.
    pub(super) fn check(&mut self) {
        let expected = self.meet();
        let visible = self.visible();
        assert_eq!(names(&self.vault), visible.keys().cloned().collect::<Vec<_>>());
        for (name, (value, _)) in &visible {
            assert_eq!(get(&self.vault, name).unwrap(), *value);
        }
        for name in &self.gone {
            assert_eq!(get(&self.vault, name).unwrap_err(), ErrorCode::NotFound);
        }
        let status = self.vault.status().unwrap();
        assert_eq!(status.damaged_records, 0);
        assert_eq!(status.quarantined, self.set_aside.len() as u64);
        if self.file.is_some() {
            assert_eq!(status.data_key_created_ms, Some(self.created_ms));
            let generation = SealsOfFile::read(&self.world.bytes()).generation;
            assert_eq!(generation, self.generation, "an unexpected rewrite, or none");
        }
        self.assert_expired(&expected);
    }

    /// What the next call of this process finds expired.
    fn meet(&mut self) -> BTreeSet<String> {
        let met: BTreeSet<String> = self
            .visible()
            .into_iter()
            .filter(|(_, (_, expires_ms))| expired(*expires_ms, self.now_ms))
            .map(|(name, _)| name)
            .collect();
        self.gone.extend(met.iter().cloned());
        met
    }

    fn visible(&self) -> Records {
        let mut visible = self.file.clone().unwrap_or_default();
        visible.retain(|name, _| !self.gone.contains(name));
        visible
    }

    /// With a write, what was seen expired is gone for good.
    fn forget_gone(&mut self) {
        let gone = std::mem::take(&mut self.gone);
        if let Some(records) = &mut self.file {
            records.retain(|name, _| !gone.contains(name));
        }
    }

    fn create(&mut self) {
        if self.file.is_none() {
            self.file = Some(Records::new());
            self.generation = 1;
            self.created_ms = self.now_ms;
        }
    }

    /// The age of the data key counts from its creation, and a clock that went back for less than a day makes it no older.
    fn grow_old(&mut self) {
        const DAY: u64 = 24 * 60 * 60 * 1000;
        let old = self.now_ms > self.created_ms && self.now_ms - self.created_ms > ROTATE_AFTER;
        let of_the_future = self.created_ms > self.now_ms && self.created_ms - self.now_ms > DAY;
        if old || of_the_future {
            self.forget_gone();
            self.generation += 1;
            self.created_ms = self.now_ms;
        }
    }

    fn assert_expired(&self, expected: &BTreeSet<String>) {
        let mut raised: Vec<String> = self
            .world
            .events
            .take()
            .into_iter()
            .map(|event| match event {
                Event::Expired(key) => key.as_str().to_owned(),
                other => panic!("{other:?}"),
            })
            .collect();
        raised.sort();
        assert_eq!(raised, expected.iter().cloned().collect::<Vec<_>>());
    }
}

/// A rewrite for no other reason than the age of the data key.
fn config(world: &World) -> SealedConfig {
    let mut config = world.config();
    config.rotate_after = Some(Duration::from_millis(ROTATE_AFTER));
    config.rotate_kek_after = None;
    config.limits.small_file = 0;
    config.limits.dead_bytes = u64::MAX;
    config
}

fn expired(expires_ms: u64, now_ms: u64) -> bool {
    expires_ms != 0 && expires_ms <= now_ms
}

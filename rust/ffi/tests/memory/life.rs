//! The life of a store: calls in any order, with faults, and a search of the heap after each call.

use std::sync::Arc;

use strongroom_core::ports::{KeyErrorKind, OsRandom};
use strongroom_core::{Edges, EventSink, SealedConfig, SealedVault, StoreName};
use strongroom_testkit::{FaultyFileSystem, KeyOperation, ManualClock, Row, SecretText, WitnessKeys, scaled};
use tempfile::TempDir;

use super::store::{Answer, Store};
use super::watch::Watch;

const NAME_LENGTHS: [usize; 6] = [16, 17, 30, 60, 200, 1000];
const VALUE_LENGTHS: [usize; 8] = [16, 24, 63, 64, 65, 300, 1000, 5000];
const NOW_MS: u64 = 1_790_000_000_000;
const TTL_MS: u64 = 1000;

/// How a test opens a vault.
pub(crate) struct Way {
    pub(crate) open: fn(SealedVault) -> Box<dyn Store>,
    pub(crate) events: Arc<dyn EventSink>,
}

pub(crate) struct Life {
    way: Way,
    store: Option<Box<dyn Store>>,
    directory: TempDir,
    keys: Arc<WitnessKeys>,
    hidden: Vec<String>,
    fs: FaultyFileSystem,
    clock: Arc<ManualClock>,
    now_ms: u64,
    names: [SecretText; NAME_LENGTHS.len()],
    /// Items that may have expired, and are still to be removed from the file.
    mortal: [bool; NAME_LENGTHS.len()],
    values: [SecretText; VALUE_LENGTHS.len()],
    watch: Watch,
    dice: u64,
}

/// Runs many stores and counts the searches. Each life ends with a control, a copy that nobody wipes: the search must
/// find it while it is in use, and in `freed` blocks after that.
pub(crate) fn lives(row: &'static str, way: impl Fn() -> Way, freed: u32) {
    let mut row = Row::start(row);
    for number in 0..scaled(2, 20) {
        let mut life = Life::new(way(), number);
        for _ in 0..scaled(60, 200) {
            life.step(&mut row);
        }
        let value = life.value();
        let mut watch = life.end(&mut row);

        let leaked = String::from(value.text().as_str());
        row.add(watch.search(&[]));
        assert_eq!(watch.blocks_of_value(0), [1, 0], "a copy in use is found");
        drop(leaked);
        row.add(watch.search(&[]));
        assert_eq!(
            watch.blocks_of_value(0),
            [0, freed],
            "blocks in use, and freed ones"
        );
    }
}

impl Life {
    pub(crate) fn new(way: Way, number: u64) -> Self {
        let texts = |first: u64, length: usize, index: usize| SecretText::new(first + index as u64, length);
        let names = std::array::from_fn(|index| texts(1, NAME_LENGTHS[index], index));
        let values = std::array::from_fn(|index| texts(100, VALUE_LENGTHS[index], index));
        let mut life = Self {
            way,
            store: None,
            directory: TempDir::new().unwrap(),
            keys: Arc::default(),
            hidden: Vec::new(),
            fs: FaultyFileSystem::default(),
            clock: Arc::new(ManualClock::new(NOW_MS)),
            now_ms: NOW_MS,
            names,
            mortal: [false; NAME_LENGTHS.len()],
            values,
            watch: Watch::new(&names, &values),
            dice: number,
        };
        life.reopen();
        life
    }

    /// One call, a search, a check of which names exist, and a search.
    pub(crate) fn step(&mut self, row: &mut Row) {
        let faulty = self.roll(5) == 0;
        if faulty {
            self.prepare_a_fault();
        }
        let (call, answer) = self.call();
        self.fs.heal();
        self.keys.inner().heal();
        self.search(row);
        self.watch.assert_nothing_left(call);
        let ended = answer.is_ok() && matches!(call, "clear" | "reset" | "reopen");
        let most = u32::from(!ended);
        self.watch.assert_files(0..=most, call);
        for name in self.names {
            self.watch.assert_name(name, 0..=most, call);
        }
        self.look_around(row, call);
    }

    /// Closes the store; after that, nothing is left.
    pub(crate) fn end(mut self, row: &mut Row) -> Watch {
        self.store = None;
        self.search(row);
        self.watch.assert_nothing_left("the end");
        self.watch.assert_files(0..=0, "the end");
        for name in self.names {
            self.watch.assert_name(name, 0..=0, "the end");
        }
        self.watch
    }

    /// The first value.
    pub(crate) fn value(&self) -> SecretText {
        self.values[0]
    }

    /// The memory holds a name once if there is such a record: in the index.
    fn look_around(&mut self, row: &mut Row, after: &str) {
        let present = self.store().keys(&self.names).unwrap();
        self.search(row);
        self.watch.assert_nothing_left("keys");
        self.watch.assert_files(0..=1, "keys");
        for (index, present) in present.into_iter().enumerate() {
            let blocks = match (present, self.mortal[index]) {
                (true, _) => 1..=1,
                (false, true) => 0..=1,
                (false, false) => 0..=0,
            };
            self.watch.assert_name(self.names[index], blocks, after);
        }
    }

    fn call(&mut self) -> (&'static str, Answer) {
        let name = self.roll(self.names.len());
        let (key, value) = (self.names[name], self.values[self.roll(self.values.len())]);
        match self.roll(24) {
            0..=4 => ("set", self.set(&[(name, value)], None)),
            5..=6 => {
                let count = 2 + self.roll(3);
                let records: Vec<_> = (0..count)
                    .map(|index| {
                        (
                            (name + index) % self.names.len(),
                            self.values[self.roll(self.values.len())],
                        )
                    })
                    .collect();
                ("set of several", self.set(&records, None))
            }
            7..=8 => ("set with expiry", self.set(&[(name, value)], Some(TTL_MS))),
            9 => {
                self.now_ms += TTL_MS;
                self.clock.set(self.now_ms);
                ("status when time has passed", self.store().status())
            }
            10..=12 => ("get", self.store().get(key, &self.values)),
            13 => ("has", self.store().has(key)),
            14..=16 => ("remove", self.store().remove(key)),
            17 => ("rotate", self.store().rotate()),
            18 => {
                self.store().misuse(key, value);
                ("misuse", Ok(()))
            }
            19 => {
                self.reopen();
                ("reopen", Ok(()))
            }
            20 => {
                self.lose_keys();
                ("status without a key", self.store().status())
            }
            21 => {
                self.hidden
                    .drain(..)
                    .for_each(|alias| self.keys.inner().restore(&alias));
                ("recover", self.store().recover())
            }
            22 => ("reset", self.store().reset()),
            _ => ("clear", self.store().clear()),
        }
    }

    fn set(&mut self, records: &[(usize, SecretText)], ttl_ms: Option<u64>) -> Answer {
        let named: Vec<_> = records
            .iter()
            .map(|(name, value)| (self.names[*name], *value))
            .collect();
        let answer = self.store().set(&named, ttl_ms);
        for (name, _) in records {
            self.mortal[*name] |= ttl_ms.is_some();
        }
        answer
    }

    fn reopen(&mut self) {
        self.store = None;
        let edges = Edges {
            fs: Arc::new(self.fs.clone()),
            keys: self.keys.clone(),
            clock: self.clock.clone(),
            random: Arc::new(OsRandom::default()),
            events: Arc::clone(&self.way.events),
        };
        let config = SealedConfig::new(self.directory.path().join("strongroom"));
        self.store = Some((self.way.open)(SealedVault::new(
            edges,
            config,
            StoreName::default(),
        )));
    }

    /// As after a system update: the store finds that its key is lost, and its file goes into quarantine.
    fn lose_keys(&mut self) {
        for alias in self.keys.inner().all() {
            self.keys.inner().hide(&alias);
            self.hidden.push(alias);
        }
        self.reopen();
    }

    fn prepare_a_fault(&mut self) {
        const ENOSPC: i32 = 28;
        const EIO: i32 = 5;

        let skip = self.roll(8);
        match self.roll(4) {
            0 => self.fs.fail(None, skip, 1, ENOSPC),
            1 => self.fs.fail(None, skip, 1, EIO),
            2 => self
                .keys
                .inner()
                .fail(KeyOperation::Unwrap, KeyErrorKind::Unavailable, 1 + skip),
            _ => self
                .keys
                .inner()
                .fail(KeyOperation::Wrap, KeyErrorKind::Unavailable, 1 + skip),
        }
    }

    fn search(&mut self, row: &mut Row) {
        row.add(self.watch.search(&self.keys.seen()));
    }

    fn store(&self) -> &dyn Store {
        self.store.as_deref().unwrap()
    }

    /// A number below `sides`.
    fn roll(&mut self, sides: usize) -> usize {
        self.dice = self
            .dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.dice >> 33).unwrap() % sides
    }
}

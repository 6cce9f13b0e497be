//! The sealed vault under schedules of its threads that shuttle explores: at every lock that is taken or released, and at every
//! operation on the disk, another thread may go on. Run with `shuttle_tests` of `scripts/dev/shuttle.sh`.

#![cfg(shuttle)]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what went wrong by panicking"
)]

#[path = "shuttle/protected.rs"]
mod protected;

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, Weak};

use shuttle::rand::RngCore;
use shuttle::scheduler::{PctScheduler, RandomScheduler, Scheduler};
use shuttle::{Config, Runner, thread};
use strongroom_core::ports::OsRandom;
use strongroom_core::{
    Edges, Event, EventSink, Expiry, ItemKey, NewItem, Replacement, SealedConfig, SealedVault, Secret,
    StoreName, Vault,
};
use strongroom_testkit::{Dice, KeyOperation, ManualClock, MemoryFs, Row, SoftwareKeys, scaled};

use strongroom_testkit::linearizability::{Call, Recorder, State, assert_linearizable};

const NOW_MS: u64 = 1_790_000_000_000;
/// How many threads have to be held up for a bug to show: PCT finds those of this depth with a known probability.
const DEPTH: usize = 3;

#[test]
fn no_increment_is_lost() {
    explore(scaled(100, 20_000), || {
        let disk = Disk::default();
        let shared = Arc::new(disk.open("counter"));
        let own = Arc::new(disk.open("counter"));
        let threads: Vec<_> = [shared.clone(), shared.clone(), own]
            .into_iter()
            .map(|vault| thread::spawn(move || increment(&*vault)))
            .collect();
        let mut reached: Vec<u64> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        reached.sort_unstable();
        assert_eq!(reached, [1, 2, 3]);
        assert_eq!(number(&*shared), 3);
    });
}

#[test]
fn concurrent_calls_have_an_order_that_explains_them() {
    explore(scaled(100, 20_000), || {
        let disk = Disk::default();
        let recorder = Arc::new(Recorder::default());
        let shared = Arc::new(disk.open("register"));
        let threads: Vec<_> = (0..3_u16)
            .map(|thread| {
                let recorder = recorder.clone();
                let vault = if thread == 2 {
                    Arc::new(disk.open("register"))
                } else {
                    shared.clone()
                };
                let mut dice = Dice::new(shuttle::rand::thread_rng().next_u64());
                thread::spawn(move || {
                    let mut known = State::default();
                    for number in 1..=3 {
                        let call = Call::random(&mut dice, thread * 3 + number, &known);
                        call.teach(&recorder.make(&call, &*vault, false), &mut known);
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        let next = disk.open("register");
        recorder.make(&Call::GetAll, &next, false);
        assert_linearizable(&Arc::into_inner(recorder).unwrap().finish());
        let status = next.status().unwrap();
        assert_eq!((status.damaged_records, status.last_reset), (0, None));
        next.rotate_keys().unwrap();
        assert_eq!(disk.keys.all().len(), usize::from(!status.fresh));
    });
}

#[test]
fn threads_that_open_a_store_at_once_ask_the_key_store_once() {
    explore(scaled(60, 12_000), || {
        let disk = Disk::default();
        set(&disk.open("store"), "token", None);
        let shared = Arc::new(disk.open("store"));
        let before = disk.keys.log().len();
        let threads = [(); 3].map(|()| {
            let vault = shared.clone();
            thread::spawn(move || assert!(vault.has(&key("token")).unwrap()))
        });
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(disk.keys.log()[before..], [KeyOperation::Unwrap]);
    });
}

/// Two stores whose listeners read the other store, and their own: both are told of an expiry, and a third thread writes.
#[test]
fn a_listener_may_read() {
    explore(scaled(60, 12_000), || {
        let disk = Disk::default();
        let stores = ["one", "two"].map(|name| {
            let listener = Arc::new(Reader::default());
            let vault = Arc::new(disk.open_with(name, listener.clone()));
            set(&*vault, "token", Some(Expiry::After(1)));
            (vault, listener)
        });
        for (_, listener) in &stores {
            let vaults = stores.each_ref().map(|(vault, _)| Arc::downgrade(vault));
            listener.vaults.set(vaults).unwrap();
        }
        disk.clock.set(NOW_MS + 1);
        let readers = stores.each_ref().map(|(vault, _)| {
            let vault = vault.clone();
            thread::spawn(move || assert!(!vault.has(&key("token")).unwrap()))
        });
        let writer = stores[0].0.clone();
        let writer = thread::spawn(move || set(&*writer, "other", None));
        for reader in readers {
            reader.join().unwrap();
        }
        writer.join().unwrap();
        for (vault, listener) in &stores {
            assert!(!vault.has(&key("token")).unwrap());
            assert_eq!(listener.heard.load(Ordering::Relaxed), 1);
        }
    });
}

/// Half of the schedules at random, half by PCT.
fn explore(schedules: usize, test: impl Fn() + Send + Sync + 'static) {
    let mut row = Row::start("schedules");
    let count = Arc::new(AtomicU64::new(0));
    let test = Arc::new(test);
    explore_by(RandomScheduler::new(schedules), &count, &test);
    explore_by(PctScheduler::new(DEPTH, schedules), &count, &test);
    row.add(count.load(Ordering::Relaxed));
}

fn explore_by(
    scheduler: impl Scheduler + 'static,
    count: &Arc<AtomicU64>,
    test: &Arc<impl Fn() + Send + Sync + 'static>,
) {
    let (count, test) = (count.clone(), test.clone());
    let mut config = Config::new();
    config.stack_size = 256 * 1024;
    Runner::new(scheduler, config).run(move || {
        count.fetch_add(1, Ordering::Relaxed);
        test();
    });
}

/// What several handles stand on. The file is rewritten all the time.
struct Disk {
    fs: MemoryFs,
    keys: Arc<SoftwareKeys>,
    clock: Arc<ManualClock>,
}

impl Default for Disk {
    fn default() -> Self {
        Self {
            fs: MemoryFs::default(),
            keys: Arc::default(),
            clock: Arc::new(ManualClock::new(NOW_MS)),
        }
    }
}

impl Disk {
    fn open(&self, store: &str) -> SealedVault {
        self.open_with(store, Arc::new(Reader::default()))
    }

    fn open_with(&self, store: &str, events: Arc<dyn EventSink>) -> SealedVault {
        let edges = Edges {
            fs: Arc::new(self.fs.clone()),
            keys: self.keys.clone(),
            clock: self.clock.clone(),
            random: Arc::new(OsRandom::default()),
            events,
        };
        let mut config = SealedConfig::new(PathBuf::from("/data/strongroom"));
        config.limits.dead_bytes = 256;
        config.limits.seals = 4;
        SealedVault::new(edges, config, StoreName::new(store).unwrap())
    }
}

/// A listener that reads the stores it knows.
#[derive(Default)]
struct Reader {
    vaults: OnceLock<[Weak<SealedVault>; 2]>,
    heard: AtomicU64,
}

impl EventSink for Reader {
    fn raise(&self, _: &StoreName, event: Event) {
        assert!(matches!(event, Event::Expired(_)));
        self.heard.fetch_add(1, Ordering::Relaxed);
        for vault in self.vaults.get().into_iter().flatten().filter_map(Weak::upgrade) {
            assert!(!vault.has(&key("token")).unwrap());
        }
    }
}

/// Tries until nobody comes in between, and answers what it made of the counter.
fn increment(vault: &dyn Vault) -> u64 {
    loop {
        let current = vault.get_many(&[key("counter")]).unwrap().remove(0);
        let next = current
            .as_ref()
            .map_or(0, |value| value.expose().parse().unwrap())
            + 1;
        let replacement = Replacement {
            value: Secret::new(next.to_string().into()).unwrap(),
            expiry: None,
        };
        if vault
            .compare_and_set(&key("counter"), current.as_ref(), Some(replacement))
            .unwrap()
        {
            return next;
        }
    }
}

fn number(vault: &dyn Vault) -> u64 {
    vault.get(&key("counter")).unwrap().expose().parse().unwrap()
}

fn set(vault: &dyn Vault, name: &str, expiry: Option<Expiry>) {
    let record = NewItem {
        key: key(name),
        value: Secret::new("value".to_owned().into()).unwrap(),
        expiry,
    };
    vault.set_many(&[record]).unwrap();
}

fn key(name: &str) -> ItemKey {
    ItemKey::new(name).unwrap()
}

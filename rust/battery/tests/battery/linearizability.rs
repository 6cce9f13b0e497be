//! Threads on one handle and on several, all at once: for every history there is an order that explains it.

use std::path::PathBuf;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use strongroom_core::ports::{Clock, KeyErrorKind, OsRandom, Random};
use strongroom_core::{Edges, Error, SealedConfig, SealedVault, StoreName, Vault};
use strongroom_testkit::{Dice, KeyOperation, MemoryFs, NOW_MS, RecordedEvents, Row, SoftwareKeys, scaled};

use strongroom_testkit::linearizability::{Call, Event, Outcome, Recorder, State, assert_linearizable};

const THREADS: u64 = 4;
const CALLS: u64 = 10;
const EIO: i32 = 5;
const ENOSPC: i32 = 28;

#[test]
fn concurrent_calls_have_an_order_that_explains_them() {
    let mut row = Row::start("linearizability");
    let cases: u32 = scaled(400, 2_000);
    let (mut overlaps, mut failures) = (0, 0);
    for seed in 0..cases {
        row.case();
        let history = concurrently(seed.into(), seed % 2 == 1);
        assert_linearizable(&history);
        overlaps += history
            .windows(2)
            .filter(|pair| pair[1].began < pair[0].ended)
            .count();
        let failed = history.iter().filter(|event| event.outcome == Outcome::Failed);
        failures += failed.count();
    }
    // One after the other, or without a failure, they would prove little.
    assert!(
        overlaps > cases as usize,
        "only {overlaps} calls overlapped with the one before"
    );
    assert!(failures > cases as usize, "only {failures} calls failed");
}

/// What four threads do to a store, two of them through one handle, and what the next process finds.
fn concurrently(seed: u64, faults: bool) -> Vec<Event> {
    let store = Store::default();
    let recorder = Recorder::default();
    let shared = store.open();
    let start = Barrier::new(usize::try_from(THREADS).unwrap());
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let (store, recorder, shared, start) = (&store, &recorder, &shared, &start);
            scope.spawn(move || {
                let own = store.open();
                let vault = if thread < THREADS / 2 { shared } else { &own };
                let mut dice = Dice::new(seed * THREADS + thread);
                let mut known = State::default();
                start.wait();
                for number in 0..CALLS {
                    if faults && dice.below(5) == 0 {
                        store.fail(&mut dice);
                    }
                    let value = u16::try_from(thread * CALLS + number).unwrap();
                    let call = Call::random(&mut dice, value, &known);
                    let outcome = recorder.make(&call, vault, faults);
                    call.teach(&outcome, &mut known);
                }
            });
        }
    });
    store.disk.heal();
    store.keys.heal();
    let next = store.open();
    recorder.make(&Call::GetAll, &next, false);
    let status = next.status().unwrap();
    assert_eq!((status.damaged_records, status.last_reset), (0, None));
    // Reading destroys no key; the next write does.
    recorder.make(&Call::SetMany(vec![(0, u16::MAX)]), &next, false);
    next.rotate_keys().unwrap();
    assert_eq!(store.keys.all().len(), 1);
    recorder.finish()
}

/// A store whose file is rewritten all the time.
#[derive(Default)]
struct Store {
    disk: MemoryFs,
    keys: Arc<SoftwareKeys>,
}

impl Store {
    fn open(&self) -> SealedVault {
        let edges = Edges {
            fs: Arc::new(self.disk.clone()),
            keys: self.keys.clone(),
            clock: Arc::new(Yielding),
            random: Arc::new(Yielding),
            events: Arc::new(RecordedEvents::default()),
        };
        let mut config = SealedConfig::new(PathBuf::from("/data/strongroom"));
        config.limits.small_file = 1024;
        config.limits.dead_bytes = 512;
        config.limits.seals = 12;
        SealedVault::new(edges, config, StoreName::default())
    }

    /// Lets the disk or the key store fail in what somebody does next.
    fn fail(&self, dice: &mut Dice) {
        if dice.below(4) == 0 {
            let operation = *dice.pick(&[KeyOperation::Create, KeyOperation::Unwrap, KeyOperation::Wrap]);
            self.keys.fail(operation, KeyErrorKind::Unavailable, 6);
        } else {
            let skip = usize::try_from(dice.below(12)).unwrap();
            let times = usize::try_from(1 + dice.below(3)).unwrap();
            self.disk.fail(None, skip, times, *dice.pick(&[EIO, ENOSPC]));
        }
    }
}

/// Lets the other threads go on in the middle of a call, while it holds its locks.
struct Yielding;

impl Clock for Yielding {
    fn now_ms(&self) -> u64 {
        thread::yield_now();
        NOW_MS
    }

    fn sleep(&self, _: Duration) {
        thread::yield_now();
    }

    /// Nobody's time runs out.
    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }
}

impl Random for Yielding {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), Error> {
        thread::yield_now();
        OsRandom::default().fill(buffer)
    }
}

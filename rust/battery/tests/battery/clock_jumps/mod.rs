//! A clock that jumps, forwards and backwards, by a millisecond or to the end of time.
//!
//! The rule (`docs/adr/0006`): a record is expired when the clock has reached its time; what was seen expired stays gone in
//! this process, and for good with its next write.

mod watched;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use strongroom_core::ports::Clock;
use strongroom_core::{Edges, ErrorCode, Expiry, SealedVault, StoreName, Vault};
use strongroom_testkit::{Dice, ManualClock, NOW_MS, Row, World, get, names, record, scaled};

use self::watched::{ROTATE_AFTER, Watched};

const SECOND: u64 = 1000;
const DAY: u64 = 24 * 60 * 60 * SECOND;
const YEAR: u64 = 365 * DAY;

const STARTS: [u64; 6] = [NOW_MS, u64::MAX, 0, 1, 1 << 53, u64::MAX - 1];
const JUMPS: [u64; 12] = [
    1,
    999,
    SECOND,
    DAY,
    ROTATE_AFTER - 1,
    ROTATE_AFTER,
    ROTATE_AFTER + 1,
    YEAR,
    10 * YEAR,
    100 * YEAR,
    1000 * YEAR,
    u64::MAX,
];

/// Times around `now_ms`, and the ends of time.
fn targets(now_ms: u64) -> Vec<u64> {
    let mut targets = vec![0, 1, NOW_MS, u64::MAX - 1, u64::MAX];
    for jump in JUMPS {
        targets.extend([now_ms.saturating_add(jump), now_ms.saturating_sub(jump)]);
    }
    targets
}

/// Expiries on both sides of two times.
fn expiries(from_ms: u64, to_ms: u64) -> Vec<(String, Option<Expiry>)> {
    let mut all = vec![None];
    for at_ms in [from_ms, to_ms] {
        for at_ms in [at_ms.saturating_sub(1), at_ms, at_ms.saturating_add(1)] {
            all.push(Some(Expiry::At(at_ms)));
        }
    }
    all.extend([0, u64::MAX].map(|at_ms| Some(Expiry::At(at_ms))));
    all.extend([0, 1, ROTATE_AFTER, u64::MAX].map(|ms| Some(Expiry::After(ms))));
    let numbered = all.into_iter().enumerate();
    numbered
        .map(|(number, expiry)| (format!("key {number}"), expiry))
        .collect()
}

#[test]
fn a_jump_there_and_back_loses_only_what_the_rule_says() {
    let mut row = Row::start("clock-jumps");
    for start in STARTS.into_iter().take(scaled(2, STARTS.len())) {
        for target in targets(start) {
            row.case();
            let mut watched = Watched::new(start);
            watched.set(&expiries(start, target));
            watched.check();
            for now_ms in [target, start] {
                watched.jump(now_ms);
                watched.check();
            }
            // What was only seen expired comes back with the next process; what it writes over does not.
            watched.restart();
            watched.check();
            watched.jump(target);
            watched.set(&[("other".to_owned(), None)]);
            watched.reset();
            watched.jump(start);
            watched.set(&[("other".to_owned(), None)]);
            watched.restart();
            watched.check();
            watched.reset();
            watched.recover();
            watched.check();
        }
    }
}

#[test]
fn a_clock_that_jumps_between_calls_loses_only_what_the_rule_says() {
    let mut row = Row::start("clock-walks");
    for walk in 0..scaled(20, 1_000) {
        let mut dice = Dice::new(walk);
        let mut watched = Watched::new(*dice.pick(&STARTS));
        for _ in 0..40 {
            row.case();
            match dice.below(16) {
                0..=5 => {
                    let now_ms = *dice.pick(&targets(watched.now_ms));
                    watched.jump(now_ms);
                }
                6..=9 => {
                    let other = *dice.pick(&targets(watched.now_ms));
                    let all = expiries(watched.now_ms, other);
                    let first = usize::try_from(dice.below(10)).unwrap();
                    watched.set(&all[first..first + 3]);
                }
                10 | 11 => watched.remove(&format!("key {}", dice.below(12))),
                12 => watched.restart(),
                13 => watched.rotate(),
                14 => watched.reset(),
                _ => watched.recover(),
            }
            watched.check();
        }
    }
}

/// A clock that shows another time at each look.
struct RestlessClock {
    looks: AtomicUsize,
    times: [u64; 5],
    slept: ManualClock,
}

impl Clock for RestlessClock {
    fn now_ms(&self) -> u64 {
        let look = self.looks.fetch_add(1, Ordering::SeqCst);
        self.times[look % self.times.len()]
    }

    fn sleep(&self, duration: Duration) {
        self.slept.sleep(duration);
    }

    fn elapsed(&self) -> Duration {
        self.slept.elapsed()
    }
}

#[test]
fn a_clock_that_jumps_within_a_call_loses_nothing_that_does_not_expire() {
    let mut row = Row::start("clock-restless");
    for seed in 0..scaled(12, 200) {
        row.case();
        let mut dice = Dice::new(seed);
        let world = World::new();
        let clock = RestlessClock {
            looks: AtomicUsize::new(0),
            times: std::array::from_fn(|_| *dice.pick(&targets(NOW_MS))),
            slept: ManualClock::new(0),
        };
        let edges = Edges {
            clock: Arc::new(clock),
            ..world.edges()
        };
        let vault = SealedVault::new(edges, world.config(), StoreName::default());
        let mut mortal = 0;
        for round in 0..4 {
            let value = round.to_string();
            let expiry = Expiry::At(*dice.pick(&targets(NOW_MS)));
            vault
                .set_many(&[
                    record("stays", &value, None),
                    record(&format!("passes {round}"), &value, Some(expiry)),
                ])
                .unwrap();
            mortal += 1;
            vault.rotate_keys().unwrap();
            assert_eq!(get(&vault, "stays").unwrap(), value);
            vault.reset().unwrap();
            assert_eq!(get(&vault, "stays").unwrap_err(), ErrorCode::NotFound);
            vault.recover().unwrap();
            assert_eq!(get(&vault, "stays").unwrap(), value);
        }
        assert!(names(&vault).len() <= mortal + 1);
        assert_eq!(vault.status().unwrap().damaged_records, 0);
    }
}

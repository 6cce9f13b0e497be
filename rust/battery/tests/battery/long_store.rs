//! A store of many records, used while its file is rewritten again and again, and after half of it expired at once.

use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use strongroom_core::{Expiry, SealedVault, StoreName, Upkeep, Vault};
use strongroom_testkit::{NOW_MS, Row, World, get, key, record, scaled, set};

const VALUE: &str = "a value as long as a token that stands for somebody's session is";
const EXPIRE_MS: u64 = 60_000;

/// Asks a thread for upkeep, as the library does.
struct Caretaker(mpsc::Sender<Duration>);

impl Upkeep for Caretaker {
    fn wanted(&self, _: &StoreName, after: Duration) {
        // Nobody listens any more when the test ends.
        let _ = self.0.send(after);
    }
}

#[test]
fn in_a_long_store_no_call_does_the_work_of_the_whole_store() {
    let records: usize = scaled(3_000, 100_000);
    let calls: usize = scaled(300, 6_000);
    let mut row = Row::start("long-store");
    let world = World::new();
    let (wish, wishes) = mpsc::channel();
    let vault = Arc::new(world.vault().with_upkeep(Arc::new(Caretaker(wish))));
    let caretaker = {
        let (vault, clock) = (Arc::downgrade(&vault), world.clock.clone());
        thread::spawn(move || {
            for after in wishes {
                clock.elapse(after);
                let Some(vault) = vault.upgrade() else { break };
                vault.maintain();
            }
        })
    };
    fill(&vault, records);

    let (during, rewrites) = thread::scope(|scope| {
        let used = scope.spawn(|| use_it(&vault, 0, records, calls));
        let mut rewrites = 0;
        while !used.is_finished() {
            vault.rotate_keys().unwrap();
            rewrites += 1;
        }
        (used.join().unwrap(), rewrites)
    });
    assert!(rewrites > 0, "the file was not rewritten meanwhile");
    row.add(during.len() as u64);
    row.note(format!(
        "of {records} records; rewritten {rewrites} times: {}",
        figures(&during)
    ));

    world.events.take();
    world.clock.set(NOW_MS + EXPIRE_MS);
    // The upper half is there to stay.
    let after = use_it(&vault, records / 2, records, calls);
    assert!(!world.events.take().is_empty());
    row.add(after.len() as u64);
    row.note(format!("after half of them expired: {}", figures(&after)));

    drop(vault);
    caretaker.join().unwrap();
}

/// The first half expires.
fn fill(vault: &SealedVault, records: usize) {
    let numbers: Vec<usize> = (0..records).collect();
    for numbers in numbers.chunks(1_000) {
        let batch: Vec<_> = numbers
            .iter()
            .map(|&number| {
                let expiry = (number < records / 2).then_some(Expiry::After(EXPIRE_MS));
                record(&name(number), VALUE, expiry)
            })
            .collect();
        vault.set_many(&batch).unwrap();
    }
}

/// Reads, writes and removes, and answers how long each call took: whether it read, and its time.
fn use_it(vault: &SealedVault, from: usize, to: usize, calls: usize) -> Vec<(bool, Duration)> {
    let mut times = Vec::new();
    let mut measure = |reads, call: &dyn Fn()| {
        let started = Instant::now();
        call();
        times.push((reads, started.elapsed()));
    };
    for call in 0..calls {
        let name = name(from + call * 7919 % (to - from));
        measure(true, &|| assert_eq!(get(vault, &name).unwrap(), VALUE));
        match call % 4 {
            0 => measure(false, &|| vault.remove(&key(&name)).unwrap()),
            1 => measure(false, &|| set(vault, &format!("{name} new"), VALUE).unwrap()),
            _ => measure(false, &|| set(vault, &name, VALUE).unwrap()),
        }
        if call % 4 == 0 {
            set(vault, &name, VALUE).unwrap();
        }
    }
    times
}

/// The worst call beside the median one.
fn figures(times: &[(bool, Duration)]) -> String {
    let of = |reads| {
        let mut times: Vec<_> = times
            .iter()
            .filter(|(read, _)| *read == reads)
            .map(|(_, time)| time.as_secs_f64())
            .collect();
        times.sort_by(f64::total_cmp);
        let [median, high, worst] =
            [times.len() / 2, times.len() * 99 / 100, times.len() - 1].map(|place| times[place]);
        format!(
            "median {:.2} ms, 99 of 100 within {:.0} ×, the worst {:.0} × ({:.0} ms)",
            median * 1e3,
            high / median,
            worst / median,
            worst * 1e3,
        )
    };
    format!("reads {}; writes {}", of(true), of(false))
}

fn name(number: usize) -> String {
    format!("record {number}")
}

//! Whether the cost of a call grows with the store: 10,000 records of 1 KiB, written one by one, each durable.
//!
//! Every figure is a ratio within one run, because machines differ and are noisy; the times beside them are for a feeling.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a report, and a benchmark that stops when something fails"
)]

mod shared;

use std::sync::Arc;
use std::time::{Duration, Instant};

use strongroom_core::{ItemKey, NewItem, Secret, Vault};
use strongroom_testkit::SoftwareKeys;

const RECORDS: usize = 10_000;
const SLICE: usize = 1_000;

fn main() {
    let directory = tempfile::TempDir::new().unwrap();
    let keys = Arc::<SoftwareKeys>::default();
    let open = || shared::open(directory.path(), &keys);

    let vault = open();
    let value = "v".repeat(1024);
    let mut sets = Vec::new();
    let mut opens = Vec::new();
    let mut gets = Vec::new();
    for slice in 0..RECORDS / SLICE {
        sets.push(measure(|| {
            for number in slice * SLICE..(slice + 1) * SLICE {
                let value = Secret::new(value.clone().into()).unwrap();
                vault
                    .set_many(&[NewItem {
                        key: key(number),
                        value,
                        expiry: None,
                    }])
                    .unwrap();
            }
        }));
        let stored = (slice + 1) * SLICE;
        let fresh = open();
        opens.push(measure(|| assert!(fresh.has(&key(0)).unwrap())) / u32::try_from(stored).unwrap());
        gets.push(
            measure(|| {
                for number in (0..SLICE).map(|number| number * 7919 % stored) {
                    assert_eq!(fresh.get(&key(number)).unwrap().expose().len(), 1024);
                }
            }) / u32::try_from(SLICE).unwrap(),
        );
    }
    report("set, 1,000 records", &sets);
    report("open, per record", &opens);
    report("get", &gets);
}

fn report(what: &str, slices: &[Duration]) {
    let (first, last) = (slices[0], slices[slices.len() - 1]);
    println!(
        "{what}: first {first:?}, last {last:?}, last to first {:.2}",
        last.as_secs_f64() / first.as_secs_f64()
    );
}

fn measure(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn key(number: usize) -> ItemKey {
    shared::key(&format!("record number {number}"))
}

//! How long what an app waits for takes, to choose the profile that ships: the least of many runs, which noise disturbs least.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a report, and a benchmark that stops when something fails"
)]

mod shared;

use std::sync::Arc;
use std::time::{Duration, Instant};

use strongroom_core::{NewItem, Secret, Vault};
use strongroom_testkit::SoftwareKeys;

use shared::key;

const RECORDS: usize = 1_000;
const LARGE: usize = 1 << 20;
const RUNS: usize = 50;

fn main() {
    let directory = tempfile::TempDir::new().unwrap();
    let keys = Arc::<SoftwareKeys>::default();
    let open = || shared::open(directory.path(), &keys);
    let record = |name: &str, length: usize| NewItem {
        key: key(name),
        value: Secret::new("v".repeat(length).into()).unwrap(),
        expiry: None,
    };

    let vault = open();
    let small: Vec<_> = (0..RECORDS)
        .map(|number| record(&number.to_string(), 1024))
        .collect();
    vault.set_many(&small).unwrap();
    println!(
        "open, 1,000 records of 1 KiB: {:?}",
        least(|| assert!(open().has(&key("0")).unwrap()))
    );
    println!(
        "get, 1 KiB: {:?}",
        least(|| {
            for record in &small {
                assert_eq!(vault.get(&record.key).unwrap().expose().len(), 1024);
            }
        }) / u32::try_from(RECORDS).unwrap()
    );
    vault.set_many(&[record("large", LARGE)]).unwrap();
    println!(
        "get, 1 MiB: {:?}",
        least(|| assert_eq!(vault.get(&key("large")).unwrap().expose().len(), LARGE))
    );
}

fn least(work: impl Fn()) -> Duration {
    (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .min()
        .unwrap()
}

//! Increments one counter of a store so many times, along with other processes that do the same, and reports each number it
//! reached. The file is rewritten and its keys are rotated all the while. Those keys are plain files: it is for the tests.

#![allow(clippy::panic, clippy::unwrap_used, reason = "its parent sees it fail")]

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use strongroom_core::ports::{OsFileSystem, OsRandom, SystemClock};
use strongroom_core::{
    Edges, ErrorCode, ItemKey, Replacement, SealedConfig, SealedVault, Secret, StoreName, Vault,
};
use strongroom_testkit::{DiskKeys, RecordedEvents};

/// The keys are rotated after so many increments.
const ROTATION: u64 = 50;

fn main() {
    let mut arguments = std::env::args_os().skip(1);
    let directory = arguments.next().unwrap();
    let times: u64 = arguments.next().unwrap().to_str().unwrap().parse().unwrap();
    let vault = open(Path::new(&directory));
    let key = ItemKey::new("counter").unwrap();
    let mut report = std::io::stdout();
    let mut seen = 0;
    for round in 1..=times {
        seen = increment(&vault, &key, seen);
        writeln!(report, "{seen}").unwrap();
        if round % ROTATION == 0 {
            vault.rotate_keys().unwrap();
        }
    }
}

fn open(directory: &Path) -> SealedVault {
    let edges = Edges {
        fs: Arc::new(OsFileSystem::default()),
        keys: Arc::new(DiskKeys::new(directory.join("keys"))),
        clock: Arc::new(SystemClock::default()),
        random: Arc::new(OsRandom::default()),
        events: Arc::new(RecordedEvents::default()),
    };
    let mut config = SealedConfig::new(directory.join("strongroom"));
    config.limits.dead_bytes = 4096;
    config.limits.seals = 20;
    SealedVault::new(edges, config, StoreName::default())
}

/// Tries until nobody comes in between, and answers what it made of the counter. It was `seen` before, and only grows.
fn increment(vault: &SealedVault, key: &ItemKey, mut seen: u64) -> u64 {
    loop {
        let current = match vault.get(key) {
            Ok(value) => Some(value),
            Err(error) if error.code() == ErrorCode::NotFound => None,
            Err(error) => panic!("{error}"),
        };
        let number = current
            .as_ref()
            .map_or(0, |value| value.expose().parse().unwrap());
        assert!(number >= seen, "the counter went from {seen} to {number}");
        seen = number;
        let replacement = Replacement {
            value: Secret::new((number + 1).to_string().into()).unwrap(),
            expiry: None,
        };
        if vault
            .compare_and_set(key, current.as_ref(), Some(replacement))
            .unwrap()
        {
            return number + 1;
        }
    }
}

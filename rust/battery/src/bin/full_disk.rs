//! Fills the file system of a directory to the last byte and shows that what is there can be read, removed and cleared. Meant for a
//! small one, mounted for it alone: see `scripts/dev/full_disk.sh`.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_in_result,
    clippy::unwrap_used,
    reason = "its caller sees it fail"
)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use strongroom_core::ports::{OsFileSystem, OsRandom, SystemClock};
use strongroom_core::{
    Edges, ErrorCode, ItemKey, NewItem, SealedConfig, SealedVault, Secret, StoreName, Vault,
};
use strongroom_testkit::{RecordedEvents, Row, SoftwareKeys};

fn main() {
    let directory = PathBuf::from(std::env::args_os().nth(1).unwrap());
    let mut row = Row::start("full-disk-real");
    for records in 1..=13 {
        row.case();
        let store = directory.join("strongroom");
        let edges = Edges {
            fs: Arc::new(OsFileSystem::default()),
            keys: Arc::new(SoftwareKeys::default()),
            clock: Arc::new(SystemClock::default()),
            random: Arc::new(OsRandom::default()),
            events: Arc::new(RecordedEvents::default()),
        };
        let open = || {
            SealedVault::new(
                edges.clone(),
                SealedConfig::new(store.clone()),
                StoreName::default(),
            )
        };
        let vault = open();
        // The longest names make the largest removals.
        let names: Vec<String> = (0..records).map(|number| format!("{number:01024}")).collect();
        for name in &names {
            set(&vault, name, 5000).expect("room for what comes first");
        }
        let stored = (0..10_000)
            .take_while(|number| match set(&vault, &format!("fill {number}"), 700) {
                Ok(()) => true,
                Err(ErrorCode::StorageFull) => false,
                Err(code) => panic!("a full disk answers {code:?}"),
            })
            .count();
        let ballast = directory.join("ballast");
        fill(&ballast);
        let refused = set(&vault, "one more", 200_000);
        assert_eq!(refused.unwrap_err(), ErrorCode::StorageFull);
        assert_eq!(vault.keys().unwrap().len(), names.len() + stored);

        let another = open();
        for (number, name) in names.iter().enumerate() {
            let vault = if number % 2 == 0 { &vault } else { &another };
            vault.remove(&key(name)).expect("a removal needs no room");
            assert!(!another.has(&key(name)).unwrap());
        }
        assert_eq!(open().keys().unwrap().len(), stored);
        vault.clear().expect("clearing needs no room");
        assert!(!store.join("default.vault").exists());
        std::fs::remove_file(ballast).unwrap();
    }
}

fn set(vault: &SealedVault, name: &str, length: usize) -> Result<(), ErrorCode> {
    let record = NewItem {
        key: key(name),
        value: Secret::new("x".repeat(length).into()).unwrap(),
        expiry: None,
    };
    vault.set_many(&[record]).map_err(|error| error.code())
}

fn key(name: &str) -> ItemKey {
    ItemKey::new(name).unwrap()
}

/// Takes all the room that is left.
fn fill(ballast: &Path) {
    let mut file = std::fs::File::create(ballast).unwrap();
    while file.write_all(&[1; 512]).is_ok() {}
}

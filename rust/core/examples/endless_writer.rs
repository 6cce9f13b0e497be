//! Writes records into the store `killed` of a directory until it is killed, and reports each one that is durable. Its keys are
//! not protected: it is for the tests that kill it.

#![allow(clippy::unwrap_used, reason = "its parent sees it fail")]

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use strongroom_core::platform::{OsFileSystem, OsRandom, SystemClock};
use strongroom_core::testing::{BareKeys, RecordedEvents};
use strongroom_core::{Edges, EntryKey, NewRecord, SealedConfig, SealedVault, Secret, StoreName, Vault};

fn main() {
    let directory = PathBuf::from(std::env::args_os().nth(1).unwrap());
    let edges = Edges {
        fs: Arc::new(OsFileSystem::default()),
        keys: Arc::new(BareKeys::default()),
        clock: Arc::new(SystemClock::default()),
        random: Arc::new(OsRandom::default()),
        events: Arc::new(RecordedEvents::default()),
    };
    let vault = SealedVault::new(
        edges,
        SealedConfig::new(directory),
        StoreName::new("killed").unwrap(),
    );
    let mut report = std::io::stdout();
    for number in 0_u32.. {
        let key = EntryKey::new(&format!("key {number}")).unwrap();
        let value = Secret::new(number.to_string().into()).unwrap();
        vault
            .set_many(&[NewRecord {
                key,
                value,
                expiry: None,
            }])
            .unwrap();
        writeln!(report, "{number}").unwrap();
        report.flush().unwrap();
    }
}

//! A disk without room: what is there can be read, removed and cleared, and what cannot be stored changes nothing.

use strongroom_core::{ErrorCode, Vault};
use strongroom_testkit::{Row, get, key, record, scaled, set};

use super::stage::{Stage, visible};

const BLOCK: u64 = 4096;

#[test]
fn removing_and_clearing_need_no_room() {
    let mut row = Row::start("full-disk");
    for records in 1..=scaled(6, 13) {
        for length in [0, 60, 500, 4000, 20_000] {
            for free in 0..scaled(3, 20) {
                row.case();
                let stage = Stage::new(|_| {});
                // The longest names make the largest removals.
                let names: Vec<String> = (0..records).map(|number| format!("{number:01024}")).collect();
                for name in &names {
                    set(&stage.vault, name, &"x".repeat(length)).unwrap();
                }
                stage.disk.set_capacity(Some(stage.disk.used() + free * BLOCK));
                let stored = fill(&stage);
                let before = visible(&stage.vault).unwrap();
                assert_eq!(before.len(), names.len() + stored);
                let error = stage
                    .vault
                    .set_many(&[record("large", &"x".repeat(200_000), None)]);
                assert_eq!(error.unwrap_err().code(), ErrorCode::StorageFull);
                assert_eq!(visible(&stage.vault).unwrap(), before);

                let reopened = stage.reopened();
                for (number, name) in names.iter().enumerate() {
                    let vault = if number % 2 == 0 { &stage.vault } else { &reopened };
                    vault.remove(&key(name)).unwrap();
                    assert_eq!(get(&stage.reopened(), name).unwrap_err(), ErrorCode::NotFound);
                }
                assert_eq!(visible(&reopened).unwrap().len(), stored);
                stage.vault.clear().unwrap();
                assert!(stage.disk.image().files.is_empty());
                assert!(stage.keys.keys.all().is_empty());
            }
        }
    }
}

/// Stores until there is no room, and answers how many records that took.
fn fill(stage: &Stage) -> usize {
    for number in 0.. {
        if let Err(error) = set(&stage.vault, &format!("fill {number}"), &"y".repeat(900)) {
            assert_eq!(error.code(), ErrorCode::StorageFull);
            return number;
        }
    }
    unreachable!("a disk has an end")
}

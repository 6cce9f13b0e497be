//! The bound on seals, which no test can reach by sealing, and the count of dead bytes.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

use super::*;
use crate::fakes::MemoryFile;
use crate::policy::SecurityLevel;
use crate::ports::{DataKey, OsRandom};
use crate::sealed::format::{HeaderFields, key_check};

/// A journal with a data key of this number and no records.
pub(super) fn journal(file: &MemoryFile, number: u8) -> Journal {
    let fields = HeaderFields {
        store_id: [1; 16],
        data_key_id: [number; 16],
        generation: 1,
        store_created_ms: 1,
        data_key_created_ms: 2,
        kek_created_ms: 3,
        kek_level: SecurityLevel::Software,
        last_reset: None,
        kek_alias: "alias".to_owned(),
        doubts: false,
        gate: None,
    };
    let data_key = DataKey::copied(&[number; 32]).unwrap();
    let cipher = FileCipher::new(&data_key, &[1; 16]).unwrap();
    let check = key_check(&data_key, &[1; 16]).unwrap();
    let (header, bytes) = fields.encode(vec![0; 60], check).unwrap();
    file.write_all_at(&bytes, 0).unwrap();
    Journal::new(Box::new(file.clone()), header, cipher)
}

#[test]
fn the_bound_of_random_nonces_is_never_passed() {
    let mut journal = journal(&MemoryFile::default(), 1);
    journal.append(&[change("key")], &OsRandom).unwrap();
    journal.tail.next_sequence = MAX_SEALS;
    let length = journal.file.identify().unwrap().length;
    let refused = journal.append(&[change("a"), change("b")], &OsRandom);
    assert_eq!(refused.err().unwrap().code(), ErrorCode::Unavailable);
    assert_eq!(journal.file.identify().unwrap().length, length);
    journal.append(&[change("a")], &OsRandom).unwrap();
    let refused = journal.append(&[change("b")], &OsRandom);
    assert_eq!(refused.err().unwrap().code(), ErrorCode::Unavailable);
}

#[test]
fn only_what_was_replaced_is_dead() {
    let mut journal = journal(&MemoryFile::default(), 1);
    for dead in [0, 128, 256] {
        journal.append(&[change("key")], &OsRandom).unwrap();
        assert_eq!(journal.dead_bytes(), dead);
    }
}

fn change(name: &str) -> Change<'_> {
    Change {
        name,
        value: Some("value"),
        written_ms: 1,
        expires_ms: 0,
    }
}

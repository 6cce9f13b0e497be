//! Checks that the library's allocator wipes memory.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

use std::fs::File;
use std::os::unix::fs::FileExt;

// The allocator comes with the library.
use strongroom as _;

const LENGTH: usize = 4096;
/// More than the system's allocator writes into a freed block.
const BOOKKEEPING: usize = 64;

#[test]
fn a_freed_block_is_wiped() {
    let block = vec![0xa5_u8; LENGTH];
    let at = block.as_ptr() as u64;
    assert_eq!(count(at, 0xa5), LENGTH);
    drop(block);
    assert!(count(at, 0xa5) < BOOKKEEPING);
}

#[test]
fn the_old_place_of_a_block_that_grew_is_wiped() {
    let mut block = vec![0x5a_u8; LENGTH];
    let at = block.as_ptr() as u64;
    // A second allocation, so that the block cannot grow in place.
    let behind = vec![0_u8; LENGTH];
    block.reserve_exact(10 * LENGTH);
    assert_ne!(block.as_ptr() as u64, at);
    assert!(count(at, 0x5a) < BOOKKEEPING);
    drop(behind);
}

/// How often `byte` occurs in the memory at `at`, whoever owns it.
fn count(at: u64, byte: u8) -> usize {
    let mut memory = [0; LENGTH];
    let image = File::open("/proc/self/mem").unwrap();
    image.read_exact_at(&mut memory, at).unwrap();
    memory.iter().map(|found| usize::from(*found == byte)).sum()
}

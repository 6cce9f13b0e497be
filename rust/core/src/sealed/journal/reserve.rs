//! Reserves space behind the end of a vault file that only removals may use, so that items can be removed when the disk
//! is full.

use std::io;

use crate::error::is_full;
use crate::ports::FileHandle;

/// The space that is kept free behind the end: enough for 13 removals of the longest key, or about 80 of an ordinary
/// key.
const FOR_REMOVALS: u64 = 16 * 1024;
/// Space is reserved in steps of this size, so that few writes have to ask for it.
const STEP: u64 = 64 * 1024;
/// The step for a small file is one block of common file systems: most stores hold a few tokens.
const SMALL_STEP: u64 = 4 * 1024;

/// How far a file can grow without reserving space.
#[derive(Default)]
pub(super) struct Reserve {
    until: u64,
}

impl Reserve {
    /// Makes sure that a file which is about to end at `end` has space behind it for `removable` bytes of removals, up
    /// to the limit.
    pub(super) fn ensure(&mut self, file: &dyn FileHandle, end: u64, removable: u64) -> io::Result<()> {
        let least = end.saturating_add(removable.min(FOR_REMOVALS));
        if least <= self.until {
            return Ok(());
        }
        let step = if least < STEP { SMALL_STEP } else { STEP };
        let generous = least.next_multiple_of(step);
        for until in [generous, least] {
            match file.reserve(until) {
                Ok(()) => {
                    self.until = until;
                    return Ok(());
                }
                Err(error) if !is_full(&error) => {
                    // Not every file system can reserve space; without it, a removal may fail with `STORAGE_FULL`.
                    self.until = u64::MAX;
                    return Ok(());
                }
                Err(error) if until == least => return Err(error),
                Err(_) => {}
            }
        }
        Ok(())
    }
}

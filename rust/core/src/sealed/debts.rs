//! What a call could not do and a later one makes up for.

use std::time::Duration;

use super::journal::Journal;
use crate::name::EntryKey;

/// So many records are dropped, told of or removed by one call because they expired.
pub(super) const EXPIRED_PER_CALL: usize = 256;

/// What is still to be done, and is done with the next write that can.
#[derive(Default)]
pub(super) struct Debts {
    /// Records that expired and still have a live frame.
    pub(super) expired: Vec<Expired>,
    /// When the first removal was seen whose bytes are still in the file, on the clock that never jumps.
    pub(super) removed_at: Option<Duration>,
    /// A call wrote since upkeep was last thought of.
    pub(super) wrote: bool,
    /// When upkeep was asked for, if it did not run yet.
    pub(super) upkeep_at: Option<Duration>,
    /// Writes to come before a new key-encryption key, or a new data key, is tried for again.
    pub(super) kek_pause: u32,
    pub(super) data_pause: u32,
    /// Orphaned keys were looked for since the process started.
    pub(super) orphans_collected: bool,
}

/// A record that was seen expired, as it is told from a later one of the same name in whatever file of its store.
pub(super) struct Expired {
    pub(super) key: EntryKey,
    pub(super) store_id: [u8; 16],
    /// Its frame in the file as it is now.
    pub(super) sequence: u64,
    pub(super) written_ms: u64,
    pub(super) expires_ms: u64,
}

impl Debts {
    /// The file is another one now, without what expired.
    pub(super) fn forget_file(&mut self) {
        self.expired.clear();
        self.follow_file();
    }

    /// Some of what expired, to be removed with the next write.
    pub(super) fn some_expired(&mut self) -> Vec<Expired> {
        let rest = self.expired.len().saturating_sub(EXPIRED_PER_CALL);
        self.expired.split_off(rest)
    }

    /// A file that another process rewrote, by a clock that was turned back, still has what this one saw expire.
    pub(super) fn keep_expired_away(&mut self, journal: Option<&mut Journal>) {
        let Some(journal) = journal else {
            self.expired.clear();
            return;
        };
        let store_id = journal.header.fields.store_id;
        self.expired.retain_mut(|gone| {
            let known = (gone.store_id, gone.written_ms, gone.expires_ms);
            let slot = journal.index.newest(&gone.key).copied();
            let same = slot.filter(|slot| known == (store_id, slot.written_ms, slot.expires_ms));
            if let Some(slot) = same {
                gone.sequence = slot.sequence;
                journal.index.remove(&gone.key);
            }
            same.is_some()
        });
    }

    /// The file is another one now.
    pub(super) fn follow_file(&mut self) {
        self.removed_at = None;
    }

    /// A write brings the next try of what failed nearer.
    pub(super) fn count_write(&mut self) {
        self.wrote = true;
        self.kek_pause = self.kek_pause.saturating_sub(1);
        self.data_pause = self.data_pause.saturating_sub(1);
    }
}

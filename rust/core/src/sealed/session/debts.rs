//! Work deferred to a later call.

use std::time::Duration;

use crate::name::ItemKey;
use crate::sealed::journal::Journal;

/// The number of expired records that one call drops, reports or removes.
pub(super) const EXPIRED_PER_CALL: usize = 256;

/// Pending work. The next write that can do it does it.
#[derive(Default)]
pub(super) struct Debts {
    /// Records that expired and still have a live frame.
    pub(super) expired: Vec<Expired>,
    /// When the first removal was seen whose bytes are still in the file, on the clock that never jumps.
    pub(super) removed_at: Option<Duration>,
    /// A call wrote since upkeep was last considered.
    pub(super) wrote: bool,
    /// The time for which upkeep was requested, if it did not run yet.
    pub(super) upkeep_at: Option<Duration>,
    /// When to try again to make a new key-encryption key, and a new data key.
    pub(super) kek_retry: Retry,
    pub(super) data_retry: Retry,
    /// The process has looked for orphaned keys since it started.
    pub(super) orphans_collected: bool,
}

/// After a failure, the next try comes after a number of writes, or after a time that doubles with each failure.
#[derive(Default)]
pub(super) struct Retry {
    failures: u32,
    writes: u32,
    not_before: Duration,
}

impl Retry {
    const WRITES: u32 = 64;
    const FIRST: Duration = Duration::from_secs(60);
    /// The time doubles at most this often: up to 64 minutes.
    const DOUBLINGS: u32 = 6;

    pub(super) fn tried(&mut self, done: bool, now: Duration) {
        if done {
            *self = Self::default();
            return;
        }
        self.not_before = now.saturating_add(Self::FIRST * (1 << self.failures.min(Self::DOUBLINGS)));
        self.failures = self.failures.saturating_add(1);
        self.writes = Self::WRITES;
    }

    /// How long the next try has to wait. If writes are counted, the time is not known: `None` if it has to wait.
    pub(super) fn wait(&self, now: Duration, timed: bool) -> Option<Duration> {
        if timed {
            Some(self.not_before.saturating_sub(now))
        } else {
            (self.writes == 0).then_some(Duration::ZERO)
        }
    }

    pub(super) fn failed(&self) -> bool {
        self.failures > 0
    }

    fn count_write(&mut self) {
        self.writes = self.writes.saturating_sub(1);
    }
}

/// A record that was seen expired, with what tells it from a later record of the same name in any file of the store.
pub(super) struct Expired {
    pub(super) key: ItemKey,
    pub(super) store_id: [u8; 16],
    /// The number of its frame in the present file.
    pub(super) sequence: u64,
    pub(super) written_ms: u64,
    pub(super) expires_ms: u64,
}

impl Debts {
    /// The vault file was replaced, and the new one does not hold what expired.
    pub(super) fn forget_file(&mut self) {
        self.expired.clear();
        self.follow_file();
    }

    /// Some of the expired records, to be removed with the next write.
    pub(super) fn some_expired(&mut self) -> Vec<Expired> {
        let rest = self.expired.len().saturating_sub(EXPIRED_PER_CALL);
        self.expired.split_off(rest)
    }

    /// If another process rewrote the file while the clock was turned back, the file still holds what this process saw
    /// expire.
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

    /// The vault file was replaced.
    pub(super) fn follow_file(&mut self) {
        self.removed_at = None;
    }

    /// Each write brings the next try after a failure nearer.
    pub(super) fn count_write(&mut self) {
        self.wrote = true;
        self.kek_retry.count_write();
        self.data_retry.count_write();
    }
}

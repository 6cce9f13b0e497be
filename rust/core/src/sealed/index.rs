//! What is known of a file in memory: where each record lies, never what it holds.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::cipher::NameHash;
use crate::name::EntryKey;

/// Where the frame of a live record lies.
#[derive(Clone, Copy)]
pub(super) struct Slot {
    pub(super) offset: u64,
    pub(super) length: u32,
    pub(super) sequence: u64,
    pub(super) written_ms: u64,
    /// 0 for never.
    pub(super) expires_ms: u64,
}

impl Slot {
    pub(super) fn expired(&self, now_ms: u64) -> bool {
        self.expires_ms != 0 && self.expires_ms <= now_ms
    }
}

/// Name to slot, with what is needed to decide on compaction and expiry.
#[derive(Default)]
pub(super) struct Index {
    slots: BTreeMap<EntryKey, Slot>,
    live_bytes: u64,
    next_expiry_ms: Option<u64>,
}

impl Index {
    pub(super) fn get(&self, key: &EntryKey) -> Option<&Slot> {
        self.slots.get(key)
    }

    pub(super) fn insert(&mut self, key: EntryKey, slot: Slot) {
        if slot.expires_ms != 0 {
            self.next_expiry_ms = Some(
                self.next_expiry_ms
                    .map_or(slot.expires_ms, |next| next.min(slot.expires_ms)),
            );
        }
        self.live_bytes += u64::from(slot.length);
        if let Some(replaced) = self.slots.insert(key, slot) {
            self.live_bytes -= u64::from(replaced.length);
        }
    }

    pub(super) fn remove(&mut self, key: &EntryKey) {
        if let Some(removed) = self.slots.remove(key) {
            self.live_bytes -= u64::from(removed.length);
        }
    }

    /// Drops and returns what expired by `now_ms`; cheap while nothing did.
    pub(super) fn take_expired(&mut self, now_ms: u64) -> Vec<(EntryKey, Slot)> {
        if self.next_expiry_ms.is_none_or(|next| next > now_ms) {
            return Vec::new();
        }
        let expired: Vec<(EntryKey, Slot)> = self
            .slots
            .iter()
            .filter(|(_, slot)| slot.expired(now_ms))
            .map(|(key, slot)| (key.clone(), *slot))
            .collect();
        for (key, _) in &expired {
            self.remove(key);
        }
        self.next_expiry_ms = self
            .slots
            .values()
            .filter(|slot| slot.expires_ms != 0)
            .map(|slot| slot.expires_ms)
            .min();
        expired
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&EntryKey, &Slot)> {
        self.slots.iter()
    }

    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    pub(super) fn live_bytes(&self) -> u64 {
        self.live_bytes
    }
}

/// Frames that are not what was written, and what that means for the records they concerned.
#[derive(Default)]
pub(super) struct Damage {
    /// Name hash of the record to the sequence number of its damaged frame.
    records: HashMap<NameHash, u64>,
    /// Frames of which it cannot be known what they concerned.
    unknown: u64,
    /// The newest of those: whatever is older may have been replaced or removed by it.
    unknown_until: u64,
    /// Records that were removed by a frame that is newer than that.
    absent: HashSet<NameHash>,
    /// Altered frames that cost no record: a later one replaced it, or only the hash of the name was hit.
    harmless: u64,
}

impl Damage {
    pub(super) fn add_record(&mut self, hash: NameHash, sequence: u64) {
        self.records.insert(hash, sequence);
    }

    /// So many frames, the newest of them with this number.
    pub(super) fn add_unknown(&mut self, frames: u64, newest: u64) {
        if frames > 0 {
            self.unknown = self.unknown.saturating_add(frames);
            self.unknown_until = self.unknown_until.max(newest);
            self.absent.clear();
        }
    }

    pub(super) fn add_harmless(&mut self) {
        self.harmless += 1;
    }

    /// A later frame makes what is known of older ones irrelevant.
    pub(super) fn supersede(&mut self, hash: NameHash, removes: bool) {
        if self.records.remove(&hash).is_some() {
            self.harmless += 1;
        }
        if removes {
            self.absent.insert(hash);
        } else {
            self.absent.remove(&hash);
        }
    }

    /// Whether the state of a record cannot be known, given its newest intact frame.
    pub(super) fn concerns(&self, hash: &NameHash, newest: Option<u64>) -> bool {
        self.records.contains_key(hash)
            || match newest {
                Some(newest) => newest < self.unknown_until,
                None => self.unknown > 0 && !self.absent.contains(hash),
            }
    }

    /// Whether a rewrite of the file would lose the knowledge that something is missing.
    pub(super) fn forbids_compaction(&self) -> bool {
        !self.records.is_empty() || self.unknown > 0
    }

    pub(super) fn count(&self) -> u64 {
        let records = u64::try_from(self.records.len()).unwrap_or(u64::MAX);
        records.saturating_add(self.unknown).saturating_add(self.harmless)
    }

    /// Whether a rewrite would lose nothing and end the matter.
    pub(super) fn rewrite_heals(&self) -> bool {
        self.harmless > 0 && !self.forbids_compaction()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]
mod tests {
    use super::*;

    const NAME: NameHash = [1; 12];
    const OTHER: NameHash = [2; 12];

    fn key(name: &str) -> EntryKey {
        EntryKey::new(name).unwrap()
    }

    fn slot(length: u32, expires_ms: u64) -> Slot {
        Slot {
            offset: 0,
            length,
            sequence: 1,
            written_ms: 0,
            expires_ms,
        }
    }

    #[test]
    fn the_index_counts_what_is_live() {
        let mut index = Index::default();
        assert_eq!((index.len(), index.live_bytes()), (0, 0));
        index.insert(key("a"), slot(100, 0));
        index.insert(key("b"), slot(40, 0));
        assert_eq!((index.len(), index.live_bytes()), (2, 140));
        index.insert(key("a"), slot(7, 0));
        assert_eq!((index.len(), index.live_bytes()), (2, 47));
        index.remove(&key("b"));
        index.remove(&key("b"));
        assert_eq!((index.len(), index.live_bytes()), (1, 7));
    }

    #[test]
    fn what_expires_is_taken_when_its_time_comes_and_the_next_one_waits() {
        let mut index = Index::default();
        for (name, expires_ms) in [("never", 0), ("soon", 10), ("later", 30), ("between", 20)] {
            index.insert(key(name), slot(1, expires_ms));
        }
        let mut taken = |now_ms| {
            let expired = index.take_expired(now_ms);
            let names: Vec<String> = expired.iter().map(|(key, _)| key.as_str().to_owned()).collect();
            (names.join(" "), index.next_expiry_ms)
        };
        assert_eq!(taken(9), (String::new(), Some(10)));
        assert_eq!(taken(10), ("soon".to_owned(), Some(20)));
        assert_eq!(taken(30), ("between later".to_owned(), None));
        assert_eq!(taken(u64::MAX), (String::new(), None));
        assert_eq!((index.len(), index.live_bytes()), (1, 1));
    }

    #[test]
    fn only_a_removal_behind_unknown_frames_proves_absence() {
        let mut damage = Damage::default();
        damage.supersede(NAME, true);
        damage.add_unknown(1, 5);
        assert!(damage.concerns(&NAME, None), "removed before the unknown frame");
        damage.supersede(NAME, true);
        assert!(!damage.concerns(&NAME, None));
        assert!(damage.concerns(&OTHER, None));
        damage.supersede(NAME, false);
        assert!(damage.concerns(&NAME, None), "set again, and then lost");
    }

    #[test]
    fn a_rewrite_heals_what_cost_nothing_and_hides_nothing_else() {
        let facts = |damage: &Damage| {
            (
                damage.count(),
                damage.forbids_compaction(),
                damage.rewrite_heals(),
            )
        };
        let mut damage = Damage::default();
        assert_eq!(facts(&damage), (0, false, false));
        damage.add_harmless();
        assert_eq!(facts(&damage), (1, false, true));
        damage.add_record(NAME, 3);
        assert_eq!(facts(&damage), (2, true, false));
        damage.supersede(NAME, false);
        assert_eq!(facts(&damage), (2, false, true));
        damage.add_unknown(0, 9);
        assert_eq!(facts(&damage), (2, false, true));
        damage.add_unknown(2, 9);
        assert_eq!(facts(&damage), (4, true, false));
    }
}

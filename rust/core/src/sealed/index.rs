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
        if removes && self.unknown > 0 {
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

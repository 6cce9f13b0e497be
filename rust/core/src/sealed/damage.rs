//! What is missing in a file, and which records that puts in doubt.

use std::collections::{HashMap, HashSet};

use super::cipher::NameHash;

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
mod tests {
    use super::*;

    const NAME: NameHash = [1; 12];
    const OTHER: NameHash = [2; 12];

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

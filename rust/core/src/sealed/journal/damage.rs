//! What is missing in a file, and which records are in doubt because of it.

use std::collections::{HashMap, HashSet};

use crate::error::Error;
use crate::sealed::format::{Doubts, Elder, NameHash};

/// Frames that are damaged or missing, and the records that they put in doubt.
#[derive(Default)]
pub(in crate::sealed) struct Damage {
    /// The name hash of a record, and the sequence number of its damaged frame.
    records: HashMap<NameHash, u64>,
    /// Records that were already in doubt when the file was written.
    doubted: HashSet<NameHash>,
    /// What older files left in doubt, as hashes under their name keys.
    elders: Vec<Elder>,
    /// The number of damaged frames whose record is not known.
    unknown: u64,
    /// The newest sequence number of those: any older frame may have been replaced or removed by it.
    unknown_until: u64,
    /// Records that a newer frame than those removed.
    absent: HashSet<NameHash>,
    /// Altered frames that cost no record: a later frame replaced it, or only the name hash was altered.
    harmless: u64,
    /// The header says that there are doubts, and they were not read yet.
    presumed: bool,
    /// How often damage was found.
    found: u64,
}

/// What damaged or missing frames cost.
#[derive(Clone, Copy)]
pub(super) enum Loss {
    /// The frame with this number, which changed this record.
    Record { name: NameHash, sequence: u64 },
    /// Frames whose record is not known. `newest` is the number of the newest one.
    Unknown { frames: u64, newest: u64 },
    /// Frames that cost no record.
    Harmless,
}

impl Damage {
    /// Until its doubts are read, any record of a file that has doubts can be missing.
    pub(super) fn presume(&mut self) {
        self.presumed = true;
        self.unknown += 1;
    }

    /// Whether the frame with this number should hold the doubts that were not read yet. It is the first frame of a
    /// file whose header says that there are doubts.
    pub(super) fn expects_doubts(&self, sequence: u64) -> bool {
        self.presumed && sequence == 1
    }

    /// Adds the doubts of older files, as this file holds them.
    pub(super) fn narrow(&mut self, doubts: Doubts) {
        if std::mem::take(&mut self.presumed) {
            self.unknown -= 1;
        }
        self.unknown = self.unknown.saturating_add(doubts.unknown);
        self.elders.extend(doubts.elders);
    }

    pub(super) fn add(&mut self, losses: Vec<Loss>) {
        for loss in losses {
            match loss {
                Loss::Record { name, sequence } => self.add_record(name, sequence),
                Loss::Unknown { frames, newest } => self.add_unknown(frames, newest),
                Loss::Harmless => self.add_harmless(),
            }
        }
    }

    fn add_record(&mut self, hash: NameHash, sequence: u64) {
        self.found += 1;
        self.records.insert(hash, sequence);
    }

    /// The newest frame of this record says that it is in doubt.
    pub(super) fn add_doubted(&mut self, hash: NameHash) {
        self.doubted.insert(hash);
    }

    /// Adds `frames` damaged frames whose record is not known. `newest` is the number of the newest one.
    fn add_unknown(&mut self, frames: u64, newest: u64) {
        if frames > 0 {
            self.found += 1;
            self.unknown = self.unknown.saturating_add(frames);
            self.unknown_until = self.unknown_until.max(newest);
            self.absent.clear();
            self.elders.iter_mut().for_each(|elder| elder.absent.clear());
        }
    }

    pub(super) fn add_harmless(&mut self) {
        self.harmless += 1;
    }

    /// A later frame replaces everything that is known about older frames of the record. `hash` is that of `name` in
    /// this file.
    pub(super) fn supersede(&mut self, name: &str, hash: NameHash, removes: bool) -> Result<(), Error> {
        if self.records.remove(&hash).is_some() {
            self.harmless += 1;
        }
        self.doubted.remove(&hash);
        self.absent.remove(&hash);
        for elder in &mut self.elders {
            let hash = elder.names.hash(name)?;
            elder.records.remove(&hash);
            elder.absent.remove(&hash);
        }
        if self.unknown == 0 {
            self.elders.retain(|elder| !elder.records.is_empty());
        }
        if removes {
            // Under the name key of the oldest file, so that proofs from many files do not need the keys of all of
            // them.
            match self.elders.first_mut() {
                Some(eldest) => {
                    let hash = eldest.names.hash(name)?;
                    eldest.absent.insert(hash);
                }
                None => drop(self.absent.insert(hash)),
            }
        }
        Ok(())
    }

    /// Whether the state of a record is unknown, given its newest intact frame. `hash` is that of `name` in this file.
    pub(super) fn concerns(&self, name: &str, hash: &NameHash, newest: Option<u64>) -> Result<bool, Error> {
        let mut proven = self.absent.contains(hash);
        let mut lost = self.records.contains_key(hash) || self.doubted.contains(hash);
        for elder in &self.elders {
            let hash = elder.names.hash(name)?;
            proven |= elder.absent.contains(&hash);
            lost |= elder.records.contains(&hash);
        }
        Ok(lost
            || match newest {
                Some(newest) => newest < self.unknown_until,
                None => self.unknown > 0 && !proven,
            })
    }

    /// Whether any record is in doubt.
    pub(in crate::sealed) fn any(&self) -> bool {
        let listed = self.elders.iter().any(|elder| !elder.records.is_empty());
        listed || !self.records.is_empty() || !self.doubted.is_empty() || self.unknown > 0
    }

    pub(in crate::sealed) fn count(&self) -> u64 {
        let told: usize = self.elders.iter().map(|elder| elder.records.len()).sum();
        let told = u64::try_from(told + self.records.len() + self.doubted.len()).unwrap_or(u64::MAX);
        told.saturating_add(self.unknown).saturating_add(self.harmless)
    }

    /// Whether a rewrite would clear all damage.
    pub(in crate::sealed) fn rewrite_heals(&self) -> bool {
        self.harmless > 0 && !self.any()
    }

    /// A count that grows whenever damage is found, and does not shrink when damage is settled.
    pub(super) fn found(&self) -> u64 {
        self.found
    }

    /// Whether the file itself has no damage, and older files left exactly `unknown` frames whose record is not known.
    pub(super) fn intact_with(&self, unknown: u64) -> bool {
        self.found == 0 && self.harmless == 0 && !self.presumed && self.unknown == unknown
    }

    /// The doubts that the next file has to hold. `own` is the elder that this file becomes.
    pub(super) fn bequeath(&self, own: Elder) -> Doubts {
        let mut own = own;
        own.records.extend(self.records.keys().chain(&self.doubted));
        own.absent.extend(&self.absent);
        let mut elders: Vec<Elder> = self.elders.iter().map(Elder::copied).collect();
        elders.push(own);
        Doubts::bounded(self.unknown, elders)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]
mod tests {
    use super::*;
    use crate::sealed::format::NameKey;

    const NAME: NameHash = [1; 12];
    const OTHER: NameHash = [2; 12];

    fn elder(key: u8) -> Elder {
        Elder::of(NameKey::copied(&[key; 32]))
    }

    #[test]
    fn only_a_removal_behind_unknown_frames_proves_absence() {
        let mut damage = Damage::default();
        damage.supersede("name", NAME, true).unwrap();
        damage.add_unknown(1, 5);
        assert!(
            damage.concerns("name", &NAME, None).unwrap(),
            "removed before the unknown frame"
        );
        damage.supersede("name", NAME, true).unwrap();
        assert!(!damage.concerns("name", &NAME, None).unwrap());
        assert!(damage.concerns("other", &OTHER, None).unwrap());
        damage.supersede("name", NAME, false).unwrap();
        assert!(
            damage.concerns("name", &NAME, None).unwrap(),
            "set again, and then lost"
        );
    }

    #[test]
    fn a_rewrite_heals_what_cost_nothing() {
        let facts = |damage: &Damage| (damage.count(), damage.any(), damage.rewrite_heals());
        let mut damage = Damage::default();
        assert_eq!(facts(&damage), (0, false, false));
        damage.add_harmless();
        assert_eq!(facts(&damage), (1, false, true));
        damage.add_record(NAME, 3);
        assert_eq!(facts(&damage), (2, true, false));
        damage.supersede("name", NAME, false).unwrap();
        assert_eq!(facts(&damage), (2, false, true));
        damage.add_unknown(0, 9);
        assert_eq!(facts(&damage), (2, false, true));
        damage.add_unknown(2, 9);
        assert_eq!(facts(&damage), (4, true, false));
    }

    #[test]
    fn a_file_that_has_doubts_is_in_doubt_until_they_are_read() {
        let mut damage = Damage::default();
        damage.presume();
        assert!(damage.concerns("any", &NAME, None).unwrap() && !damage.intact_with(1));
        assert!(
            !damage.concerns("any", &NAME, Some(2)).unwrap(),
            "what can be read can be read"
        );
        damage.narrow(Doubts::default());
        assert!(!damage.any() && damage.intact_with(0));
    }

    #[test]
    fn what_an_older_file_left_in_doubt_is_settled_under_its_key() {
        for unknown in [0, 1] {
            let mut damage = Damage::default();
            let mut left = elder(7);
            left.records.insert(left.names.hash("lost").unwrap());
            left.absent.insert(left.names.hash("gone").unwrap());
            damage.narrow(Doubts {
                unknown,
                elders: vec![left],
            });
            let doubted = |damage: &Damage, name| damage.concerns(name, &OTHER, None).unwrap();
            assert!(doubted(&damage, "lost") && damage.count() == 1 + unknown);
            assert!(!doubted(&damage, "gone"));
            assert_eq!(doubted(&damage, "other"), unknown > 0);
            damage.supersede("lost", NAME, true).unwrap();
            assert!(!doubted(&damage, "lost"));
            assert_eq!(damage.any(), unknown > 0);
            // And the next file has the same doubts.
            let mut next = Damage::default();
            next.narrow(damage.bequeath(elder(8)));
            assert!(!doubted(&next, "lost"));
            assert_eq!(doubted(&next, "other"), unknown > 0);
            assert_eq!(next.count(), unknown);
            next.add_unknown(1, 3);
            assert!(doubted(&next, "gone") && doubted(&next, "lost"));
        }
    }
}

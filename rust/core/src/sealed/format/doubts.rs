//! The damage of older files, as the file that replaced them records it. See `docs/internals/storage-format.md`.
//!
//! The keys of lost records are not known; only their hashes under the name key of the file in which they were lost
//! are. So that name key is kept, sealed, until the last of its records is set or removed.

use std::collections::HashSet;

use zeroize::Zeroizing;

use super::bytes::Reader;
use super::cipher::{NameHash, NameKey};

/// At most this many name keys are kept: each costs a hash with every change.
const MAX_ELDERS: usize = 8;
/// At most this many hashes are kept: they have to fit into one frame.
const MAX_HASHES: usize = 65_536;
const HASH_LEN: usize = 12;

/// What older files left in doubt.
#[derive(Default)]
pub(in crate::sealed) struct Doubts {
    /// Frames that could have changed any record.
    pub(in crate::sealed) unknown: u64,
    pub(in crate::sealed) elders: Vec<Elder>,
}

/// What one older file left in doubt, as hashes under its name key.
pub(in crate::sealed) struct Elder {
    pub(in crate::sealed) names: NameKey,
    /// Records whose newest frame is lost.
    pub(in crate::sealed) records: HashSet<NameHash>,
    /// Records that are certainly absent, although others may not be.
    pub(in crate::sealed) absent: HashSet<NameHash>,
}

impl Elder {
    pub(in crate::sealed) fn of(names: NameKey) -> Self {
        Self {
            names,
            records: HashSet::new(),
            absent: HashSet::new(),
        }
    }

    pub(in crate::sealed) fn copied(&self) -> Self {
        Self {
            names: NameKey::copied(self.names.expose()),
            records: self.records.clone(),
            absent: self.absent.clone(),
        }
    }
}

impl Doubts {
    /// As much as a file can keep. The rest counts as a frame that could have changed any record: there is never less
    /// doubt than before.
    pub(in crate::sealed) fn bounded(unknown: u64, elders: Vec<Elder>) -> Self {
        let mut doubts = Self { unknown, elders };
        if doubts.unknown == 0 {
            doubts.elders.iter_mut().for_each(|elder| elder.absent.clear());
        }
        doubts
            .elders
            .retain(|elder| !elder.records.is_empty() || !elder.absent.is_empty());
        while doubts.elders.len() > MAX_ELDERS || doubts.lost() > MAX_HASHES {
            let records = doubts.elders.pop().map_or(0, |elder| elder.records.len());
            doubts.unknown = doubts.unknown.saturating_add(u64::from(records > 0));
        }
        let mut room = MAX_HASHES - doubts.lost();
        for elder in &mut doubts.elders {
            // Without the proof of its absence, a record is in doubt again.
            elder.absent = elder.absent.drain().take(room).collect();
            room -= elder.absent.len();
        }
        doubts
    }

    /// The buffer contains keys, so it must never move while it grows.
    pub(in crate::sealed) fn encode(&self) -> Zeroizing<Vec<u8>> {
        let sizes = self
            .elders
            .iter()
            .map(|elder| 40 + HASH_LEN * (elder.records.len() + elder.absent.len()));
        let mut bytes = Zeroizing::new(Vec::with_capacity(12 + sizes.sum::<usize>()));
        bytes.extend_from_slice(&self.unknown.to_le_bytes());
        bytes.extend_from_slice(&length(self.elders.len()));
        for elder in &self.elders {
            bytes.extend_from_slice(elder.names.expose());
            for hashes in [&elder.records, &elder.absent] {
                bytes.extend_from_slice(&length(hashes.len()));
                for hash in hashes {
                    bytes.extend_from_slice(hash);
                }
            }
        }
        bytes
    }

    /// `None` for what [`Self::encode`] does not write.
    pub(in crate::sealed) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader(bytes);
        let unknown = reader.u64()?;
        let count = reader.u32()?;
        let mut elders = Vec::new();
        for _ in 0..count {
            let mut elder = Elder::of(NameKey::copied(&reader.array()?));
            for hashes in [&mut elder.records, &mut elder.absent] {
                let count = usize::try_from(reader.u32()?).ok()?;
                let all = reader.take(count.checked_mul(HASH_LEN)?)?;
                hashes.extend(all.as_chunks::<HASH_LEN>().0);
            }
            elders.push(elder);
        }
        reader.0.is_empty().then_some(Self { unknown, elders })
    }

    fn lost(&self) -> usize {
        self.elders.iter().map(|elder| elder.records.len()).sum()
    }
}

/// The bounds keep every number far below the limit.
fn length(count: usize) -> [u8; 4] {
    u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]
mod tests {
    use super::*;
    use crate::secret::Secret;

    fn elder(key: u8, records: usize, absent: usize) -> Elder {
        let hashes = |first: usize, count: usize| {
            let hash = |number: usize| {
                let mut hash = [key; HASH_LEN];
                hash[..8].copy_from_slice(&(number as u64).to_le_bytes());
                hash
            };
            (first..first + count).map(hash).collect()
        };
        Elder {
            names: NameKey::copied(&[key; 32]),
            records: hashes(0, records),
            absent: hashes(1 << 32, absent),
        }
    }

    fn shape(doubts: &Doubts) -> (u64, Vec<(usize, usize)>) {
        let sizes = |elder: &Elder| (elder.records.len(), elder.absent.len());
        (doubts.unknown, doubts.elders.iter().map(sizes).collect())
    }

    #[test]
    fn what_is_encoded_is_decoded_and_nothing_else_is() {
        for doubts in [
            Doubts::default(),
            Doubts::bounded(3, vec![elder(1, 2, 3), elder(2, 0, 1), elder(3, 1, 0)]),
        ] {
            let bytes = doubts.encode();
            let decoded = Doubts::decode(&bytes).unwrap();
            assert_eq!(shape(&decoded), shape(&doubts));
            for (one, other) in decoded.elders.iter().zip(&doubts.elders) {
                assert_eq!(one.names.expose(), other.names.expose());
                assert!(one.records == other.records && one.absent == other.absent);
            }
            for length in 0..bytes.len() {
                assert!(Doubts::decode(&bytes[..length]).is_none());
            }
            assert!(Doubts::decode(&[&bytes[..], &[0]].concat()).is_none());
        }
        assert!(Doubts::decode(&[0xff; 12]).is_none());
    }

    #[test]
    fn what_is_too_much_becomes_doubt_of_everything() {
        let bounded = |unknown, elders| shape(&Doubts::bounded(unknown, elders));
        assert_eq!(
            bounded(0, vec![elder(1, 0, 5), elder(2, 1, 5)]),
            (0, vec![(1, 0)])
        );
        assert_eq!(
            bounded(1, vec![elder(1, 0, 5), elder(2, 1, 5)]),
            (1, vec![(0, 5), (1, 5)])
        );
        let many = (1..=10).map(|key| elder(key, 1, 0)).collect();
        assert_eq!(bounded(0, many), (2, vec![(1, 0); 8]));
        assert_eq!(
            bounded(0, vec![elder(1, 2, 0), elder(2, 65_535, 0)]),
            (1, vec![(2, 0)])
        );
        let full = Doubts::bounded(1, vec![elder(1, 65_000, 65_000)]);
        assert_eq!(shape(&full), (1, vec![(65_000, 536)]));
        assert!(full.encode().len() <= Secret::MAX_BYTES);
    }
}

//! Copies the records of one file into another, in steps between which the old file may change.
//!
//! [`Copy::begin`] starts a copy, and each [`Copy::step`] writes a part of it into a file that nobody else knows. A
//! journal that did not write the new file reads it back. [`Copy::catch_up`] then copies what changed meanwhile, and
//! [`Copy::verify`] compares the two files. Before that last step, the caller has taken everything that expired out of
//! the old index.
//!
//! After an error, the copy and its file are useless.

use super::Journal;
use super::index::Slot;
use crate::error::{Error, ErrorCode};
use crate::name::ItemKey;
use crate::ports::Random;
use crate::sealed::format::{Change, Content, Doubts, Kind, Opened};

/// Each call that writes frames writes about this much.
const CALL_BYTES: usize = 128 * 1024;

/// A copy in progress.
pub(in crate::sealed) struct Copy {
    /// The records that are still to be copied, in random order. The order of the names would reveal the position of a
    /// record, and so which frames of two files belong to the same record.
    plan: Vec<ItemKey>,
    /// The data key ID of the file that is copied.
    source: [u8; 16],
    /// How much damage had been found in it when the copy began.
    found: u64,
    doubts: Doubts,
    started: bool,
}

impl Copy {
    /// Plans to copy what `old` holds now, and makes it remember what changes from here on. There is one copy at a
    /// time: a new one replaces an earlier one.
    pub(in crate::sealed) fn begin(old: &mut Journal, random: &dyn Random) -> Result<Self, Error> {
        let mut plan: Vec<ItemKey> = old.index.iter().map(|(key, _)| key.clone()).collect();
        shuffle(&mut plan, random)?;
        old.index.watch();
        Ok(Self {
            plan,
            source: old.header.fields.data_key_id,
            found: old.damage.found(),
            doubts: old.doubts(),
            started: false,
        })
    }

    /// Copies at most `records` records, and returns whether the plan is finished. The frames are neither durable nor
    /// indexed in `new`.
    pub(in crate::sealed) fn step(
        &mut self,
        old: &Journal,
        new: &mut Journal,
        records: usize,
        random: &dyn Random,
    ) -> Result<bool, Error> {
        self.check(old)?;
        self.start(new, random)?;
        let mut call = Call::default();
        for _ in 0..records {
            let Some(key) = self.plan.pop() else { break };
            // `catch_up` copies what changed since.
            if let Some(slot) = old.index.get(&key)
                && !old.index.changed(&key)
            {
                call.copy(old, &key, slot)?;
                // The state is locked meanwhile, so a step takes no longer than one call that writes.
                if call.is_full() {
                    break;
                }
            }
        }
        call.write(new, random)?;
        Ok(self.plan.is_empty())
    }

    /// Copies at most `records` of the records that changed in `old` since the copy began or last caught up, and reads
    /// them back from `new`, which has read everything before them. Returns how many are left.
    pub(in crate::sealed) fn catch_up(
        &mut self,
        old: &mut Journal,
        new: &mut Journal,
        records: usize,
        random: &dyn Random,
    ) -> Result<usize, Error> {
        self.check(old)?;
        if !old.index.is_watched() {
            return Err(Error::new(
                ErrorCode::Internal,
                "The file is copied, but its changes are not watched",
            ));
        }
        let read = new.tail;
        let mut call = Call::default();
        for _ in 0..records {
            let Some(key) = &old.index.pop_changed() else {
                break;
            };
            if let Some(slot) = old.index.get(key) {
                call.copy(old, key, slot)?;
            } else if old.doubtful(key)? {
                // It expired, but its newest frame may be lost: the value that was copied must not take its place.
                if new.index.newest(key).is_some() {
                    return Err(stale());
                }
            } else if new.index.newest(key).is_some() || new.damage.any() {
                call.remove(key, new.header.fields.data_key_created_ms);
            }
            if call.is_full() {
                break;
            }
        }
        call.write(new, random)?;
        if new.tail.offset != read.offset {
            new.tail = read;
            new.follow()?;
        }
        Ok(old.index.changes())
    }

    /// Checks that `new` holds the records of `old`, each as it was written and with the same expiry, and has no damage
    /// of its own.
    pub(in crate::sealed) fn verify(&self, old: &Journal, new: &Journal) -> Result<(), Error> {
        self.check(old)?;
        if new.index.fingerprint() != old.index.fingerprint() || !new.damage.intact_with(self.doubts.unknown)
        {
            return Err(Error::new(
                ErrorCode::Io,
                "The rewritten file does not hold what was written: try again later",
            ));
        }
        Ok(())
    }

    /// Ends the copy of `old`, if there is one.
    pub(in crate::sealed) fn abandon(old: &mut Journal) {
        old.index.unwatch();
    }

    fn check(&self, old: &Journal) -> Result<(), Error> {
        if old.header.fields.data_key_id != self.source {
            return Err(Error::new(
                ErrorCode::Internal,
                "The copy started from another file",
            ));
        }
        // Damage that was found since may affect a record that was copied as certain.
        if old.damage.found() != self.found {
            return Err(stale());
        }
        Ok(())
    }

    /// The header of `new` says whether its first frame holds doubts.
    fn start(&mut self, new: &mut Journal, random: &dyn Random) -> Result<(), Error> {
        if std::mem::replace(&mut self.started, true) {
            return Ok(());
        }
        if !new.header.fields.doubts {
            let nothing = self.doubts.unknown == 0 && self.doubts.elders.is_empty();
            return if nothing { Ok(()) } else { Err(stale()) };
        }
        let body = self.doubts.encode();
        let content = Content {
            kind: Kind::Doubts,
            name: "",
            body: &body,
            written_ms: new.header.fields.data_key_created_ms,
            expires_ms: 0,
        };
        new.write_unsynced(&[content], random)
    }
}

fn stale() -> Error {
    Error::new(
        ErrorCode::Unavailable,
        "The file changed while it was copied: try again",
    )
}

/// The frames of the next call. Each is a write of its own, because the rename commits them all, and damage to the last
/// frame must not look like a torn write of many frames.
#[derive(Default)]
struct Call {
    records: Vec<(Opened, Kind)>,
    removals: Vec<(ItemKey, u64)>,
    bytes: usize,
}

impl Call {
    fn copy(&mut self, old: &Journal, key: &ItemKey, slot: &Slot) -> Result<(), Error> {
        let record = old.read(key, slot)?;
        self.bytes += record.as_change().frame_len();
        // Each doubted record says so in its own frame, whatever happens to other frames.
        let kind = if old.doubtful(key)? {
            Kind::Doubted
        } else {
            Kind::Set
        };
        self.records.push((record, kind));
        Ok(())
    }

    fn remove(&mut self, key: &ItemKey, now_ms: u64) {
        self.bytes += Change::removal(key, now_ms).frame_len();
        self.removals.push((key.clone(), now_ms));
    }

    fn is_full(&self) -> bool {
        self.bytes >= CALL_BYTES
    }

    fn write(&mut self, new: &mut Journal, random: &dyn Random) -> Result<(), Error> {
        let removals: Vec<_> = self
            .removals
            .iter()
            .map(|(key, now_ms)| Change::removal(key, *now_ms))
            .collect();
        let contents: Vec<Content<'_>> = self
            .records
            .iter()
            .map(|(record, kind)| record.content(*kind))
            .chain(removals.iter().map(Change::content))
            .collect();
        if !contents.is_empty() {
            new.write_unsynced(&contents, random)?;
        }
        *self = Self::default();
        Ok(())
    }
}

fn shuffle(keys: &mut [ItemKey], random: &dyn Random) -> Result<(), Error> {
    let mut bytes = vec![0; keys.len() * 4];
    random.fill(&mut bytes)?;
    let dice = bytes
        .as_chunks::<4>()
        .0
        .iter()
        .map(|dice| u64::from(u32::from_le_bytes(*dice)));
    for (last, dice) in (0..keys.len()).rev().zip(dice) {
        let place = (dice * (last as u64 + 1)) >> 32;
        keys.swap(last, usize::try_from(place).unwrap_or(last));
    }
    Ok(())
}

#[cfg(test)]
mod tests;

//! Copying the live records of one journal into another, in steps.

use super::index::Slot;
use super::journal::Journal;
use crate::error::{Error, ErrorCode};
use crate::name::EntryKey;
use crate::platform::Random;
use super::frame::Change;

pub(super) struct Copy {
    keys: Vec<EntryKey>,
    sequence: u64,
}

impl Copy {
    pub(super) fn begin(old: &Journal, _random: &dyn Random) -> Result<Self, Error> {
        Ok(Self { keys: old.index.iter().map(|(key, _)| key.clone()).collect(), sequence: old.tail.next_sequence })
    }

    pub(super) fn step(&mut self, old: &Journal, new: &mut Journal, records: usize, random: &dyn Random) -> Result<bool, Error> {
        for _ in 0..records {
            let Some(key) = self.keys.pop() else { return Ok(false) };
            if let Some(slot) = old.index.get(&key) {
                new.write(&old.read(&key, slot)?.as_change(), random)?;
            }
        }
        Ok(true)
    }

    pub(super) fn catch_up(&mut self, old: &Journal, new: &mut Journal, random: &dyn Random) -> Result<(), Error> {
        for (key, slot) in old.index.iter() {
            let same = |there: &&Slot| there.written_ms == slot.written_ms && there.expires_ms == slot.expires_ms;
            if slot.sequence >= self.sequence || new.index.get(key).filter(same).is_none() {
                new.append(&[old.read(key, slot)?.as_change()], random)?;
            }
        }
        let gone: Vec<EntryKey> = new.index.iter().filter(|(key, _)| old.index.get(key).is_none()).map(|(key, _)| key.clone()).collect();
        for key in gone {
            new.append(&[Change { name: key.as_str(), value: None, written_ms: 0, expires_ms: 0 }], random)?;
        }
        Ok(())
    }

    pub(super) fn verify(&self, old: &Journal, new: &Journal) -> Result<(), Error> {
        let expiries = |journal: &Journal| journal.index.iter().map(|(key, slot)| (key.clone(), slot.expires_ms)).collect::<Vec<_>>();
        if expiries(old) != expiries(new) || new.damage.count() > 0 {
            return Err(Error::new(ErrorCode::Io, "The rewritten file did not read back as written"));
        }
        Ok(())
    }
}

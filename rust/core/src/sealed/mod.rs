//! The sealed vault: one journal file per store, sealed with AES-256-GCM under a data key (DEK). A key-encryption key
//! (KEK) in the key store of the system wraps the data key.
//!
//! Opening a store needs one operation of the key store; after that, all cryptography happens here. A write appends one
//! sealed frame per record and returns when the frames are durable. Upkeep rewrites the file under a new data key when
//! there are more dead bytes than live ones, some time after a removal, and when the data key is old.

mod config;
mod files;
mod format;
mod journal;
mod session;

use std::collections::BTreeSet;
use std::sync::Arc;

pub use self::config::{Limits, SealedConfig};
use self::files::Store;
pub use self::files::{Asking, Edges};
use self::format::Change;
#[cfg(feature = "fuzzing")]
pub use self::format::{FrameContent, FrameLink, FrameProbe};
use self::journal::Journal;
pub use self::session::Upkeep;
use self::session::{Access, Handle, Session};
use crate::batch::within_bytes;
use crate::error::Error;
use crate::name::{ItemKey, StoreName};
use crate::policy::GatePolicy;
use crate::ports::Prompt;
use crate::secret::Secret;
use crate::stack::wiped;
use crate::vault::{LockTrigger, NewItem, Recovery, Replacement, Status, Vault};

/// A store in a sealed journal file. Several threads and several processes can use it at once.
pub struct SealedVault {
    handle: Handle,
}

impl SealedVault {
    /// A vault that opens its file at the first call.
    #[must_use]
    pub fn new(edges: Edges, config: SealedConfig, store: StoreName) -> Self {
        Self {
            handle: Handle::new(Store::new(edges, config, store)),
        }
    }

    /// Leaves upkeep to `upkeep`, so that no call has to wait for it.
    #[must_use]
    pub fn with_upkeep(mut self, upkeep: Arc<dyn Upkeep>) -> Self {
        self.handle.upkeep = Some(upkeep);
        self
    }

    /// Lets the store be protected.
    #[must_use]
    pub fn with_asking(mut self, asking: Asking) -> Self {
        self.handle.store.asking = Some(asking);
        self
    }

    fn read<R>(&self, call: impl FnMut(&mut Session<'_>) -> Result<R, Error>) -> Result<R, Error> {
        self.handle.call(Access::Read, call)
    }

    fn write<R>(&self, call: impl FnMut(&mut Session<'_>) -> Result<R, Error>) -> Result<R, Error> {
        self.handle.call(Access::Write, call)
    }
}

impl Vault for SealedVault {
    fn get(&self, key: &ItemKey) -> Result<Secret, Error> {
        self.read(|session| session.value(key)?.ok_or_else(Error::not_found))
    }

    fn has(&self, key: &ItemKey) -> Result<bool, Error> {
        self.read(|session| {
            let Some(journal) = session.journal() else {
                return Ok(false);
            };
            journal.refuse_doubt(key)?;
            Ok(journal.index.get(key).is_some())
        })
    }

    fn keys(&self) -> Result<Vec<ItemKey>, Error> {
        self.read(|session| {
            Ok(session.journal().map_or_else(Vec::new, |journal| {
                journal.index.iter().map(|(key, _)| key.clone()).collect()
            }))
        })
    }

    fn damaged_keys(&self) -> Result<Vec<ItemKey>, Error> {
        self.read(|session| session.journal().map_or(Ok(Vec::new()), Journal::doubtful_keys))
    }

    fn get_many(&self, keys: &[ItemKey]) -> Result<Vec<Option<Secret>>, Error> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        self.read(|session| {
            let mut bytes = 0;
            let mut values = Vec::with_capacity(keys.len());
            for key in keys {
                let value = session.value(key)?;
                bytes += value.as_ref().map_or(0, |value| value.expose().len());
                within_bytes(bytes)?;
                values.push(value);
            }
            Ok(values)
        })
    }

    fn get_or_create(&self, record: NewItem) -> Result<(Secret, bool), Error> {
        let found = self.write(|session| {
            let found = session.value(&record.key)?;
            if found.is_none() {
                let now_ms = session.now_ms();
                session.set(&[Change::addition(
                    &record.key,
                    &record.value,
                    record.expiry,
                    now_ms,
                )])?;
            }
            Ok(found)
        })?;
        Ok(match found {
            Some(value) => (value, false),
            None => (record.value, true),
        })
    }

    fn set_many(&self, records: &[NewItem]) -> Result<(), Error> {
        within_bytes(records.iter().map(NewItem::bytes).sum())?;
        if records.is_empty() {
            return Ok(());
        }
        self.write(|session| {
            let now_ms = session.now_ms();
            let changes: Vec<Change<'_>> = records
                .iter()
                .map(|record| Change::addition(&record.key, &record.value, record.expiry, now_ms))
                .collect();
            session.set(&changes)
        })
    }

    fn compare_and_set(
        &self,
        key: &ItemKey,
        expected: Option<&Secret>,
        replacement: Option<Replacement>,
    ) -> Result<bool, Error> {
        self.write(|session| {
            let current = session.value(key)?;
            if current.as_ref().map(Secret::expose) != expected.map(Secret::expose) {
                return Ok(false);
            }
            match &replacement {
                Some(new) => {
                    session.set(&[Change::addition(key, &new.value, new.expiry, session.now_ms())])?;
                }
                None if current.is_some() => session.remove(&[key])?,
                None => {}
            }
            Ok(true)
        })
    }

    fn remove(&self, key: &ItemKey) -> Result<(), Error> {
        self.write(|session| {
            if !session.removable(key)? {
                return Err(Error::not_found());
            }
            session.remove(&[key])
        })
    }

    fn remove_many(&self, keys: &[ItemKey]) -> Result<u64, Error> {
        if keys.is_empty() {
            return Ok(0);
        }
        self.write(|session| {
            let mut there = BTreeSet::new();
            for key in keys {
                if session.removable(key)? {
                    there.insert(key);
                }
            }
            if !there.is_empty() {
                session.remove(&there.iter().copied().collect::<Vec<_>>())?;
            }
            Ok(there.len() as u64)
        })
    }

    fn clear(&self) -> Result<(), Error> {
        wiped(|| self.handle.erase())
    }

    fn status(&self) -> Result<Status, Error> {
        self.handle.status()
    }

    fn reset(&self) -> Result<(), Error> {
        self.handle.call(Access::Bare, |session| session.reset())
    }

    fn recover(&self) -> Result<Recovery, Error> {
        wiped(|| self.handle.recover_quarantined())
    }

    fn rotate_keys(&self) -> Result<(), Error> {
        wiped(|| self.handle.renew_keys())
    }

    fn protect(&self, wanted: Option<GatePolicy>, prompt: &Prompt, confirm: bool) -> Result<(), Error> {
        self.handle.protect(wanted, prompt, confirm)
    }

    fn unlock(&self, prompt: &Prompt) -> Result<(), Error> {
        self.handle.unlock(prompt)
    }

    fn lock(&self, trigger: LockTrigger) {
        wiped(|| self.handle.lock(trigger));
    }

    fn is_locked(&self) -> Result<bool, Error> {
        self.handle.is_locked()
    }

    fn set_visible(&self, visible: bool) {
        wiped(|| self.handle.set_visible(visible));
    }

    fn maintain(&self) {
        wiped(|| self.handle.do_upkeep());
    }

    fn settled(&self) -> bool {
        self.handle.settled()
    }
}

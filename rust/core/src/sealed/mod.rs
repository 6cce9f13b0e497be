//! The sealed vault: one journal file per store, sealed with AES-256-GCM under a data key (DEK) that a key-encryption key
//! (KEK) in the key store of the system wraps.
//!
//! Opening costs one operation of the key store; after that all cryptography happens here. A write appends one sealed frame
//! per record and returns when it is durable. The file is rewritten under a fresh data key when dead frames outweigh live
//! ones, after a removal while it is small, and when the data key grows old, so that what was removed loses its key.

mod access;
mod bytes;
mod cipher;
mod config;
mod copy;
mod damage;
mod debts;
mod doubts;
mod frame;
mod gap;
mod header;
mod housekeeping;
mod index;
mod journal;
mod kek;
mod opening;
mod paths;
mod quarantine;
mod replay;
mod reserve;
mod scan;
mod session;

use std::collections::BTreeSet;
use std::sync::Arc;

pub use self::config::{Limits, OnKeyLoss, SealedConfig};
use self::frame::Change;
#[cfg(feature = "testing")]
pub use self::frame::probe::{FrameContent, FrameLink, FrameProbe};
use self::journal::Journal;
use self::paths::Paths;
use self::session::State;
use crate::batch::within_bytes;
use crate::error::Error;
use crate::name::{EntryKey, StoreName};
use crate::platform::{Clock, FileSystem, KeyWrapper, Random};
use crate::secret::Secret;
use crate::sync::Mutex;
use crate::vault::{EventSink, Expiry, NewRecord, Recovery, Replacement, Status, Vault};

/// The edges a vault stands on.
#[derive(Clone)]
pub struct Edges {
    /// Where files are.
    pub fs: Arc<dyn FileSystem>,
    /// Where key-encryption keys are.
    pub keys: Arc<dyn KeyWrapper>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where keys and nonces come from.
    pub random: Arc<dyn Random>,
    /// Who hears of events.
    pub events: Arc<dyn EventSink>,
}

/// A store in a sealed journal file. Safe to use from several threads and several processes.
pub struct SealedVault {
    edges: Edges,
    config: SealedConfig,
    store: StoreName,
    paths: Paths,
    state: Mutex<State>,
}

impl SealedVault {
    /// A vault that opens its file at the first call.
    #[must_use]
    pub fn new(edges: Edges, config: SealedConfig, store: StoreName) -> Self {
        let paths = Paths::new(config.directory.clone(), store.clone());
        Self {
            edges,
            config,
            store,
            paths,
            state: Mutex::new(State::default()),
        }
    }
}

impl Vault for SealedVault {
    fn get(&self, key: &EntryKey) -> Result<Secret, Error> {
        self.read(|session| session.value(key)?.ok_or_else(Error::not_found))
    }

    fn has(&self, key: &EntryKey) -> Result<bool, Error> {
        self.read(|session| {
            let Some(journal) = session.journal() else {
                return Ok(false);
            };
            journal.refuse_doubt(key)?;
            Ok(journal.index.get(key).is_some())
        })
    }

    fn keys(&self) -> Result<Vec<EntryKey>, Error> {
        self.read(|session| {
            Ok(session.journal().map_or_else(Vec::new, |journal| {
                journal.index.iter().map(|(key, _)| key.clone()).collect()
            }))
        })
    }

    fn damaged_keys(&self) -> Result<Vec<EntryKey>, Error> {
        self.read(|session| session.journal().map_or(Ok(Vec::new()), Journal::doubtful_keys))
    }

    fn get_many(&self, keys: &[EntryKey]) -> Result<Vec<Option<Secret>>, Error> {
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

    fn get_or_create(&self, record: NewRecord) -> Result<(Secret, bool), Error> {
        self.write(|session| {
            if let Some(value) = session.value(&record.key)? {
                return Ok((value, false));
            }
            session.set(&[addition(
                &record.key,
                &record.value,
                record.expiry,
                session.now_ms(),
            )])?;
            Ok((record.value, true))
        })
    }

    fn set_many(&self, records: &[NewRecord]) -> Result<(), Error> {
        within_bytes(records.iter().map(NewRecord::bytes).sum())?;
        if records.is_empty() {
            return Ok(());
        }
        self.write(|session| {
            let now_ms = session.now_ms();
            let changes: Vec<Change<'_>> = records
                .iter()
                .map(|record| addition(&record.key, &record.value, record.expiry, now_ms))
                .collect();
            session.set(&changes)
        })
    }

    fn compare_and_set(
        &self,
        key: &EntryKey,
        expected: Option<&Secret>,
        replacement: Option<Replacement>,
    ) -> Result<bool, Error> {
        self.write(|session| {
            let current = session.value(key)?;
            if current.as_ref().map(Secret::expose) != expected.map(Secret::expose) {
                return Ok(false);
            }
            match replacement {
                Some(new) => session.set(&[addition(key, &new.value, new.expiry, session.now_ms())])?,
                None if current.is_some() => session.remove(&[key])?,
                None => {}
            }
            Ok(true)
        })
    }

    fn remove(&self, key: &EntryKey) -> Result<(), Error> {
        self.write(|session| {
            if !session.removable(key)? {
                return Err(Error::not_found());
            }
            session.remove(&[key])
        })
    }

    fn remove_many(&self, keys: &[EntryKey]) -> Result<u64, Error> {
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
        self.exclusively(|session| session.erase())
    }

    fn status(&self) -> Result<Status, Error> {
        self.read(|session| session.status())
    }

    fn reset(&self) -> Result<(), Error> {
        self.exclusively(|session| session.reset())
    }

    fn recover(&self) -> Result<Recovery, Error> {
        self.write(|session| session.recover())
    }

    fn rotate_keys(&self) -> Result<(), Error> {
        self.write(|session| session.rotate_keys())
    }
}

fn addition<'a>(key: &'a EntryKey, value: &'a Secret, expiry: Option<Expiry>, now_ms: u64) -> Change<'a> {
    Change {
        name: key.as_str(),
        value: Some(value.expose()),
        written_ms: now_ms,
        expires_ms: Expiry::stored(expiry, now_ms),
    }
}

fn removal(key: &EntryKey, now_ms: u64) -> Change<'_> {
    Change {
        name: key.as_str(),
        value: None,
        written_ms: now_ms,
        expires_ms: 0,
    }
}

//! The Keychain vault: one generic-password row per item.
//!
//! The Keychain encrypts, so this module does not. It builds what the Keychain lacks: a header row proves absence
//! ([`opening`]), an intent row writes several rows at once ([`batch`]), and comparing and setting is one call of the
//! system that names the tag of the row ([`record`]).

mod batch;
mod clear;
mod config;
mod fetching;
mod header;
mod installation;
mod intent;
mod marker;
mod moving;
mod opening;
mod place;
mod quarantine;
mod reads;
mod record;
mod rows;
mod session;
mod settle;
mod stage;

use std::sync::{Arc, Mutex, PoisonError};

use strongroom_core::batch::within_bytes;
use strongroom_core::policy::Accessibility;
use strongroom_core::{
    Error, ErrorCode, ItemKey, NewItem, Recovery, Replacement, ResetReason, Secret, Status, StoreName, Vault,
    wiped,
};

pub use self::config::{KeychainConfig, KeychainEdges, StoreStates};
use self::marker::Marker;
use self::record::Tag;
use self::session::{ATTEMPTS, Found, Session, State, overtaken};
use crate::sec_items::{OsStatus, Service};

/// Accounts of the rows that are not items.
const HEADER: &str = "header";
const INTENT: &str = "intent";
/// The account of the row that never leaves the device.
const DEVICE: &str = "device";

/// A store in the Keychain. Several threads can use it, and with an access group several processes.
pub struct KeychainVault {
    edges: KeychainEdges,
    config: KeychainConfig,
    store: StoreName,
    records: Service,
    /// The service of the header row. No store can have this name.
    header: Service,
    /// The service of the intent row. Synchronized stores have one of their own, so that no batch changes rows of the
    /// other kind.
    state: Service,
    marker: Option<Marker>,
    known: Arc<Mutex<State>>,
}

impl KeychainVault {
    /// A vault that looks at the Keychain at the first call.
    #[must_use]
    pub fn new(edges: KeychainEdges, config: KeychainConfig, store: StoreName) -> Self {
        let records = Service::new(
            format!("dev.strongroom.{}", store.as_str()),
            config.rows.synchronizable,
        );
        let header = Service::new(format!("dev.strongroom.{}/state", store.as_str()), false);
        let state = if records.synchronizable() {
            Service::new(format!("dev.strongroom.{}/synced", store.as_str()), false)
        } else {
            header.clone()
        };
        let marker = config
            .marker_directory
            .clone()
            .map(|directory| Marker::new(directory, &store));
        let group = config.rows.access_group.as_deref().unwrap_or_default();
        let known = edges
            .states
            .of(format!("{}/{}/{group}", records.name(), records.synchronizable()));
        Self {
            edges,
            config,
            store,
            records,
            header,
            state,
            marker,
            known,
        }
    }

    fn run<R>(&self, call: impl FnOnce(&mut Session<'_>) -> Result<R, Error>) -> Result<R, Error> {
        self.with_state(|session| {
            session.open()?;
            session.settle()?;
            call(session)
        })
    }

    /// Runs a call that does not need an open store. Events are raised after the state is released.
    fn with_state<R>(&self, call: impl FnOnce(&mut Session<'_>) -> Result<R, Error>) -> Result<R, Error> {
        let mut state = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if self.marker.is_some() && !state.examined {
            // What was found without the marker may be in another place.
            state.header = None;
            state.scope = None;
        }
        let result = wiped(|| {
            let scope = self.scope(&mut state.scope)?;
            call(&mut Session::new(self, &scope, &mut state))
        });
        let events = std::mem::take(&mut state.events);
        drop(state);
        for event in events {
            self.edges.events.raise(&self.store, event);
        }
        result
    }

    fn aside(&self, number: u8) -> Service {
        let name = format!("{}/aside.{number}", self.records.name());
        Service::new(name, self.records.synchronizable())
    }

    /// What the status of a refused write means.
    fn refused(&self, status: OsStatus) -> Error {
        let needs_passcode = self.config.rows.protection.accessibility
            == Accessibility::WhenPasscodeSetThisDeviceOnly
            || self.config.rows.protection.authentication.is_some();
        if needs_passcode && status == OsStatus::NOT_AVAILABLE {
            return Error::new(
                ErrorCode::InsufficientSecurity,
                "The device has no passcode, which the configured protection needs: ask the user to set one",
            );
        }
        status.into()
    }
}

impl Vault for KeychainVault {
    fn get(&self, key: &ItemKey) -> Result<Secret, Error> {
        self.run(|session| session.value(key)?.ok_or_else(Error::not_found))
    }

    fn has(&self, key: &ItemKey) -> Result<bool, Error> {
        self.run(|session| {
            Ok(match session.attributes(key)? {
                Found::Live(_) => true,
                Found::Absent => false,
                Found::Expired(tag) => {
                    session.expire(key, &tag);
                    false
                }
            })
        })
    }

    fn keys(&self) -> Result<Vec<ItemKey>, Error> {
        self.run(|session| Ok(session.live()?.into_iter().collect()))
    }

    fn get_many(&self, keys: &[ItemKey]) -> Result<Vec<Option<Secret>>, Error> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        self.run(|session| session.values(keys))
    }

    fn get_or_create(&self, record: NewItem) -> Result<(Secret, bool), Error> {
        self.run(|session| {
            for attempt in 0..ATTEMPTS {
                self.pause(attempt);
                let before = match session.row(&record.key)? {
                    Found::Live(row) => return Ok((record::value(&row)?, false)),
                    Found::Expired(tag) => Some(tag),
                    Found::Absent => None,
                };
                let new = (&record.value, record.expiry);
                if session.exchange(&record.key, before.as_deref(), Some(new))? {
                    return Ok((record.value, true));
                }
            }
            Err(overtaken())
        })
    }

    fn set_many(&self, records: &[NewItem]) -> Result<(), Error> {
        within_bytes(records.iter().map(NewItem::bytes).sum())?;
        match records {
            [] => Ok(()),
            [record] => self.run(|session| session.set(record)),
            several => self.run(|session| session.set_several(several)),
        }
    }

    fn compare_and_set(
        &self,
        key: &ItemKey,
        expected: Option<&Secret>,
        replacement: Option<Replacement>,
    ) -> Result<bool, Error> {
        self.run(|session| {
            for attempt in 0..ATTEMPTS {
                self.pause(attempt);
                let (current, before) = match session.row(key)? {
                    Found::Live(row) => (Some(record::value(&row)?), Some(row.tag)),
                    Found::Expired(tag) => (None, Some(tag)),
                    Found::Absent => (None, None),
                };
                if current.as_ref().map(Secret::expose) != expected.map(Secret::expose) {
                    return Ok(false);
                }
                let new = replacement.as_ref().map(|new| (&new.value, new.expiry));
                let needless = new.is_none() && before.is_none();
                if needless || session.exchange(key, before.as_deref(), new)? {
                    return Ok(true);
                }
            }
            Err(overtaken())
        })
    }

    fn remove(&self, key: &ItemKey) -> Result<(), Error> {
        self.run(|session| {
            if session.remove(key)? {
                Ok(())
            } else {
                Err(Error::not_found())
            }
        })
    }

    fn remove_many(&self, keys: &[ItemKey]) -> Result<u64, Error> {
        if keys.is_empty() {
            return Ok(0);
        }
        self.run(|session| session.remove_several(keys))
    }

    fn clear(&self) -> Result<(), Error> {
        self.with_state(|session| session.clear())
    }

    fn status(&self) -> Result<Status, Error> {
        self.run(|session| {
            let mut rows = session.snapshot()?;
            rows.retain(|row| record::batch(&row.tag).is_none());
            let now_ms = session.now_ms();
            let tags: Vec<_> = rows.iter().map(|row| Tag::parse(&row.tag)).collect();
            let header = session.current_header()?;
            Ok(Status {
                secure: true,
                fresh: !header.used && rows.is_empty(),
                gate: None,
                locked: false,
                records: tags.iter().flatten().filter(|tag| !tag.expired(now_ms)).count() as u64,
                security_level: None,
                key_created_ms: None,
                data_key_created_ms: None,
                file_bytes: 0,
                damaged_records: tags.iter().filter(|tag| tag.is_err()).count() as u64,
                quarantined: header.aside.len() as u64,
                last_reset: header.last_reset,
            })
        })
    }

    fn reset(&self) -> Result<(), Error> {
        self.with_state(|session| match session.open() {
            Err(_) if session.state.left_behind => session.give_up(),
            Err(error) if error.code() == ErrorCode::Corrupt => {
                session.replace_damaged(ResetReason::Requested).map(drop)
            }
            Err(error) if error.code() != ErrorCode::KeyLost => Err(error),
            _ => session.reset(),
        })
    }

    fn recover(&self) -> Result<Recovery, Error> {
        self.run(|session| session.recover())
    }

    fn rotate_keys(&self) -> Result<(), Error> {
        self.run(|session| session.rewrite())
    }
}

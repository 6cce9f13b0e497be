//! One call on a store: opening it, finding rows, and proving that a row is absent.

use std::sync::Arc;
use std::time::Duration;

use strongroom_core::policy::{Authentication, Protection};
use strongroom_core::{Error, ErrorCode, Event, ItemKey, Secret};

use super::KeychainVault;
use super::header::Header;
use super::place::Scope;
use super::record::{self, Tag};
use crate::sec_items::{Added, Attributes, Content, OsStatus, Row, SecItems, Service};

/// How often a call is tried if others are faster.
pub(super) const ATTEMPTS: u32 = 8;

/// What a process knows of a store between calls.
#[derive(Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is known apart from the others"
)]
pub(super) struct State {
    pub(super) scope: Option<Arc<Scope>>,
    pub(super) header: Option<Header>,
    /// Whether no batch is unfinished, as far as this process knows.
    pub(super) settled: bool,
    /// Whether a vault with a marker has opened the store. The app's own native code opens it without one.
    pub(super) examined: bool,
    /// Whether the rows are in a former place from which they cannot be fetched, and the app has to decide whether to
    /// continue without them.
    pub(super) left_behind: bool,
    /// Whether rows are being fetched from a former place, which the marker has to name until all are here.
    pub(super) moving: bool,
    pub(super) events: Vec<Event>,
}

/// A store while its state is locked.
pub(super) struct Session<'a> {
    pub(super) vault: &'a KeychainVault,
    pub(super) scope: &'a Scope,
    pub(super) state: &'a mut State,
}

/// What was found for a key.
pub(super) enum Found<T> {
    /// Nothing, for certain.
    Absent,
    /// An expired row, or a placeholder.
    Expired(Vec<u8>),
    /// An item.
    Live(T),
}

impl<'a> Session<'a> {
    pub(super) fn new(vault: &'a KeychainVault, scope: &'a Scope, state: &'a mut State) -> Self {
        Self { vault, scope, state }
    }

    pub(super) fn items(&self) -> &'a dyn SecItems {
        &*self.scope.items
    }

    pub(super) fn now_ms(&self) -> u64 {
        self.vault.edges.clock.now_ms()
    }

    /// The result of `look`; `None` only if the row is certainly absent. The system may return "not found" for a row
    /// that it cannot show, so the header row has to be shown between two looks.
    pub(super) fn proven<T>(
        &mut self,
        look: impl Fn(&dyn SecItems) -> Result<Option<T>, Error>,
    ) -> Result<Option<T>, Error> {
        if let Some(found) = look(self.items())? {
            return Ok(Some(found));
        }
        self.prove_readable()?;
        look(self.items())
    }

    /// All rows of items.
    pub(super) fn list(&mut self) -> Result<Vec<Attributes>, Error> {
        let vault = self.vault;
        self.list_of(&vault.records)
    }

    /// All rows of a service. The list is complete, because the header row was shown before.
    pub(super) fn list_of(&mut self, service: &Service) -> Result<Vec<Attributes>, Error> {
        self.prove_readable()?;
        let rows = self.items().list(service)?;
        if !rows.is_empty() {
            return Ok(rows);
        }
        self.prove_readable()?;
        Ok(self.items().list(service)?)
    }

    /// Fails with `LOCKED` while the system does not show the rows.
    pub(super) fn prove_readable(&mut self) -> Result<(), Error> {
        if self.header_row()?.is_some() {
            return Ok(());
        }
        // Others cleared the store, or the system hides the row: opening the store tells which.
        self.state.header = None;
        self.open()
    }

    /// The row of `key` without its value, and without authentication.
    pub(super) fn attributes(&mut self, key: &ItemKey) -> Result<Found<Attributes>, Error> {
        let account = record::account(key);
        let vault = self.vault;
        let found = self.proven(|items| Ok(items.attributes(&vault.records, &account)?))?;
        self.judge(found, |row| &row.tag)
    }

    /// The row of `key` with its value.
    pub(super) fn row(&mut self, key: &ItemKey) -> Result<Found<Row>, Error> {
        let account = record::account(key);
        let vault = self.vault;
        let found = self.proven(|items| vault.read(items, &account))?;
        self.judge(found, |row| &row.tag)
    }

    pub(super) fn judge<T>(&self, found: Option<T>, tag: fn(&T) -> &[u8]) -> Result<Found<T>, Error> {
        let Some(row) = found else {
            return Ok(Found::Absent);
        };
        if Tag::parse(tag(&row))?.expired(self.now_ms()) {
            return Ok(Found::Expired(tag(&row).to_vec()));
        }
        Ok(Found::Live(row))
    }

    /// The value of `key`; `None` if its absence is proven.
    pub(super) fn value(&mut self, key: &ItemKey) -> Result<Option<Secret>, Error> {
        Ok(match self.row(key)? {
            Found::Absent => None,
            Found::Expired(tag) => {
                self.expire(key, &tag);
                None
            }
            Found::Live(row) => Some(record::value(&row)?),
        })
    }

    /// Writes a row, whatever is there. Each step is safe to repeat, and none removes what is there.
    pub(super) fn put(&mut self, account: &str, tag: &[u8], data: &[u8]) -> Result<(), Error> {
        self.note_use()?;
        let content = self.content(tag, data);
        for attempt in 0..ATTEMPTS {
            self.vault.pause(attempt);
            if self
                .items()
                .update(&self.vault.records, account, None, &content)?
            {
                return Ok(());
            }
            if self.add(account, &content)? == Added::Yes {
                return Ok(());
            }
        }
        Err(locked())
    }

    pub(super) fn add(&mut self, account: &str, content: &Content<'_>) -> Result<Added, Error> {
        let added = self.items().add(&self.vault.records, account, content);
        added.map_err(|status| self.vault.refused(status))
    }

    pub(super) fn content<'b>(&self, tag: &'b [u8], data: &'b [u8]) -> Content<'b> {
        Content {
            tag,
            data,
            protection: self.vault.config.rows.protection,
        }
    }

    /// The content of a row without a secret. It can be read without authentication.
    pub(super) fn unguarded<'b>(&self, tag: &'b [u8], data: &'b [u8]) -> Content<'b> {
        let class = self.vault.config.rows.protection.accessibility;
        Content {
            tag,
            data,
            protection: Protection::new(class, None),
        }
    }
}

impl KeychainVault {
    /// A row with its value, if the system shows it.
    pub(super) fn read(&self, items: &dyn SecItems, account: &str) -> Result<Option<Row>, Error> {
        let read = items.read(&self.records, account);
        let suspect = matches!(read, Ok(None) | Err(OsStatus::AUTH_FAILED | OsStatus::PARAM));
        // After a change of the enrolled biometry, the system returns one of these for a row that still exists.
        if suspect && self.enrolled_only() && items.attributes(&self.records, account)?.is_some() {
            return Err(Error::new(
                ErrorCode::KeyInvalidated,
                "The enrolled biometry changed since the item was stored: set the item again",
            ));
        }
        Ok(read?)
    }

    /// Whether the app loses its rows when the enrolled biometry changes.
    fn enrolled_only(&self) -> bool {
        self.config.rows.protection.authentication == Some(Authentication::BiometryCurrentSet)
    }

    /// Gives others time to finish: nothing before the first attempt, then longer each time.
    pub(super) fn pause(&self, attempt: u32) {
        if attempt > 0 {
            self.edges
                .clock
                .sleep(Duration::from_millis(u64::from(attempt) * 5));
        }
    }
}

pub(super) fn locked() -> Error {
    Error::new(
        ErrorCode::Locked,
        "The Keychain does not show its items, so the device may be locked: try again later",
    )
}

pub(super) fn overtaken() -> Error {
    Error::new(
        ErrorCode::Unavailable,
        "Other processes keep changing the store, and nothing changed: try again later",
    )
}

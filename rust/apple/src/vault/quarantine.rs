//! Quarantine in the Keychain. It holds at most eight stores, so that they can be found without the header row.

use strongroom_core::{Error, ErrorCode, Event, LastReset, Recovery, ResetReason};

use super::INTENT;
use super::record::{self, Tag};
use super::session::{ATTEMPTS, Session, overtaken};
use crate::sec_items::{Attributes, OsStatus};

pub(super) const NUMBERS: std::ops::Range<u8> = 0..8;

impl Session<'_> {
    /// Puts the rows in quarantine and resets the store.
    pub(super) fn reset(&mut self) -> Result<(), Error> {
        if let Err(error) = self.settle() {
            // A batch that cannot be read would refuse every call for ever.
            if !matches!(error.code(), ErrorCode::Corrupt | ErrorCode::KeyLost) {
                return Err(error);
            }
            self.items().delete(&self.vault.state, INTENT, None)?;
        }
        let mut records = self.list()?;
        records.retain(|row| record::batch(&row.tag).is_none());
        let header = self.current_header()?;
        if records.is_empty() && !header.used && !header.lost {
            return Ok(());
        }
        let reset = LastReset {
            reason: ResetReason::Requested,
            at_ms: self.now_ms(),
        };
        if records.is_empty() {
            self.change_header(|header| begin_empty(header, reset))?;
        } else {
            let number = self.free_number()?.ok_or_else(|| {
                Error::new(
                    ErrorCode::Unsupported,
                    "Quarantine already holds eight stores: call `recover()` or `clear()` first",
                )
            })?;
            // The header first: if the call stops here, the rows are still where they were.
            self.change_header(|header| {
                begin_empty(header, reset);
                header.aside.push(number);
            })?;
            self.items()
                .move_all(&self.vault.records, &self.vault.aside(number))?;
        }
        self.state.events.push(Event::StoreReset(reset));
        Ok(())
    }

    /// Restores what is absent now, the newest first, so that older rows do not replace what it restores.
    pub(super) fn recover(&mut self) -> Result<Recovery, Error> {
        self.prove_readable()?;
        let known = self.current_header()?.aside;
        let unknown = NUMBERS.filter(|number| !known.contains(number));
        let mut recovered = 0;
        for number in known.iter().rev().copied().chain(unknown) {
            for row in self.items().list(&self.vault.aside(number))? {
                recovered += u64::from(self.restore(number, &row)?);
            }
        }
        if !known.is_empty() {
            self.change_header(|header| header.aside.retain(|number| !known.contains(number)))?;
        }
        Ok(Recovery {
            recovered,
            remaining: 0,
        })
    }

    /// A free number for a store in quarantine; `None` if all are taken.
    pub(super) fn free_number(&self) -> Result<Option<u8>, Error> {
        for number in NUMBERS {
            if self.items().list(&self.vault.aside(number))?.is_empty() {
                return Ok(Some(number));
            }
        }
        Ok(None)
    }

    /// Whether the row is among the items again.
    fn restore(&mut self, number: u8, row: &Attributes) -> Result<bool, Error> {
        let aside = self.vault.aside(number);
        if let Some(id) = record::batch(&row.tag) {
            self.sweep(&aside, &row.account, id);
            return Ok(false);
        }
        for attempt in 0..ATTEMPTS {
            self.vault.pause(attempt);
            let mut gone = self.outdated(row);
            if !gone {
                self.make_room(row)?;
                match self.items().move_one(&aside, &self.vault.records, &row.account) {
                    Ok(true) => {
                        self.note_use()?;
                        return Ok(true);
                    }
                    Ok(false) => return Ok(false),
                    Err(OsStatus::DUPLICATE) => {}
                    Err(status) => return Err(status.into()),
                }
                // What the store holds now is newer, so it stays. A placeholder does not count.
                let there = self.items().attributes(&self.vault.records, &row.account)?;
                gone = there.is_some_and(|there| !self.outdated(&there));
            }
            if gone {
                self.items().delete(&aside, &row.account, Some(&row.tag))?;
                return Ok(false);
            }
            self.settle_now()?;
        }
        Err(overtaken())
    }

    pub(super) fn outdated(&self, row: &Attributes) -> bool {
        Tag::parse(&row.tag).is_ok_and(|tag| tag.expired(self.now_ms()))
    }

    /// Deletes an expired row, or a placeholder that no batch needs, if it is in the place of `row`.
    pub(super) fn make_room(&mut self, row: &Attributes) -> Result<(), Error> {
        let there = self.items().attributes(&self.vault.records, &row.account)?;
        if let (Some(there), Some(key)) = (there, record::key(&row.account))
            && self.outdated(&there)
        {
            match record::batch(&there.tag) {
                // Also one of another device: a batch would replace it with its own placeholder, and this call puts a
                // row there.
                Some(id) if self.stage_of(id)?.is_none() => {
                    let (records, account) = (&self.vault.records, &row.account);
                    self.items().delete(records, account, Some(&there.tag))?;
                }
                Some(_) => {}
                None => self.expire(&key, &there.tag),
            }
        }
        Ok(())
    }
}

fn begin_empty(header: &mut super::header::Header, reset: LastReset) {
    header.used = false;
    header.lost = false;
    header.last_reset = Some(reset);
}

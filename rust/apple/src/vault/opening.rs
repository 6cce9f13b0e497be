//! Opens a store: it decides whether the store is new, ours, or left by an earlier installation, and sets the
//! protection of its rows.

use strongroom_core::policy::{OnKeyLoss, Protection};
use strongroom_core::{Error, ErrorCode, Event, LastReset, ResetReason};

use super::HEADER;
use super::header::{self, Header};
use super::record;
use super::session::{ATTEMPTS, Session, locked, overtaken};
use crate::sec_items::{Added, Content, OsStatus, Row};

impl Session<'_> {
    /// Reads or creates the header. It writes only the header row and the marker, unless the rows of an earlier
    /// installation have to be deleted.
    pub(super) fn open(&mut self) -> Result<(), Error> {
        if self.state.header.is_none() {
            let header = self.find_or_begin()?;
            self.state.header = Some(header);
            self.state.settled = false;
            let ready = self
                .move_in()
                .and_then(|()| self.recognise())
                .and_then(|()| self.protect());
            if ready.is_err() {
                self.state.header = None;
                return ready;
            }
            self.state.examined |= self.vault.marker.is_some();
            self.anchor();
        }
        if self.state.header.as_ref().is_some_and(|header| header.lost) {
            return Err(Error::new(
                ErrorCode::KeyLost,
                "The Keychain no longer holds the items of the store: call `reset()` to start an empty store",
            ));
        }
        Ok(())
    }

    /// The header row as it is now.
    pub(super) fn header_row(&self) -> Result<Option<Row>, Error> {
        match self.items().read(&self.vault.header, HEADER) {
            Err(OsStatus::DECODE | OsStatus::INVALID_ENCODING) => Err(Error::new(
                ErrorCode::Corrupt,
                "The Keychain cannot decode the header of the store: call `reset()` to start an empty store",
            )),
            other => Ok(other?),
        }
    }

    pub(super) fn current_header(&self) -> Result<Header, Error> {
        let row = self.header_row()?.ok_or_else(locked)?;
        Header::parse(&row.data)
    }

    /// Changes the header row in one step.
    pub(super) fn change_header(&mut self, change: impl Fn(&mut Header)) -> Result<(), Error> {
        for attempt in 0..ATTEMPTS {
            self.vault.pause(attempt);
            let row = self.header_row()?.ok_or_else(locked)?;
            let mut header = Header::parse(&row.data)?;
            change(&mut header);
            if self.write_header(Some(&row.tag), &header)? {
                self.state.header = Some(header);
                return Ok(());
            }
        }
        Err(overtaken())
    }

    /// Called before the first item is stored: from now on, a missing header row means a loss.
    pub(super) fn note_use(&mut self) -> Result<(), Error> {
        let Some(header) = &self.state.header else {
            return Err(locked());
        };
        if !header.used {
            self.change_header(|header| header.used = true)?;
            if !self.state.moving {
                self.leave_marker();
                self.anchor();
            }
        }
        Ok(())
    }

    /// Only adding the header row proves whether it exists: reading may return "not found" for a row that is hidden.
    pub(super) fn find_or_begin(&mut self) -> Result<Header, Error> {
        for attempt in 0..ATTEMPTS {
            self.vault.pause(attempt);
            if let Some(row) = self.header_row()? {
                let asks = self.vault.config.on_key_loss == OnKeyLoss::Error;
                return match Header::parse(&row.data) {
                    Err(error) if error.code() == ErrorCode::Corrupt && !asks => {
                        self.replace_damaged(ResetReason::Corrupt)
                    }
                    other => other,
                };
            }
            if let Some(header) = self.begin()? {
                return Ok(header);
            }
        }
        Err(locked())
    }

    /// A header row for a store that has none; `None` if there is one after all.
    fn begin(&mut self) -> Result<Option<Header>, Error> {
        let edges = &self.vault.edges;
        let now_ms = self.now_ms();
        let mut header = self.fresh_header()?;
        let marked = match &self.vault.marker {
            // Rows in another place are not lost because this place is empty.
            Some(marker) => marker
                .read(&*edges.fs)?
                .is_some_and(|mark| !self.elsewhere(&mark)),
            None => false,
        };
        let empty = |session: &Self| {
            let rows = session.items().list(&session.vault.records)?;
            // A placeholder is nothing that can be lost.
            Ok::<_, Error>(rows.iter().all(|row| record::batch(&row.tag).is_some()))
        };
        let lost = marked && empty(self)?;
        if lost {
            self.mark_lost(&mut header, now_ms);
        }
        header.used = marked && !lost;
        if self.add_header(&header)?.is_none() {
            return Ok(None);
        }
        // Only now it is certain that the list was not empty because rows were hidden.
        if lost && !empty(self)? {
            header.used = true;
            header.lost = false;
            header.last_reset = None;
            self.write_header(None, &header)?;
        }
        if let Some(reset) = header.last_reset {
            self.state.events.push(Event::StoreReset(reset));
        }
        Ok(Some(header))
    }

    /// This installation stored something, and the Keychain has not even the header any more.
    fn mark_lost(&self, header: &mut Header, at_ms: u64) {
        match self.vault.config.on_key_loss {
            OnKeyLoss::Error => header.lost = true,
            _ => {
                header.last_reset = Some(LastReset {
                    reason: ResetReason::KeyLost,
                    at_ms,
                });
            }
        }
    }

    /// Replaces a damaged header row. The rows do not depend on it, but nobody knows what else it said: they go into
    /// quarantine.
    pub(super) fn replace_damaged(&mut self, reason: ResetReason) -> Result<Header, Error> {
        let mut header = self.fresh_header()?;
        let reset = LastReset {
            reason,
            at_ms: self.now_ms(),
        };
        header.last_reset = Some(reset);
        if let Some(number) = self.free_number()?
            && self
                .items()
                .move_all(&self.vault.records, &self.vault.aside(number))?
        {
            header.aside.push(number);
        }
        if !self.write_header(None, &header)? {
            return Err(locked());
        }
        self.state.events.push(Event::StoreReset(reset));
        Ok(header)
    }

    /// Gives all rows the protection that the app asks for now. Until all have it, the header row keeps the old one,
    /// which is then true of the other rows.
    pub(super) fn protect(&mut self) -> Result<(), Error> {
        let Some(found) = &self.state.header else {
            return Err(locked());
        };
        let wanted: Protection = self.vault.config.rows.protection;
        if found.protection == header::encoded(wanted) {
            return Ok(());
        }
        let _ = self
            .items()
            .protect_all(&self.vault.records, wanted)
            .map_err(|status| self.vault.refused(status))?;
        for number in &found.aside {
            let _ = self.items().protect_all(&self.vault.aside(*number), wanted)?;
        }
        self.change_header(|header| header.protection = header::encoded(wanted))
    }

    pub(super) fn fresh_header(&self) -> Result<Header, Error> {
        Header::new(
            &*self.vault.edges.random,
            self.now_ms(),
            self.vault.config.rows.protection,
        )
    }

    /// The tag of the row that was added; `None` if there already is one.
    pub(super) fn add_header(&self, header: &Header) -> Result<Option<[u8; 16]>, Error> {
        let content = self.header_content(header)?;
        let added = self
            .items()
            .add(&self.vault.header, HEADER, &content.as_content());
        let added = added.map_err(|status| self.vault.refused(status))?;
        Ok((added == Added::Yes).then_some(content.tag))
    }

    pub(super) fn write_header(&self, only_if: Option<&[u8]>, header: &Header) -> Result<bool, Error> {
        let content = self.header_content(header)?;
        Ok(self
            .items()
            .update(&self.vault.header, HEADER, only_if, &content.as_content())?)
    }

    fn header_content(&self, header: &Header) -> Result<HeaderContent, Error> {
        let mut tag = [0; 16];
        self.vault.edges.random.fill(&mut tag)?;
        // The class of the other rows, so that the header is shown when they are. It never has an access control,
        // because it must be readable without authentication.
        let class = header
            .accessibility()
            .unwrap_or(self.vault.config.rows.protection.accessibility);
        Ok(HeaderContent {
            tag,
            data: header.to_bytes(),
            protection: Protection::new(class, None),
        })
    }
}

/// The content of a header row.
struct HeaderContent {
    tag: [u8; 16],
    data: Vec<u8>,
    protection: Protection,
}

impl HeaderContent {
    fn as_content(&self) -> Content<'_> {
        Content {
            tag: &self.tag,
            data: &self.data,
            protection: self.protection,
        }
    }
}

//! Fetches rows from a former place.
//!
//! Each step can be repeated. Between groups, the system moves a row in one step. A row that becomes synchronized is
//! written in the new place before it is deleted in the old one. A row that was synchronized is copied once, and stays
//! for the other devices of the user.

use strongroom_core::policy::{Accessibility, Protection};
use strongroom_core::{Error, ErrorCode};

use super::header::{Header, Installation};
use super::moving::Former;
use super::place::Place;
use super::quarantine::NUMBERS;
use super::record;
use super::session::{ATTEMPTS, Session, State, locked, overtaken};
use super::{HEADER, KeychainVault};
use crate::sec_items::{Added, Attributes, OsStatus, Service};

impl Session<'_> {
    /// Fetches all rows of a place; `false` if this installation no longer has a store there, or cannot reach it.
    pub(super) fn fetch(&mut self, former: &Former) -> Result<bool, Error> {
        let group = &former.place.group;
        if !self.vault.entitled(group) {
            // The group is the app's default and still cannot be used: that is temporary.
            return if self.vault.default_group()? == *group {
                Err(OsStatus::MISSING_ENTITLEMENT.into())
            } else {
                Ok(false)
            };
        }
        let mut vault = self.vault.at(&former.place);
        // Marked as shared, so that nothing is fetched into it.
        let scope = vault.scope_of(Place {
            shared: true,
            ..former.place.clone()
        });
        let mut state = State::default();
        let found = Session::new(&vault, &scope, &mut state).header_of(former.installation);
        // If that lasts, `reset()` continues without these rows.
        self.state.left_behind = found
            .as_ref()
            .is_err_and(|error| error.code() == ErrorCode::Corrupt);
        let Some(header) = found? else {
            return Ok(false);
        };
        if former.place.synchronizable {
            // What stays there keeps its class, or the closest one that can be synchronized.
            let class = match header.accessibility().unwrap_or_default() {
                Accessibility::AfterFirstUnlock | Accessibility::AfterFirstUnlockThisDeviceOnly => {
                    Accessibility::AfterFirstUnlock
                }
                _ => Accessibility::WhenUnlocked,
            };
            vault.config.rows.protection = Protection::new(class, None);
        }
        state.header = Some(header.clone());
        let moved = self.fetch_from(&mut Session::new(&vault, &scope, &mut state), &header);
        self.state.events.append(&mut state.events);
        moved
    }

    fn fetch_from(&mut self, old: &mut Session<'_>, header: &Header) -> Result<bool, Error> {
        if old.scope.place.synchronizable == self.scope.place.synchronizable {
            old.protect()?;
        }
        match old.settle() {
            // A batch that cannot be read would refuse every call for ever.
            Err(error) if error.code() == ErrorCode::Corrupt => return Ok(false),
            settled => settled?,
        }
        let others = NUMBERS.filter(|number| !header.aside.contains(number));
        for number in header.aside.iter().copied().chain(others) {
            let aside = old.vault.aside(number);
            self.fetch_all(old, &aside, None)?;
        }
        let (records, to) = (&old.vault.records, &self.vault.records);
        self.fetch_all(old, records, Some(to))?;
        if header.used && self.state.header.as_ref().is_some_and(|header| !header.used) {
            self.change_header(|header| header.used = true)?;
        }
        Ok(true)
    }

    /// Fetches the rows of a service into the service `to` where no row is in their place; the others go into
    /// quarantine.
    fn fetch_all(
        &mut self,
        old: &mut Session<'_>,
        from: &Service,
        to: Option<&Service>,
    ) -> Result<(), Error> {
        let mut target = None;
        for attempt in 0..ATTEMPTS {
            self.vault.pause(attempt);
            if attempt > 0 {
                // Another process with the former configuration may have begun a batch there.
                old.settle()?;
            }
            let rows = old.list_of(from)?;
            if rows.is_empty() {
                return Ok(());
            }
            for row in &rows {
                if let Some(id) = record::batch(&row.tag) {
                    // It is not an item. A synchronized placeholder stays as it is for the other devices.
                    if !from.synchronizable() {
                        old.sweep(from, &row.account, id);
                    }
                    continue;
                }
                let brought = match to {
                    Some(to) => self.fetch_record(old, from, row, to)?,
                    None => false,
                };
                if !brought {
                    self.fetch_aside(old, from, row, &mut target)?;
                }
            }
            if from.synchronizable() {
                return Ok(());
            }
        }
        Err(overtaken())
    }

    /// Fetches one row if there is nothing in its place, or only an expired row or a placeholder; `false` if another
    /// item is there. That item stays, as it does when a store is recovered.
    fn fetch_record(
        &mut self,
        old: &mut Session<'_>,
        from: &Service,
        row: &Attributes,
        to: &Service,
    ) -> Result<bool, Error> {
        for attempt in 0..ATTEMPTS {
            self.vault.pause(attempt);
            if self.fetch_row(old, from, row, to)? {
                return Ok(true);
            }
            let there = self.items().attributes(to, &row.account)?;
            if there.is_some_and(|there| !self.outdated(&there)) {
                return Ok(false);
            }
            // If a batch of others left the placeholder, that batch comes first.
            match self.settle_now() {
                // It refuses calls until `reset()`, which has to find what is fetched, too.
                Err(error) if error.code() == ErrorCode::Corrupt => return Ok(false),
                settled => settled?,
            }
            self.make_room(row)?;
        }
        Err(overtaken())
    }

    /// Puts a row of the former place into quarantine here, under the number `target` or the first that is free.
    fn fetch_aside(
        &mut self,
        old: &mut Session<'_>,
        from: &Service,
        row: &Attributes,
        target: &mut Option<u8>,
    ) -> Result<(), Error> {
        if old.scope.place.synchronizable && self.is_aside(row)? {
            return Ok(());
        }
        let free = match *target {
            None => self.free_number()?,
            known => known,
        };
        for number in free.into_iter().chain(NUMBERS.rev()) {
            if !self.current_header()?.aside.contains(&number) {
                self.change_header(|header| header.aside.push(number))?;
            }
            if self.fetch_row(old, from, row, &self.vault.aside(number))? {
                *target = Some(number);
                return Ok(());
            }
        }
        Err(Error::new(
            ErrorCode::Unsupported,
            "Quarantine already holds eight stores, so an item cannot be fetched from its former place: call `recover()` or `clear()` first",
        ))
    }

    fn is_aside(&self, row: &Attributes) -> Result<bool, Error> {
        for number in NUMBERS {
            let there = self.items().attributes(&self.vault.aside(number), &row.account)?;
            if there.is_some_and(|there| there.tag == row.tag) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Moves or copies one row, unless it is gone; `false` if another one is certainly in its place.
    fn fetch_row(
        &self,
        old: &mut Session<'_>,
        from: &Service,
        row: &Attributes,
        to: &Service,
    ) -> Result<bool, Error> {
        let only_if = (!row.tag.is_empty()).then_some(&*row.tag);
        let (account, group) = (&row.account, &self.scope.place.group);
        if from.synchronizable() == to.synchronizable() {
            return match old.items().hand_over(from, account, only_if, to, group) {
                Ok(_) => Ok(true),
                Err(OsStatus::DUPLICATE) => self.there(to, account).map(|_| false),
                Err(status) => Err(self.vault.refused(status)),
            };
        }
        let Some(found) = old.proven(|items| Ok(items.read(from, account)?))? else {
            return Ok(true);
        };
        let content = self.content(&found.tag, &found.data);
        let added = self.items().add(to, account, &content);
        if added.map_err(|status| self.vault.refused(status))? == Added::Duplicate
            && self.there(to, account)?.tag != found.tag
        {
            return Ok(false);
        }
        if !from.synchronizable() {
            old.items().delete(from, account, only_if)?;
        }
        Ok(true)
    }

    /// The row that made another one a duplicate. "Duplicate" does not count if no row can be seen.
    fn there(&self, service: &Service, account: &str) -> Result<Attributes, Error> {
        self.items().attributes(service, account)?.ok_or_else(locked)
    }

    /// The header of this place, if its store belongs to `installation`.
    fn header_of(&mut self, installation: Option<Installation>) -> Result<Option<Header>, Error> {
        let Some(row) = self.header_row()? else {
            return self.prove_absent().map(|()| None);
        };
        match Header::parse(&row.data) {
            Err(error) if error.code() == ErrorCode::Corrupt => Ok(None),
            Err(error) => Err(error),
            Ok(header) => {
                let ours = !header.lost && installation.is_none_or(|known| known == header.installation);
                Ok(ours.then_some(header))
            }
        }
    }

    /// Only adding the header row proves that it was absent.
    fn prove_absent(&self) -> Result<(), Error> {
        let tag = self.add_header(&self.fresh_header()?)?.ok_or_else(locked)?;
        self.items().delete(&self.vault.header, HEADER, Some(&tag))?;
        Ok(())
    }
}

impl KeychainVault {
    /// The same store in another place, without a marker.
    pub(super) fn at(&self, place: &Place) -> Self {
        let mut config = self.config.clone();
        config.rows.access_group = Some(place.group.clone());
        config.rows.synchronizable = place.synchronizable;
        config.marker_directory = None;
        Self::new(self.edges.clone(), config, self.store.clone())
    }
}

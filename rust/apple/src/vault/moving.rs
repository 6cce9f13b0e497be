//! Records that lie in another place: the app names another access group than before, or turned `synchronizable` on or off.
//!
//! The marker tells where they were. Records of the app's own group are fetched; those of a shared group stay with those who share it, and
//! the app is told as of a loss. Each step can be done again. Between groups a row is handed over in one step of the system. What begins to
//! synchronize is written there before it is deleted here. What synchronized is copied, once, and stays for the other devices of the user.

use std::io;

use strongroom_core::platform::Protection;
use strongroom_core::{Error, ErrorCode, Event, LastReset, OnKeyLoss, ResetReason};

use super::aside::NUMBERS;
use super::header::{Header, Installation};
use super::marker::Mark;
use super::place::Place;
use super::session::{ATTEMPTS, Session, State, locked, overtaken};
use super::{DEVICE, HEADER, KeychainVault};
use crate::sec_items::{Added, Attributes, OsStatus, Service};

/// A place where records of this installation may be.
struct Former {
    place: Place,
    /// That of the header row there; `None` for whatever it is.
    installation: Option<Installation>,
}

impl Session<'_> {
    /// Whether a marker says that records are in another place than they should be by now.
    pub(super) fn elsewhere(&self, mark: &Mark) -> bool {
        mark.places
            .iter()
            .any(|place| !place.same_rows(&self.scope.place))
    }

    /// Fetches the records from former places. Until all are here, the marker tells of those places and of this one.
    pub(super) fn move_in(&mut self) -> Result<(), Error> {
        self.state.left_behind = false;
        let formers = self.formers()?;
        if formers.is_empty() {
            return Ok(());
        }
        let mut fetched = Vec::new();
        for former in &formers {
            if former.place.can_give(&self.scope.place) {
                self.set_out(former)?;
                if self.fetch(former)? {
                    fetched.push(&former.place);
                }
            }
        }
        if fetched.len() < formers.len() {
            self.leave_behind()?;
        }
        let marked = self.leave_marker();
        for place in fetched {
            // Rows that travel stay where they were, for the other devices: fetched a second time they would bring back what was removed.
            if place.synchronizable && !marked && self.vault.marker.is_some() {
                return Err(unmarked());
            }
            if marked && !place.synchronizable {
                // The last step: a former place without a header row would look like a loss.
                self.remove_state(place)?;
            }
        }
        Ok(())
    }

    /// What the app decides with `reset()` where it was asked: to go on without the records of the former place.
    pub(super) fn give_up(&mut self) -> Result<(), Error> {
        let header = self.find_or_begin()?;
        self.state.header = Some(header);
        if !self.leave_marker() {
            self.state.header = None;
            return Err(unmarked());
        }
        self.state.left_behind = false;
        let reset = LastReset {
            reason: ResetReason::Requested,
            at_ms: self.now_ms(),
        };
        self.state.events.push(Event::StoreReset(reset));
        Ok(())
    }

    /// Deletes what would be fetched at the next start, for a store that is cleared. What travels stays for the other devices of the user
    /// and is not fetched, because the marker goes.
    pub(super) fn clear_former(&self) -> Result<(), Error> {
        let mark = match &self.vault.marker {
            Some(marker) => marker.read(&*self.vault.edges.fs)?.unwrap_or_default(),
            None => Mark::default(),
        };
        for place in mark.places.into_iter().chain(self.untravelled()) {
            let skipped = place.same_rows(&self.scope.place) || place.shared || place.synchronizable;
            if skipped || !self.vault.entitled(&place.group) {
                continue;
            }
            let vault = self.vault.at(&place);
            let (scope, mut state) = (vault.scope_of(place.clone()), State::default());
            Session::new(&vault, &scope, &mut state).delete_rows()?;
            self.remove_state(&place)?;
        }
        Ok(())
    }

    fn formers(&mut self) -> Result<Vec<Former>, Error> {
        let mark = match self.marker() {
            Some(Ok(mark)) => mark.unwrap_or_default(),
            // It tells nothing for now, and the next start tries again.
            Some(Err(_)) => return Ok(Vec::new()),
            None => Mark::default(),
        };
        if !mark.places.is_empty() {
            let here = &self.scope.place;
            let installations = std::iter::once(Some(mark.installation)).chain(std::iter::repeat(None));
            let places = mark.places.into_iter().zip(installations);
            let formers = places.filter(|(place, _)| !place.same_rows(here));
            return Ok(formers
                .map(|(place, installation)| Former { place, installation })
                .collect());
        }
        let Some(place) = self.untravelled() else {
            return Ok(Vec::new());
        };
        let rows = self.list_of(&self.vault.at(&place).records)?;
        let former = Former {
            place,
            installation: None,
        };
        Ok(if rows.is_empty() { Vec::new() } else { vec![former] })
    }

    fn marker(&self) -> Option<io::Result<Option<Mark>>> {
        let marker = self.vault.marker.as_ref()?;
        Some(marker.read(&*self.vault.edges.fs))
    }

    /// Notes in the marker where records are about to be taken: if the app takes its change back before all are here, some are there.
    fn set_out(&self, former: &Former) -> Result<(), Error> {
        let (Some(marker), Some(found), Some(header)) =
            (&self.vault.marker, self.marker(), &self.state.header)
        else {
            return Ok(());
        };
        let found = found?;
        let mut mark = found.unwrap_or_default();
        if mark.places.is_empty() {
            mark.installation = header.installation;
            mark.places.push(former.place.clone());
        }
        if mark.places.contains(&self.scope.place) {
            return Ok(());
        }
        mark.places.push(self.scope.place.clone());
        marker.write(&*self.vault.edges.fs, &mark).map_err(|_| unmarked())
    }

    /// Where an earlier version of the app left what it did not let travel: no marker is needed to know that it is the app's own.
    fn untravelled(&self) -> Option<Place> {
        let here = &self.scope.place;
        (here.synchronizable && !here.shared).then(|| Place {
            synchronizable: false,
            ..here.clone()
        })
    }

    /// Fetches all records of a place; `false` if this installation has no store there any more, or cannot reach it.
    fn fetch(&mut self, former: &Former) -> Result<bool, Error> {
        let group = &former.place.group;
        if !self.vault.entitled(group) {
            // It is the app's default, and yet it may not be used: that passes.
            return if self.vault.default_group()? == *group {
                Err(OsStatus::MISSING_ENTITLEMENT.into())
            } else {
                Ok(false)
            };
        }
        let mut vault = self.vault.at(&former.place);
        // Shared, so that nothing is fetched from anywhere to there.
        let scope = vault.scope_of(Place {
            shared: true,
            ..former.place.clone()
        });
        let mut state = State::default();
        let found = Session::new(&vault, &scope, &mut state).header_of(former.installation);
        // Should that last, `reset()` goes on without.
        self.state.left_behind = found
            .as_ref()
            .is_err_and(|error| error.code() == ErrorCode::Corrupt);
        let Some(header) = found? else {
            return Ok(false);
        };
        if former.place.synchronizable {
            // What stays there keeps its class.
            let class = header.accessibility().unwrap_or_default();
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
            // A batch that cannot be understood would refuse every call for ever.
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

    /// Fetches the rows of a service, where nothing stands in their place in the service `to`; the others are set aside.
    fn fetch_all(
        &mut self,
        old: &mut Session<'_>,
        from: &Service,
        to: Option<&Service>,
    ) -> Result<(), Error> {
        let mut target = None;
        for attempt in 0..ATTEMPTS {
            self.vault.pause(attempt);
            let rows = old.list_of(from)?;
            if rows.is_empty() {
                return Ok(());
            }
            for row in &rows {
                // What is here stays, as it does when a store is recovered.
                if let Some(to) = to
                    && (self.fetch_row(old, from, row, to)? || {
                        self.make_room(row)?;
                        self.fetch_row(old, from, row, to)?
                    })
                {
                    continue;
                }
                self.fetch_aside(old, from, row, &mut target)?;
            }
            if from.synchronizable() {
                return Ok(());
            }
        }
        Err(overtaken())
    }

    /// Sets a row of the former place aside in this one, under the number `target` or the first that is free.
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
            "Eight stores are set aside already, and each holds what is to be fetched from the former place",
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

    /// Brings one row, unless it is gone; `false` if another one is certainly in its place.
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

    /// The row that made another one a duplicate. What is "duplicate" for no visible reason is not believed.
    fn there(&self, service: &Service, account: &str) -> Result<Attributes, Error> {
        self.items().attributes(service, account)?.ok_or_else(locked)
    }

    /// The header of this place, if its store is that of `installation`.
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

    /// Only adding the header row can tell that it is absent.
    fn prove_absent(&self) -> Result<(), Error> {
        let tag = self.add_header(&self.fresh_header()?)?.ok_or_else(locked)?;
        self.items().delete(&self.vault.header, HEADER, Some(&tag))?;
        Ok(())
    }

    /// Tells that the records cannot be fetched. Nothing is deleted: with the former configuration they are there again.
    fn leave_behind(&mut self) -> Result<(), Error> {
        if self.vault.config.on_key_loss == OnKeyLoss::Error {
            self.state.left_behind = true;
            return Err(Error::new(
                ErrorCode::KeyLost,
                "`accessGroup` or `synchronizable` changed, and what was stored cannot be fetched from where it was",
            ));
        }
        let reset = LastReset {
            reason: ResetReason::KeyLost,
            at_ms: self.now_ms(),
        };
        if !self.scope.place.shared {
            self.change_header(|header| header.last_reset = Some(reset))?;
        }
        self.state.events.push(Event::StoreReset(reset));
        Ok(())
    }

    /// Deletes what is no record of a place that was left.
    fn remove_state(&self, place: &Place) -> Result<(), Error> {
        if place.group != self.scope.place.group {
            let rows = self.vault.edges.groups.rows_of(&place.group);
            for account in [DEVICE, HEADER] {
                rows.delete(&self.vault.header, account, None)?;
            }
        }
        Ok(())
    }
}

impl KeychainVault {
    /// The same store in another place, of which no marker tells.
    fn at(&self, place: &Place) -> Self {
        let mut config = self.config.clone();
        config.rows.access_group = Some(place.group.clone());
        config.rows.synchronizable = place.synchronizable;
        config.marker_directory = None;
        Self::new(self.edges.clone(), config, self.store.clone())
    }
}

fn unmarked() -> Error {
    Error::new(
        ErrorCode::Io,
        "The file that tells where the records are could not be written; nothing changed",
    )
}

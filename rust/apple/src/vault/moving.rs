//! Rows in another place: the app names another access group than before, or turned `synchronizable` on or off.
//!
//! The marker says where they were. Rows of the app's own group are fetched. Rows of a shared group stay with the apps
//! that share it, and the app gets the event of a loss.

use std::io;

use strongroom_core::policy::OnKeyLoss;
use strongroom_core::{Error, ErrorCode, Event, LastReset, ResetReason};

use super::header::Installation;
use super::marker::Mark;
use super::place::Place;
use super::session::{Session, State};
use super::{DEVICE, HEADER};

/// A place where rows of this installation may be.
pub(super) struct Former {
    pub(super) place: Place,
    /// The installation in the header row there; `None` accepts any.
    pub(super) installation: Option<Installation>,
}

impl Session<'_> {
    /// Whether a marker says that there are rows in another place than the present one.
    pub(super) fn elsewhere(&self, mark: &Mark) -> bool {
        mark.places
            .iter()
            .any(|place| !place.same_rows(&self.scope.place))
    }

    /// Fetches the rows from former places. Until all are here, the marker names those places and this one.
    pub(super) fn move_in(&mut self) -> Result<(), Error> {
        self.state.left_behind = false;
        let formers = self.formers()?;
        if formers.is_empty() {
            return Ok(());
        }
        self.state.moving = true;
        let fetched = self.fetch_from_all(&formers);
        self.state.moving = false;
        let fetched = fetched?;
        // Another process of the app may have fetched them meanwhile: it writes the marker before it deletes the header
        // there.
        if fetched.len() < formers.len() && !self.formers()?.is_empty() {
            self.leave_behind()?;
        }
        let marked = self.leave_marker();
        for place in fetched {
            // Synchronized rows stay where they were, for the other devices. Fetching them a second time would bring
            // back what was removed.
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

    fn fetch_from_all<'f>(&mut self, formers: &'f [Former]) -> Result<Vec<&'f Place>, Error> {
        let mut fetched = Vec::new();
        for former in formers {
            if former.place.can_give(&self.scope.place) {
                self.set_out(former)?;
                if self.fetch(former)? {
                    fetched.push(&former.place);
                }
            }
        }
        Ok(fetched)
    }

    /// The app called `reset()`: the store continues without the rows of the former place.
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

    /// Deletes what the next start would fetch, for a store that is cleared. Synchronized rows stay for the other
    /// devices of the user; they are not fetched, because the marker is deleted.
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
            // The marker cannot be read now; the next start tries again.
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

    /// Notes in the marker that rows are about to be moved here. If the app changes its configuration back before all
    /// are moved, some are already here.
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

    /// Where an earlier version of the app left rows that were not synchronized. It needs no marker, because they
    /// belong to this app.
    fn untravelled(&self) -> Option<Place> {
        let here = &self.scope.place;
        (here.synchronizable && !here.shared).then(|| Place {
            synchronizable: false,
            ..here.clone()
        })
    }

    /// Reports that the rows cannot be fetched. Nothing is deleted: with the former configuration, the app finds them
    /// again.
    fn leave_behind(&mut self) -> Result<(), Error> {
        if self.vault.config.on_key_loss == OnKeyLoss::Error {
            self.state.left_behind = true;
            return Err(Error::new(
                ErrorCode::KeyLost,
                "`accessGroup` or `synchronizable` changed, and the items cannot be fetched from their former place: change the option back, or call `reset()`",
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

    /// Deletes the rows of a former place that are not items.
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

fn unmarked() -> Error {
    Error::new(
        ErrorCode::Io,
        "The file that says where the items are could not be written, and nothing changed: try again later",
    )
}

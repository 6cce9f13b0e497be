//! Decides whether a store belongs to this installation, or was left on this device by an earlier one.

use strongroom_core::Error;
use strongroom_core::policy::{Accessibility, OnReinstall, Protection};

use super::DEVICE;
use super::header::Header;
use super::marker::Mark;
use super::session::Session;
use crate::sec_items::Content;

impl Session<'_> {
    /// A store whose marker is gone was left by an earlier installation.
    pub(super) fn recognise(&mut self) -> Result<(), Error> {
        let (Some(marker), Some(header)) = (&self.vault.marker, &self.state.header) else {
            return Ok(());
        };
        if !header.used {
            return Ok(());
        }
        match marker.read(&*self.vault.edges.fs) {
            Ok(Some(mark)) if self.elsewhere(&mark) => {}
            Ok(Some(mark))
                if mark.installation == header.installation
                    && header.marked
                    && mark.places == [self.scope.place.clone()] => {}
            Ok(None) if self.clears() && header.marked && self.left_here(header)? => {
                self.delete_rows()?;
                let fresh = self.fresh_header()?;
                self.change_header(|header| *header = fresh.clone())?;
            }
            Ok(mark) => {
                if mark.is_none() && header.marked {
                    // The marker belonged to another installation or device, so the header must not mention it any
                    // more.
                    self.change_header(|header| header.marked = false)?;
                }
                self.leave_marker();
            }
            // It is not known: nothing is deleted, and the next start tries again.
            Err(_) => {}
        }
        Ok(())
    }

    /// Whether there is a marker with the current facts. A marker that cannot be written is no reason to refuse a
    /// store: without it nothing is ever deleted, and the next start tries again. The header row mentions a marker only
    /// if there is one.
    pub(super) fn leave_marker(&mut self) -> bool {
        let (Some(marker), Some(header)) = (&self.vault.marker, &self.state.header) else {
            return false;
        };
        let mark = Mark {
            installation: header.installation,
            places: vec![self.scope.place.clone()],
        };
        let written = marker.write(&*self.vault.edges.fs, &mark).is_ok();
        if written && !header.marked {
            let _ = self.change_header(|header| header.marked = true);
        }
        written
    }

    /// Whether the items of an earlier installation are to be deleted. What others may have written is never deleted.
    fn clears(&self) -> bool {
        self.vault.config.rows.on_reinstall == OnReinstall::Clear && !self.vault.config.shared()
    }

    /// Whether an installation on this device left the rows. A backup contains a header row whose class may leave the
    /// device, but not the marker. Only the row that never leaves the device tells a restored backup from a new
    /// installation.
    fn left_here(&self, header: &Header) -> Result<bool, Error> {
        if header
            .accessibility()
            .is_some_and(Accessibility::this_device_only)
        {
            return Ok(true);
        }
        let row = self.items().read(&self.vault.header, DEVICE)?;
        Ok(row.is_some_and(|row| *row.data == anchored(header)))
    }

    /// Writes the row that never leaves the device, for `left_here`. Without it nothing is deleted, so the call does
    /// not fail if it cannot be written.
    pub(super) fn anchor(&mut self) {
        let Some(header) = self
            .state
            .header
            .as_ref()
            .filter(|header| header.used && header.marked)
        else {
            return;
        };
        let stays = match header.accessibility() {
            Some(Accessibility::AfterFirstUnlock) => Accessibility::AfterFirstUnlockThisDeviceOnly,
            Some(Accessibility::WhenUnlocked) => Accessibility::WhenUnlockedThisDeviceOnly,
            _ => return,
        };
        if !self.clears() || self.vault.marker.is_none() || !matches!(self.left_here(header), Ok(false)) {
            return;
        }
        let (items, service, data) = (self.items(), &self.vault.header, anchored(header));
        let content = Content {
            tag: &header.installation,
            data: &data,
            protection: Protection::new(stays, None),
        };
        if items.update(service, DEVICE, None, &content) == Ok(false) {
            let _ = items.add(service, DEVICE, &content);
        }
    }
}

/// The content of the row that never leaves the device.
fn anchored(header: &Header) -> Vec<u8> {
    [&[1], header.installation.as_slice()].concat()
}

//! Deleting all that a store holds.

use strongroom_core::Error;

use super::aside::NUMBERS;
use super::session::{Session, locked};
use super::{HEADER, INTENT};

impl Session<'_> {
    /// Deletes everything of the store. It works while nothing of it can be read.
    pub(super) fn clear(&mut self) -> Result<(), Error> {
        self.delete_rows()?;
        self.state.header = None;
        self.state.settled = false;
        if self.vault.config.shared() {
            // Others would take a missing header row for a loss.
            self.write_header(None, &self.fresh_header()?)?;
            return Ok(());
        }
        // The marker first: a marker without a header row would look like a loss.
        if let Some(marker) = &self.vault.marker {
            marker.remove(&*self.vault.edges.fs)?;
        }
        self.items().delete(&self.vault.state, HEADER, None)?;
        Ok(())
    }

    /// The intent goes last, and only if it was there before: without it, nobody would finish a batch that began in between, and
    /// what is left of one whose rows are gone does nothing.
    pub(super) fn delete_rows(&mut self) -> Result<(), Error> {
        let intent = self.intent_tag();
        self.items().delete_all(&self.vault.records)?;
        for number in NUMBERS {
            self.items().delete_all(&self.vault.aside(number))?;
        }
        if !matches!(intent, Ok(None)) {
            let tag = intent.ok().flatten();
            self.items().delete(&self.vault.state, INTENT, tag.as_deref())?;
        }
        Ok(())
    }

    /// The tag of the intent row; `None` only if there is certainly none. An error while nothing is shown.
    fn intent_tag(&self) -> Result<Option<Vec<u8>>, Error> {
        let look = || self.items().attributes(&self.vault.state, INTENT);
        let there = match look()? {
            None if self.header_row()?.is_some() => look()?,
            None => return Err(locked()),
            there => there,
        };
        match there.map(|row| row.tag) {
            // It is none of ours.
            Some(tag) if tag.is_empty() => Err(locked()),
            tag => Ok(tag),
        }
    }
}

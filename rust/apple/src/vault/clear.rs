//! Deletes everything that a store holds.

use strongroom_core::Error;

use super::quarantine::NUMBERS;
use super::session::{Session, locked};
use super::stage::{self, Stage};
use super::{DEVICE, HEADER, INTENT, KeychainVault};

impl Session<'_> {
    /// Deletes everything of the store. It works even if nothing can be read.
    pub(super) fn clear(&mut self) -> Result<(), Error> {
        self.clear_former()?;
        self.delete_rows()?;
        self.state.header = None;
        self.state.settled = false;
        // The marker first: a marker without a header row would look like a loss.
        if let Some(marker) = &self.vault.marker {
            marker.remove(&*self.vault.edges.fs)?;
        }
        let _ = self.items().delete_all(&KeychainVault::probe());
        if self.vault.config.shared() {
            // For others, a missing header row would look like a loss.
            self.write_header(None, &self.fresh_header()?)?;
            return Ok(());
        }
        self.items().delete(&self.vault.header, DEVICE, None)?;
        self.items().delete(&self.vault.header, HEADER, None)?;
        Ok(())
    }

    /// The intent goes last, and only if it existed before: without it, nobody would finish a batch that began in
    /// between. What is left of a batch whose rows are gone has no effect.
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
        if self.vault.records.synchronizable() {
            self.delete_earlier_intent()?;
        }
        Ok(())
    }

    /// An earlier version kept the intent of a synchronized store beside the header. An intent of this version in that
    /// place belongs to the store that is not synchronized, which can be that of another app.
    fn delete_earlier_intent(&self) -> Result<(), Error> {
        if let Ok(Some(row)) = self.items().attributes(&self.vault.header, INTENT)
            && matches!(stage::parse(&row.tag), Some((_, Stage::Old)))
        {
            self.items().delete(&self.vault.header, INTENT, Some(&row.tag))?;
        }
        Ok(())
    }

    /// The tag of the intent row; `None` only if there is certainly none. An error while the system shows no rows.
    fn intent_tag(&self) -> Result<Option<Vec<u8>>, Error> {
        let look = || self.items().attributes(&self.vault.state, INTENT);
        let there = match look()? {
            None if self.header_row()?.is_some() => look()?,
            None => return Err(locked()),
            there => there,
        };
        match there.map(|row| row.tag) {
            // It is not one of ours.
            Some(tag) if tag.is_empty() => Err(locked()),
            tag => Ok(tag),
        }
    }
}

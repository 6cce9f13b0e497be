//! Stores that were set aside: trying them again, and starting anew on request.

use super::frame::{Change, Opened};
use super::journal::Journal;
use super::replay;
use super::session::Session;
use crate::error::Error;
use crate::vault::{Recovery, ResetReason};

/// Restored records are appended in writes of about this size.
const RESTORE_CHUNK: usize = 1024 * 1024;

impl Session<'_> {
    /// Sets the vault aside, readable or not.
    pub(super) fn reset(&mut self) -> Result<(), Error> {
        let named = self.vault.edges.fs.identify(&self.vault.paths.vault())?;
        if named.is_some() {
            self.set_aside(ResetReason::Requested)?;
        }
        Ok(())
    }

    /// Restores what can be opened by now. What the store holds at present wins: it is newer.
    pub(super) fn recover(&mut self) -> Result<Recovery, Error> {
        let fs = &*self.vault.edges.fs;
        let mut recovery = Recovery {
            recovered: 0,
            remaining: 0,
        };
        // The newest first: what it restores is not replaced by what is older.
        for aside in self.vault.paths.set_aside(fs)?.into_iter().rev() {
            let opened = match self.vault.opening().open(&aside.path) {
                Ok(Some(mut journal)) => replay::replay(&mut journal).map(|()| journal),
                Ok(None) => continue,
                Err(error) => Err(error),
            };
            let Ok(mut source) = opened else {
                recovery.remaining += 1;
                continue;
            };
            source.index.look_at(self.now_ms());
            recovery.recovered += self.restore(&source)?;
            if source.damage.any() {
                // Some of its records cannot be read, perhaps only for now.
                recovery.remaining += 1;
                continue;
            }
            fs.remove(&aside.path)
                .and_then(|()| fs.sync_dir(self.vault.paths.directory()))?;
        }
        if recovery.remaining == 0 {
            self.destroy_orphans();
        }
        Ok(recovery)
    }

    fn restore(&mut self, source: &Journal) -> Result<u64, Error> {
        let mut restored = 0;
        let mut records = Vec::new();
        let mut bytes = 0;
        for (key, slot) in source.index.iter() {
            if source.doubtful(key)? {
                continue;
            }
            if let Some(journal) = self.journal()
                && (journal.index.get(key).is_some() || journal.doubtful(key)?)
            {
                continue;
            }
            let record = source.read(key, slot)?;
            bytes += record.value().len();
            restored += 1;
            records.push(record);
            if bytes >= RESTORE_CHUNK {
                self.append_restored(&records)?;
                records.clear();
                bytes = 0;
            }
        }
        self.append_restored(&records)?;
        Ok(restored)
    }

    fn append_restored(&mut self, records: &[Opened]) -> Result<(), Error> {
        if records.is_empty() {
            return Ok(());
        }
        let changes: Vec<Change<'_>> = records.iter().map(Opened::as_change).collect();
        self.ensure_created()?;
        self.append(&changes)
    }
}

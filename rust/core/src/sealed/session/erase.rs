//! Erases a store with its keys.

use std::io;
use std::path::PathBuf;

use super::Session;
use super::access::Access;
use super::handle::Handle;
use super::supply::Supply;
use crate::error::Error;
use crate::sealed::files::Named;
use crate::vault::LockTrigger;

impl Handle {
    /// Unlinks the files, makes that durable, then destroys the keys. It works on a full disk and for a store that
    /// cannot be read.
    pub(in crate::sealed) fn erase(&self) -> Result<(), Error> {
        let budget = self.store.budget();
        let mut supply = Supply::default();
        let named = self.supplied(Access::Bare, budget, &mut supply, |session| session.unlink_all())?;
        self.store
            .keys_lock(budget)
            .and_then(|keys| self.store.destroy_orphans(&keys, budget, &named))
            .map_err(|error| {
                let detail =
                    "The items are gone, but their key could not be destroyed yet: call `clear()` again";
                Error::new(error.code(), detail)
            })
    }
}

impl Session<'_> {
    /// Returns the aliases that the files named.
    fn unlink_all(&mut self) -> Result<Vec<String>, Error> {
        let fs = &*self.store.edges.fs;
        let paths = &self.store.paths;
        // The vault file goes last: once it is gone, nothing is left that `recover` could restore.
        let mut doomed: Vec<PathBuf> = paths.quarantined(fs)?.into_iter().map(|file| file.path).collect();
        doomed.extend([paths.temporary(), paths.vault()]);
        let mut named = Vec::new();
        for path in &doomed {
            if let Ok(Named::Alias(alias)) = self.store.alias_of(path) {
                named.push(alias);
            }
        }
        self.state.journal = None;
        self.state.locks += 1;
        self.state.forget_session(LockTrigger::Invalidated);
        self.state.fresh = false;
        self.state.debts.forget_file();
        let mut outcome = Ok(());
        for path in doomed {
            match fs.remove(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => outcome = outcome.and(Err(error)),
                _ => {}
            }
        }
        outcome.and(fs.sync_dir(paths.directory()))?;
        self.state.fresh = true;
        self.state.distrusted = false;
        Ok(named)
    }
}

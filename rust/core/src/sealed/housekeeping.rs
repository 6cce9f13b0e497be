//! Creating, rewriting and erasing the file of a store, and the keys that go with it.

use super::opening::KekChoice;
use super::session::Session;
use crate::error::{Error, ErrorCode};
use crate::name::EntryKey;
use crate::platform::SecurityLevel;
use crate::vault::{LastReset, Status};

/// What is still to be done, and is done with the next write that can.
#[derive(Default)]
pub(super) struct Debts {
    /// Records that expired and still have a live frame.
    pub(super) expired: Vec<EntryKey>,
    /// A removal asked for a rewrite that failed.
    rewrite: bool,
    /// After a failed rewrite, the size of the file at which it is tried again.
    retry_at: u64,
    /// Orphaned keys were looked for since the process started.
    orphans_collected: bool,
}

impl Debts {
    /// The file is another one now.
    pub(super) fn forget_file(&mut self) {
        self.expired.clear();
        self.rewrite = false;
        self.retry_at = 0;
    }
}

impl Session<'_> {
    /// Creates the file, and the key it is sealed under, if there is none.
    pub(super) fn ensure_created(&mut self) -> Result<(), Error> {
        if self.state.journal.is_some() {
            return Ok(());
        }
        let last_reset = self.last_reset_of_files()?;
        self.destroy_orphans();
        let kek = self.create_kek()?;
        match self.vault.opening().create(kek, last_reset) {
            Ok(journal) => {
                self.state.journal = Some(journal);
                self.state.fresh = false;
                Ok(())
            }
            Err(error) => {
                self.state.distrust();
                Err(error)
            }
        }
    }

    /// Rewrites the file if it is time. The write before it is durable already, so a failure only postpones this.
    pub(super) fn tidy(&mut self, removed: bool) {
        let Some(journal) = self.journal() else { return };
        let limits = &self.vault.config.limits;
        let size = journal.tail.offset;
        let dead = journal.dead_bytes();
        let age_ms = self
            .now_ms()
            .saturating_sub(journal.header.fields.data_key_created_ms);
        let small = size <= limits.small_file;
        let due = (self.state.debts.rewrite || removed) && small
            || dead >= limits.dead_bytes && dead > journal.index.live_bytes()
            || journal.tail.next_sequence > limits.seals
            || journal.damage.rewrite_heals()
            || self
                .vault
                .config
                .rotate_after
                .is_some_and(|limit| u128::from(age_ms) > limit.as_millis());
        if !due || journal.damage.forbids_compaction() || size < self.state.debts.retry_at {
            self.state.debts.rewrite |= removed && small;
            return;
        }
        if self.rewrite(None).is_ok() {
            self.collect_orphans_once();
        } else {
            self.state.debts.rewrite |= removed;
            self.state.debts.retry_at = size.saturating_add(limits.dead_bytes / 4);
        }
    }

    /// Writes all live records under a fresh data key.
    pub(super) fn rewrite(&mut self, kek: Option<KekChoice>) -> Result<(), Error> {
        let Some(old) = self.state.journal.take() else {
            return Ok(());
        };
        match self.vault.opening().rewrite(&old, kek) {
            Ok(new) => {
                self.state.journal = Some(new);
                self.state.debts.forget_file();
                Ok(())
            }
            Err(error) => {
                // If the rename happened, the old descriptor is of no more use; identity decides at the next call.
                let named = self
                    .vault
                    .edges
                    .fs
                    .identify(&self.vault.paths.vault())
                    .ok()
                    .flatten();
                let open = old.file.identify().ok();
                if named.is_some() && named.map(|id| id.inode) == open.map(|id| id.inode) {
                    let _ = self.vault.opening().remove_temporary();
                    self.state.journal = Some(old);
                } else {
                    self.state.distrust();
                }
                Err(error)
            }
        }
    }

    pub(super) fn rotate_keys(&mut self) -> Result<(), Error> {
        let Some(journal) = self.journal() else {
            return Ok(());
        };
        if journal.damage.forbids_compaction() {
            return Err(Error::new(
                ErrorCode::CorruptRecord,
                "Damaged records must be set again or removed before the keys can be rotated",
            ));
        }
        // From here on there is a key that no file names, or may be.
        self.state.debts.orphans_collected = false;
        let kek = self.create_kek()?;
        self.rewrite(Some(kek))?;
        self.destroy_orphans();
        Ok(())
    }

    /// Unlinks, makes that durable, then destroys the keys: it works on a full disk and for a store that cannot be read.
    pub(super) fn erase(&mut self) -> Result<(), Error> {
        let fs = &*self.vault.edges.fs;
        let paths = &self.vault.paths;
        let mut doomed = vec![paths.vault(), paths.temporary()];
        doomed.extend(paths.set_aside(fs)?.into_iter().map(|aside| aside.path));
        self.state.journal = None;
        self.state.debts.forget_file();
        for path in doomed {
            match fs.remove(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        fs.sync_dir(paths.directory())?;
        self.state.fresh = true;
        let kek = self.vault.opening().kek;
        let destroyed = kek
            .aliases()
            .and_then(|aliases| aliases.iter().try_for_each(|alias| kek.destroy(alias)));
        destroyed.map_err(|error| {
            let detail = "The records are gone, but their key could not be destroyed yet: clear again";
            Error::new(error.code(), detail)
        })
    }

    pub(super) fn status(&mut self) -> Result<Status, Error> {
        let quarantined = self.vault.paths.set_aside(&*self.vault.edges.fs)?;
        let last_aside = quarantined.last().map(|aside| aside.reset);
        let fields = self.journal().map(|journal| &journal.header.fields);
        Ok(Status {
            secure: fields.is_none_or(|fields| fields.kek_level != SecurityLevel::Software),
            fresh: fields.is_none(),
            records: self.journal().map_or(0, |journal| journal.index.len() as u64),
            security_level: fields.map(|fields| fields.kek_level),
            key_created_ms: fields.map(|fields| fields.kek_created_ms),
            data_key_created_ms: fields.map(|fields| fields.data_key_created_ms),
            file_bytes: self.journal().map_or(0, |journal| journal.tail.offset),
            damaged_records: self.journal().map_or(0, |journal| journal.damage.count()),
            quarantined: quarantined.len() as u64,
            last_reset: fields.map_or(last_aside, |fields| fields.last_reset),
        })
    }

    /// Destroys keys of this store that no file names: leftovers of a crash, or of an erased or rotated store. A failure
    /// leaves them for the next time.
    pub(super) fn destroy_orphans(&mut self) {
        self.state.debts.orphans_collected = false;
        let kek = self.vault.opening().kek;
        let Ok(Some(named)) = self.named_aliases() else {
            return;
        };
        let Ok(aliases) = kek.aliases() else { return };
        let orphans = aliases.iter().filter(|alias| !named.contains(alias));
        self.state.debts.orphans_collected = orphans.map(|alias| kek.destroy(alias)).all(|done| done.is_ok());
    }

    fn collect_orphans_once(&mut self) {
        if !self.state.debts.orphans_collected {
            self.destroy_orphans();
        }
    }

    /// A key under an alias that nothing ever used: a returning key must find its alias free.
    fn create_kek(&self) -> Result<KekChoice, Error> {
        let kek = self.vault.opening().kek;
        let files = self.named_aliases()?.unwrap_or_default();
        let used = kek
            .aliases()?
            .into_iter()
            .chain(files)
            .filter_map(|alias| kek.version(&alias))
            .max();
        let alias = kek.alias(used.unwrap_or(0) + 1);
        let level = kek.create(&alias, self.vault.config.key_policy)?;
        Ok(KekChoice {
            alias,
            level,
            created_ms: self.now_ms(),
        })
    }

    /// The aliases that files name; `None` if one of them cannot say, so that any key may still be needed.
    fn named_aliases(&self) -> Result<Option<Vec<String>>, Error> {
        let opening = self.vault.opening();
        let mut named: Vec<String> = self
            .journal()
            .map(|journal| journal.header.fields.kek_alias.clone())
            .into_iter()
            .collect();
        let mut complete = true;
        for aside in self.vault.paths.set_aside(&*self.vault.edges.fs)? {
            match opening.alias_of(&aside.path)? {
                Some(alias) => named.push(alias),
                None => complete = false,
            }
        }
        Ok(complete.then_some(named))
    }

    fn last_reset_of_files(&self) -> Result<Option<LastReset>, Error> {
        Ok(self
            .vault
            .paths
            .set_aside(&*self.vault.edges.fs)?
            .last()
            .map(|aside| aside.reset))
    }
}

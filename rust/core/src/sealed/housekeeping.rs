//! Creating, rewriting and erasing the file of a store, and the keys that go with it.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use super::copy::Copy;
use super::opening::{KekChoice, Named};
use super::session::Session;
use crate::error::{Error, ErrorCode};
use crate::platform::SecurityLevel;
use crate::vault::{LastReset, Status};

/// Whether every file could say which key it needs; if not, any key may still be needed.
enum Complete {
    Yes,
    No,
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
        let config = &self.vault.config;
        let limits = &config.limits;
        let fields = &journal.header.fields;
        let now_ms = self.now_ms();
        // A clock that was turned back makes a key young, never old.
        let old = |created_ms: u64, limit: Option<Duration>| {
            limit.is_some_and(|limit| u128::from(now_ms.saturating_sub(created_ms)) > limit.as_millis())
        };
        let size = journal.tail.offset;
        let dead = journal.dead_bytes();
        let small = size <= limits.small_file;
        let kek_due = old(fields.kek_created_ms, config.rotate_kek_after);
        let due = (self.state.debts.rewrite || removed) && small
            || dead >= limits.dead_bytes && dead > journal.index.live_bytes()
            || journal.tail.next_sequence > limits.seals
            || journal.damage.rewrite_heals()
            || old(fields.data_key_created_ms, config.rotate_after);
        if !(due || kek_due) || size < self.state.debts.retry_at {
            self.state.debts.rewrite |= removed && small;
            return;
        }
        // A key store that makes no new key must not keep what was removed from losing its data key.
        let rotated = kek_due && self.rotate_keys().is_ok();
        let rewritten = rotated || due && self.rewrite(None).is_ok();
        if rewritten {
            self.collect_orphans_once();
        } else {
            self.state.debts.rewrite |= removed;
        }
        if !rewritten || kek_due && !rotated {
            self.state.debts.retry_at = size.saturating_add(limits.dead_bytes / 4);
        }
    }

    /// Writes all live records under a fresh data key.
    pub(super) fn rewrite(&mut self, kek: Option<KekChoice>) -> Result<(), Error> {
        // The new file has no trace of it.
        self.expire_at_most(usize::MAX);
        let Some(mut old) = self.state.journal.take() else {
            return Err(Error::new(ErrorCode::Internal, "A rewrite needs a file"));
        };
        match self.vault.opening().rewrite(&mut old, kek) {
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
                    Copy::abandon(&mut old);
                    self.state.journal = Some(old);
                } else {
                    self.state.distrust();
                }
                Err(error)
            }
        }
    }

    pub(super) fn rotate_keys(&mut self) -> Result<(), Error> {
        if self.journal().is_none() {
            return Ok(());
        }
        // From here on there is a key that no file names, or may be.
        self.state.debts.orphans_collected = false;
        let kek = self.create_kek()?;
        let rewritten = self.rewrite(Some(kek));
        // The old key, or else the new one.
        self.destroy_orphans();
        rewritten
    }

    /// Unlinks, makes that durable, then destroys the keys: it works on a full disk and for a store that cannot be read.
    pub(super) fn erase(&mut self) -> Result<(), Error> {
        let fs = &*self.vault.edges.fs;
        let paths = &self.vault.paths;
        // The vault goes last: once it is gone, nothing is left that `recover` could bring back.
        let mut doomed: Vec<PathBuf> = paths.set_aside(fs)?.into_iter().map(|aside| aside.path).collect();
        doomed.extend([paths.temporary(), paths.vault()]);
        self.state.journal = None;
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
        // While it is open which of two files a crash would leave, the keys of both are needed.
        if self.state.distrusted {
            return;
        }
        let kek = self.vault.opening().kek;
        let Ok((named, Complete::Yes)) = self.named_aliases() else {
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
        let (named, _) = self.named_aliases()?;
        let used: BTreeSet<u64> = kek
            .aliases()?
            .into_iter()
            .chain(named)
            .filter_map(|alias| kek.version(&alias))
            .collect();
        let alias = kek.alias(next_version(&used)?);
        let level = kek.create(&alias, self.vault.config.key_policy)?;
        Ok(KekChoice {
            alias,
            level,
            created_ms: self.now_ms(),
        })
    }

    /// The aliases that files name.
    fn named_aliases(&self) -> Result<(Vec<String>, Complete), Error> {
        let opening = self.vault.opening();
        let mut files = vec![self.vault.paths.vault()];
        let aside = self.vault.paths.set_aside(&*self.vault.edges.fs)?;
        files.extend(aside.into_iter().map(|aside| aside.path));
        let mut named = Vec::new();
        let mut complete = Complete::Yes;
        for file in files {
            match opening.alias_of(&file)? {
                Named::Nothing => {}
                Named::Alias(alias) => named.push(alias),
                Named::Unknown => complete = Complete::No,
            }
        }
        Ok((named, complete))
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

/// A file may name the largest number there is, with a key or without: then the smallest that is free.
fn next_version(used: &BTreeSet<u64>) -> Result<u64, Error> {
    let next = used.last().map_or(Some(1), |latest| latest.checked_add(1));
    next.or_else(|| (1..u64::MAX).find(|version| !used.contains(version)))
        .ok_or_else(|| Error::new(ErrorCode::Internal, "No alias is free"))
}

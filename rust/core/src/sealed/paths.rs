//! The files of one store, all in one directory. The names of stores are public, nothing else is.

use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::name::StoreName;
use crate::platform::FileSystem;
use crate::vault::{LastReset, ResetReason};

pub(super) struct Paths {
    directory: PathBuf,
    store: StoreName,
}

/// A store that was set aside.
pub(super) struct SetAside {
    pub(super) path: PathBuf,
    pub(super) reset: LastReset,
}

impl Paths {
    pub(super) fn new(directory: PathBuf, store: StoreName) -> Self {
        Self { directory, store }
    }

    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    pub(super) fn vault(&self) -> PathBuf {
        self.file("vault")
    }

    pub(super) fn lock(&self) -> PathBuf {
        self.file("lock")
    }

    /// A file being written, never the only copy of anything.
    pub(super) fn temporary(&self) -> PathBuf {
        self.file("tmp")
    }

    /// What was set aside, oldest first.
    pub(super) fn set_aside(&self, fs: &dyn FileSystem) -> Result<Vec<SetAside>, Error> {
        let names = fs.list(&self.directory)?;
        let mut found: Vec<SetAside> = names
            .iter()
            .filter_map(|name| {
                Some(SetAside {
                    reset: self.parse(name)?,
                    path: self.directory.join(name),
                })
            })
            .collect();
        found.sort_by_key(|aside| aside.reset.at_ms);
        Ok(found)
    }

    /// Renames the vault aside; every byte of it stays.
    pub(super) fn move_aside(
        &self,
        fs: &dyn FileSystem,
        reason: ResetReason,
        now_ms: u64,
    ) -> Result<LastReset, Error> {
        let taken: Vec<u64> = self
            .set_aside(fs)?
            .iter()
            .map(|aside| aside.reset.at_ms)
            .collect();
        let reset = LastReset {
            reason,
            at_ms: free_time(&taken, now_ms),
        };
        let aside = self.file(&format!("lost-{}-{}", reset.at_ms, reason.to_byte()));
        fs.rename(&self.vault(), &aside)?;
        Ok(reset)
    }

    fn file(&self, extension: &str) -> PathBuf {
        self.directory
            .join(format!("{}.{extension}", self.store.as_str()))
    }

    fn parse(&self, name: &str) -> Option<LastReset> {
        let rest = name.strip_prefix(self.store.as_str())?.strip_prefix(".lost-")?;
        let (at, reason) = rest.split_once('-')?;
        Some(LastReset {
            reason: ResetReason::from_byte(reason.parse().ok()?)?,
            at_ms: at.parse().ok()?,
        })
    }
}

/// Now, or later than everything that was set aside, so that its order stays. Behind a name from the end of time there is no
/// later: then any time that replaces no other file.
fn free_time(taken: &[u64], now_ms: u64) -> u64 {
    let later = taken.iter().max().map_or(Some(0), |latest| latest.checked_add(1));
    later.map_or_else(
        || {
            let mut free = (now_ms..=u64::MAX).chain(0..now_ms);
            free.find(|at_ms| !taken.contains(at_ms)).unwrap_or(now_ms)
        },
        |later| later.max(now_ms),
    )
}

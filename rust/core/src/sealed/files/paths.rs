//! The files of one store, all in one directory. Their names contain the name of the store, which is not secret, and
//! nothing else of it.

use std::io;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::name::StoreName;
use crate::ports::FileSystem;
use crate::vault::{LastReset, ResetReason};

pub(in crate::sealed) struct Paths {
    directory: PathBuf,
    store: StoreName,
}

/// A file in quarantine. It is named `<store>.lost-<time>-<reason>`.
pub(in crate::sealed) struct Quarantined {
    pub(in crate::sealed) path: PathBuf,
    pub(in crate::sealed) reset: LastReset,
}

impl Paths {
    pub(super) fn new(directory: PathBuf, store: StoreName) -> Self {
        Self { directory, store }
    }

    pub(in crate::sealed) fn directory(&self) -> &Path {
        &self.directory
    }

    pub(in crate::sealed) fn vault(&self) -> PathBuf {
        self.file("vault")
    }

    /// Guards the vault file.
    pub(in crate::sealed) fn lock(&self) -> PathBuf {
        self.file("lock")
    }

    /// Held while keys are created or destroyed, and while a temporary file is written.
    pub(super) fn keys_lock(&self) -> PathBuf {
        // No store name contains a plus sign, so this is not the lock of another store.
        self.directory.join(format!("{}+keys.lock", self.store.as_str()))
    }

    /// A file that is being written. It never holds the only copy of anything.
    pub(in crate::sealed) fn temporary(&self) -> PathBuf {
        self.file("tmp")
    }

    /// The files in quarantine, oldest first.
    pub(in crate::sealed) fn quarantined(&self, fs: &dyn FileSystem) -> Result<Vec<Quarantined>, Error> {
        let names = match fs.list(&self.directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            names => names?,
        };
        let mut found: Vec<Quarantined> = names.iter().filter_map(|name| self.parse(name)).collect();
        found.sort_by_key(|file| file.reset.at_ms);
        Ok(found)
    }

    /// Renames the vault file into quarantine. Its bytes do not change.
    pub(in crate::sealed) fn quarantine(
        &self,
        fs: &dyn FileSystem,
        reason: ResetReason,
        now_ms: u64,
    ) -> Result<LastReset, Error> {
        let reset = LastReset {
            reason,
            at_ms: time_of_next(&self.quarantined(fs)?, now_ms),
        };
        let target = self.file(&format!("lost-{}-{}", reset.at_ms, reason.to_byte()));
        fs.rename(&self.vault(), &target)?;
        Ok(reset)
    }

    fn file(&self, extension: &str) -> PathBuf {
        self.directory
            .join(format!("{}.{extension}", self.store.as_str()))
    }

    fn parse(&self, name: &str) -> Option<Quarantined> {
        let rest = name.strip_prefix(self.store.as_str())?.strip_prefix(".lost-")?;
        let (at, reason) = rest.split_once('-')?;
        Some(Quarantined {
            reset: LastReset {
                reason: ResetReason::from_byte(reason.parse().ok()?)?,
                at_ms: at.parse().ok()?,
            },
            path: self.directory.join(name),
        })
    }
}

/// A time later than those of all files in quarantine, so that the last file is the newest. If a forged name or a wrong
/// clock leads to the largest number, any free time.
fn time_of_next(quarantined: &[Quarantined], now_ms: u64) -> u64 {
    let Some(latest) = quarantined.last().map(|file| file.reset.at_ms) else {
        return now_ms;
    };
    let free = |at_ms: &u64| quarantined.iter().all(|file| file.reset.at_ms != *at_ms);
    match latest.checked_add(1) {
        Some(next) => now_ms.max(next),
        None => (now_ms..=u64::MAX).chain(0..now_ms).find(free).unwrap_or(now_ms),
    }
}

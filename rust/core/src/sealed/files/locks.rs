//! The locks that processes take on the files of a store.

use std::time::Duration;

use super::budget::Budget;
use super::store::Store;
use crate::error::{Error, ErrorCode};
use crate::ports::{LockGuard, LockKind};

pub(in crate::sealed) const STORE_IS_BUSY: &str = "Another process is using the store: try again later";

/// Held while keys are created or destroyed, and while a new file is written.
pub(in crate::sealed) struct KeysLock(#[expect(dead_code, reason = "held for its Drop")] Box<dyn LockGuard>);

impl Store {
    pub(in crate::sealed) fn keys_lock(&self, budget: Budget<'_>) -> Result<KeysLock, Error> {
        let path = self.paths.keys_lock();
        let lock = self.edges.fs.lock(&path, LockKind::Exclusive, budget.left())?;
        given(
            lock,
            "Another process is changing the keys of the store: try again later",
        )
        .map(KeysLock)
    }

    /// `None` if another process holds the lock, or if the lock fails.
    pub(in crate::sealed) fn keys_lock_if_free(&self) -> Option<KeysLock> {
        self.keys_lock_within(Duration::ZERO)
    }

    /// `None` if another process holds the lock for longer, or if the lock fails.
    pub(in crate::sealed) fn keys_lock_within(&self, wait: Duration) -> Option<KeysLock> {
        let path = self.paths.keys_lock();
        let lock = self.edges.fs.lock(&path, LockKind::Exclusive, wait);
        lock.ok().flatten().map(KeysLock)
    }

    pub(super) fn file_lock(&self, budget: Budget<'_>) -> Result<Box<dyn LockGuard>, Error> {
        let lock = self
            .edges
            .fs
            .lock(&self.paths.lock(), LockKind::Exclusive, budget.left())?;
        given(lock, STORE_IS_BUSY)
    }
}

/// The lock, or `UNAVAILABLE` if it was not free in time.
pub(in crate::sealed) fn given(
    lock: Option<Box<dyn LockGuard>>,
    refusal: &'static str,
) -> Result<Box<dyn LockGuard>, Error> {
    lock.ok_or_else(|| Error::new(ErrorCode::Unavailable, refusal))
}

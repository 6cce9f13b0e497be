//! Threads that open the same store at the same time ask the key store once.

use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::Error;
use crate::sealed::format::HeaderDigest;
use crate::sync::{Mutex, MutexGuard};

/// Lets one thread at a time ask the key store for the data key of a file.
#[derive(Default)]
pub(super) struct Unwrapping {
    failures: AtomicU64,
    last_failure: Mutex<Option<(HeaderDigest, Error)>>,
}

/// While it lasts, no other thread asks. It ends when the store is open, so that the next thread need not ask.
pub(super) type Turn<'a> = MutexGuard<'a, Option<(HeaderDigest, Error)>>;

impl Unwrapping {
    /// Waits until no other thread asks.
    pub(super) fn turn(&self) -> Turn<'_> {
        self.last_failure.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `unwrap` while no other thread does. If a thread waited for one whose `unwrap` failed, it returns the same
    /// error: otherwise all threads would wait for a failing key store, one after another.
    pub(super) fn once<T>(
        &self,
        digest: HeaderDigest,
        unwrap: impl FnOnce() -> Result<T, Error>,
    ) -> Result<(T, Turn<'_>), Error> {
        let before = self.failures.load(Ordering::Acquire);
        let mut last_failure = self.turn();
        if self.failures.load(Ordering::Acquire) != before
            && let Some((failed, error)) = &*last_failure
            && *failed == digest
        {
            return Err(error.clone());
        }
        // Threads that wait from now on get the result of this attempt, not of an earlier one.
        *last_failure = None;
        match unwrap() {
            Ok(result) => Ok((result, last_failure)),
            Err(error) => {
                *last_failure = Some((digest, error.clone()));
                self.failures.fetch_add(1, Ordering::Release);
                Err(error)
            }
        }
    }
}

//! The key store of the system, and the retries that tell a temporary failure from a lost key.
//!
//! The key store of a phone may answer wrongly for a while and correctly later. So every failure is retried, and only
//! an answer that stays the same for at least a second counts.

use std::time::Duration;

use super::alias::Aliases;
use super::budget::Budget;
use crate::error::{Error, ErrorCode};
use crate::policy::{KeyPolicy, SecurityLevel};
use crate::ports::{DataKey, KeyError, KeyErrorKind, KeyWrapper, Random};

/// How many equal answers in a row count. The waits between them take at least 1.2 seconds.
const EQUAL_ANSWERS: u32 = 7;
/// Attempts after a retryable failure. The waits are 20, 40, 80, 160, 320, 640 and 640 ms, each plus a random part of
/// up to the same length.
const ATTEMPTS: u32 = 8;
const FIRST_DELAY_MS: u64 = 20;
const DOUBLINGS: u32 = 5;
/// The longest time for one attempt. The slowest cold starts that were reported take 10 seconds.
const ATTEMPT: Duration = Duration::from_secs(20);

/// The key store, as one call on one store uses it. No lock on the files is held meanwhile: see `session/access.rs`.
#[derive(Clone, Copy)]
pub(super) struct KekStore<'a> {
    pub(super) keys: &'a dyn KeyWrapper,
    pub(super) random: &'a dyn Random,
    pub(super) budget: Budget<'a>,
    pub(super) aliases: Aliases<'a>,
}

impl KekStore<'_> {
    /// All keys of this store whose alias contains its app.
    pub(super) fn list(&self) -> Result<Vec<String>, Error> {
        let prefix = self.aliases.prefix();
        let mut found = self.retrying(|wait| self.keys.aliases(&prefix, wait))?;
        found.retain(|alias| self.aliases.version(alias).is_some());
        Ok(found)
    }

    pub(super) fn create(&self, alias: &str, policy: KeyPolicy) -> Result<SecurityLevel, Error> {
        self.retrying(|wait| self.keys.create(alias, &policy, wait))
    }

    pub(super) fn wrap(&self, alias: &str, data_key: &DataKey, aad: &[u8]) -> Result<Vec<u8>, Error> {
        self.retrying(|wait| self.keys.wrap(alias, data_key.expose(), aad, wait))
    }

    pub(super) fn destroy(&self, alias: &str) -> Result<(), Error> {
        self.retrying(|wait| self.keys.destroy(alias, wait))
    }

    /// Unwraps the data key of an existing file. `fits` recognises it, because a key store may return other bytes than
    /// those it wrapped.
    pub(super) fn unwrap(
        &self,
        alias: &str,
        wrapped: &[u8],
        aad: &[u8],
        fits: impl Fn(&DataKey) -> bool,
    ) -> Result<DataKey, Error> {
        self.patiently(alias, |wait| match self.keys.unwrap(alias, wrapped, aad, wait) {
            Ok(data_key) if !fits(&data_key) => {
                Err(KeyError::new(KeyErrorKind::Mismatch, "another data key"))
            }
            answer => answer,
        })
    }

    /// Tries until the key store answers, or keeps giving the same answer. Only this function can decide that a key is
    /// lost: `KEY_LOST`, `KEY_MISMATCH` and `KEY_INVALIDATED` are final.
    pub(super) fn patiently<T>(
        &self,
        alias: &str,
        mut attempt: impl FnMut(Duration) -> Result<T, KeyError>,
    ) -> Result<T, Error> {
        let mut answers = Answers::default();
        let mut number = 0;
        loop {
            let error = match attempt(self.attempt_time()?) {
                Ok(done) => return Ok(done),
                Err(error) => error,
            };
            if !may_change(error.kind()) {
                return Err(coded(&error));
            }
            if answers.take(error.kind()) {
                return Err(self.confirm_loss(alias, &error));
            }
            if number + 1 >= ATTEMPTS {
                return Err(unsettled(&error));
            }
            self.wait(number);
            number += 1;
        }
    }

    /// A key counts as lost only if the key store also lists all keys, and an absent key only if the list does not
    /// contain it.
    fn confirm_loss(&self, alias: &str, error: &KeyError) -> Error {
        match self.retrying(|wait| self.keys.aliases(alias, wait)) {
            Ok(found)
                if error.kind() == KeyErrorKind::Absent && found.iter().any(|listed| listed == alias) =>
            {
                Error::new(
                    ErrorCode::Unavailable,
                    "The key store of the system lists the key but does not find it: try again later",
                )
            }
            Ok(_) => coded(error),
            Err(listing) => listing,
        }
    }

    /// Whatever the key store answers here, no file is lost by it: every failure counts as retryable.
    pub(super) fn retrying<T>(
        &self,
        mut attempt: impl FnMut(Duration) -> Result<T, KeyError>,
    ) -> Result<T, Error> {
        let mut number = 0;
        loop {
            match attempt(self.attempt_time()?) {
                Ok(done) => return Ok(done),
                Err(error) if !may_change(error.kind()) => return Err(coded(&error)),
                Err(error) if number + 1 >= ATTEMPTS => return Err(unsettled(&error)),
                Err(_) => self.wait(number),
            }
            number += 1;
        }
    }

    pub(super) fn attempt_time(&self) -> Result<Duration, Error> {
        Ok(self.budget.some_left()?.min(ATTEMPT))
    }

    /// Waits before the next attempt.
    fn wait(&self, attempt: u32) {
        let delay = FIRST_DELAY_MS << attempt.min(DOUBLINGS);
        let mut jitter = [0; 1];
        // Without jitter the wait is still long enough.
        let _ = self.random.fill(&mut jitter);
        let wait = delay + delay * u64::from(jitter[0]) / 255;
        self.budget.sleep(Duration::from_millis(wait));
    }
}

/// Equal answers in a row.
#[derive(Default)]
struct Answers {
    kind: Option<KeyErrorKind>,
    count: u32,
}

impl Answers {
    /// Adds an answer and returns whether it counts. The answer that the key store fails never counts.
    fn take(&mut self, kind: KeyErrorKind) -> bool {
        if self.kind != Some(kind) {
            *self = Self {
                kind: Some(kind),
                count: 0,
            };
        }
        self.count += 1;
        kind != KeyErrorKind::Unavailable && self.count >= EQUAL_ANSWERS
    }
}

/// Whether the same call may get another answer a moment later.
fn may_change(kind: KeyErrorKind) -> bool {
    matches!(
        kind,
        KeyErrorKind::Absent | KeyErrorKind::Invalidated | KeyErrorKind::Mismatch | KeyErrorKind::Unavailable
    )
}

fn unsettled(error: &KeyError) -> Error {
    Error::new(
        ErrorCode::Unavailable,
        format!(
            "The key store of the system keeps failing ({}): try again later",
            error.detail()
        ),
    )
}

/// The documented code for a failure of the key store.
pub(super) fn coded(error: &KeyError) -> Error {
    let (code, what, advice) = match error.kind() {
        KeyErrorKind::Absent => (
            ErrorCode::KeyLost,
            "The key of the store is lost",
            "call `reset()` to start an empty store",
        ),
        KeyErrorKind::InsufficientSecurity => (
            ErrorCode::InsufficientSecurity,
            "The device cannot protect the key as required",
            "require less, or tell the user",
        ),
        KeyErrorKind::Invalidated => (
            ErrorCode::KeyInvalidated,
            "The system invalidated the key of the store",
            "call `reset()` to start an empty store",
        ),
        KeyErrorKind::Locked => (ErrorCode::Locked, "The device is locked", "try again later"),
        KeyErrorKind::Mismatch => (
            ErrorCode::KeyMismatch,
            "The key does not fit the store",
            "call `reset()` to start an empty store",
        ),
        KeyErrorKind::NotAuthorised => (
            ErrorCode::AuthFailed,
            "The key store of the system knows nothing of the authentication",
            "ask the user again",
        ),
        KeyErrorKind::NotInitialised => (
            ErrorCode::NotInitialised,
            "The native library did not get its context",
            "build the app again and report this if it stays",
        ),
        KeyErrorKind::Timeout => (
            ErrorCode::Unavailable,
            "The key store of the system did not answer in time",
            "try again later",
        ),
        KeyErrorKind::Exists | KeyErrorKind::Pruned | KeyErrorKind::Unavailable => (
            ErrorCode::Unavailable,
            "The key store of the system failed",
            "try again later",
        ),
    };
    Error::new(code, format!("{what} ({}): {advice}", error.detail()))
}

#[cfg(test)]
mod tests;

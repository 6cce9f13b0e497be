//! The key-encryption key of a store: its versioned alias, and the patience to tell a flaky key store from a lost key.
//!
//! Phones answer wrongly for a while and rightly later. So every answer but success is asked for again, and only answers
//! that stay the same are believed.

use std::time::Duration;

use crate::error::{Error, ErrorCode};
use crate::name::StoreName;
use crate::platform::{Clock, DataKey, KeyError, KeyErrorKind, KeyPolicy, KeyWrapper, Random, SecurityLevel};

/// Consecutive equal answers that are believed.
const ABSENT_ANSWERS: u32 = 3;
const FINAL_ANSWERS: u32 = 2;
/// Attempts at anything transient, waiting 20, 40, 80, 160 and 320 ms, each plus up to as much again.
const ATTEMPTS: u32 = 6;
const FIRST_DELAY_MS: u64 = 20;
/// How long one attempt is waited for.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);

/// The key store, as one store uses it.
#[derive(Clone, Copy)]
pub(super) struct KekStore<'a> {
    pub(super) keys: &'a dyn KeyWrapper,
    pub(super) clock: &'a dyn Clock,
    pub(super) random: &'a dyn Random,
    pub(super) store: &'a StoreName,
}

impl KekStore<'_> {
    /// The alias of a version.
    pub(super) fn alias(&self, version: u64) -> String {
        format!("{}{version}", self.prefix())
    }

    /// The version an alias of this store names; `None` for an alias of anything else.
    pub(super) fn version(&self, alias: &str) -> Option<u64> {
        let digits = alias.strip_prefix(&self.prefix())?;
        let canonical = !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit());
        canonical.then(|| digits.parse().ok())?
    }

    /// All aliases of this store.
    pub(super) fn aliases(&self) -> Result<Vec<String>, Error> {
        let mut aliases = self.retrying(|| self.keys.aliases(&self.prefix(), ANSWER_WITHIN))?;
        aliases.retain(|alias| self.version(alias).is_some());
        Ok(aliases)
    }

    pub(super) fn create(&self, alias: &str, policy: KeyPolicy) -> Result<SecurityLevel, Error> {
        self.retrying(|| self.keys.create(alias, &policy, ANSWER_WITHIN))
    }

    pub(super) fn wrap(&self, alias: &str, data_key: &DataKey, aad: &[u8]) -> Result<Vec<u8>, Error> {
        self.retrying(|| self.keys.wrap(alias, data_key.expose(), aad, ANSWER_WITHIN))
    }

    pub(super) fn destroy(&self, alias: &str) -> Result<(), Error> {
        self.retrying(|| self.keys.destroy(alias, ANSWER_WITHIN))
    }

    /// Opens the data key of an existing file, which `fits` recognises: a key store may hand out other bytes than it was given.
    /// Only this can tell that a key is lost: `KEY_LOST`, `KEY_MISMATCH` and `KEY_INVALIDATED` are final.
    pub(super) fn unwrap(
        &self,
        alias: &str,
        wrapped: &[u8],
        aad: &[u8],
        fits: impl Fn(&DataKey) -> bool,
    ) -> Result<DataKey, Error> {
        let mut last: Option<KeyErrorKind> = None;
        let mut in_a_row = 0;
        for attempt in 0.. {
            let error = match self.keys.unwrap(alias, wrapped, aad, ANSWER_WITHIN) {
                Ok(data_key) if fits(&data_key) => return Ok(data_key),
                Ok(_) => KeyError::new(KeyErrorKind::Mismatch, "another data key"),
                Err(error) => error,
            };
            in_a_row = if last == Some(error.kind()) {
                in_a_row + 1
            } else {
                1
            };
            last = Some(error.kind());
            match error.kind() {
                KeyErrorKind::Absent if in_a_row >= ABSENT_ANSWERS => {
                    return Err(self.confirm_absence(alias, &error));
                }
                KeyErrorKind::Mismatch | KeyErrorKind::Invalidated if in_a_row >= FINAL_ANSWERS => {
                    return Err(coded(&error));
                }
                kind if may_change(kind) => {}
                _ => return Err(coded(&error)),
            }
            if attempt + 1 >= ATTEMPTS {
                return Err(unsettled(&error));
            }
            self.wait(attempt);
        }
        Err(Error::new(ErrorCode::Internal, "The attempts ran out"))
    }

    /// A key is lost only if the list of all keys says so, too.
    fn confirm_absence(&self, alias: &str, error: &KeyError) -> Error {
        match self.aliases() {
            Ok(aliases) if aliases.iter().any(|listed| listed == alias) => Error::new(
                ErrorCode::Unavailable,
                "The key store lists the key of the store, but does not find it",
            ),
            Ok(_) => coded(error),
            Err(listing) => listing,
        }
    }

    /// Whatever is said of the key meanwhile, no file is lost by it: it is a failure that may pass.
    fn retrying<T>(&self, mut attempt: impl FnMut() -> Result<T, KeyError>) -> Result<T, Error> {
        let mut number = 0;
        loop {
            match attempt() {
                Ok(done) => return Ok(done),
                Err(error) if !may_change(error.kind()) => return Err(coded(&error)),
                Err(error) if number + 1 >= ATTEMPTS => return Err(unsettled(&error)),
                Err(_) => self.wait(number),
            }
            number += 1;
        }
    }

    fn wait(&self, attempt: u32) {
        let delay = FIRST_DELAY_MS << attempt.min(4);
        let mut jitter = [0; 1];
        // Without jitter the wait is still long enough.
        let _ = self.random.fill(&mut jitter);
        self.clock
            .sleep(Duration::from_millis(delay + delay * u64::from(jitter[0]) / 255));
    }

    fn prefix(&self) -> String {
        format!("dev.strongroom.{}.v", self.store.as_str())
    }
}

/// Whether the same call may be answered otherwise a moment later.
fn may_change(kind: KeyErrorKind) -> bool {
    matches!(
        kind,
        KeyErrorKind::Absent | KeyErrorKind::Invalidated | KeyErrorKind::Mismatch | KeyErrorKind::Unavailable
    )
}

fn unsettled(error: &KeyError) -> Error {
    Error::new(
        ErrorCode::Unavailable,
        format!("The key store did not settle on an answer ({})", error.detail()),
    )
}

/// The documented code of a failure of the key store.
fn coded(error: &KeyError) -> Error {
    let (code, what) = match error.kind() {
        KeyErrorKind::Absent => (ErrorCode::KeyLost, "The key of the store is gone"),
        KeyErrorKind::InsufficientSecurity => (
            ErrorCode::InsufficientSecurity,
            "The device cannot protect the key as required",
        ),
        KeyErrorKind::Invalidated => (
            ErrorCode::KeyInvalidated,
            "The system invalidated the key of the store",
        ),
        KeyErrorKind::Locked => (ErrorCode::Locked, "The device is locked"),
        KeyErrorKind::Mismatch => (ErrorCode::KeyMismatch, "The key does not fit the store"),
        KeyErrorKind::NotInitialised => (
            ErrorCode::NotInitialised,
            "The native library was not handed its context",
        ),
        KeyErrorKind::Timeout => (ErrorCode::Unavailable, "The key store did not answer in time"),
        KeyErrorKind::Exists | KeyErrorKind::Unavailable => {
            (ErrorCode::Unavailable, "The key store failed for now")
        }
    };
    Error::new(code, format!("{what} ({})", error.detail()))
}

#[cfg(all(test, feature = "testing"))]
mod patience;

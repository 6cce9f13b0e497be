//! The vault's [`KeyWrapper`] over `AndroidKeyStore`. Each call is one attempt; the vault decides what to retry.

use std::any::Any;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use strongroom_core::policy::{KeyPolicy, SecurityLevel};
use strongroom_core::ports::{DataKey, KeyError, KeyErrorKind, KeyWrapper};
use zeroize::Zeroizing;

use crate::java::Java;
use crate::provider::{KeyStore, still_wanted};
use crate::runtime::AndroidRuntime;
use crate::specification::Kind;
use crate::worker::{Deadline, WorkerError};
use crate::{cipher, generate};

/// The longest time that a caller waits. The slowest cold starts that were reported take 10 seconds, and creating a key
/// needs some ten calls, each of which takes 0.6 seconds on some phones. A call that takes longer hangs.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(20);

/// The Android Keystore.
pub struct AndroidKeystore {
    runtime: &'static AndroidRuntime,
    timeout: Duration,
    unlocked: AtomicBool,
}

impl AndroidKeystore {
    /// A Keystore whose callers wait for at most [`DEFAULT_TIMEOUT`].
    #[must_use]
    pub fn new(runtime: &'static AndroidRuntime) -> Self {
        Self::with_timeout(runtime, DEFAULT_TIMEOUT)
    }

    /// A Keystore whose callers wait for at most `timeout`.
    #[must_use]
    pub fn with_timeout(runtime: &'static AndroidRuntime, timeout: Duration) -> Self {
        Self {
            runtime,
            timeout,
            unlocked: AtomicBool::new(false),
        }
    }

    /// Runs `job` on the worker. The job owns its arguments, because it may run longer than the caller waits. It does
    /// what cannot be undone only while its caller still waits.
    pub(crate) fn run<T, F>(&self, wait: Duration, job: F) -> Result<T, KeyError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Java<'_, '_>, &AndroidRuntime, Deadline) -> Result<T, KeyError> + Send + 'static,
    {
        let done = self.run_any(
            wait,
            Box::new(move |java, runtime, deadline| Ok(Box::new(job(java, runtime, deadline)?))),
        )?;
        let done = done.downcast::<T>().map(|done| *done);
        done.map_err(|_| KeyError::new(KeyErrorKind::Unavailable, "another result"))
    }

    /// Compiled once, not once for each kind of job, to keep the library small.
    fn run_any(&self, wait: Duration, job: AnyJob) -> Result<Box<dyn Any + Send>, KeyError> {
        let runtime = self.runtime;
        runtime
            .worker()
            .run(wait.min(self.timeout), move |deadline| {
                runtime.attach(|java| {
                    job(java, runtime, deadline).map_err(|error| locked_or(error, java, runtime))
                })
            })
            .unwrap_or_else(|error| {
                Err(match error {
                    WorkerError::Overdue => {
                        KeyError::new(KeyErrorKind::Timeout, "still busy with an earlier call")
                    }
                    WorkerError::Panicked => KeyError::new(KeyErrorKind::Unavailable, "panic"),
                    WorkerError::Spawn => KeyError::new(KeyErrorKind::Unavailable, "no thread"),
                    WorkerError::Timeout => KeyError::new(KeyErrorKind::Timeout, "time-out"),
                })
            })
    }
}

/// A job with any result.
type AnyJob = Box<
    dyn FnOnce(&mut Java<'_, '_>, &AndroidRuntime, Deadline) -> Result<Box<dyn Any + Send>, KeyError> + Send,
>;

impl KeyWrapper for AndroidKeystore {
    /// Asks on the caller's thread, because the worker may be busy and the Keystore is not needed. The system does not
    /// lock a user again while a process of that user runs.
    fn ready(&self) -> Result<(), KeyError> {
        if self.unlocked.load(Ordering::Relaxed) || self.runtime.attach(|java| self.runtime.readable(java))? {
            self.unlocked.store(true, Ordering::Relaxed);
            return Ok(());
        }
        Err(KeyError::new(KeyErrorKind::Locked, "Before the first unlock"))
    }

    fn aliases(&self, prefix: &str, wait: Duration) -> Result<Vec<String>, KeyError> {
        let prefix = prefix.to_owned();
        self.run(wait, move |java, _, _| {
            let mut aliases = Vec::new();
            KeyStore::open(java)?.for_each_alias(java, |alias| {
                if alias.starts_with(&prefix) {
                    aliases.push(alias);
                }
            })?;
            Ok(aliases)
        })
    }

    fn create(&self, alias: &str, policy: &KeyPolicy, wait: Duration) -> Result<SecurityLevel, KeyError> {
        let (alias, policy) = (alias.to_owned(), *policy);
        self.run(wait, move |java, runtime, deadline| {
            generate::create(java, Kind::Wrapper, runtime.sdk_int(), &alias, policy, deadline)
        })
    }

    fn wrap(
        &self,
        alias: &str,
        data_key: &[u8; 32],
        aad: &[u8],
        wait: Duration,
    ) -> Result<Vec<u8>, KeyError> {
        let (alias, aad) = (alias.to_owned(), aad.to_vec());
        // On the heap, because moving an array leaves a copy on the stack.
        let data_key = Zeroizing::new(data_key.to_vec());
        self.run(wait, move |java, _, _| {
            let key = KeyStore::open(java)?.key(java, &alias)?;
            cipher::encrypt(java, &key, &data_key, &aad)
        })
    }

    fn unwrap(&self, alias: &str, wrapped: &[u8], aad: &[u8], wait: Duration) -> Result<DataKey, KeyError> {
        let (alias, wrapped, aad) = (alias.to_owned(), wrapped.to_vec(), aad.to_vec());
        self.run(wait, move |java, _, _| {
            let key = KeyStore::open(java)?.key(java, &alias)?;
            cipher::decrypt(java, &key, &wrapped, &aad)
        })
    }

    fn destroy(&self, alias: &str, wait: Duration) -> Result<(), KeyError> {
        let alias = alias.to_owned();
        self.run(wait, move |java, _, deadline| {
            let store = KeyStore::open(java)?;
            still_wanted(deadline)?;
            store.delete(java, &alias)
        })
    }
}

/// Before the first unlock, the failures of the Keystore can look like anything, even like a lost key.
fn locked_or(error: KeyError, java: &mut Java<'_, '_>, runtime: &AndroidRuntime) -> KeyError {
    // If this question fails as well, the first error stands.
    if runtime.user_unlocked(java) == Ok(false) {
        let detail = format!("Before the first unlock: {}", error.detail());
        KeyError::new(KeyErrorKind::Locked, detail)
    } else {
        error
    }
}

//! The vault's [`KeyWrapper`] over `AndroidKeyStore`. Each call is one attempt; the vault decides what to repeat.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jni::objects::JObject;
use jni::{JValue, jni_sig, jni_str};
use strongroom_core::policy::{KeyPolicy, SecurityLevel};
use strongroom_core::ports::{DataKey, KeyError, KeyErrorKind, KeyWrapper};
use zeroize::Zeroizing;

use crate::java::Java;
use crate::runtime::AndroidRuntime;
use crate::worker::{Deadline, WorkerError};
use crate::{cipher, generate};

/// The name of the provider, and of its `KeyStore`.
pub(crate) const PROVIDER: &str = "AndroidKeyStore";

/// How long a caller waits at most. The slowest cold starts reported from the field take 10 seconds, and making a key is some
/// ten calls, each of which takes 0.6 seconds on some phones: more than this is a hang and not a slow device.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(20);

/// The Android Keystore.
pub struct AndroidKeystore {
    runtime: &'static AndroidRuntime,
    timeout: Duration,
    unlocked: AtomicBool,
}

impl AndroidKeystore {
    /// A Keystore whose callers wait for [`DEFAULT_TIMEOUT`] at most.
    #[must_use]
    pub fn new(runtime: &'static AndroidRuntime) -> Self {
        Self::with_timeout(runtime, DEFAULT_TIMEOUT)
    }

    /// A Keystore whose callers wait for `timeout` at most.
    #[must_use]
    pub fn with_timeout(runtime: &'static AndroidRuntime, timeout: Duration) -> Self {
        Self {
            runtime,
            timeout,
            unlocked: AtomicBool::new(false),
        }
    }

    /// Runs `job` on the worker. It owns its arguments, because it may outlive the caller's patience. What cannot be undone
    /// it does only while its caller still waits.
    fn run<T, F>(&self, wait: Duration, job: F) -> Result<T, KeyError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Java<'_, '_>, &AndroidRuntime, Deadline) -> Result<T, KeyError> + Send + 'static,
    {
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

impl KeyWrapper for AndroidKeystore {
    /// Asks on the thread of the caller: the worker may be busy, and the question is not one for the Keystore. The system
    /// does not lock a user again while a process of that user runs.
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
            generate::create(java, runtime.sdk_int(), &alias, policy, deadline)
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
        // On the heap, since moving an array leaves a copy behind on the stack.
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

/// Fails once the caller has given up. It has released the lock under which it decided what is to be done, and another
/// process may rely on the opposite.
pub(crate) fn still_wanted(deadline: Deadline) -> Result<(), KeyError> {
    if deadline.is_over() {
        return Err(KeyError::new(KeyErrorKind::Timeout, "The caller has given up"));
    }
    Ok(())
}

/// Before the first unlock the Keystore fails in ways that look like anything, even like a lost key.
fn locked_or(error: KeyError, java: &mut Java<'_, '_>, runtime: &AndroidRuntime) -> KeyError {
    // If that question fails as well, the first answer stands.
    if runtime.user_unlocked(java) == Ok(false) {
        let detail = format!("Before the first unlock: {}", error.detail());
        KeyError::new(KeyErrorKind::Locked, detail)
    } else {
        error
    }
}

/// A loaded `java.security.KeyStore`. It is opened anew for each call: a stale one is a known source of failures.
pub(crate) struct KeyStore<'local>(JObject<'local>);

impl<'local> KeyStore<'local> {
    pub(crate) fn open(java: &mut Java<'_, 'local>) -> Result<Self, KeyError> {
        let provider = java.string(PROVIDER)?;
        let store = java.static_object(
            jni_str!("java.security.KeyStore"),
            jni_str!("getInstance"),
            jni_sig!((kind: JString) -> java.security.KeyStore),
            &[(&provider).into()],
        )?;
        java.void(
            &store,
            jni_str!("load"),
            jni_sig!((parameter: "java.security.KeyStore$LoadStoreParameter")),
            &[JValue::Object(&JObject::null())],
        )?;
        Ok(Self(store))
    }

    /// The key under `alias`. That there is none is believed only if the list of aliases agrees.
    pub(crate) fn key<'key>(
        &self,
        java: &mut Java<'_, 'key>,
        alias: &str,
    ) -> Result<JObject<'key>, KeyError> {
        let name = java.string(alias)?;
        let key = java.object(
            &self.0,
            jni_str!("getKey"),
            jni_sig!((alias: JString, password: jchar[]) -> java.security.Key),
            &[(&name).into(), JValue::Object(&JObject::null())],
        )?;
        if !key.is_null() {
            Ok(key)
        } else if self.lists(java, alias)? {
            Err(KeyError::new(
                KeyErrorKind::Unavailable,
                "The alias is listed without a key",
            ))
        } else {
            Err(KeyError::new(KeyErrorKind::Absent, "There is no such alias"))
        }
    }

    pub(crate) fn contains(&self, java: &mut Java<'_, '_>, alias: &str) -> Result<bool, KeyError> {
        let alias = java.string(alias)?;
        java.boolean(
            &self.0,
            jni_str!("containsAlias"),
            jni_sig!((alias: JString) -> jboolean),
            &[(&alias).into()],
        )
    }

    pub(crate) fn lists(&self, java: &mut Java<'_, '_>, alias: &str) -> Result<bool, KeyError> {
        let mut found = false;
        self.for_each_alias(java, |listed| found |= listed == alias)?;
        Ok(found)
    }

    /// Destroys the key under `alias`; the system takes it as done if there is none.
    pub(crate) fn delete(&self, java: &mut Java<'_, '_>, alias: &str) -> Result<(), KeyError> {
        let alias = java.string(alias)?;
        java.void(
            &self.0,
            jni_str!("deleteEntry"),
            jni_sig!((alias: JString)),
            &[(&alias).into()],
        )
    }

    fn for_each_alias(&self, java: &mut Java<'_, '_>, mut visit: impl FnMut(String)) -> Result<(), KeyError> {
        let aliases = java.object(
            &self.0,
            jni_str!("aliases"),
            jni_sig!(() -> java.util.Enumeration),
            &[],
        )?;
        while java.boolean(
            &aliases,
            jni_str!("hasMoreElements"),
            jni_sig!(() -> jboolean),
            &[],
        )? {
            // An app may have hundreds of keys, and a thread's table of references is short.
            let alias = java.frame(|java| {
                let alias = java.object(&aliases, jni_str!("nextElement"), jni_sig!(() -> JObject), &[])?;
                java.text(alias)
            })?;
            visit(alias);
        }
        Ok(())
    }
}

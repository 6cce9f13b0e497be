use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use super::data_key::DataKey;
use crate::policy::{KeyPolicy, SecurityLevel};

/// The key store of the system. It holds key-encryption keys (KEK), which never leave it, and names them by alias.
///
/// Each call is one attempt. The vault retries, and decides whether a key is lost. Implementations serialise their own
/// access; any thread may call them.
///
/// `wait` is how long the caller waits for the result of this one attempt. After that the call fails with
/// [`KeyErrorKind::Timeout`]. The operation may still be running; its result is dropped.
pub trait KeyWrapper: Send + Sync {
    /// Checks whether the storage of this user can be read yet. Before the first unlock after a start of the device it
    /// cannot. Until then, nothing that the file system says about a file is evidence, not even that a file is absent.
    ///
    /// It does not wait for the key store, and it is cheap after it has succeeded once.
    ///
    /// # Errors
    /// [`KeyErrorKind::Locked`] before the first unlock; anything else is retryable.
    fn ready(&self) -> Result<(), KeyError> {
        Ok(())
    }

    /// All aliases of this app that start with `prefix`, in any order.
    ///
    /// # Errors
    /// A [`KeyError`] of a retryable kind.
    fn aliases(&self, prefix: &str, wait: Duration) -> Result<Vec<String>, KeyError>;

    /// Creates a 256-bit AES-GCM key under `alias` and proves with a round trip, with and without AAD, that it works. A
    /// key that fails the proof is destroyed again. An alias that exists is refused. But a key store may create a key
    /// late, replace an existing one, and delete by name: `alias` must be one that nobody else ever uses.
    ///
    /// # Errors
    /// [`KeyErrorKind::Exists`] if the alias exists, [`KeyErrorKind::InsufficientSecurity`] if `policy` cannot be met.
    fn create(&self, alias: &str, policy: &KeyPolicy, wait: Duration) -> Result<SecurityLevel, KeyError>;

    /// Wraps a data key with the KEK. The result is opaque and at most 512 bytes long.
    ///
    /// # Errors
    /// Any [`KeyError`]; the KEK does not change.
    fn wrap(&self, alias: &str, data_key: &[u8; 32], aad: &[u8], wait: Duration)
    -> Result<Vec<u8>, KeyError>;

    /// Unwraps what [`wrap`](Self::wrap) wrapped with the same `aad`.
    ///
    /// # Errors
    /// [`KeyErrorKind::Absent`] if the key store says that there is no such alias, [`KeyErrorKind::Mismatch`] if the
    /// authentication tag is wrong, [`KeyErrorKind::Invalidated`] if the system says so; anything else is retryable.
    fn unwrap(&self, alias: &str, wrapped: &[u8], aad: &[u8], wait: Duration) -> Result<DataKey, KeyError>;

    /// Destroys the KEK; an absent alias is not an error.
    ///
    /// # Errors
    /// A [`KeyError`] of a retryable kind.
    fn destroy(&self, alias: &str, wait: Duration) -> Result<(), KeyError>;
}

/// A failure of the key store. Its kind says what the vault can do about it.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyError {
    kind: KeyErrorKind,
    detail: Cow<'static, str>,
}

impl KeyError {
    /// An error of `kind`. `detail` is for diagnosis: class names and numbers of the system, never its messages.
    pub fn new(kind: KeyErrorKind, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            detail: detail.into(),
        }
    }

    /// The kind of the failure.
    #[must_use]
    pub fn kind(&self) -> KeyErrorKind {
        self.kind
    }

    /// What the system reported, as class names and numbers.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }
}

impl fmt::Debug for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.kind, self.detail)
    }
}

/// The kinds of [`KeyError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyErrorKind {
    /// The key store answered that the alias does not exist.
    Absent,
    /// `create` found that the alias exists.
    Exists,
    /// This device cannot meet the policy.
    InsufficientSecurity,
    /// The system invalidated the key for good.
    Invalidated,
    /// The device is locked or the user must authenticate first.
    Locked,
    /// The authentication tag does not fit: another key, or altered bytes.
    Mismatch,
    /// The user did not authorise this use of a gate, as far as the key store knows.
    NotAuthorised,
    /// The platform code did not get its context.
    NotInitialised,
    /// The key store dropped a use of a gate before it ended.
    Pruned,
    /// No answer in time; the operation may still be running.
    Timeout,
    /// Anything else. It counts as retryable.
    Unavailable,
}

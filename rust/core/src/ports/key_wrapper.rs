use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use super::data_key::DataKey;
use crate::policy::{KeyPolicy, SecurityLevel};

/// The key store of the system: holds key-encryption keys (KEK) that never leave it, named by alias.
///
/// Each call is one attempt. Retrying, and deciding that a key is really lost, is the vault's business.
/// Implementations serialise their own access and may be called from any thread.
///
/// `wait` is how long the caller waits for the answer of this one attempt. After that the call fails with
/// [`KeyErrorKind::Timeout`], and the operation may still be running: its answer is dropped when it comes.
pub trait KeyWrapper: Send + Sync {
    /// Whether the storage of this user can be read yet. Before the first unlock after a start of the device it cannot, and
    /// then nothing that the file system says about a file is evidence: not even that there is none.
    ///
    /// It does not wait for the key store, and it is cheap once the answer was yes.
    ///
    /// # Errors
    /// [`KeyErrorKind::Locked`] before the first unlock; anything else is transient.
    fn ready(&self) -> Result<(), KeyError> {
        Ok(())
    }

    /// All aliases of this app that start with `prefix`, in any order.
    ///
    /// # Errors
    /// A [`KeyError`] of a transient kind.
    fn aliases(&self, prefix: &str, wait: Duration) -> Result<Vec<String>, KeyError>;

    /// Creates a 256-bit AES-GCM key under `alias` and proves with a round trip, with and without AAD, that it works.
    /// A key that fails the proof is destroyed again. An alias that is taken is refused. But a key store may make a key late,
    /// replace what is in the way, and delete by name: `alias` must be one that nobody else ever uses.
    ///
    /// # Errors
    /// [`KeyErrorKind::Exists`] if the alias is taken, [`KeyErrorKind::InsufficientSecurity`] if `policy` cannot be met.
    fn create(&self, alias: &str, policy: &KeyPolicy, wait: Duration) -> Result<SecurityLevel, KeyError>;

    /// Seals a data key under the KEK; the result is opaque and at most 512 bytes long.
    ///
    /// # Errors
    /// Any [`KeyError`]; the KEK is untouched.
    fn wrap(&self, alias: &str, data_key: &[u8; 32], aad: &[u8], wait: Duration)
    -> Result<Vec<u8>, KeyError>;

    /// Opens what [`wrap`](Self::wrap) sealed with the same `aad`.
    ///
    /// # Errors
    /// [`KeyErrorKind::Absent`] if the key store answers that there is no such alias, [`KeyErrorKind::Mismatch`] if the
    /// authentication tag is wrong, [`KeyErrorKind::Invalidated`] if the system says so; anything else is transient.
    fn unwrap(&self, alias: &str, wrapped: &[u8], aad: &[u8], wait: Duration) -> Result<DataKey, KeyError>;

    /// Destroys the KEK; an absent alias is not an error.
    ///
    /// # Errors
    /// A [`KeyError`] of a transient kind.
    fn destroy(&self, alias: &str, wait: Duration) -> Result<(), KeyError>;
}

/// A failure of the key store, classed by what may be done about it.
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

    /// The class of the failure.
    #[must_use]
    pub fn kind(&self) -> KeyErrorKind {
        self.kind
    }

    /// What the system said, as class names and numbers.
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

/// The classes of [`KeyError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyErrorKind {
    /// The key store answered, and the alias is not there.
    Absent,
    /// `create` found the alias taken.
    Exists,
    /// The policy cannot be met on this device.
    InsufficientSecurity,
    /// The system invalidated the key for good.
    Invalidated,
    /// The device is locked or the user must authenticate first.
    Locked,
    /// The authentication tag does not fit: another key, or altered bytes.
    Mismatch,
    /// The platform layer was not handed its context.
    NotInitialised,
    /// No answer in time; the operation may still be running.
    Timeout,
    /// Anything else: taken as transient.
    Unavailable,
}

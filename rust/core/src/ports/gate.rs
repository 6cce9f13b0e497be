use std::time::Duration;

use super::data_key::DataKey;
use super::key_wrapper::KeyError;
use crate::policy::{GatePolicy, KeyPolicy, SecurityLevel};

/// The keys of the system that ask the user before each use: *gates*. A gate never leaves the key store. It answers a
/// message with 32 bytes, always the same for the same message, and only after the user has authorised this use.
///
/// [`KeyWrapper::aliases`](super::KeyWrapper::aliases) lists gates together with key-encryption keys, and
/// [`KeyWrapper::destroy`](super::KeyWrapper::destroy) destroys them. Each call is one attempt.
pub trait GateKeys: Send + Sync {
    /// Creates a gate under `alias`. For `alias`, the rules of [`KeyWrapper::create`](super::KeyWrapper::create) hold.
    ///
    /// # Errors
    /// [`KeyErrorKind::InsufficientSecurity`](super::KeyErrorKind::InsufficientSecurity) if this device cannot ask so,
    /// or cannot keep the key as `keys` requires.
    fn create(
        &self,
        alias: &str,
        gate: GatePolicy,
        keys: &KeyPolicy,
        wait: Duration,
    ) -> Result<SecurityLevel, KeyError>;

    /// Begins one use. The user has to authorise it, then [`finish`](Self::finish) ends it.
    ///
    /// # Errors
    /// [`KeyErrorKind::Absent`](super::KeyErrorKind::Absent) and
    /// [`KeyErrorKind::Invalidated`](super::KeyErrorKind::Invalidated), as the system says it at this moment; anything
    /// else is retryable.
    fn begin(&self, alias: &str, wait: Duration) -> Result<Ticket, KeyError>;

    /// The answer of the gate to `message`. It ends the use, whether it succeeds or not.
    ///
    /// # Errors
    /// [`KeyErrorKind::NotAuthorised`](super::KeyErrorKind::NotAuthorised) if the key store knows nothing of the
    /// authorisation, [`KeyErrorKind::Pruned`](super::KeyErrorKind::Pruned) if it has dropped the use.
    fn finish(
        &self,
        ticket: Ticket,
        proof: Proof,
        message: &[u8],
        wait: Duration,
    ) -> Result<DataKey, KeyError>;

    /// Ends a use without an answer. It does not wait for the key store for longer than a moment.
    fn abandon(&self, ticket: Ticket);
}

/// One use of a gate that has begun. The platform gives it its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// What the system's prompt gave back for an authorised use. The platform gives it its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof(pub u64);

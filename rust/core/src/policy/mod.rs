//! What an app can configure for its stores, and the defaults.

mod key;
mod keychain;

use std::path::PathBuf;
use std::time::Duration;

pub use key::{KeyPolicy, SecurityLevel, StrongBox};
pub use keychain::{Accessibility, Authentication, KeychainOptions, OnReinstall, Protection};

pub(crate) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How a store behaves, on every platform.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VaultOptions {
    /// What to do when the key of a store is lost.
    pub on_key_loss: OnKeyLoss,
    /// The requirements for a new key.
    pub key_policy: KeyPolicy,
    /// The age at which the data key is replaced; `None` for never.
    pub rotate_after: Option<Duration>,
    /// The age at which the key-encryption key is replaced, too; `None` for never.
    pub rotate_kek_after: Option<Duration>,
    /// The options of the Keychain.
    pub keychain: KeychainOptions,
    /// The directory that tells a new installation of the app from an old one, on iOS.
    pub marker_directory: Option<PathBuf>,
}

impl Default for VaultOptions {
    fn default() -> Self {
        Self {
            on_key_loss: OnKeyLoss::default(),
            key_policy: KeyPolicy::default(),
            rotate_after: Some(90 * DAY),
            rotate_kek_after: Some(180 * DAY),
            keychain: KeychainOptions::default(),
            marker_directory: None,
        }
    }
}

/// What to do when a store can never be opened again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnKeyLoss {
    /// Put the file in quarantine, start an empty store, and raise an event.
    #[default]
    Quarantine,
    /// Refuse every call until `reset()`.
    Error,
}

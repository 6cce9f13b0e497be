//! What an app may ask of its stores, and what it gets if it asks for nothing.

mod key;
mod keychain;

use std::path::PathBuf;
use std::time::Duration;

pub use key::{KeyPolicy, SecurityLevel, StrongBox};
pub use keychain::{Accessibility, Authentication, KeychainOptions, OnReinstall, Protection};

pub(crate) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How a store behaves, whatever lies below it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VaultOptions {
    /// What to do when the key of a store is gone for good.
    pub on_key_loss: OnKeyLoss,
    /// What a new key has to satisfy.
    pub key_policy: KeyPolicy,
    /// The age at which the data key is replaced; `None` for never.
    pub rotate_after: Option<Duration>,
    /// The age at which the key-encryption key is replaced, too; `None` for never.
    pub rotate_kek_after: Option<Duration>,
    /// What concerns the Keychain alone.
    pub keychain: KeychainOptions,
    /// Where a new installation of the app can be told from an old one, on iOS.
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

/// What to do when a store can never be opened again as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnKeyLoss {
    /// Set the file aside, byte for byte, start a fresh store, and say so.
    #[default]
    Quarantine,
    /// Refuse every call until `reset()`.
    Error,
}

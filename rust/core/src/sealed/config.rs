//! How a vault behaves, and its defaults.

use std::path::PathBuf;
use std::time::Duration;

use crate::ports::KeyPolicy;

/// How a vault behaves.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SealedConfig {
    /// The directory of the files; created if need be, for this user only.
    pub directory: PathBuf,
    /// The name of the app, where several apps may share one key store; empty where none do.
    pub app: String,
    /// What a new key-encryption key has to satisfy.
    pub key_policy: KeyPolicy,
    /// What to do when the key of a store is gone for good.
    pub on_key_loss: OnKeyLoss,
    /// The age at which the data key is replaced; `None` for never.
    pub rotate_after: Option<Duration>,
    /// The age at which the key-encryption key is replaced, too; `None` for never.
    pub rotate_kek_after: Option<Duration>,
    /// When the file is rewritten.
    pub limits: Limits,
    /// How long a call may take in all: for locks, for the key store, and for waiting between two attempts.
    pub patience: Duration,
}

impl SealedConfig {
    /// The defaults, in `directory`.
    #[must_use]
    pub fn new(directory: PathBuf) -> Self {
        Self {
            directory,
            app: String::new(),
            key_policy: KeyPolicy::default(),
            on_key_loss: OnKeyLoss::default(),
            rotate_after: Some(Duration::from_secs(90 * 24 * 60 * 60)),
            rotate_kek_after: Some(Duration::from_secs(180 * 24 * 60 * 60)),
            limits: Limits::default(),
            patience: Duration::from_secs(30),
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

/// When the file is rewritten.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// Up to this size the file is small.
    pub small_file: u64,
    /// How long what was removed may stay in a small file.
    pub erase_after: Duration,
    /// How long what was removed may stay in a larger file; `None` for until the file is rewritten for another reason.
    pub erase_large_after: Option<Duration>,
    /// Fewer dead bytes than this never cause a rewrite.
    pub dead_bytes: u64,
    /// Seals under one data key after which it is replaced. Far below 2^32, the bound for random nonces (NIST SP 800-38D).
    pub seals: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            small_file: 256 * 1024,
            erase_after: Duration::ZERO,
            erase_large_after: None,
            dead_bytes: 64 * 1024,
            seals: 1 << 24,
        }
    }
}

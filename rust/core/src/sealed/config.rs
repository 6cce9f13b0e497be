//! How a vault behaves, and its defaults.

use std::path::PathBuf;
use std::time::Duration;

use crate::policy::{KeyPolicy, OnKeyLoss, VaultOptions};

/// How long what was removed may stay in a file. Long enough for the removals of one log-out to share one rewrite.
const ERASE_AFTER: Duration = Duration::from_secs(2);
const ERASE_LARGE_AFTER: Duration = Duration::from_secs(10 * 60);
const PATIENCE: Duration = Duration::from_secs(30);

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
    /// The defaults, in `directory`. What was removed does not wait to be erased.
    #[must_use]
    pub fn new(directory: PathBuf) -> Self {
        Self {
            limits: Limits::default(),
            ..Self::from_options(directory, &VaultOptions::default())
        }
    }

    /// What `options` ask for, in `directory`.
    #[must_use]
    pub fn from_options(directory: PathBuf, options: &VaultOptions) -> Self {
        // Every option by its name: one that is forgotten here would have no effect.
        let VaultOptions {
            on_key_loss,
            key_policy,
            rotate_after,
            rotate_kek_after,
            keychain: _,
            marker_directory: _,
        } = *options;
        Self {
            directory,
            app: String::new(),
            key_policy,
            on_key_loss,
            rotate_after,
            rotate_kek_after,
            limits: Limits {
                erase_after: ERASE_AFTER,
                erase_large_after: Some(ERASE_LARGE_AFTER),
                ..Limits::default()
            },
            patience: PATIENCE,
        }
    }
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

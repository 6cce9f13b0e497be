//! The configuration of a vault, and its defaults.

use std::path::PathBuf;
use std::time::Duration;

use crate::policy::{GatePolicy, KeyPolicy, OnKeyLoss, VaultOptions};
use crate::ports::Prompt;

/// How long removed bytes may stay in a file: long enough that one rewrite erases all removals of one logout.
const ERASE_AFTER: Duration = Duration::from_secs(2);
const ERASE_LARGE_AFTER: Duration = Duration::from_secs(10 * 60);
const PATIENCE: Duration = Duration::from_secs(30);

/// The configuration of a vault.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SealedConfig {
    /// The directory of the files. It is created if there is none, for this user only.
    pub directory: PathBuf,
    /// The name of the app if several apps can share one key store; otherwise empty.
    pub app: String,
    /// The requirements for a new key-encryption key.
    pub key_policy: KeyPolicy,
    /// What to do when the key of a store is lost.
    pub on_key_loss: OnKeyLoss,
    /// How the store must ask its user; `None` if it need not. Until it does, no item is read or written.
    pub gate: Option<GatePolicy>,
    /// What the prompt says, unless a call says something else.
    pub prompt: Prompt,
    /// How long the app may be in the background before the store is locked; `None` for as long as it likes.
    pub lock_after_background: Option<Duration>,
    /// The age at which the data key is replaced; `None` for never.
    pub rotate_after: Option<Duration>,
    /// The age at which the key-encryption key is replaced, too; `None` for never.
    pub rotate_kek_after: Option<Duration>,
    /// When the file is rewritten.
    pub limits: Limits,
    /// How long a call may take in total: for locks, for the key store, and for waiting between two attempts.
    pub patience: Duration,
}

impl SealedConfig {
    /// The defaults, in `directory`. Removed bytes are erased at once.
    #[must_use]
    pub fn new(directory: PathBuf) -> Self {
        Self {
            limits: Limits::default(),
            ..Self::from_options(directory, &VaultOptions::default())
        }
    }

    /// The configuration that `options` ask for, in `directory`.
    #[must_use]
    pub fn from_options(directory: PathBuf, options: &VaultOptions) -> Self {
        // Every option by name, so that the compiler reports one that is not used here.
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
            gate: None,
            prompt: Prompt::default(),
            lock_after_background: None,
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
    /// A file up to this size is small.
    pub small_file: u64,
    /// How long removed bytes may stay in a small file.
    pub erase_after: Duration,
    /// How long removed bytes may stay in a larger file; `None` for until the file is rewritten for another reason.
    pub erase_large_after: Option<Duration>,
    /// Fewer dead bytes than this never cause a rewrite.
    pub dead_bytes: u64,
    /// The number of seals after which a data key is replaced. It is far below 2^32, the bound for random nonces (NIST
    /// SP 800-38D).
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

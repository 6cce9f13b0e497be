//! What a call needs and cannot get while it holds locks.

use super::unlocked::Unlocked;
use crate::error::{Error, ErrorCode};
use crate::sealed::files::{KeysLock, NewKey};
use crate::sealed::format::{FileCipher, Header, HeaderDigest};

/// What a call found missing.
pub(super) enum Need {
    /// The data key of a file with this header.
    Unwrap(Box<Header>),
    /// The user, who has to open the file with this header for this call.
    User(Box<Header>),
    /// A key for the first file.
    NewKey,
    /// The file needs a rewrite, with a new key-encryption key or the same one.
    Rewrite { new_kek: bool },
}

/// What was prepared for a call while it held no locks.
#[derive(Default)]
pub(super) struct Supply {
    pub(super) need: Option<Need>,
    /// The answer of the key store for the file with this header: its cipher, or that its key is
    /// lost.
    pub(super) opened: Option<(HeaderDigest, Result<FileCipher, Error>)>,
    pub(super) keys: Option<KeysLock>,
    pub(super) new_key: Option<NewKey>,
    /// Keys that this call created or replaced, and that no file will name in the end.
    pub(super) superseded: Vec<String>,
    /// Rewrite the file only if it is still due after the file was read.
    pub(super) if_due: bool,
    /// The vault file was replaced or erased during the rewrite.
    pub(super) overtaken: bool,
    /// The call has already asked for a stronger key.
    pub(super) strengthened: bool,
    /// What this call has to do with the user.
    pub(super) user: Permission,
}

/// What the user authorises for one call alone.
#[derive(Default)]
pub(super) struct Permission {
    /// Whether the call may ask.
    pub(super) may_ask: bool,
    /// The file that the user has to open.
    pub(super) wanted: Option<Box<Header>>,
    /// The number of the call, if it opens the file for itself.
    pub(super) call: Option<u64>,
    pub(super) session: Option<Unlocked>,
    /// How often the store had been locked when the call began.
    pub(super) locks: u64,
    /// The call has the turn to ask. A listener may lock the store, which waits for the turn, so events wait.
    pub(super) quiet: bool,
}

impl Supply {
    /// A file that names the key `new` replaced one that named `old`.
    pub(super) fn replaced(&mut self, new: &str, old: String) {
        if new != old {
            self.superseded.push(old);
        }
        self.superseded.retain(|alias| alias != new);
    }

    /// Notes what is missing. The error only ends this round of the call.
    pub(super) fn ask(&mut self, need: Need) -> Error {
        self.need = Some(need);
        Error::new(ErrorCode::Internal, "The call has to start again")
    }
}

//! What a call needs and cannot get while it holds locks.

use crate::error::{Error, ErrorCode};
use crate::sealed::files::{KeysLock, NewKey};
use crate::sealed::format::{FileCipher, Header, HeaderDigest};

/// What a call found missing.
pub(super) enum Need {
    /// The data key of a file with this header.
    Unwrap(Box<Header>),
    /// A key for the first file.
    NewKey,
    /// The file is to be written anew, under a new key-encryption key or the same.
    Rewrite { new_kek: bool },
}

/// What was got for a call while it held no locks.
#[derive(Default)]
pub(super) struct Supply {
    pub(super) need: Option<Need>,
    /// What the key store said of the file with this header: its cipher, or that its key is lost.
    pub(super) opened: Option<(HeaderDigest, Result<FileCipher, Error>)>,
    pub(super) keys: Option<KeysLock>,
    pub(super) new_key: Option<NewKey>,
    /// Keys that this call made or replaced, and that no file is to name in the end.
    pub(super) superseded: Vec<String>,
    /// The file is to be written anew only if it is still time when it was read.
    pub(super) if_due: bool,
    /// The file was replaced or erased while another one was written.
    pub(super) overtaken: bool,
    /// A stronger key was asked for already.
    pub(super) strengthened: bool,
}

impl Supply {
    /// A file that names the key `new` took the place of one that named `old`.
    pub(super) fn replaced(&mut self, new: &str, old: String) {
        if new != old {
            self.superseded.push(old);
        }
        self.superseded.retain(|alias| alias != new);
    }

    /// Says what is missing. The error only ends the call that found it.
    pub(super) fn ask(&mut self, need: Need) -> Error {
        self.need = Some(need);
        Error::new(ErrorCode::Internal, "The call has to be started again")
    }
}

//! The one error type of every layer: a stable code, a fixed English message, and whether a retry can help.
//!
//! A message never holds a key, a value, or text of a dependency that might quote either.

use std::borrow::Cow;
use std::{fmt, io};

/// A failure with a stable, documented code.
#[derive(Clone, PartialEq, Eq)]
pub struct Error {
    code: ErrorCode,
    detail: Cow<'static, str>,
}

impl Error {
    /// An error of `code`; `detail` must not contain user data.
    pub fn new(code: ErrorCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            detail: detail.into(),
        }
    }

    /// What every vault returns if there is no item. Apps that used another plugin may compare the text.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(ErrorCode::NotFound, "Item with given key does not exist")
    }

    /// What a vault returns that cannot do something.
    #[must_use]
    pub fn unsupported() -> Self {
        Self::new(
            ErrorCode::Unsupported,
            "This store cannot do that on this platform",
        )
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        self.code
    }

    /// What happened, in English and without user data.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// Whether the same call may succeed later without a change in the app.
    #[must_use]
    pub fn retryable(&self) -> bool {
        self.code.retryable()
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.detail)
    }
}

impl std::error::Error for Error {}

macro_rules! error_codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, retryable: $retryable:literal;)*) => {
        /// The documented codes, as `SecureStorageError.code` shows them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $($(#[$doc])* $name,)*
        }

        impl ErrorCode {
            /// Every code. The contract for the other languages lists them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The text of the code.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// Whether an error of this code may go away by itself.
            #[must_use]
            pub fn retryable(self) -> bool {
                match self { $(Self::$name => $retryable,)* }
            }
        }
    };
}

error_codes! {
    /// The user dismissed the authentication prompt.
    AuthCancelled = "AUTH_CANCELLED", retryable: true;
    /// The user could not be authenticated.
    AuthFailed = "AUTH_FAILED", retryable: true;
    /// The store is locked: the user must authenticate first.
    AuthRequired = "AUTH_REQUIRED", retryable: true;
    /// Too many failed biometric attempts.
    BiometryLockout = "BIOMETRY_LOCKOUT", retryable: true;
    /// No biometry is enrolled.
    BiometryNotEnrolled = "BIOMETRY_NOT_ENROLLED", retryable: true;
    /// Biometry cannot be used at the moment.
    BiometryUnavailable = "BIOMETRY_UNAVAILABLE", retryable: true;
    /// The header of the store is damaged.
    Corrupt = "CORRUPT", retryable: false;
    /// One item is damaged; the others can be read.
    CorruptRecord = "CORRUPT_RECORD", retryable: false;
    /// This device does not offer the required protection.
    InsufficientSecurity = "INSUFFICIENT_SECURITY", retryable: false;
    /// A bug in Strongroom.
    Internal = "INTERNAL", retryable: false;
    /// An option is missing, of the wrong type, or out of range.
    InvalidArgument = "INVALID_ARGUMENT", retryable: false;
    /// The file system refused the operation.
    Io = "IO", retryable: true;
    /// The system invalidated the key.
    KeyInvalidated = "KEY_INVALIDATED", retryable: false;
    /// The key is lost.
    KeyLost = "KEY_LOST", retryable: false;
    /// The key does not fit the file.
    KeyMismatch = "KEY_MISMATCH", retryable: false;
    /// The device is locked.
    Locked = "LOCKED", retryable: true;
    /// The app lacks an entitlement.
    MissingEntitlement = "MISSING_ENTITLEMENT", retryable: false;
    /// A newer version of the plugin wrote the store.
    NewerFormat = "NEWER_FORMAT", retryable: false;
    /// There is no item with this key.
    NotFound = "NOT_FOUND", retryable: false;
    /// The native part did not get its context.
    NotInitialised = "NOT_INITIALISED", retryable: false;
    /// The disk is full; nothing changed.
    StorageFull = "STORAGE_FULL", retryable: true;
    /// The value is larger than the limit.
    TooLarge = "TOO_LARGE", retryable: false;
    /// The key store of the system does not answer correctly at the moment.
    Unavailable = "UNAVAILABLE", retryable: true;
    /// The method or option does not exist on this platform.
    Unsupported = "UNSUPPORTED", retryable: false;
}

/// The error number is more exact than the message could be without a path.
impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        if is_full(&error) {
            return Self::new(
                ErrorCode::StorageFull,
                "The disk is full and nothing changed: free some space, then try again",
            );
        }
        if is_locked(&error) {
            return Self::new(
                ErrorCode::Locked,
                "The device has not been unlocked since it started: try again later",
            );
        }
        let detail = match error.raw_os_error() {
            Some(number) => format!("The file system reported an error (os error {number}): try again later"),
            None => format!(
                "The file system reported an error ({:?}): try again later",
                error.kind()
            ),
        };
        Self::new(ErrorCode::Io, detail)
    }
}

/// Before the first unlock, the kernel of Android has no key for the user's files and reports this number.
#[cfg(any(target_os = "android", target_os = "linux"))]
fn is_locked(error: &io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::NOKEY.raw_os_error())
}

#[cfg(not(any(target_os = "android", target_os = "linux")))]
fn is_locked(_: &io::Error) -> bool {
    false
}

pub(crate) fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
    )
}

#[cfg(all(test, any(target_os = "android", target_os = "linux")))]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_its_key_is_locked_and_not_broken() {
        const ENOKEY: i32 = 126;
        const EIO: i32 = 5;

        let code = |number| Error::from(io::Error::from_raw_os_error(number)).code();
        assert_eq!(code(ENOKEY), ErrorCode::Locked);
        assert_eq!(code(EIO), ErrorCode::Io);
    }
}

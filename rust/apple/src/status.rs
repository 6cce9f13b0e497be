//! What the status numbers of the system mean for the app.

use std::fmt;

use strongroom_core::{Error, ErrorCode};

use crate::sec_items::OsStatus;

impl OsStatus {
    /// `errSecDiskFull`.
    pub const DISK_FULL: Self = Self(-34);
    /// `errSecIO`.
    pub const IO: Self = Self(-36);
    /// `errSecParam`.
    pub const PARAM: Self = Self(-50);
    /// `errSecUserCanceled`.
    pub const USER_CANCELED: Self = Self(-128);
    /// `errSecNotAvailable`.
    pub const NOT_AVAILABLE: Self = Self(-25291);
    /// `errSecAuthFailed`.
    pub const AUTH_FAILED: Self = Self(-25293);
    /// `errSecDuplicateItem`.
    pub const DUPLICATE: Self = Self(-25299);
    /// `errSecItemNotFound`.
    pub const NOT_FOUND: Self = Self(-25300);
    /// `errSecInteractionNotAllowed`.
    pub const INTERACTION_NOT_ALLOWED: Self = Self(-25308);
    /// `errSecInteractionRequired`.
    pub const INTERACTION_REQUIRED: Self = Self(-25315);
    /// `errSecInDarkWake`.
    pub const IN_DARK_WAKE: Self = Self(-25320);
    /// `errSecDecode`.
    pub const DECODE: Self = Self(-26275);
    /// `errSecMissingEntitlement`.
    pub const MISSING_ENTITLEMENT: Self = Self(-34018);
    /// `errSecInvalidEncoding`.
    pub const INVALID_ENCODING: Self = Self(-67853);
}

/// The meaning of a status wherever it comes from. A number that is not listed may go away by itself, so it is
/// retryable: it must never cost data.
impl From<OsStatus> for Error {
    fn from(status: OsStatus) -> Self {
        let (code, detail) = match status {
            OsStatus::INTERACTION_NOT_ALLOWED | OsStatus::INTERACTION_REQUIRED | OsStatus::IN_DARK_WAKE => (
                ErrorCode::Locked,
                "The device is locked, or was not unlocked since it started: try again later",
            ),
            OsStatus::USER_CANCELED => (
                ErrorCode::AuthCancelled,
                "The user dismissed the prompt: offer the action again",
            ),
            OsStatus::AUTH_FAILED => (
                ErrorCode::AuthFailed,
                "The user was not authenticated: offer the action again",
            ),
            OsStatus::MISSING_ENTITLEMENT => (
                ErrorCode::MissingEntitlement,
                "The app lacks the entitlement for its Keychain access group: add it in Xcode",
            ),
            OsStatus::DECODE | OsStatus::INVALID_ENCODING => (
                ErrorCode::CorruptRecord,
                "The Keychain cannot decode the item: set it again or remove it",
            ),
            OsStatus::DISK_FULL => (
                ErrorCode::StorageFull,
                "The disk is full and nothing changed: free some space, then try again",
            ),
            OsStatus::IO => (
                ErrorCode::Io,
                "The Keychain could not read or write its file: try again later",
            ),
            OsStatus::PARAM => (ErrorCode::Internal, "The Keychain refused a parameter"),
            other => {
                return Self::new(
                    ErrorCode::Unavailable,
                    format!("The Keychain failed ({other}): try again later"),
                );
            }
        };
        Self::new(code, detail)
    }
}

impl fmt::Display for OsStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OSStatus {}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_has_its_code() {
        for (number, code) in [
            (-34, ErrorCode::StorageFull),
            (-36, ErrorCode::Io),
            (-50, ErrorCode::Internal),
            (-108, ErrorCode::Unavailable),
            (-128, ErrorCode::AuthCancelled),
            (-909, ErrorCode::Unavailable),
            (-25291, ErrorCode::Unavailable),
            (-25293, ErrorCode::AuthFailed),
            (-25299, ErrorCode::Unavailable),
            (-25300, ErrorCode::Unavailable),
            (-25308, ErrorCode::Locked),
            (-25315, ErrorCode::Locked),
            (-25320, ErrorCode::Locked),
            (-26275, ErrorCode::CorruptRecord),
            (-34018, ErrorCode::MissingEntitlement),
            (-67853, ErrorCode::CorruptRecord),
            (-67585, ErrorCode::Unavailable),
            (i32::MIN, ErrorCode::Unavailable),
        ] {
            let error = Error::from(OsStatus(number));
            assert_eq!(error.code(), code, "{number}");
        }
    }
}

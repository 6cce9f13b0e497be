//! A value: text that is wiped when it is dropped and cannot be printed by accident.

use zeroize::Zeroizing;

use crate::error::{Error, ErrorCode};

/// A value: up to 1 MiB of UTF-8. It has no `Debug`, no `Display` and no `Clone`.
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// The largest number of bytes.
    pub const MAX_BYTES: usize = 1024 * 1024;

    /// Checks a value and takes ownership of it, without leaving a copy.
    ///
    /// # Errors
    /// `TOO_LARGE` for a value larger than the limit.
    pub fn new(value: Zeroizing<String>) -> Result<Self, Error> {
        if value.len() > Self::MAX_BYTES {
            return Err(Error::new(
                ErrorCode::TooLarge,
                "The value is larger than 1 MiB of UTF-8: encrypt large data in a file and store only its key here",
            ));
        }
        Ok(Self(value))
    }

    /// The value as text. A caller that copies it has to wipe the copy.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

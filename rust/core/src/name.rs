//! Names that are checked once, when they are made, and need no second check.

use std::cmp::Ordering;
use std::fmt;

use zeroize::Zeroizing;

use crate::error::{Error, ErrorCode};

/// The key of an item: 1 to 1,024 bytes of UTF-8. It is user data, so it is wiped and never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct ItemKey(Zeroizing<String>);

impl ItemKey {
    /// The largest number of bytes.
    pub const MAX_BYTES: usize = 1024;

    /// Checks a key.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` for an empty or over-long key.
    pub fn new(key: &str) -> Result<Self, Error> {
        match key.len() {
            0 => Err(Error::new(
                ErrorCode::InvalidArgument,
                "The key must not be empty",
            )),
            1..=Self::MAX_BYTES => Ok(Self(Zeroizing::new(key.to_owned()))),
            _ => Err(Error::new(
                ErrorCode::InvalidArgument,
                "The key is longer than 1024 bytes of UTF-8: use a shorter key",
            )),
        }
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Ord for ItemKey {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl PartialOrd for ItemKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for ItemKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ItemKey(_)")
    }
}

/// The name of a store: 1 to 64 characters of `a-z 0-9 . _ -`. It is part of a file name and a key alias, so it is not
/// secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StoreName(String);

impl StoreName {
    /// The largest number of characters.
    pub const MAX_BYTES: usize = 64;

    /// Checks a store name.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` for a name outside the rule.
    pub fn new(name: &str) -> Result<Self, Error> {
        let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-');
        if (1..=Self::MAX_BYTES).contains(&name.len()) && name.bytes().all(allowed) {
            return Ok(Self(name.to_owned()));
        }
        Err(Error::new(
            ErrorCode::InvalidArgument,
            "The store name must be 1 to 64 characters of a-z 0-9 . _ -",
        ))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for StoreName {
    /// The store of calls that name no store.
    fn default() -> Self {
        Self("default".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_bounded_in_bytes_not_characters() {
        assert!(ItemKey::new("k").is_ok());
        assert!(ItemKey::new(&"é".repeat(512)).is_ok());
        for bad in [String::new(), "k".repeat(1025), "é".repeat(513)] {
            assert_eq!(ItemKey::new(&bad).unwrap_err().code(), ErrorCode::InvalidArgument);
        }
    }

    #[test]
    fn store_names_cannot_leave_the_directory() {
        for good in ["default", "a", "a.b_c-9", &"s".repeat(64)] {
            assert!(StoreName::new(good).is_ok());
        }
        for bad in ["", "../x", "a/b", "A", "a b", "ä", "a\0", &"s".repeat(65)] {
            assert_eq!(
                StoreName::new(bad).unwrap_err().code(),
                ErrorCode::InvalidArgument
            );
        }
    }

    #[test]
    fn a_key_never_prints_itself() {
        assert_eq!(format!("{:?}", ItemKey::new("session").unwrap()), "ItemKey(_)");
    }
}

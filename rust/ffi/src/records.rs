//! What the typed API takes and returns. A record prints itself without its secrets, because Kotlin and Swift would
//! print every field.

use std::fmt;

use strongroom_core::{Error, ErrorCode, Expiry, ItemKey, NewItem, Secret};

/// An item to store.
#[derive(uniffi::Record)]
#[uniffi::export(Display)]
#[non_exhaustive]
pub struct StorageItem {
    /// Its key: 1 to 1,024 bytes of UTF-8.
    pub key: String,
    /// Its value: at most 1 MiB of UTF-8.
    pub value: String,
    /// When it expires, in milliseconds since the Unix epoch. Signed, because Java has no unsigned numbers.
    #[uniffi(default = None)]
    pub expires_at_ms: Option<i64>,
}

/// The result of `get_or_create`.
#[derive(uniffi::Record)]
#[uniffi::export(Display)]
#[non_exhaustive]
pub struct StoredValue {
    /// The value that is stored now.
    pub value: String,
    /// Whether this call created it.
    pub created: bool,
}

/// # Errors
/// `INVALID_ARGUMENT` for a time before the epoch.
pub(crate) fn expiry(at_ms: Option<i64>) -> Result<Option<Expiry>, Error> {
    let refused = |_| Error::new(ErrorCode::InvalidArgument, "The expiry must be 0 or more");
    at_ms
        .map(|ms| u64::try_from(ms).map(Expiry::At).map_err(refused))
        .transpose()
}

impl TryFrom<StorageItem> for NewItem {
    type Error = Error;

    fn try_from(item: StorageItem) -> Result<Self, Error> {
        Ok(Self {
            key: ItemKey::new(&item.key)?,
            value: Secret::new(item.value.into())?,
            expiry: expiry(item.expires_at_ms)?,
        })
    }
}

impl fmt::Display for StorageItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StorageItem(_)")
    }
}

impl fmt::Display for StoredValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoredValue(_, created: {})", self.created)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_never_prints_what_it_holds() {
        let item = StorageItem {
            key: "canary".to_owned(),
            value: "canary".to_owned(),
            expires_at_ms: None,
        };
        let stored = StoredValue {
            value: "canary".to_owned(),
            created: true,
        };
        assert_eq!(item.to_string(), "StorageItem(_)");
        assert_eq!(stored.to_string(), "StoredValue(_, created: true)");
    }
}

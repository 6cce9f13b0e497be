//! What every store can do, whatever lies below it.

use crate::error::{Error, ErrorCode};
use crate::name::EntryKey;
use crate::policy::SecurityLevel;
use crate::secret::Secret;

/// A store of secrets. A write returns after it is durable; a read never answers `NOT_FOUND` unless absence is proven.
/// A call with an empty list does nothing, whatever state the store is in.
///
/// # Errors
/// Every method may fail with the transient codes (`LOCKED`, `UNAVAILABLE`, `IO`), with which nothing changed, and with
/// the definitive ones of opening the store (`KEY_LOST`, `KEY_MISMATCH`, `KEY_INVALIDATED`, `CORRUPT`, `NEWER_FORMAT`).
pub trait Vault: Send + Sync {
    /// The value of `key`.
    ///
    /// # Errors
    /// `NOT_FOUND`, or `CORRUPT_RECORD` if the record is damaged.
    fn get(&self, key: &EntryKey) -> Result<Secret, Error>;

    /// Whether `key` exists.
    ///
    /// # Errors
    /// `CORRUPT_RECORD` if the record is damaged, so that neither answer would be true.
    fn has(&self, key: &EntryKey) -> Result<bool, Error>;

    /// All keys, sorted by their UTF-8 bytes.
    ///
    /// # Errors
    /// Those of every method.
    fn keys(&self) -> Result<Vec<EntryKey>, Error>;

    /// Those of [`Vault::keys`] that answer `CORRUPT_RECORD` until they are set or removed, sorted by their UTF-8 bytes. A record of
    /// which no intact frame is left has no name to be listed.
    ///
    /// # Errors
    /// Those of every method.
    fn damaged_keys(&self) -> Result<Vec<EntryKey>, Error> {
        Ok(Vec::new())
    }

    /// The values of `keys` in their order, all of one moment; `None` for what is proven absent.
    ///
    /// # Errors
    /// `CORRUPT_RECORD` if one of the records is damaged, `TOO_LARGE` if there are more than [`crate::MAX_BATCH_BYTES`] to answer.
    fn get_many(&self, keys: &[EntryKey]) -> Result<Vec<Option<Secret>>, Error>;

    /// The value of `record.key`; if its absence is proven, `record` is stored. The flag says whether it was.
    ///
    /// # Errors
    /// `CORRUPT_RECORD` if there is a record that cannot be read: it is not replaced.
    fn get_or_create(&self, record: NewRecord) -> Result<(Secret, bool), Error>;

    /// Stores all records or none. Of several for one key the last counts.
    ///
    /// # Errors
    /// `TOO_LARGE` for more than [`crate::MAX_BATCH_BYTES`], `STORAGE_FULL` or `IO`, with nothing changed.
    fn set_many(&self, records: &[NewRecord]) -> Result<(), Error>;

    /// Puts `replacement` in place of the value of `key`, or removes it, if that value is `expected` (`None` for absent).
    /// Answers whether it did. Nothing that any thread, handle or process does comes in between.
    ///
    /// # Errors
    /// `CORRUPT_RECORD` if the record cannot be read, `STORAGE_FULL` or `IO`, with nothing changed.
    fn compare_and_set(
        &self,
        key: &EntryKey,
        expected: Option<&Secret>,
        replacement: Option<Replacement>,
    ) -> Result<bool, Error>;

    /// Removes `key`.
    ///
    /// # Errors
    /// `NOT_FOUND` if it is absent, `STORAGE_FULL` or `IO` with nothing changed.
    fn remove(&self, key: &EntryKey) -> Result<(), Error>;

    /// Removes those of `keys` that are there, all or none, and says how many there were.
    ///
    /// # Errors
    /// `STORAGE_FULL` or `IO` with nothing changed.
    fn remove_many(&self, keys: &[EntryKey]) -> Result<u64, Error>;

    /// Erases the store with everything that was set aside, and destroys its keys. It needs no free space and no readable
    /// store.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the records are gone but a key could not be destroyed yet; calling again finishes the job.
    fn clear(&self) -> Result<(), Error>;

    /// Facts about the store, without secrets.
    ///
    /// # Errors
    /// Those of every method.
    fn status(&self) -> Result<Status, Error>;

    /// Sets the store aside, readable or not, and starts a fresh one.
    ///
    /// # Errors
    /// `IO`, with nothing changed.
    fn reset(&self) -> Result<(), Error>;

    /// Tries again to open what was set aside, and restores the records that are absent now.
    ///
    /// # Errors
    /// Those of every method. What cannot be opened stays where it is.
    fn recover(&self) -> Result<Recovery, Error>;

    /// Seals everything under a new data key and a new key-encryption key, and destroys the old ones.
    ///
    /// # Errors
    /// Any of the transient codes; the old keys then stay in use.
    fn rotate_keys(&self) -> Result<(), Error>;

    /// Does what can wait: erasing what was removed, making files smaller, renewing old keys. What fails is done another time.
    fn maintain(&self) {}

    /// Whether this object may be dropped, and the store opened again later, without a loss: it knows of nothing that is still
    /// to be done and that the next one would not know of.
    fn settled(&self) -> bool {
        true
    }
}

/// A value to be stored under a key that is named apart from it.
pub struct Replacement {
    /// The value.
    pub value: Secret,
    /// When it ceases to exist.
    pub expiry: Option<Expiry>,
}

impl Replacement {
    /// What takes the place of a value: another one, or nothing.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` for nothing that expires.
    pub fn of(value: Option<Secret>, expiry: Option<Expiry>) -> Result<Option<Self>, Error> {
        match (value, expiry) {
            (Some(value), expiry) => Ok(Some(Self { value, expiry })),
            (None, None) => Ok(None),
            (None, Some(_)) => Err(Error::new(ErrorCode::InvalidArgument, "A removal has no expiry")),
        }
    }
}

/// A record to be stored.
pub struct NewRecord {
    /// Its name.
    pub key: EntryKey,
    /// Its value.
    pub value: Secret,
    /// When it ceases to exist.
    pub expiry: Option<Expiry>,
}

impl NewRecord {
    /// The bytes of UTF-8 that count for [`crate::MAX_BATCH_BYTES`].
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.key.as_str().len() + self.value.expose().len()
    }
}

/// When a record ceases to exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Expiry {
    /// At this time, in milliseconds since the Unix epoch.
    At(u64),
    /// So many milliseconds after it was stored.
    After(u64),
}

impl Expiry {
    /// The time that is stored with a record written at `now_ms`. 0 stands for "never", so the first millisecond of 1970 counts
    /// as the second.
    #[must_use]
    pub fn stored(expiry: Option<Self>, now_ms: u64) -> u64 {
        match expiry {
            None => 0,
            Some(Self::At(at_ms)) => at_ms.max(1),
            Some(Self::After(ms)) => now_ms.saturating_add(ms).max(1),
        }
    }
}

/// Facts about a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Whether the platform protects the values.
    pub secure: bool,
    /// Whether anything was ever stored.
    pub fresh: bool,
    /// The number of records.
    pub records: u64,
    /// Where the key-encryption key lives; `None` while there is none.
    pub security_level: Option<SecurityLevel>,
    /// When the key-encryption key was created.
    pub key_created_ms: Option<u64>,
    /// When the data key was created.
    pub data_key_created_ms: Option<u64>,
    /// The size of the file.
    pub file_bytes: u64,
    /// Places of the file that were found altered and not rewritten since, whether or not they cost a record.
    pub damaged_records: u64,
    /// Stores that were set aside and can be tried again with [`Vault::recover`].
    pub quarantined: u64,
    /// The last time the store was started anew.
    pub last_reset: Option<LastReset>,
}

/// When and why a store was started anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastReset {
    /// Why.
    pub reason: ResetReason,
    /// When, in milliseconds since the Unix epoch.
    pub at_ms: u64,
}

/// Why a store was started anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResetReason {
    /// Its key was gone.
    KeyLost,
    /// Its key was another one.
    KeyMismatch,
    /// The system invalidated its key.
    KeyInvalidated,
    /// Its header was damaged.
    Corrupt,
    /// The app asked for it.
    Requested,
}

impl ResetReason {
    /// The numbers are part of the storage format: never change one.
    const BYTES: [(Self, u8); 5] = [
        (Self::KeyLost, 1),
        (Self::KeyMismatch, 2),
        (Self::KeyInvalidated, 3),
        (Self::Corrupt, 4),
        (Self::Requested, 5),
    ];

    /// The text that `getStatus()` and the event `storeReset` show.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::KeyLost => ErrorCode::KeyLost.as_str(),
            Self::KeyMismatch => ErrorCode::KeyMismatch.as_str(),
            Self::KeyInvalidated => ErrorCode::KeyInvalidated.as_str(),
            Self::Corrupt => ErrorCode::Corrupt.as_str(),
            Self::Requested => "REQUESTED",
        }
    }

    /// The number that is stored.
    #[must_use]
    pub fn to_byte(self) -> u8 {
        Self::BYTES
            .iter()
            .find(|(reason, _)| *reason == self)
            .map_or(0, |(_, byte)| *byte)
    }

    /// The reason of a number that was stored.
    #[must_use]
    pub fn from_byte(byte: u8) -> Option<Self> {
        Self::BYTES
            .iter()
            .find(|(_, known)| *known == byte)
            .map(|(reason, _)| *reason)
    }

    /// The definitive failures of opening a store, and no others.
    pub(crate) fn from_code(code: ErrorCode) -> Option<Self> {
        match code {
            ErrorCode::KeyLost => Some(Self::KeyLost),
            ErrorCode::KeyMismatch => Some(Self::KeyMismatch),
            ErrorCode::KeyInvalidated => Some(Self::KeyInvalidated),
            ErrorCode::Corrupt => Some(Self::Corrupt),
            _ => None,
        }
    }
}

/// What [`Vault::recover`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// Records restored.
    pub recovered: u64,
    /// Stores still set aside.
    pub remaining: u64,
}

/// What a store tells the app unasked.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// The store was set aside and started anew.
    StoreReset(LastReset),
    /// A record reached its expiry and is gone.
    Expired(EntryKey),
}

/// Receives the events of a store, after its locks are released.
pub trait EventSink: Send + Sync {
    /// Hands an event on.
    fn raise(&self, store: &crate::name::StoreName, event: Event);
}

//! What every store can do, on every platform.

use crate::error::{Error, ErrorCode};
use crate::name::ItemKey;
use crate::policy::{GatePolicy, SecurityLevel};
use crate::ports::Prompt;
use crate::secret::Secret;

/// A store of secrets. A write returns after it is durable. A read returns `NOT_FOUND` only if absence is proven. A
/// call with an empty list does nothing, whatever state the store is in.
///
/// # Errors
/// Every method may fail with a retryable code (`LOCKED`, `UNAVAILABLE`, `IO`); then nothing changed. Every method may
/// fail with a definitive code of opening the store (`KEY_LOST`, `KEY_MISMATCH`, `KEY_INVALIDATED`, `CORRUPT`,
/// `NEWER_FORMAT`).
pub trait Vault: Send + Sync {
    /// The value of `key`.
    ///
    /// # Errors
    /// `NOT_FOUND`, or `CORRUPT_RECORD` if the item is damaged.
    fn get(&self, key: &ItemKey) -> Result<Secret, Error>;

    /// Whether `key` exists.
    ///
    /// # Errors
    /// `CORRUPT_RECORD` if the item is damaged, because then neither result would be true.
    fn has(&self, key: &ItemKey) -> Result<bool, Error>;

    /// All keys, sorted by their UTF-8 bytes.
    ///
    /// # Errors
    /// Those of every method.
    fn keys(&self) -> Result<Vec<ItemKey>, Error>;

    /// The keys of [`Vault::keys`] whose reads fail with `CORRUPT_RECORD` until they are set or removed, sorted by
    /// their UTF-8 bytes. It cannot list an item of which no intact frame is left.
    ///
    /// # Errors
    /// Those of every method.
    fn damaged_keys(&self) -> Result<Vec<ItemKey>, Error> {
        Ok(Vec::new())
    }

    /// The values of `keys` in their order, all of the same moment; `None` for an item that is proven absent.
    ///
    /// # Errors
    /// `CORRUPT_RECORD` if one of the items is damaged, `TOO_LARGE` if the values have more than
    /// [`crate::MAX_BATCH_BYTES`].
    fn get_many(&self, keys: &[ItemKey]) -> Result<Vec<Option<Secret>>, Error>;

    /// The value of `record.key`. If its absence is proven, `record` is stored, and the flag is true.
    ///
    /// # Errors
    /// `CORRUPT_RECORD` if there is an item that cannot be read. It is not replaced.
    fn get_or_create(&self, record: NewItem) -> Result<(Secret, bool), Error>;

    /// Stores all items or none. If several have the same key, the last one counts.
    ///
    /// # Errors
    /// `TOO_LARGE` for more than [`crate::MAX_BATCH_BYTES`]; `STORAGE_FULL` or `IO`, with nothing changed.
    fn set_many(&self, records: &[NewItem]) -> Result<(), Error>;

    /// Replaces the value of `key` with `replacement`, or removes it, if the current value is `expected` (`None` for
    /// absent). Returns whether it did. No other thread, object or process changes the item in between.
    ///
    /// # Errors
    /// `CORRUPT_RECORD` if the item cannot be read; `STORAGE_FULL` or `IO`, with nothing changed.
    fn compare_and_set(
        &self,
        key: &ItemKey,
        expected: Option<&Secret>,
        replacement: Option<Replacement>,
    ) -> Result<bool, Error>;

    /// Removes `key`.
    ///
    /// # Errors
    /// `NOT_FOUND` if it is absent, `STORAGE_FULL` or `IO` with nothing changed.
    fn remove(&self, key: &ItemKey) -> Result<(), Error>;

    /// Removes the items of `keys` that exist, all or none, and returns how many there were.
    ///
    /// # Errors
    /// `STORAGE_FULL` or `IO` with nothing changed.
    fn remove_many(&self, keys: &[ItemKey]) -> Result<u64, Error>;

    /// Erases the store and everything in quarantine, and destroys its keys. It works without free space, and if the
    /// store cannot be read.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the items are gone but a key could not be destroyed yet; calling again finishes the work.
    fn clear(&self) -> Result<(), Error>;

    /// Facts about the store, without secrets.
    ///
    /// # Errors
    /// Those of every method.
    fn status(&self) -> Result<Status, Error>;

    /// Puts the store in quarantine, whether it can be read or not, and starts an empty one.
    ///
    /// # Errors
    /// `IO`, with nothing changed.
    fn reset(&self) -> Result<(), Error>;

    /// Tries again to open what is in quarantine, and restores the items that are absent now.
    ///
    /// # Errors
    /// Those of every method. What cannot be opened stays in quarantine.
    fn recover(&self) -> Result<Recovery, Error>;

    /// Seals everything under a new data key and a new key-encryption key, and destroys the old keys.
    ///
    /// # Errors
    /// Any retryable code; the old keys then stay in use.
    fn rotate_keys(&self) -> Result<(), Error>;

    /// Makes the store ask its user as `wanted` says before it opens; or never again, if that is `None`. A store that is
    /// protected so already does not change, and nobody is asked.
    ///
    /// A new store asks once, with the new gate. One that holds items asks twice before they move, unless `confirm` is
    /// false. A store that is protected in another way has to be unlocked, and asks once with the new gate. Afterwards the
    /// store is unlocked.
    ///
    /// # Errors
    /// Those of [`Vault::unlock`], and `INSUFFICIENT_SECURITY` if this device cannot ask so; then nothing changed.
    fn protect(&self, wanted: Option<GatePolicy>, prompt: &Prompt, confirm: bool) -> Result<(), Error> {
        let _ = (wanted, prompt, confirm);
        Err(Error::unsupported())
    }

    /// Asks the user, and opens the store until it is locked. A store that is open asks nobody.
    ///
    /// # Errors
    /// `AUTH_REQUIRED` if the app is not visible; `AUTH_CANCELLED`, `AUTH_FAILED`, `BIOMETRY_LOCKOUT`,
    /// `BIOMETRY_NOT_ENROLLED`, `BIOMETRY_UNAVAILABLE` and `INSUFFICIENT_SECURITY`, with nothing changed;
    /// `INVALID_ARGUMENT` if the store is not protected, or asks at every use.
    fn unlock(&self, prompt: &Prompt) -> Result<(), Error> {
        let _ = prompt;
        Err(Error::unsupported())
    }

    /// Locks a protected store, and ends a prompt that is shown for it. When this returns, calls that were running have
    /// ended, and the keys are gone from memory.
    fn lock(&self, trigger: LockTrigger) {
        let _ = trigger;
    }

    /// Whether calls reject with `AUTH_REQUIRED` until [`Vault::unlock`] or [`Vault::protect`].
    ///
    /// # Errors
    /// Those of every method.
    fn is_locked(&self) -> Result<bool, Error> {
        Ok(false)
    }

    /// The app went to the background, or came back. How long it was there decides whether the store is locked.
    fn set_visible(&self, visible: bool) {
        let _ = visible;
    }

    /// Does the work that can wait: it erases removed items, makes files smaller, and renews old keys. If something
    /// fails, it is done another time.
    fn maintain(&self) {}

    /// Whether this object can be dropped, and the store opened again later, without a loss: there is no pending work
    /// that only this object knows about.
    fn settled(&self) -> bool {
        true
    }
}

/// A value to store; its key is given separately.
pub struct Replacement {
    /// The value.
    pub value: Secret,
    /// When it expires.
    pub expiry: Option<Expiry>,
}

impl Replacement {
    /// What replaces a value: another value, or nothing.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` for an expiry without a value.
    pub fn of(value: Option<Secret>, expiry: Option<Expiry>) -> Result<Option<Self>, Error> {
        match (value, expiry) {
            (Some(value), expiry) => Ok(Some(Self { value, expiry })),
            (None, None) => Ok(None),
            (None, Some(_)) => Err(Error::new(
                ErrorCode::InvalidArgument,
                "A removal cannot have an expiry: pass a value, or leave the expiry out",
            )),
        }
    }
}

/// An item to store.
pub struct NewItem {
    /// Its key.
    pub key: ItemKey,
    /// Its value.
    pub value: Secret,
    /// When it expires.
    pub expiry: Option<Expiry>,
}

impl NewItem {
    /// The UTF-8 bytes that count towards [`crate::MAX_BATCH_BYTES`].
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.key.as_str().len() + self.value.expose().len()
    }
}

/// When an item expires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Expiry {
    /// At this time, in milliseconds since the Unix epoch.
    At(u64),
    /// This many milliseconds after it was stored.
    After(u64),
}

impl Expiry {
    /// The time that is stored with an item written at `now_ms`. 0 means "never", so the time 0 is stored as 1.
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
    /// Whether nothing was ever stored.
    pub fresh: bool,
    /// How the store asks its user; `None` if it is not protected.
    pub gate: Option<GatePolicy>,
    /// Whether the user has to be asked first.
    pub locked: bool,
    /// The number of items; 0 while it is locked, because nobody knows it.
    pub records: u64,
    /// Where the key-encryption key is stored; `None` while there is none.
    pub security_level: Option<SecurityLevel>,
    /// When the key-encryption key was created.
    pub key_created_ms: Option<u64>,
    /// When the data key was created.
    pub data_key_created_ms: Option<u64>,
    /// The size of the file.
    pub file_bytes: u64,
    /// Places in the file that were found damaged and not rewritten since, whether or not they cost an item; 0
    /// while it is locked.
    pub damaged_records: u64,
    /// Files in quarantine that [`Vault::recover`] can try again.
    pub quarantined: u64,
    /// The last reset of the store.
    pub last_reset: Option<LastReset>,
}

/// When and why a store was reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastReset {
    /// Why.
    pub reason: ResetReason,
    /// When, in milliseconds since the Unix epoch.
    pub at_ms: u64,
}

/// Why a store was reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResetReason {
    /// Its key was lost.
    KeyLost,
    /// Its key did not fit.
    KeyMismatch,
    /// The system invalidated its key.
    KeyInvalidated,
    /// Its header was damaged.
    Corrupt,
    /// The app asked for it.
    Requested,
}

impl ResetReason {
    /// The numbers are part of the storage format. Never change one.
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

    /// The reason for a definitive failure to open a store; `None` for any other code.
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
    /// Items restored.
    pub recovered: u64,
    /// Files still in quarantine.
    pub remaining: u64,
}

/// What a store reports to the app on its own.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// The store was put in quarantine and reset.
    StoreReset(LastReset),
    /// An item expired and is gone.
    Expired(ItemKey),
    /// The store was locked.
    Locked(LockTrigger),
    /// The store was unlocked.
    Unlocked,
}

/// Why a store was locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LockTrigger {
    /// The app asked for it.
    Manual,
    /// The app was in the background for too long.
    Background,
    /// The device was locked.
    DeviceLocked,
    /// The key of the session does not open the store any more: another process has changed how it asks.
    Invalidated,
}

impl LockTrigger {
    /// The text that the event `locked` shows.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Background => "background",
            Self::DeviceLocked => "deviceLocked",
            Self::Invalidated => "invalidated",
        }
    }
}

/// Receives the events of a store, after its locks are released.
pub trait EventSink: Send + Sync {
    /// Delivers an event.
    fn raise(&self, store: &crate::name::StoreName, event: Event);
}

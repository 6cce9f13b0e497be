use std::sync::Arc;

use strongroom_core::bridge::{VaultFactory, VaultOptions};
use strongroom_core::{EntryKey, ErrorCode, Expiry, NewRecord, Secret, StoreName, Vault};

use crate::error::{StorageError, guard};
use crate::stores::stores;

/// A store, for the app's own native code. It is the very store that JavaScript sees under the same name.
#[derive(uniffi::Object)]
pub struct SecureStorage {
    vault: Arc<dyn Vault>,
}

#[uniffi::export]
impl SecureStorage {
    /// `store` is `default` for JavaScript that names none. `config_json` is `plugins.SecureStorage` of the app's Capacitor
    /// configuration, `{}` if it has none: both sides must agree on what to do when a key is lost.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT`, or `NOT_INITIALISED` before the native library was handed its context.
    #[uniffi::constructor]
    pub fn open(store: &str, config_json: &str) -> Result<Arc<Self>, StorageError> {
        guard(|| {
            let vault = stores().vault(&StoreName::new(store)?, &VaultOptions::parse(config_json)?)?;
            Ok(Arc::new(Self { vault }))
        })
    }

    /// The value of `key`; none only if it is proven that there is no such item.
    ///
    /// # Errors
    /// The documented codes, `CORRUPT_RECORD` among them.
    pub fn get(&self, key: &str) -> Result<Option<String>, StorageError> {
        guard(|| match self.vault.get(&EntryKey::new(key)?) {
            Ok(secret) => Ok(Some(secret.expose().to_owned())),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(error),
        })
    }

    /// Stores `value`; it is durable when this returns. `expires_at_ms` is a time since the Unix epoch.
    ///
    /// # Errors
    /// The documented codes; nothing changed then.
    pub fn set(&self, key: &str, value: &str, expires_at_ms: Option<u64>) -> Result<(), StorageError> {
        guard(|| {
            let record = NewRecord {
                key: EntryKey::new(key)?,
                value: Secret::new(value.to_owned().into())?,
                expiry: expires_at_ms.map(Expiry::At),
            };
            self.vault.set_many(&[record])
        })
    }

    /// Removes `key` and says whether it was there.
    ///
    /// # Errors
    /// The documented codes; nothing changed then.
    pub fn remove(&self, key: &str) -> Result<bool, StorageError> {
        guard(|| match self.vault.remove(&EntryKey::new(key)?) {
            Ok(()) => Ok(true),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(false),
            Err(error) => Err(error),
        })
    }

    /// All keys, sorted by their UTF-8 bytes.
    ///
    /// # Errors
    /// The documented codes.
    pub fn keys(&self) -> Result<Vec<String>, StorageError> {
        guard(|| {
            Ok(self
                .vault
                .keys()?
                .iter()
                .map(|key| key.as_str().to_owned())
                .collect())
        })
    }

    /// Erases the store and destroys its keys.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the records are gone but a key could not be destroyed yet.
    pub fn clear(&self) -> Result<(), StorageError> {
        guard(|| self.vault.clear())
    }
}

use std::path::PathBuf;
use std::sync::Arc;

use strongroom_core::bridge::VaultFactory;
use strongroom_core::policy::VaultOptions;
use strongroom_core::{Error, ErrorCode, ItemKey, NewItem, Replacement, Secret, StoreName, Vault, batch};

use crate::error::{StorageError, guard};
use crate::records::{StorageItem, StoredValue, expiry};
use crate::stores::stores;

/// A store, for the app's own native code. It is the same store that JavaScript uses under this name.
#[derive(uniffi::Object)]
pub struct SecureStorage {
    pub(crate) store: StoreName,
    pub(crate) vault: Arc<dyn Vault>,
}

#[uniffi::export]
impl SecureStorage {
    /// `store` is `default` for JavaScript that does not name a store. `config_json` is `plugins.SecureStorage` of the
    /// app's Capacitor configuration, or `{}` if there is none. Both sides must agree on what to do when a key is lost.
    /// `marker_directory` is for iOS only: the folder that shows whether the app was installed again. Without it, no item
    /// counts as one of an earlier installation. `Strongroom.open` knows all three.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT`, or `NOT_INITIALISED` before the native library got its context.
    #[uniffi::constructor(default(marker_directory = None))]
    pub fn open(
        store: &str,
        config_json: &str,
        marker_directory: Option<String>,
    ) -> Result<Arc<Self>, StorageError> {
        guard(|| {
            let mut options = VaultOptions::parse(config_json)?;
            options.marker_directory = marker_directory.map(PathBuf::from);
            let store = StoreName::new(store)?;
            let vault = stores().vault(&store, &options)?;
            Ok(Arc::new(Self { store, vault }))
        })
    }

    /// The value of `key`; none only if it is proven that there is no such item.
    ///
    /// # Errors
    /// The documented codes, including `CORRUPT_RECORD`.
    pub fn get(&self, key: &str) -> Result<Option<String>, StorageError> {
        guard(|| match self.vault.get(&ItemKey::new(key)?) {
            Ok(secret) => Ok(Some(secret.expose().to_owned())),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(error),
        })
    }

    /// The values of `keys` in their order, all of the same moment; none for an item that is proven absent.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` for more than 1,000 keys, `TOO_LARGE` for values of more than 4 MiB together, and the
    /// documented codes: `CORRUPT_RECORD` if one of the items is damaged.
    pub fn get_many(&self, keys: &[String]) -> Result<Vec<Option<String>>, StorageError> {
        guard(|| {
            let secrets = self.vault.get_many(&item_keys(keys)?)?;
            let text = |secret: Secret| secret.expose().to_owned();
            Ok(secrets.into_iter().map(|secret| secret.map(text)).collect())
        })
    }

    /// The value of `key`. If it is proven that there is no such item, `value` is stored; it is durable when this
    /// returns.
    ///
    /// # Errors
    /// The documented codes; then nothing changed.
    pub fn get_or_create(
        &self,
        key: &str,
        value: &str,
        expires_at_ms: Option<i64>,
    ) -> Result<StoredValue, StorageError> {
        guard(|| {
            let (secret, created) = self.vault.get_or_create(record(key, value, expires_at_ms)?)?;
            Ok(StoredValue {
                value: secret.expose().to_owned(),
                created,
            })
        })
    }

    /// Stores `value`; it is durable when this returns. `expires_at_ms` is a time since the Unix epoch.
    ///
    /// # Errors
    /// The documented codes; then nothing changed.
    pub fn set(&self, key: &str, value: &str, expires_at_ms: Option<i64>) -> Result<(), StorageError> {
        guard(|| self.vault.set_many(&[record(key, value, expires_at_ms)?]))
    }

    /// Stores all items or none; they are durable when this returns.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` for more than 1,000 items or a key that comes twice, `TOO_LARGE` for more than 4 MiB of keys
    /// and values together, and the documented codes; then nothing changed.
    pub fn set_many(&self, items: Vec<StorageItem>) -> Result<(), StorageError> {
        guard(|| {
            let records = batch::records(items.into_iter().map(NewItem::try_from))?;
            self.vault.set_many(&records)
        })
    }

    /// Replaces the value of `key` with `value` if the current value is `expected`, and returns whether it did. None as
    /// `expected` means that there must be no such item; none as `value` removes the item. No other change comes in
    /// between.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` for a removal with an expiry, and the documented codes; then nothing changed.
    pub fn compare_and_set(
        &self,
        key: &str,
        expected: Option<String>,
        value: Option<String>,
        expires_at_ms: Option<i64>,
    ) -> Result<bool, StorageError> {
        guard(|| {
            let key = ItemKey::new(key)?;
            let expected = secret(expected)?;
            let replacement = Replacement::of(secret(value)?, expiry(expires_at_ms)?)?;
            self.vault.compare_and_set(&key, expected.as_ref(), replacement)
        })
    }

    /// Removes `key` and returns whether it existed.
    ///
    /// # Errors
    /// The documented codes; then nothing changed.
    pub fn remove(&self, key: &str) -> Result<bool, StorageError> {
        guard(|| match self.vault.remove(&ItemKey::new(key)?) {
            Ok(()) => Ok(true),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(false),
            Err(error) => Err(error),
        })
    }

    /// Removes the items of `keys` that exist, all or none, and returns how many there were.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` for more than 1,000 keys, and the documented codes; then nothing changed.
    pub fn remove_many(&self, keys: &[String]) -> Result<i64, StorageError> {
        guard(|| {
            let removed = self.vault.remove_many(&item_keys(keys)?)?;
            Ok(i64::try_from(removed).unwrap_or(i64::MAX))
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
    /// `UNAVAILABLE` if the items are gone but a key could not be destroyed yet.
    pub fn clear(&self) -> Result<(), StorageError> {
        guard(|| self.vault.clear())
    }
}

fn item_keys(keys: &[String]) -> Result<Vec<ItemKey>, Error> {
    batch::keys(keys.iter().map(|key| ItemKey::new(key)))
}

fn record(key: &str, value: &str, expires_at_ms: Option<i64>) -> Result<NewItem, Error> {
    NewItem::try_from(StorageItem {
        key: key.to_owned(),
        value: value.to_owned(),
        expires_at_ms,
    })
}

fn secret(text: Option<String>) -> Result<Option<Secret>, Error> {
    text.map(|text| Secret::new(text.into())).transpose()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]
mod tests {
    use strongroom_core::ports::{OsFileSystem, OsRandom, SystemClock};
    use strongroom_core::{Edges, SealedConfig, SealedVault};
    use strongroom_testkit::{RecordedEvents, SoftwareKeys};
    use tempfile::TempDir;

    use super::*;

    const FAR_MS: i64 = 4_102_444_800_000;

    #[test]
    fn several_items_are_written_read_and_removed_as_one() {
        let (_directory, storage) = storage();
        storage
            .set_many(vec![item("a", "1"), item("b", ""), expiring("c", "3", 1)])
            .unwrap();
        let found = storage.get_many(&names(&["b", "absent", "a", "c"])).unwrap();
        assert_eq!(found, [Some(String::new()), None, Some("1".to_owned()), None]);
        assert_eq!(storage.remove_many(&names(&["a", "absent", "a"])).unwrap(), 1);
        assert_eq!(storage.keys().unwrap(), ["b"]);
        storage.set_many(Vec::new()).unwrap();
        assert!(storage.get_many(&[]).unwrap().is_empty());
        assert_eq!(storage.remove_many(&[]).unwrap(), 0);
    }

    #[test]
    fn the_caps_are_those_of_the_bridge_and_nothing_changes() {
        let (_directory, storage) = storage();
        storage.set("a", "1", None).unwrap();
        let many: Vec<String> = (0..1001).map(|number| number.to_string()).collect();
        let mebibyte = "v".repeat(1024 * 1024);
        let large = (0..4).map(|number| item(&number.to_string(), &mebibyte));
        let outcomes = [
            code(storage.get_many(&many)),
            code(storage.remove_many(&many)),
            code(storage.set_many(many.iter().map(|key| item(key, "v")).collect())),
            code(storage.set_many(vec![item("a", "2"), item("a", "3")])),
            code(storage.set_many(vec![item("a", "2"), item("", "3")])),
            code(storage.set_many(large.collect())),
        ];
        let refused = "INVALID_ARGUMENT";
        assert_eq!(
            outcomes,
            [refused, refused, refused, refused, refused, "TOO_LARGE"]
        );
        assert_eq!(storage.keys().unwrap(), ["a"]);
        assert_eq!(storage.get("a").unwrap().as_deref(), Some("1"));
    }

    #[test]
    fn a_value_is_created_once() {
        let (_directory, storage) = storage();
        for (value, created) in [("first", true), ("second", false)] {
            let stored = storage.get_or_create("k", value, Some(FAR_MS)).unwrap();
            assert_eq!((stored.value.as_str(), stored.created), ("first", created));
        }
    }

    #[test]
    fn a_value_is_replaced_only_if_it_is_the_expected_one() {
        let (_directory, storage) = storage();
        let swap = |expected: Option<&str>, value: Option<&str>, expires_at_ms| {
            storage.compare_and_set(
                "k",
                expected.map(str::to_owned),
                value.map(str::to_owned),
                expires_at_ms,
            )
        };
        assert!(!swap(Some("1"), Some("2"), None).unwrap());
        assert!(swap(None, Some("1"), Some(FAR_MS)).unwrap());
        assert!(!swap(None, Some("2"), None).unwrap());
        assert!(swap(Some("1"), Some("2"), None).unwrap());
        assert_eq!(code(swap(Some("2"), None, Some(FAR_MS))), "INVALID_ARGUMENT");
        assert_eq!(storage.get("k").unwrap().as_deref(), Some("2"));
        assert!(swap(Some("2"), None, None).unwrap());
        assert_eq!(storage.get("k").unwrap(), None);
    }

    #[test]
    fn a_time_before_the_epoch_is_refused_and_nothing_changes() {
        let (_directory, storage) = storage();
        storage.set("a", "1", None).unwrap();
        let outcomes = [
            code(storage.set("a", "2", Some(-1))),
            code(storage.set_many(vec![item("b", "2"), expiring("a", "2", i64::MIN)])),
            code(storage.get_or_create("b", "2", Some(-1))),
            code(storage.compare_and_set("a", Some("1".to_owned()), Some("2".to_owned()), Some(-1))),
        ];
        assert_eq!(outcomes, ["INVALID_ARGUMENT"; 4]);
        assert_eq!(storage.keys().unwrap(), ["a"]);
        assert_eq!(storage.get("a").unwrap().as_deref(), Some("1"));
    }

    fn storage() -> (TempDir, SecureStorage) {
        let directory = TempDir::new().unwrap();
        let edges = Edges {
            fs: Arc::new(OsFileSystem::default()),
            keys: Arc::new(SoftwareKeys::default()),
            clock: Arc::new(SystemClock::default()),
            random: Arc::new(OsRandom::default()),
            events: Arc::new(RecordedEvents::default()),
        };
        let config =
            SealedConfig::from_options(directory.path().join("strongroom"), &VaultOptions::default());
        let vault = Arc::new(SealedVault::new(edges, config, StoreName::default()));
        let store = StoreName::default();
        (directory, SecureStorage { store, vault })
    }

    fn item(key: &str, value: &str) -> StorageItem {
        expiring(key, value, None)
    }

    fn expiring(key: &str, value: &str, expires_at_ms: impl Into<Option<i64>>) -> StorageItem {
        StorageItem {
            key: key.to_owned(),
            value: value.to_owned(),
            expires_at_ms: expires_at_ms.into(),
        }
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    fn code<T>(outcome: Result<T, StorageError>) -> String {
        let StorageError::Coded { code, .. } = outcome.err().unwrap();
        code
    }
}

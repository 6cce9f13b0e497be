//! The open stores. An open store uses a file descriptor and holds its keys in memory, so unused ones are closed when
//! there are many.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use strongroom_core::policy::VaultOptions;
use strongroom_core::{Error, StoreName, Vault};

/// This many stores stay open although nobody uses them.
const IDLE: usize = 32;

/// The open stores of this process, the one that was used last at the end.
#[derive(Default)]
pub(crate) struct OpenStores(Mutex<Vec<OpenStore>>);

struct OpenStore {
    name: StoreName,
    options: VaultOptions,
    vault: Arc<dyn Vault>,
}

impl OpenStores {
    /// The vault of a store with these options. It is the same object at least as long as somebody holds it. `open`
    /// creates it if there is none.
    pub(crate) fn vault(
        &self,
        name: &StoreName,
        options: &VaultOptions,
        open: impl FnOnce() -> Result<Arc<dyn Vault>, Error>,
    ) -> Result<Arc<dyn Vault>, Error> {
        let mut stores = self.lock();
        if let Some(position) = stores
            .iter()
            .position(|store| store.name == *name && store.options == *options)
        {
            let known = stores.remove(position);
            let vault = Arc::clone(&known.vault);
            stores.push(known);
            return Ok(vault);
        }
        let vault = open()?;
        let closed = make_room(&mut stores);
        stores.push(OpenStore {
            name: name.clone(),
            options: options.clone(),
            vault: Arc::clone(&vault),
        });
        drop(stores);
        // Other stores do not have to wait until a file is closed and keys are wiped.
        drop(closed);
        Ok(vault)
    }

    /// The open vaults of a store: one for each configuration.
    pub(crate) fn named(&self, name: &StoreName) -> Vec<Arc<dyn Vault>> {
        let stores = self.lock();
        let named = stores.iter().filter(|store| store.name == *name);
        named.map(|store| Arc::clone(&store.vault)).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<OpenStore>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes out the stores above the limit, least recently used first. Only this list gives out references to a vault that
/// nobody else holds, and it is locked, so nobody can start to use a vault that is taken out.
fn make_room(stores: &mut Vec<OpenStore>) -> Vec<OpenStore> {
    let mut over = (stores.len() + 1).saturating_sub(IDLE);
    stores
        .extract_if(.., |store| {
            let closes = over > 0 && Arc::strong_count(&store.vault) == 1 && store.vault.settled();
            over -= usize::from(closes);
            closes
        })
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]
mod tests {
    use std::path::Path;
    use std::sync::Weak;

    use strongroom_core::ports::{FileSystem, OsFileSystem, OsRandom, SystemClock};
    use strongroom_core::{Edges, ErrorCode, SealedConfig, SealedVault};
    use strongroom_testkit::{BareKeys, FaultyFileSystem, FsOperation, RecordedEvents, get, set};
    use tempfile::TempDir;

    use super::*;

    const STORES: usize = 1000;
    const EIO: i32 = 5;

    #[test]
    fn a_thousand_stores_take_few_descriptors_and_lose_nothing() {
        let disk = FaultyFileSystem::default();
        disk.skip_syncs();
        let shelf = Shelf::new(disk);
        let before = descriptors();
        for number in 0..STORES {
            set(&*shelf.store(number), "key", &number.to_string()).unwrap();
            assert!(shelf.stores.lock().len() <= IDLE);
        }
        // Other tests of this process have files open, too.
        assert!(descriptors() < before + STORES / 4);
        for number in 0..STORES {
            let found = get(&*shelf.store(number), "key").unwrap();
            assert_eq!(found, number.to_string());
        }
        assert!(descriptors() < before + STORES / 4);
    }

    #[test]
    fn the_store_that_was_used_least_recently_is_closed() {
        let shelf = Shelf::new(OsFileSystem::default());
        let open: Vec<Weak<dyn Vault>> = (0..IDLE)
            .map(|number| Arc::downgrade(&shelf.store(number)))
            .collect();
        shelf.store(0);
        shelf.store(IDLE);
        let closed: Vec<usize> = (0..IDLE)
            .filter(|number| open[*number].strong_count() == 0)
            .collect();
        assert_eq!(closed, [1]);
    }

    #[test]
    fn a_store_is_found_under_its_name_with_every_configuration() {
        let shelf = Shelf::new(OsFileSystem::default());
        let (one, _other) = (shelf.store(1), shelf.store(2));
        let name = StoreName::new("store1").unwrap();
        let strict = VaultOptions::parse(r#"{"onKeyLoss": "error"}"#).unwrap();
        let second = shelf
            .stores
            .vault(&name, &strict, || Ok(Arc::clone(&one)))
            .unwrap();
        let named = shelf.stores.named(&name);
        assert_eq!(named.len(), 2);
        assert!(Arc::ptr_eq(&named[0], &one) && Arc::ptr_eq(&named[1], &second));
    }

    #[test]
    fn what_somebody_holds_stays_the_same_object() {
        let shelf = Shelf::new(OsFileSystem::default());
        let held: Vec<_> = (0..IDLE * 2).map(|number| shelf.store(number)).collect();
        for (number, vault) in held.iter().enumerate() {
            assert!(Arc::ptr_eq(vault, &shelf.store(number)));
        }
        drop(held);
        shelf.store(STORES);
        assert_eq!(shelf.stores.lock().len(), IDLE);
    }

    #[test]
    fn a_store_that_owes_something_stays_open_until_it_is_done() {
        let disk = FaultyFileSystem::default();
        let shelf = Shelf::new(disk.clone());
        set(&*shelf.store(0), "key", "old").unwrap();
        disk.fail(Some(FsOperation::SyncData), 0, 1, EIO);
        let refused = set(&*shelf.store(0), "key", "new").unwrap_err();
        assert_eq!(refused.code(), ErrorCode::Io);
        let owing = Arc::downgrade(&shelf.store(0));
        for number in 1..IDLE * 2 {
            shelf.store(number);
        }
        assert_eq!(owing.strong_count(), 1);
        set(&*shelf.store(0), "key", "new").unwrap();
        for number in 1..IDLE * 2 {
            shelf.store(number);
        }
        assert_eq!(owing.strong_count(), 0);
    }

    /// Stores in a directory of their own.
    struct Shelf {
        directory: TempDir,
        fs: Arc<dyn FileSystem>,
        stores: OpenStores,
    }

    impl Shelf {
        fn new(fs: impl FileSystem + 'static) -> Self {
            Self {
                directory: TempDir::new().unwrap(),
                fs: Arc::new(fs),
                stores: OpenStores::default(),
            }
        }

        fn store(&self, number: usize) -> Arc<dyn Vault> {
            let name = StoreName::new(&format!("store{number}")).unwrap();
            let options = VaultOptions::parse("{}").unwrap();
            let vault = || {
                let edges = Edges {
                    fs: Arc::clone(&self.fs),
                    keys: Arc::new(BareKeys::default()),
                    clock: Arc::new(SystemClock::default()),
                    random: Arc::new(OsRandom::default()),
                    events: Arc::new(RecordedEvents::default()),
                };
                let config = SealedConfig::new(self.directory.path().join("strongroom"));
                Ok(Arc::new(SealedVault::new(edges, config, name.clone())) as Arc<dyn Vault>)
            };
            self.stores.vault(&name, &options, vault).unwrap()
        }
    }

    fn descriptors() -> usize {
        Path::new("/proc/self/fd").read_dir().unwrap().count()
    }
}

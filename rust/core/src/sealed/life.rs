//! The life of key-encryption keys: who may make which, who may destroy which, and when. See `docs/keys.md`.
//!
//! A key is destroyed only by a process that holds the keys lock, and only if its alias is one of this app and this store and no
//! file can need it. A key that no file names yet is safe from others because whoever makes one holds the keys lock until a file
//! names it or nobody will ever use it.

use std::collections::BTreeSet;

use super::SealedVault;
use super::access::Supply;
use super::alias::{Aliases, RANDOM_LEN};
use super::budget::Budget;
use super::cipher::{FileCipher, key_check};
use super::header::{Header, HeaderFields};
use super::kek::KekStore;
use super::opening::{Named, random_id};
use crate::error::{Error, ErrorCode};
use crate::platform::{DataKey, LockGuard, LockKind, SecurityLevel};
use crate::vault::LastReset;

/// Held while keys are made or destroyed, and while a new file is written.
pub(super) struct KeysLock(#[expect(dead_code, reason = "held for its Drop")] Box<dyn LockGuard>);

/// A key-encryption key to seal a file under.
pub(super) struct KekChoice {
    pub(super) alias: String,
    pub(super) level: SecurityLevel,
    pub(super) created_ms: u64,
}

/// Everything that a new file begins with.
pub(super) struct NewKey {
    pub(super) header: Header,
    pub(super) header_bytes: Vec<u8>,
    pub(super) cipher: FileCipher,
}

/// The keys there are, and those that files may need.
struct Stock {
    aliases: Vec<String>,
    named: BTreeSet<String>,
    /// A file that cannot say which key it needs may need any that has a version up to this one.
    up_to: u64,
}

impl SealedVault {
    pub(super) fn kek<'a>(&'a self, budget: Budget<'a>) -> KekStore<'a> {
        KekStore {
            keys: &*self.edges.keys,
            random: &*self.edges.random,
            budget,
            aliases: self.aliases(),
        }
    }

    pub(super) fn aliases(&self) -> Aliases<'_> {
        Aliases {
            app: &self.app,
            store: &self.store,
        }
    }

    pub(super) fn keys_lock(&self, budget: Budget<'_>) -> Result<KeysLock, Error> {
        let path = self.paths.keys_lock();
        let lock = self
            .edges
            .fs
            .lock(&path, LockKind::Exclusive, budget.left())?;
        lock.map(KeysLock).ok_or_else(|| {
            Error::new(
                ErrorCode::Unavailable,
                "Another process is busy with the keys of the store",
            )
        })
    }

    /// Holds the keys lock for the rest of a call. To ask for it twice would be to wait for oneself.
    pub(super) fn hold_keys(&self, supply: &mut Supply, budget: Budget<'_>) -> Result<(), Error> {
        if supply.keys.is_none() {
            supply.keys = Some(self.keys_lock(budget)?);
        }
        Ok(())
    }

    /// `None` if somebody else has it, or if it cannot be had.
    pub(super) fn keys_lock_if_free(&self) -> Option<KeysLock> {
        let path = self.paths.keys_lock();
        let lock = self
            .edges
            .fs
            .lock(&path, LockKind::Exclusive, std::time::Duration::ZERO);
        lock.ok().flatten().map(KeysLock)
    }

    /// Asks the key store for the data key of a file.
    pub(super) fn unwrap(&self, header: &Header, budget: Budget<'_>) -> Result<FileCipher, Error> {
        let fields = &header.fields;
        let aad = fields.wrap_aad(self.store.as_str());
        let fits = |data_key: &DataKey| {
            key_check(data_key, &fields.store_id).is_ok_and(|check| check == header.key_check)
        };
        let data_key = self
            .kek(budget)
            .unwrap(&fields.kek_alias, &header.wrapped_key, &aad, fits)?;
        FileCipher::new(&data_key, &fields.store_id)
    }

    /// The keys of a store that has no file. Keys that no file needs are destroyed first: they are left from an earlier store.
    pub(super) fn new_key(&self, keys: &KeysLock, budget: Budget<'_>) -> Result<NewKey, Error> {
        let stock = self.stock(keys, budget)?;
        let _ = self.destroy(&stock, budget);
        let kek = self.make_kek(&stock, budget)?;
        let now_ms = self.edges.clock.now_ms();
        let fields = HeaderFields {
            store_id: random_id(&*self.edges.random)?,
            data_key_id: random_id(&*self.edges.random)?,
            generation: 1,
            store_created_ms: now_ms,
            data_key_created_ms: now_ms,
            kek_created_ms: kek.created_ms,
            kek_level: kek.level,
            last_reset: self.last_reset_of_files()?,
            kek_alias: kek.alias,
        };
        self.wrapped(fields, budget)
    }

    /// A new key-encryption key.
    pub(super) fn new_kek(&self, keys: &KeysLock, budget: Budget<'_>) -> Result<KekChoice, Error> {
        self.make_kek(&self.stock(keys, budget)?, budget)
    }

    /// A new data key under the key-encryption key that `fields` name.
    pub(super) fn wrapped(&self, fields: HeaderFields, budget: Budget<'_>) -> Result<NewKey, Error> {
        let data_key = DataKey::filled(|bytes| self.edges.random.fill(bytes))?;
        let aad = fields.wrap_aad(self.store.as_str());
        let wrapped = self.kek(budget).wrap(&fields.kek_alias, &data_key, &aad)?;
        let cipher = FileCipher::new(&data_key, &fields.store_id)?;
        let check = key_check(&data_key, &fields.store_id)?;
        let (header, header_bytes) = fields.encode(wrapped, check)?;
        Ok(NewKey {
            header,
            header_bytes,
            cipher,
        })
    }

    /// Destroys the keys that no file needs, and says whether none is left.
    pub(super) fn destroy_orphans(&self, keys: &KeysLock, budget: Budget<'_>) -> bool {
        // While it is open which of two files a crash would leave, the keys of both are needed.
        if self.state().distrusted {
            return false;
        }
        self.destroy_all_orphans(keys, budget).is_ok()
    }

    /// The same for a store that was just erased: it fails if a key is left.
    pub(super) fn destroy_all_orphans(&self, keys: &KeysLock, budget: Budget<'_>) -> Result<(), Error> {
        let stock = self.stock(keys, budget)?;
        self.destroy(&stock, budget)
    }

    /// Destroys the key under an alias of format version 1, which no listing of this app tells from that of another app.
    /// Only for an alias that a file of this store named, and names no more.
    pub(super) fn destroy_first_format(&self, _: &KeysLock, alias: &str, budget: Budget<'_>) -> Result<(), Error> {
        if self.aliases().names_no_app(alias) {
            self.kek(budget).destroy(alias)
        } else {
            Ok(())
        }
    }

    fn destroy(&self, stock: &Stock, budget: Budget<'_>) -> Result<(), Error> {
        let aliases = self.aliases();
        let mut outcome = Ok(());
        for alias in &stock.aliases {
            let version = aliases.version(alias).unwrap_or(0);
            if version > stock.up_to && !stock.named.contains(alias) {
                outcome = outcome.and(self.kek(budget).destroy(alias));
            }
        }
        outcome
    }

    fn make_kek(&self, stock: &Stock, budget: Budget<'_>) -> Result<KekChoice, Error> {
        let aliases = self.aliases();
        let used = stock.aliases.iter().chain(&stock.named);
        let highest = used.filter_map(|alias| aliases.version(alias)).max();
        // A forged file may name the highest version there is. The random part keeps aliases apart all the same.
        let version = highest.unwrap_or(0).max(stock.up_to).saturating_add(1);
        let mut random = [0; RANDOM_LEN];
        self.edges.random.fill(&mut random)?;
        let alias = aliases.alias(version, random);
        let level = self.kek(budget).create(&alias, self.config.key_policy)?;
        Ok(KekChoice {
            alias,
            level,
            created_ms: self.edges.clock.now_ms(),
        })
    }

    /// Only while the keys lock is held can no file come to name another key.
    fn stock(&self, _: &KeysLock, budget: Budget<'_>) -> Result<Stock, Error> {
        let aliases = self.kek(budget).list()?;
        let highest = aliases
            .iter()
            .filter_map(|alias| self.aliases().version(alias))
            .max()
            .unwrap_or(0);
        let _lock = self.file_lock(budget)?;
        let (fs, paths) = (&*self.edges.fs, &self.paths);
        let opening = self.opening();
        // What this process sees, a crash must not take back.
        fs.sync_dir(paths.directory())?;
        let mut stock = Stock {
            aliases,
            named: BTreeSet::new(),
            up_to: 0,
        };
        match opening.alias_of(&paths.vault())? {
            Named::Nothing => {}
            Named::Alias(alias) => _ = stock.named.insert(alias),
            Named::Unknown => stock.up_to = u64::MAX,
        }
        for aside in paths.set_aside(fs)? {
            match opening.alias_of(&aside.path)? {
                Named::Nothing => {}
                Named::Alias(alias) => _ = stock.named.insert(alias),
                Named::Unknown => {
                    // It can only need a key that was there before. From now on its name says up to which version.
                    let version = match aside.key_version {
                        Some(version) => version,
                        None => paths.note_version(fs, &aside, highest)?,
                    };
                    stock.up_to = stock.up_to.max(version);
                }
            }
        }
        Ok(stock)
    }

    fn file_lock(&self, budget: Budget<'_>) -> Result<Box<dyn LockGuard>, Error> {
        let lock = self
            .edges
            .fs
            .lock(&self.paths.lock(), LockKind::Exclusive, budget.left())?;
        lock.ok_or_else(|| {
            Error::new(
                ErrorCode::Unavailable,
                "Another process does not give the store free",
            )
        })
    }

    fn last_reset_of_files(&self) -> Result<Option<LastReset>, Error> {
        let aside = self.paths.set_aside(&*self.edges.fs)?;
        Ok(aside.last().map(|aside| aside.reset))
    }
}

//! The life of key-encryption keys: who may make which, who may destroy which, and when. See `docs/keys.md`.
//!
//! A key is destroyed only by a process that holds the keys lock, and only if its alias is one of this app and this store and no
//! file can need it. A key that no file names yet is safe from others because whoever makes one holds the keys lock until a file
//! names it or nobody will ever use it.

use std::collections::BTreeSet;
use std::time::Duration;

use super::SealedVault;
use super::access::{STORE_IS_BUSY, Supply, given};
use super::alias::{Aliases, RANDOM_LEN};
use super::budget::Budget;
use super::format::{FileCipher, Header, HeaderFields, key_check};
use super::kek::KekStore;
use super::opening::{Named, random_id};
use crate::error::Error;
use crate::policy::SecurityLevel;
use crate::ports::{DataKey, LockGuard, LockKind};
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
    /// Whether every file could say which key it needs.
    complete: bool,
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
        let lock = self.edges.fs.lock(&path, LockKind::Exclusive, budget.left())?;
        given(lock, "Another process is busy with the keys of the store").map(KeysLock)
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
        let lock = self.edges.fs.lock(&path, LockKind::Exclusive, Duration::ZERO);
        lock.ok().flatten().map(KeysLock)
    }

    /// Asks the key store for the data key of a file.
    pub(super) fn unwrap(&self, header: &Header, budget: Budget<'_>) -> Result<FileCipher, Error> {
        let fields = &header.fields;
        let aad = fields.wrap_aad(self.store.as_str())?;
        let fits = |data_key: &DataKey| {
            key_check(data_key, &fields.store_id).is_ok_and(|check| check == header.key_check)
        };
        let data_key = self
            .kek(budget)
            .unwrap(&fields.kek_alias, &header.wrapped_key, &aad, fits)?;
        FileCipher::new(&data_key, &fields.store_id)
    }

    /// The keys of a store that has no file. Keys that no file needs are destroyed first: they are left from an earlier store.
    pub(super) fn new_key(
        &self,
        keys: &KeysLock,
        budget: Budget<'_>,
        superseded: &mut Vec<String>,
    ) -> Result<NewKey, Error> {
        let stock = self.stock(keys, budget)?;
        let _ = self.destroy(&stock, budget, superseded);
        let kek = self.make_kek(&stock, budget, superseded)?;
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
            doubts: false,
        };
        self.wrapped(fields, budget)
    }

    /// A new key-encryption key.
    pub(super) fn new_kek(
        &self,
        keys: &KeysLock,
        budget: Budget<'_>,
        superseded: &mut Vec<String>,
    ) -> Result<KekChoice, Error> {
        self.make_kek(&self.stock(keys, budget)?, budget, superseded)
    }

    /// A new data key under the key-encryption key that `fields` name.
    pub(super) fn wrapped(&self, fields: HeaderFields, budget: Budget<'_>) -> Result<NewKey, Error> {
        let data_key = DataKey::filled(|bytes| self.edges.random.fill(bytes))?;
        let aad = fields.wrap_aad(self.store.as_str())?;
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

    /// Destroys the keys that no file needs. If there is a file that cannot say which one it needs, only those go of which this call
    /// knows that they are left over, because it made or replaced them: `superseded`.
    pub(super) fn destroy_orphans(
        &self,
        keys: &KeysLock,
        budget: Budget<'_>,
        superseded: &[String],
    ) -> Result<(), Error> {
        let stock = self.stock(keys, budget)?;
        self.destroy(&stock, budget, superseded)
    }

    fn destroy(&self, stock: &Stock, budget: Budget<'_>, superseded: &[String]) -> Result<(), Error> {
        let aliases = self.aliases();
        let listed = stock
            .aliases
            .iter()
            .filter(|alias| stock.complete || superseded.contains(alias));
        // Those of format version 1 are not listed: nothing tells them from those of another app.
        let first_format = superseded.iter().filter(|alias| aliases.names_no_app(alias));
        let mut outcome = Ok(());
        for alias in listed.chain(first_format) {
            if !stock.named.contains(alias) {
                outcome = outcome.and(self.kek(budget).destroy(alias));
            }
        }
        outcome
    }

    fn make_kek(
        &self,
        stock: &Stock,
        budget: Budget<'_>,
        superseded: &mut Vec<String>,
    ) -> Result<KekChoice, Error> {
        let aliases = self.aliases();
        let used = stock.aliases.iter().chain(&stock.named);
        let highest = used.filter_map(|alias| aliases.version(alias)).max();
        // A forged file may name the highest version there is. The random part keeps aliases apart all the same.
        let version = highest.unwrap_or(0).saturating_add(1);
        let mut random = [0; RANDOM_LEN];
        self.edges.random.fill(&mut random)?;
        let alias = aliases.alias(version, random);
        // It may be made although the answer is that it was not.
        superseded.push(alias.clone());
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
        let _lock = self.file_lock(budget)?;
        let (fs, paths) = (&*self.edges.fs, &self.paths);
        let opening = self.opening();
        // What this process sees, a crash must not take back.
        fs.sync_dir(paths.directory())?;
        let mut stock = Stock {
            aliases,
            named: BTreeSet::new(),
            complete: true,
        };
        let aside = paths.set_aside(fs)?.into_iter().map(|aside| aside.path);
        for path in std::iter::once(paths.vault()).chain(aside) {
            match opening.alias_of(&path)? {
                Named::Nothing => {}
                Named::Alias(alias) => _ = stock.named.insert(alias),
                Named::Unknown => stock.complete = false,
            }
        }
        Ok(stock)
    }

    fn file_lock(&self, budget: Budget<'_>) -> Result<Box<dyn LockGuard>, Error> {
        let lock = self
            .edges
            .fs
            .lock(&self.paths.lock(), LockKind::Exclusive, budget.left())?;
        given(lock, STORE_IS_BUSY)
    }

    fn last_reset_of_files(&self) -> Result<Option<LastReset>, Error> {
        let aside = self.paths.set_aside(&*self.edges.fs)?;
        Ok(aside.last().map(|aside| aside.reset))
    }
}

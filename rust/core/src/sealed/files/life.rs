//! The life of key-encryption keys: who may create and destroy them, and when. See `docs/internals/keys.md`.
//!
//! A process destroys a key only while it holds the keys lock, and only if the alias belongs to this app and this store
//! and no file can need the key. A new key that no file names yet is safe, because its creator holds the keys lock
//! until a file names the key or the key will never be used.

use std::collections::BTreeSet;

use super::alias::RANDOM_LEN;
use super::budget::Budget;
use super::kek::KekStore;
use super::locks::KeysLock;
use super::opening::{Named, NewKey};
use super::store::Store;
use crate::error::{Error, ErrorCode};
use crate::policy::{GatePolicy, SecurityLevel};
use crate::ports::DataKey;
use crate::sealed::format::{FileCipher, Header, HeaderFields, SessionKey, key_check};
use crate::vault::LastReset;

/// A key-encryption key for a file, or a gate.
#[derive(Clone)]
pub(in crate::sealed) struct KekChoice {
    pub(in crate::sealed) alias: String,
    pub(in crate::sealed) level: SecurityLevel,
    pub(in crate::sealed) created_ms: u64,
}

impl Default for KekChoice {
    /// None yet.
    fn default() -> Self {
        Self {
            alias: String::new(),
            level: SecurityLevel::Unknown,
            created_ms: 0,
        }
    }
}

/// The key-encryption keys that exist, and those that files may need.
struct Stock {
    aliases: Vec<String>,
    named: BTreeSet<String>,
    /// Whether the key that a file needs is known for every file.
    complete: bool,
}

impl Store {
    pub(super) fn kek<'a>(&'a self, budget: Budget<'a>) -> KekStore<'a> {
        KekStore {
            keys: &*self.edges.keys,
            random: &*self.edges.random,
            budget,
            aliases: self.aliases(),
        }
    }

    /// Asks the key store for the data key of a file.
    pub(in crate::sealed) fn unwrap(&self, header: &Header, budget: Budget<'_>) -> Result<FileCipher, Error> {
        let fields = &header.fields;
        let aad = fields.wrap_aad(self.name.as_str())?;
        let fits = |data_key: &DataKey| {
            key_check(data_key, &fields.store_id).is_ok_and(|check| check == header.key_check)
        };
        let data_key = self
            .kek(budget)
            .unwrap(&fields.kek_alias, &header.wrapped_key, &aad, fits)?;
        FileCipher::new(&data_key, &fields.store_id)
    }

    /// The keys of a store that has no file. Keys that no file needs are destroyed first: an earlier store left them.
    pub(in crate::sealed) fn new_key(
        &self,
        keys: &KeysLock,
        budget: Budget<'_>,
        superseded: &mut Vec<String>,
    ) -> Result<NewKey, Error> {
        let stock = self.stock(keys, budget)?;
        let _ = self.destroy(&stock, budget, superseded);
        let kek = self.make_kek(&stock, budget, superseded)?;
        let fields = self.first_fields(kek)?;
        self.wrapped(fields, None, budget)
    }

    /// A new key-encryption key.
    pub(in crate::sealed) fn new_kek(
        &self,
        keys: &KeysLock,
        budget: Budget<'_>,
        superseded: &mut Vec<String>,
    ) -> Result<KekChoice, Error> {
        self.make_kek(&self.stock(keys, budget)?, budget, superseded)
    }

    /// A new gate.
    pub(super) fn new_gate_key(
        &self,
        keys: &KeysLock,
        policy: GatePolicy,
        budget: Budget<'_>,
        superseded: &mut Vec<String>,
    ) -> Result<KekChoice, Error> {
        let gates = &*self.asking()?.gates;
        let alias = self.new_alias(&self.stock(keys, budget)?, superseded)?;
        let create = |wait| gates.create(&alias, policy, &self.config.key_policy, wait);
        let level = self.kek(budget).retrying(create)?;
        Ok(KekChoice {
            alias,
            level,
            created_ms: self.edges.clock.now_ms(),
        })
    }

    /// The fields of a file that is the first of its store.
    pub(in crate::sealed) fn first_fields(&self, kek: KekChoice) -> Result<HeaderFields, Error> {
        let now_ms = self.edges.clock.now_ms();
        Ok(HeaderFields {
            store_id: self.random_id()?,
            data_key_id: self.random_id()?,
            generation: 1,
            store_created_ms: now_ms,
            data_key_created_ms: now_ms,
            kek_created_ms: kek.created_ms,
            kek_level: kek.level,
            last_reset: self.last_reset_of_files()?,
            kek_alias: kek.alias,
            doubts: false,
            gate: None,
        })
    }

    /// A new data key, wrapped with the key-encryption key in `fields`, or with the session key of a protected store.
    pub(in crate::sealed) fn wrapped(
        &self,
        fields: HeaderFields,
        session: Option<&SessionKey>,
        budget: Budget<'_>,
    ) -> Result<NewKey, Error> {
        let data_key = DataKey::filled(|bytes| self.edges.random.fill(bytes))?;
        let aad = fields.wrap_aad(self.name.as_str())?;
        let wrapped = match (&fields.gate, session) {
            (None, None) => self.kek(budget).wrap(&fields.kek_alias, &data_key, &aad)?,
            (Some(_), Some(session)) => session.wrap(&data_key, &aad, &*self.edges.random)?.to_vec(),
            _ => {
                return Err(Error::new(
                    ErrorCode::Internal,
                    "The key to wrap with is another one",
                ));
            }
        };
        let cipher = FileCipher::new(&data_key, &fields.store_id)?;
        let check = key_check(&data_key, &fields.store_id)?;
        let (header, header_bytes) = fields.encode(wrapped, check)?;
        Ok(NewKey {
            header,
            header_bytes,
            cipher,
        })
    }

    /// Destroys the keys that no file needs. If it is not known which key some file needs, it destroys only those that
    /// this call created or replaced: `superseded`.
    pub(in crate::sealed) fn destroy_orphans(
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
        // Aliases of format version 1 are not listed: they could belong to another app.
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
        let alias = self.new_alias(stock, superseded)?;
        let level = self.kek(budget).create(&alias, self.config.key_policy)?;
        Ok(KekChoice {
            alias,
            level,
            created_ms: self.edges.clock.now_ms(),
        })
    }

    /// An alias for a key that is about to be created.
    fn new_alias(&self, stock: &Stock, superseded: &mut Vec<String>) -> Result<String, Error> {
        let aliases = self.aliases();
        let used = stock.aliases.iter().chain(&stock.named);
        let highest = used.filter_map(|alias| aliases.version(alias)).max();
        // A forged file may contain the highest version. The random part still keeps aliases apart.
        let version = highest.unwrap_or(0).saturating_add(1);
        let mut random = [0; RANDOM_LEN];
        self.edges.random.fill(&mut random)?;
        let alias = aliases.alias(version, random);
        // The key store may create the key even if it reports a failure.
        superseded.push(alias.clone());
        Ok(alias)
    }

    /// The keys lock is needed because only then can no file start to name another key.
    fn stock(&self, _: &KeysLock, budget: Budget<'_>) -> Result<Stock, Error> {
        let aliases = self.kek(budget).list()?;
        let _lock = self.file_lock(budget)?;
        let (fs, paths) = (&*self.edges.fs, &self.paths);
        // A crash must not undo what this process sees.
        fs.sync_dir(paths.directory())?;
        let mut stock = Stock {
            aliases,
            named: BTreeSet::new(),
            complete: true,
        };
        let quarantined = paths.quarantined(fs)?.into_iter().map(|file| file.path);
        for path in std::iter::once(paths.vault()).chain(quarantined) {
            match self.alias_of(&path)? {
                Named::Nothing => {}
                Named::Alias(alias) => _ = stock.named.insert(alias),
                Named::Unknown => stock.complete = false,
            }
        }
        Ok(stock)
    }

    fn last_reset_of_files(&self) -> Result<Option<LastReset>, Error> {
        let quarantined = self.paths.quarantined(&*self.edges.fs)?;
        Ok(quarantined.last().map(|file| file.reset))
    }
}

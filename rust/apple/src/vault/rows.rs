//! What calls do with rows once a store is open.

use std::collections::{BTreeMap, BTreeSet};

use strongroom_core::batch::within_bytes;
use strongroom_core::{EntryKey, Error, ErrorCode, Expiry, NewRecord, Secret};

use super::aside::NUMBERS;
use super::batch::Change;
use super::record::{self, Tag};
use super::session::{ATTEMPTS, Found, Session, overtaken};
use super::{DEVICE, HEADER, INTENT, KeychainVault};
use crate::sec_items::Added;

impl Session<'_> {
    /// The records that are there, by key, with their tags. Those whose time is up are taken away.
    pub(super) fn live(&mut self) -> Result<BTreeMap<EntryKey, Vec<u8>>, Error> {
        let now_ms = self.now_ms();
        let mut live = BTreeMap::new();
        for row in self.list()? {
            let Some(key) = record::key(&row.account) else {
                continue;
            };
            if Tag::parse(&row.tag).is_ok_and(|tag| tag.expired(now_ms)) {
                self.expire(&key, &row.tag);
            } else {
                live.insert(key, row.tag);
            }
        }
        Ok(live)
    }

    /// The values of `keys`, all of one moment: if somebody else wrote in between, they are read again.
    pub(super) fn values(&mut self, keys: &[EntryKey]) -> Result<Vec<Option<Secret>>, Error> {
        for attempt in 0..ATTEMPTS {
            self.vault.pause(attempt);
            let before = self.live()?;
            if let Some(values) = self.values_of(keys, &before)?
                && (!self.vault.config.shared() || self.same(keys, &before)?)
            {
                return Ok(values);
            }
        }
        Err(overtaken())
    }

    pub(super) fn set(&mut self, record: &NewRecord) -> Result<(), Error> {
        let tag = self.new_tag(record.expiry)?;
        self.put(&record::account(&record.key), &tag, &record::data(&record.value))
    }

    pub(super) fn set_several(&mut self, records: &[NewRecord]) -> Result<(), Error> {
        // Of several for one key the last counts.
        let records: BTreeMap<&EntryKey, &NewRecord> =
            records.iter().map(|record| (&record.key, record)).collect();
        let changes = |session: &mut Self| {
            let there = session.tags()?;
            let change = |record: &&NewRecord| {
                Ok(Change {
                    account: record::account(&record.key),
                    before: session.named(there.get(&record.key), &record.key)?,
                    after: Some((session.new_tag(record.expiry)?, record::data(&record.value))),
                })
            };
            records.values().map(change).collect()
        };
        self.commit(changes).map(drop)
    }

    pub(super) fn remove_several(&mut self, keys: &[EntryKey]) -> Result<u64, Error> {
        let keys: BTreeSet<&EntryKey> = keys.iter().collect();
        self.commit(|session| {
            let live = session.live()?;
            let change = |(key, tag)| {
                Ok(Change {
                    account: record::account(key),
                    before: session.named(Some(tag), key)?,
                    after: None,
                })
            };
            live.iter()
                .filter(|(key, _)| keys.contains(key))
                .map(change)
                .collect()
        })
    }

    /// Writes a value in place of the row with the tag `before`, or of none, and says whether that was what stood there.
    pub(super) fn replace(
        &mut self,
        key: &EntryKey,
        before: Option<&[u8]>,
        value: &Secret,
        expiry: Option<Expiry>,
    ) -> Result<bool, Error> {
        self.note_use()?;
        let (tag, data, account) = (self.new_tag(expiry)?, record::data(value), record::account(key));
        let content = self.content(&tag, &data);
        match before {
            None => Ok(self.add(&account, &content)? == Added::Yes),
            Some(_) => Ok(self
                .items()
                .update(&self.vault.records, &account, before, &content)?),
        }
    }

    pub(super) fn delete(&mut self, key: &EntryKey, only_if: Option<&[u8]>) -> Result<bool, Error> {
        let account = record::account(key);
        Ok(self.items().delete(&self.vault.records, &account, only_if)?)
    }

    /// Writes every record anew, which makes the system encrypt it under a new key of the row.
    pub(super) fn rewrite(&mut self) -> Result<(), Error> {
        for key in self.live()?.into_keys() {
            for attempt in 0..ATTEMPTS {
                self.vault.pause(attempt);
                let row = match self.row(&key) {
                    Ok(Found::Live(row)) => row,
                    Ok(_) => break,
                    // It stays as it is.
                    Err(error) if error.code() == ErrorCode::CorruptRecord => break,
                    Err(error) => return Err(error),
                };
                let tag = Tag::parse(&row.tag)?
                    .renewed(&*self.vault.edges.random)?
                    .to_bytes();
                let content = self.content(&tag, &row.data);
                let account = record::account(&key);
                if self
                    .items()
                    .update(&self.vault.records, &account, Some(&row.tag), &content)?
                {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Deletes everything of the store. It works while nothing of it can be read.
    pub(super) fn clear(&mut self) -> Result<(), Error> {
        self.clear_former()?;
        self.delete_rows()?;
        self.state.header = None;
        self.state.settled = false;
        // The marker first: a marker without a header row would look like a loss.
        if let Some(marker) = &self.vault.marker {
            marker.remove(&*self.vault.edges.fs)?;
        }
        let _ = self.items().delete_all(&KeychainVault::probe());
        if self.vault.config.shared() {
            // Others would take a missing header row for a loss.
            self.write_header(None, &self.fresh_header()?)?;
            return Ok(());
        }
        self.items().delete(&self.vault.header, DEVICE, None)?;
        self.items().delete(&self.vault.header, HEADER, None)?;
        Ok(())
    }

    pub(super) fn delete_rows(&mut self) -> Result<(), Error> {
        self.items().delete(&self.vault.state, INTENT, None)?;
        // An earlier version kept that of a store that synchronizes here.
        if self.vault.records.synchronizable() {
            self.items().delete(&self.vault.header, INTENT, None)?;
        }
        self.items().delete_all(&self.vault.records)?;
        for number in NUMBERS {
            self.items().delete_all(&self.vault.aside(number))?;
        }
        Ok(())
    }

    fn new_tag(&self, expiry: Option<Expiry>) -> Result<Vec<u8>, Error> {
        let now_ms = self.now_ms();
        let tag = Tag::new(&*self.vault.edges.random, now_ms, Expiry::stored(expiry, now_ms))?;
        Ok(tag.to_bytes())
    }

    /// The tag by which a change can name a row. One that has none, because somebody else wrote it, is given one.
    fn named(&self, tag: Option<&Vec<u8>>, key: &EntryKey) -> Result<Option<Vec<u8>>, Error> {
        match tag {
            Some(tag) if tag.is_empty() => {
                let (records, account) = (&self.vault.records, record::account(key));
                let Some(row) = self.items().read(records, &account)? else {
                    return Err(overtaken());
                };
                let tag = self.new_tag(None)?;
                self.items()
                    .update(records, &account, None, &self.content(&tag, &row.data))?;
                Ok(Some(tag))
            }
            tag => Ok(tag.cloned()),
        }
    }

    /// The tags of all rows, of those whose time is up, too.
    fn tags(&mut self) -> Result<BTreeMap<EntryKey, Vec<u8>>, Error> {
        let rows = self.list()?.into_iter();
        Ok(rows
            .filter_map(|row| Some((record::key(&row.account)?, row.tag)))
            .collect())
    }

    /// `None` if a row is no longer the one that was listed.
    fn values_of(
        &mut self,
        keys: &[EntryKey],
        listed: &BTreeMap<EntryKey, Vec<u8>>,
    ) -> Result<Option<Vec<Option<Secret>>>, Error> {
        let mut values = Vec::with_capacity(keys.len());
        let mut bytes = 0;
        for key in keys {
            let Some(tag) = listed.get(key) else {
                values.push(None);
                continue;
            };
            match self.row(key)? {
                Found::Live(row) if row.tag == *tag => {
                    let value = record::value(&row)?;
                    bytes += value.expose().len();
                    within_bytes(bytes)?;
                    values.push(Some(value));
                }
                _ => return Ok(None),
            }
        }
        Ok(Some(values))
    }

    fn same(&mut self, keys: &[EntryKey], before: &BTreeMap<EntryKey, Vec<u8>>) -> Result<bool, Error> {
        let after = self.live()?;
        Ok(keys.iter().all(|key| before.get(key) == after.get(key)))
    }
}

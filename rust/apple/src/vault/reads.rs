//! Reads several rows of a store as they were at one moment.

use std::collections::{BTreeMap, BTreeSet};

use strongroom_core::batch::within_bytes;
use strongroom_core::{Error, ItemKey, Secret};

use super::batch::Tags;
use super::record::{self, Tag};
use super::session::{ATTEMPTS, Found, Session, overtaken};
use crate::sec_items::{Attributes, Row};

/// From this number on, rows are listed, not read one by one.
const MANY: usize = 64;

impl Session<'_> {
    /// The keys of the items that exist. Expired rows are deleted.
    pub(super) fn live(&mut self) -> Result<BTreeSet<ItemKey>, Error> {
        let now_ms = self.now_ms();
        let (mut live, mut expired) = (BTreeSet::new(), Tags::new());
        for row in self.snapshot()? {
            let Some(key) = record::key(&row.account) else {
                continue;
            };
            if Tag::parse(&row.tag).is_ok_and(|tag| tag.expired(now_ms)) {
                expired.insert(key, row.tag);
            } else {
                live.insert(key);
            }
        }
        self.expire_all(&expired);
        Ok(live)
    }

    /// All rows of items, at a moment when no batch was half done.
    pub(super) fn snapshot(&mut self) -> Result<Vec<Attributes>, Error> {
        if !self.shared() {
            return self.list();
        }
        for attempt in 0..ATTEMPTS {
            self.vault.pause(attempt);
            let rows = self.list()?;
            if self.has_intent()? {
                self.settle_now()?;
            } else if tags(self.items().list(&self.vault.records)?) == tags(rows.iter().cloned()) {
                return Ok(rows);
            }
        }
        Err(overtaken())
    }

    /// The values of `keys`, all of one moment: if others wrote in between, they are read again.
    pub(super) fn values(&mut self, keys: &[ItemKey]) -> Result<Vec<Option<Secret>>, Error> {
        let wanted: BTreeSet<&ItemKey> = keys.iter().collect();
        for attempt in 0..ATTEMPTS {
            self.vault.pause(attempt);
            let rows = self.read_all(&wanted)?;
            if !self.still(&wanted, &rows)? {
                continue;
            }
            let (mut live, mut expired) = (BTreeMap::new(), Tags::new());
            for (key, row) in rows {
                match self.judge(Some(row), |row| &row.tag)? {
                    Found::Live(row) => drop(live.insert(key, row)),
                    Found::Expired(tag) => drop(expired.insert(key.clone(), tag)),
                    Found::Absent => {}
                }
            }
            self.expire_all(&expired);
            // A key may appear twice.
            within_bytes(
                keys.iter()
                    .filter_map(|key| Some(live.get(key)?.data.len().saturating_sub(1)))
                    .sum(),
            )?;
            return keys
                .iter()
                .map(|key| live.get(key).map(record::value).transpose())
                .collect();
        }
        Err(overtaken())
    }

    /// The rows of `keys` that the system shows.
    fn read_all<'k>(&mut self, keys: &BTreeSet<&'k ItemKey>) -> Result<BTreeMap<&'k ItemKey, Row>, Error> {
        let listed = if keys.len() > MANY {
            Some(self.look(keys)?)
        } else {
            None
        };
        let (mut rows, mut bytes) = (BTreeMap::new(), 0);
        for key in keys {
            if listed.as_ref().is_some_and(|listed| !listed.contains_key(*key)) {
                continue;
            }
            if let Some(row) = self.vault.read(self.items(), &record::account(key))? {
                bytes += row.data.len().saturating_sub(1);
                within_bytes(bytes)?;
                rows.insert(*key, row);
            }
        }
        Ok(rows)
    }

    /// Whether the rows that were read one after another all existed at one moment, and the other keys were certainly
    /// absent then.
    fn still(&mut self, keys: &BTreeSet<&ItemKey>, rows: &BTreeMap<&ItemKey, Row>) -> Result<bool, Error> {
        if rows.len() < keys.len() {
            self.prove_readable()?;
        }
        let again = if !self.shared() {
            keys.iter()
                .copied()
                .filter(|key| !rows.contains_key(key))
                .collect()
        } else if self.has_intent()? {
            self.settle_now()?;
            return Ok(false);
        } else {
            keys.clone()
        };
        let tags = self.look(&again)?;
        Ok(again
            .iter()
            .all(|key| tags.get(*key) == rows.get(key).map(|row| &row.tag)))
    }

    /// The tags of the rows of `keys` that the system shows.
    pub(super) fn look(&self, keys: &BTreeSet<&ItemKey>) -> Result<Tags, Error> {
        let (items, records) = (self.items(), &self.vault.records);
        if keys.len() > MANY {
            let mut listed = tags(items.list(records)?);
            listed.retain(|key, _| keys.contains(key));
            return Ok(listed);
        }
        let mut found = Tags::new();
        for key in keys {
            if let Some(row) = items.attributes(records, &record::account(key))? {
                found.insert((*key).clone(), row.tag);
            }
        }
        Ok(found)
    }
}

/// Skips rows whose account is not one of ours.
fn tags(rows: impl IntoIterator<Item = Attributes>) -> Tags {
    let known = |row: Attributes| Some((record::key(&row.account)?, row.tag));
    rows.into_iter().filter_map(known).collect()
}

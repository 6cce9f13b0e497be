//! The operations on rows after a store was opened.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use strongroom_core::{Error, ErrorCode, Event, Expiry, ItemKey, NewItem, Secret};

use super::batch::Tags;
use super::intent::Change;
use super::record::{self, Tag};
use super::session::{ATTEMPTS, Found, Session, locked, overtaken};
use crate::sec_items::Added;

impl Session<'_> {
    pub(super) fn set(&mut self, record: &NewItem) -> Result<(), Error> {
        let tag = self.new_tag(record.expiry)?;
        self.put(&record::account(&record.key), &tag, &record::data(&record.value))
    }

    pub(super) fn set_several(&mut self, records: &[NewItem]) -> Result<(), Error> {
        // If several have the same key, the last one counts.
        let records: BTreeMap<&ItemKey, &NewItem> =
            records.iter().map(|record| (&record.key, record)).collect();
        let keys = records.keys().copied().collect();
        let plan = |session: &mut Self, there: &Tags| {
            let change = |(key, record): (&&ItemKey, &&NewItem)| {
                Ok(Change {
                    account: record::account(key),
                    before: session.named(there.get(*key), key)?,
                    after: Some((session.new_tag(record.expiry)?, record::data(&record.value))),
                })
            };
            records.iter().map(change).collect()
        };
        self.commit(&keys, plan).map(drop)
    }

    pub(super) fn remove_several(&mut self, keys: &[ItemKey]) -> Result<u64, Error> {
        let expired = RefCell::new(Tags::new());
        let removed = self.commit(&keys.iter().collect(), |session, there| {
            let now_ms = session.now_ms();
            let over = |tag: &Vec<u8>| Tag::parse(tag).is_ok_and(|tag| tag.expired(now_ms));
            let (over, live): (Vec<_>, Vec<_>) = there.iter().partition(|(_, tag)| over(tag));
            *expired.borrow_mut() = over
                .into_iter()
                .map(|(key, tag)| (key.clone(), tag.clone()))
                .collect();
            let change = |(key, tag): (&ItemKey, &Vec<u8>)| {
                Ok(Change {
                    account: record::account(key),
                    before: session.named(Some(tag), key)?,
                    after: None,
                })
            };
            live.into_iter().map(change).collect()
        })?;
        self.expire_all(&expired.into_inner());
        Ok(removed)
    }

    /// Removes an item, even a damaged one, and returns whether there was one.
    pub(super) fn remove(&mut self, key: &ItemKey) -> Result<bool, Error> {
        let (vault, account) = (self.vault, record::account(key));
        for attempt in 0..ATTEMPTS {
            vault.pause(attempt);
            let Some(row) = self.proven(|items| Ok(items.attributes(&vault.records, &account)?))? else {
                return Ok(false);
            };
            match Tag::parse(&row.tag) {
                Ok(tag) if tag.expired(self.now_ms()) => {
                    self.expire(key, &row.tag);
                    return Ok(false);
                }
                Err(error) if error.code() != ErrorCode::CorruptRecord => return Err(error),
                _ => {}
            }
            let removed = if row.tag.is_empty() {
                // There is no tag to compare.
                self.items().delete(&vault.records, &account, None)?
            } else {
                self.exchange(key, Some(&row.tag), None)?
            };
            if removed {
                return Ok(true);
            }
        }
        Err(locked())
    }

    /// Replaces the row with the tag `before` (or no row) with a value, or with nothing. Returns whether that row was
    /// still there.
    pub(super) fn exchange(
        &mut self,
        key: &ItemKey,
        before: Option<&[u8]>,
        new: Option<(&Secret, Option<Expiry>)>,
    ) -> Result<bool, Error> {
        let change = |session: &Self| {
            let after = match new {
                Some((value, expiry)) => Some((session.new_tag(expiry)?, record::data(value))),
                None => None,
            };
            Ok::<_, Error>(Change {
                account: record::account(key),
                before: before.map(<[u8]>::to_vec),
                after,
            })
        };
        if self.shared() {
            let plan = |session: &mut Self, there: &Tags| {
                let same = there.get(key).map(Vec::as_slice) == before;
                if same {
                    Ok(vec![change(session)?])
                } else {
                    Ok(Vec::new())
                }
            };
            return Ok(self.commit(&BTreeSet::from([key]), plan)? == 1);
        }
        let Change { account, after, .. } = change(self)?;
        let Some((tag, data)) = after else {
            return Ok(self.items().delete(&self.vault.records, &account, before)?);
        };
        self.note_use()?;
        let content = self.content(&tag, &data);
        match before {
            None => Ok(self.add(&account, &content)? == Added::Yes),
            before => Ok(self
                .items()
                .update(&self.vault.records, &account, before, &content)?),
        }
    }

    /// Deletes an expired row, or a placeholder that no batch needs.
    pub(super) fn expire(&mut self, key: &ItemKey, tag: &[u8]) {
        self.expire_all(&Tags::from([(key.clone(), tag.to_vec())]));
    }

    /// The same for several rows, unless somebody has written them again. A failure is repeated when the row is next
    /// found.
    pub(super) fn expire_all(&mut self, rows: &Tags) {
        let vault = self.vault;
        let (left, expired): (Vec<_>, Vec<_>) =
            rows.iter().partition(|(_, tag)| record::batch(tag).is_some());
        for (key, tag) in left {
            if let Some(id) = record::batch(tag) {
                self.sweep(&vault.records, &record::account(key), id);
            }
        }
        if !self.shared() {
            for (key, tag) in expired {
                if matches!(self.exchange(key, Some(tag), None), Ok(true)) {
                    self.state.events.push(Event::Expired(key.clone()));
                }
            }
            return;
        }
        if expired.is_empty() {
            return;
        }
        let gone = RefCell::new(Vec::new());
        let keys = expired.iter().map(|(key, _)| *key).collect();
        let removed = self.commit(&keys, |_, there| {
            let same = expired.iter().filter(|(key, tag)| there.get(*key) == Some(*tag));
            let same: Vec<_> = same.copied().collect();
            *gone.borrow_mut() = same.iter().map(|(key, _)| (*key).clone()).collect();
            let change = |(key, tag): &(&ItemKey, &Vec<u8>)| Change {
                account: record::account(key),
                before: Some((*tag).clone()),
                after: None,
            };
            Ok(same.iter().map(change).collect())
        });
        if removed.is_ok() {
            self.state
                .events
                .extend(gone.into_inner().into_iter().map(Event::Expired));
        }
    }

    /// Writes every row again, so that the system encrypts it under a new key. The tag and its meaning stay: a batch
    /// that was decided for the row must still find it.
    pub(super) fn rewrite(&mut self) -> Result<(), Error> {
        for key in self.live()? {
            for attempt in 0..ATTEMPTS {
                self.vault.pause(attempt);
                let row = match self.row(&key) {
                    Ok(Found::Live(row)) => row,
                    Ok(_) => break,
                    // A damaged row stays as it is.
                    Err(error) if error.code() == ErrorCode::CorruptRecord => break,
                    Err(error) => return Err(error),
                };
                let (records, account) = (&self.vault.records, record::account(&key));
                let content = self.content(&row.tag, &row.data);
                if self.items().update(records, &account, Some(&row.tag), &content)? {
                    break;
                }
            }
        }
        Ok(())
    }

    fn new_tag(&self, expiry: Option<Expiry>) -> Result<Vec<u8>, Error> {
        let now_ms = self.now_ms();
        let tag = Tag::new(&*self.vault.edges.random, now_ms, Expiry::stored(expiry, now_ms))?;
        Ok(tag.to_bytes())
    }

    /// The tag by which a change can name a row. A row without a tag, which others wrote, gets one.
    fn named(&self, tag: Option<&Vec<u8>>, key: &ItemKey) -> Result<Option<Vec<u8>>, Error> {
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
}

//! What calls do with rows once a store is open.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use strongroom_core::batch::within_bytes;
use strongroom_core::{EntryKey, Error, ErrorCode, Event, Expiry, NewRecord, Secret};

use super::aside::NUMBERS;
use super::batch::Tags;
use super::intent::Change;
use super::record::{self, Tag};
use super::session::{ATTEMPTS, Found, Session, locked, overtaken};
use super::{HEADER, INTENT};
use crate::sec_items::{Added, Attributes, Row};

/// So many rows are listed rather than looked at one by one.
const MANY: usize = 64;

impl Session<'_> {
    /// The records that are there. Those whose time is up are taken away.
    pub(super) fn live(&mut self) -> Result<BTreeSet<EntryKey>, Error> {
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

    /// All rows of the records, of one moment in which no batch was half done.
    pub(super) fn snapshot(&mut self) -> Result<Vec<Attributes>, Error> {
        if !self.shared() {
            return self.list();
        }
        let sorted = |mut rows: Vec<Attributes>| {
            rows.sort_by(|one, other| (*one.account).cmp(&*other.account));
            rows
        };
        for attempt in 0..ATTEMPTS {
            self.vault.pause(attempt);
            let rows = sorted(self.list()?);
            if self.has_intent()? {
                self.settle_now()?;
            } else if sorted(self.items().list(&self.vault.records)?) == rows {
                return Ok(rows);
            }
        }
        Err(overtaken())
    }

    /// The values of `keys`, all of one moment: if somebody else wrote in between, they are read again.
    pub(super) fn values(&mut self, keys: &[EntryKey]) -> Result<Vec<Option<Secret>>, Error> {
        let wanted: BTreeSet<&EntryKey> = keys.iter().collect();
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
            // A key may be asked for twice.
            within_bytes(keys.iter().filter_map(|key| Some(live.get(key)?.data.len().saturating_sub(1))).sum())?;
            return keys.iter().map(|key| live.get(key).map(record::value).transpose()).collect();
        }
        Err(overtaken())
    }

    /// The rows of `keys`, as far as the system shows them.
    fn read_all<'k>(&mut self, keys: &BTreeSet<&'k EntryKey>) -> Result<BTreeMap<&'k EntryKey, Row>, Error> {
        let listed = if keys.len() > MANY { Some(self.look(keys)?) } else { None };
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

    /// Whether rows that were read one after the other were all there at one moment, and the others certainly were not.
    fn still(&mut self, keys: &BTreeSet<&EntryKey>, rows: &BTreeMap<&EntryKey, Row>) -> Result<bool, Error> {
        if rows.len() < keys.len() {
            self.prove_readable()?;
        }
        let again = if !self.shared() {
            keys.iter().copied().filter(|key| !rows.contains_key(key)).collect()
        } else if self.has_intent()? {
            self.settle_now()?;
            return Ok(false);
        } else {
            keys.clone()
        };
        let tags = self.look(&again)?;
        Ok(again.iter().all(|key| tags.get(*key) == rows.get(key).map(|row| &row.tag)))
    }

    /// The tags of the rows of `keys`, as far as the system shows them.
    pub(super) fn look(&self, keys: &BTreeSet<&EntryKey>) -> Result<Tags, Error> {
        let (items, records) = (self.items(), &self.vault.records);
        if keys.len() > MANY {
            let rows = items.list(records)?.into_iter();
            let known = rows.filter_map(|row| Some((record::key(&row.account)?, row.tag)));
            return Ok(known.filter(|(key, _)| keys.contains(key)).collect());
        }
        let mut tags = Tags::new();
        for key in keys {
            if let Some(row) = items.attributes(records, &record::account(key))? {
                tags.insert((*key).clone(), row.tag);
            }
        }
        Ok(tags)
    }

    pub(super) fn set(&mut self, record: &NewRecord) -> Result<(), Error> {
        let tag = self.new_tag(record.expiry)?;
        self.put(&record::account(&record.key), &tag, &record::data(&record.value))
    }

    pub(super) fn set_several(&mut self, records: &[NewRecord]) -> Result<(), Error> {
        // Of several for one key the last counts.
        let records: BTreeMap<&EntryKey, &NewRecord> =
            records.iter().map(|record| (&record.key, record)).collect();
        let keys = records.keys().copied().collect();
        let plan = |session: &mut Self, there: &Tags| {
            let change = |(key, record): (&&EntryKey, &&NewRecord)| {
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

    pub(super) fn remove_several(&mut self, keys: &[EntryKey]) -> Result<u64, Error> {
        let expired = RefCell::new(Tags::new());
        let removed = self.commit(&keys.iter().collect(), |session, there| {
            let now_ms = session.now_ms();
            let over = |tag: &Vec<u8>| Tag::parse(tag).is_ok_and(|tag| tag.expired(now_ms));
            let (over, live): (Vec<_>, Vec<_>) = there.iter().partition(|(_, tag)| over(tag));
            *expired.borrow_mut() = over.into_iter().map(|(key, tag)| (key.clone(), tag.clone())).collect();
            let change = |(key, tag): (&EntryKey, &Vec<u8>)| {
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

    /// Removes a record, be it damaged, and says whether there was one.
    pub(super) fn remove(&mut self, key: &EntryKey) -> Result<bool, Error> {
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
                // There is nothing to compare.
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

    /// Puts a value, or nothing, in place of the row with the tag `before`, or of none, and says whether that was what stood there.
    pub(super) fn exchange(
        &mut self,
        key: &EntryKey,
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
                if same { Ok(vec![change(session)?]) } else { Ok(Vec::new()) }
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
            before => Ok(self.items().update(&self.vault.records, &account, before, &content)?),
        }
    }

    /// Takes away a record whose time is up, or a placeholder that no batch needs.
    pub(super) fn expire(&mut self, key: &EntryKey, tag: &[u8]) {
        self.expire_all(&Tags::from([(key.clone(), tag.to_vec())]));
    }

    /// The same of several, unless somebody wrote them anew. What fails is tried again when it is met again.
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
            let change = |(key, tag): &(&EntryKey, &Vec<u8>)| Change {
                account: record::account(key),
                before: Some((*tag).clone()),
                after: None,
            };
            Ok(same.iter().map(change).collect())
        });
        if removed.is_ok() {
            self.state.events.extend(gone.into_inner().into_iter().map(Event::Expired));
        }
    }

    /// Writes every record anew, which makes the system encrypt it under a new key of the row. The tag stays, as what it stands for
    /// does: a batch that was decided for the row must still find it.
    pub(super) fn rewrite(&mut self) -> Result<(), Error> {
        for key in self.live()? {
            for attempt in 0..ATTEMPTS {
                self.vault.pause(attempt);
                let row = match self.row(&key) {
                    Ok(Found::Live(row)) => row,
                    Ok(_) => break,
                    // It stays as it is.
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

    /// Deletes everything of the store. It works while nothing of it can be read.
    pub(super) fn clear(&mut self) -> Result<(), Error> {
        self.delete_rows()?;
        self.state.header = None;
        self.state.settled = false;
        if self.vault.config.shared() {
            // Others would take a missing header row for a loss.
            self.write_header(None, &self.fresh_header()?)?;
            return Ok(());
        }
        // The marker first: a marker without a header row would look like a loss.
        if let Some(marker) = &self.vault.marker {
            marker.remove(&*self.vault.edges.fs)?;
        }
        self.items().delete(&self.vault.state, HEADER, None)?;
        Ok(())
    }

    /// The intent goes last, and only if it was there before: without it, nobody would finish a batch that began in between, and
    /// what is left of one whose rows are gone does nothing.
    pub(super) fn delete_rows(&mut self) -> Result<(), Error> {
        let intent = self.intent_tag();
        self.items().delete_all(&self.vault.records)?;
        for number in NUMBERS {
            self.items().delete_all(&self.vault.aside(number))?;
        }
        if intent.as_ref().is_none_or(Option::is_some) {
            let tag = intent.flatten();
            self.items().delete(&self.vault.state, INTENT, tag.as_deref())?;
        }
        Ok(())
    }

    /// The tag of the intent row, if there is one; `None` if it cannot be told, as while nothing is shown.
    fn intent_tag(&self) -> Option<Option<Vec<u8>>> {
        let look = || match self.items().attributes(&self.vault.state, INTENT) {
            Ok(row) => Some(row.map(|row| row.tag)),
            Err(_) => None,
        };
        let shown = match look()? {
            None if matches!(self.header_row(), Ok(Some(_))) => look()?,
            None => return None,
            there => there,
        };
        // A row without a tag is none of ours.
        if shown.as_ref().is_some_and(Vec::is_empty) { None } else { Some(shown) }
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
}

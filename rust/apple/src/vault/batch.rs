//! Several rows at once, all or none: the Keychain knows no transaction of several rows.
//!
//! What is to be done is written into one row first, the intent, and is done by whoever meets it, each step only while the row is
//! still the one that the batch was made for. So it does not matter how often, by how many, or how late it is done.
//!
//! version 1, then for each change: length of the account (2), account, length of the tag that it replaces (1, 0 for an absent row),
//! that tag, kind (0 removes, 1 writes); of a write also the length of the tag (1), tag, length of the data (4), data; big-endian.

use strongroom_core::{Error, ErrorCode};
use zeroize::Zeroizing;

use super::INTENT;
use super::session::{ATTEMPTS, Session, locked};
use crate::sec_items::Added;

const VERSION: u8 = 1;
const REMOVES: u8 = 0;
const WRITES: u8 = 1;

/// One change of a batch.
pub(super) struct Change {
    pub(super) account: Zeroizing<String>,
    /// The tag of the row that it replaces; `None` if there is none.
    pub(super) before: Option<Vec<u8>>,
    /// Tag and data of what takes its place; `None` for nothing.
    pub(super) after: Option<(Vec<u8>, Zeroizing<Vec<u8>>)>,
}

/// A batch that is written down but perhaps not done.
struct Intent {
    tag: Vec<u8>,
    changes: Vec<Change>,
}

impl Session<'_> {
    /// Makes all changes that `changes` finds to be made, or none, and answers how many. It is done when the intent is durable: a step that
    /// fails after that is made up for before the next call looks at the store.
    pub(super) fn commit(
        &mut self,
        changes: impl Fn(&mut Self) -> Result<Vec<Change>, Error>,
    ) -> Result<u64, Error> {
        for attempt in 0..ATTEMPTS {
            self.vault.pause(attempt);
            let changes = changes(self)?;
            let count = changes.len() as u64;
            if count == 0 {
                return Ok(0);
            }
            self.note_use()?;
            let mut tag = vec![0; 16];
            self.vault.edges.random.fill(&mut tag)?;
            let data = encode(&changes)?;
            let content = self.content(&tag, &data);
            match self.items().add(&self.vault.state, INTENT, &content) {
                Ok(Added::Yes) => return self.perform(&Intent { tag, changes }).map(|()| count),
                // Somebody else's: what it does is to be seen by this one.
                Ok(Added::Duplicate) => self.settle_now()?,
                Err(status) => {
                    // An answer may be lost after the row was added.
                    self.state.settled = false;
                    let _ = self.items().delete(&self.vault.state, INTENT, Some(&tag));
                    return Err(self.vault.refused(status));
                }
            }
        }
        Err(locked())
    }

    /// Finishes what a batch left undone. Rows that others may change are looked at each time.
    pub(super) fn settle(&mut self) -> Result<(), Error> {
        if !self.state.settled {
            return self.settle_now();
        }
        if self.vault.config.shared() && self.items().attributes(&self.vault.state, INTENT)?.is_some() {
            return self.settle_now();
        }
        Ok(())
    }

    fn settle_now(&mut self) -> Result<(), Error> {
        let vault = self.vault;
        if let Some(row) = self.proven(|items| Ok(items.read(&vault.state, INTENT)?))? {
            let intent = Intent {
                changes: decode(&row.data)?,
                tag: row.tag,
            };
            for change in &intent.changes {
                self.apply(change)?;
            }
            self.items()
                .delete(&self.vault.state, INTENT, Some(&intent.tag))?;
        }
        self.state.settled = true;
        Ok(())
    }

    fn perform(&mut self, intent: &Intent) -> Result<(), Error> {
        self.state.settled = false;
        for (index, change) in intent.changes.iter().enumerate() {
            if let Err(error) = self.apply(change) {
                let undone = index == 0 && self.untouched(change) && self.withdraw(intent);
                return if undone { Err(error) } else { Ok(()) };
            }
        }
        if self.withdraw(intent) {
            self.state.settled = true;
        }
        Ok(())
    }

    fn withdraw(&self, intent: &Intent) -> bool {
        self.items().delete(&self.vault.state, INTENT, Some(&intent.tag)) == Ok(true)
    }

    /// Whether the row of a change is certainly still the one that it is to replace.
    fn untouched(&mut self, change: &Change) -> bool {
        let vault = self.vault;
        let row = self.proven(|items| Ok(items.attributes(&vault.records, &change.account)?));
        row.is_ok_and(|row| row.map(|row| row.tag) == change.before)
    }

    /// Makes a change unless it was made before, or its row was written since. What is "not found" or "duplicate" for no visible
    /// reason is not believed.
    fn apply(&mut self, change: &Change) -> Result<(), Error> {
        let (items, records, account) = (self.items(), &self.vault.records, &*change.account);
        let done = match (&change.before, &change.after) {
            (Some(before), Some((tag, data))) => {
                items.update(records, account, Some(before), &self.content(tag, data))?
            }
            (Some(before), None) => items.delete(records, account, Some(before))?,
            (None, Some((tag, data))) => self.add(account, &self.content(tag, data))? == Added::Yes,
            (None, None) => true,
        };
        if done {
            return Ok(());
        }
        let vault = self.vault;
        let row = self.proven(|items| Ok(items.attributes(&vault.records, account)?))?;
        if row.map(|row| row.tag) == change.before {
            return Err(locked());
        }
        Ok(())
    }
}

fn encode(changes: &[Change]) -> Result<Zeroizing<Vec<u8>>, Error> {
    let size = changes.iter().map(|change| {
        let after = change
            .after
            .as_ref()
            .map_or(0, |(tag, data)| 5 + tag.len() + data.len());
        4 + change.account.len() + change.before.as_ref().map_or(0, Vec::len) + after
    });
    let mut bytes = Zeroizing::new(Vec::with_capacity(1 + size.sum::<usize>()));
    bytes.push(VERSION);
    for change in changes {
        put::<2>(&mut bytes, change.account.as_bytes())?;
        put::<1>(&mut bytes, change.before.as_deref().unwrap_or_default())?;
        match &change.after {
            None => bytes.push(REMOVES),
            Some((tag, data)) => {
                bytes.push(WRITES);
                put::<1>(&mut bytes, tag)?;
                put::<4>(&mut bytes, data)?;
            }
        }
    }
    Ok(bytes)
}

/// Appends a length of `N` bytes and the bytes.
fn put<const N: usize>(bytes: &mut Vec<u8>, part: &[u8]) -> Result<(), Error> {
    let length = u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes();
    let (high, low) = length.split_at(length.len() - N);
    if high.iter().any(|byte| *byte != 0) {
        return Err(Error::new(ErrorCode::Internal, "A part of a batch is too long"));
    }
    bytes.extend_from_slice(low);
    bytes.extend_from_slice(part);
    Ok(())
}

fn decode(bytes: &[u8]) -> Result<Vec<Change>, Error> {
    match bytes.split_first() {
        Some((&VERSION, mut rest)) => {
            let mut changes = Vec::new();
            while !rest.is_empty() {
                changes.push(take_change(&mut rest).ok_or_else(damaged)?);
            }
            Ok(changes)
        }
        Some((newer, _)) if *newer > VERSION => Err(Error::new(
            ErrorCode::NewerFormat,
            "A batch of a newer version is unfinished",
        )),
        _ => Err(damaged()),
    }
}

fn take_change(rest: &mut &[u8]) -> Option<Change> {
    let account = std::str::from_utf8(take::<2>(rest)?).ok()?.to_owned();
    let before = take::<1>(rest)?.to_vec();
    let kind;
    (kind, *rest) = rest.split_first()?;
    let after = match *kind {
        REMOVES => None,
        WRITES => Some((
            take::<1>(rest)?.to_vec(),
            Zeroizing::new(take::<4>(rest)?.to_vec()),
        )),
        _ => return None,
    };
    Some(Change {
        account: Zeroizing::new(account),
        before: (!before.is_empty()).then_some(before),
        after,
    })
}

fn take<'a, const N: usize>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, behind) = rest.split_first_chunk::<N>()?;
    let length = length
        .iter()
        .fold(0, |length, byte| (length << 8) | usize::from(*byte));
    let part = behind.get(..length)?;
    *rest = behind.get(length..)?;
    Some(part)
}

fn damaged() -> Error {
    Error::new(ErrorCode::Corrupt, "An unfinished batch is damaged")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes() -> Vec<Change> {
        let change = |account: &str, before: Option<&[u8]>, after: Option<(&[u8], usize)>| Change {
            account: Zeroizing::new(account.to_owned()),
            before: before.map(<[u8]>::to_vec),
            after: after.map(|(tag, length)| (tag.to_vec(), Zeroizing::new(vec![7; length]))),
        };
        vec![
            change("new", None, Some((b"n", 70_000))),
            change("changed", Some(b"old"), Some((b"new", 0))),
            change("removed", Some(b"old"), None),
        ]
    }

    #[test]
    fn batches_return_as_they_were() {
        let found = decode(&encode(&changes()).unwrap()).unwrap();
        assert_eq!(found.len(), 3);
        for (found, made) in found.iter().zip(changes()) {
            assert!(
                found.account == made.account && found.before == made.before && found.after == made.after
            );
        }
        assert!(decode(&encode(&[]).unwrap()).unwrap().is_empty());
    }

    #[test]
    fn a_cut_or_foreign_batch_is_damaged() {
        let bytes = encode(&changes()).unwrap();
        let ends = [0, 1, 2].map(|count| encode(&changes()[..count]).unwrap().len());
        for length in (0..100).chain(bytes.len() - 100..bytes.len()) {
            if ends.contains(&length) {
                continue;
            }
            assert_eq!(
                decode(&bytes[..length]).err().unwrap().code(),
                ErrorCode::Corrupt,
                "{length}"
            );
        }
        assert_eq!(decode(&[2]).err().unwrap().code(), ErrorCode::NewerFormat);
    }
}

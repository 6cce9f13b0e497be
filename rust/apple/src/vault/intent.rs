//! The intent row: the changes of a batch, written before they are made.
//!
//! Its tag is the number of the batch (16, random) and its stage: 0 claimed, 1 decided, 2 taken over. A batch that is
//! only claimed holds nothing but the version. Otherwise version 2, then for each change: length of the account (2),
//! account, length of the tag that it replaces (1), that tag, kind (0 removes, 1 writes); for a write also the length
//! of the tag (1), tag, length of the data (4), data; big-endian. In version 1 the tag is only the number, and the
//! length of the tag that is replaced may be 0 for an absent row.

use strongroom_core::{Error, ErrorCode};
use zeroize::Zeroizing;

use super::record::{self, BatchId};
use super::stage::{self, Stage};
use crate::sec_items::Row;

const WITHOUT_PLACEHOLDERS: u8 = 1;
const VERSION: u8 = 2;
const REMOVES: u8 = 0;
const WRITES: u8 = 1;

/// One change of a batch.
pub(super) struct Change {
    pub(super) account: Zeroizing<String>,
    /// The tag of the row that it replaces; `None` if there is none.
    pub(super) before: Option<Vec<u8>>,
    /// The new tag and data; `None` removes the row.
    pub(super) after: Option<(Vec<u8>, Zeroizing<Vec<u8>>)>,
}

/// One step of a batch: a change of a row that has a tag, which can be a placeholder.
pub(super) struct Step {
    pub(super) account: Zeroizing<String>,
    pub(super) before: Vec<u8>,
    pub(super) after: Option<(Vec<u8>, Zeroizing<Vec<u8>>)>,
}

impl Change {
    /// The same change for the row with the tag `before`.
    pub(super) fn on(self, before: Vec<u8>) -> Step {
        Step {
            account: self.account,
            before,
            after: self.after,
        }
    }
}

/// A batch.
pub(super) struct Intent {
    pub(super) id: BatchId,
    pub(super) steps: Vec<Step>,
}

impl Intent {
    /// The batch of an intent row. A row that an older version wants to add replaces a placeholder.
    pub(super) fn parse(row: &Row) -> Result<(Self, Stage), Error> {
        let changes = decode(&row.data)?;
        let (id, stage) = stage::parse(&row.tag).ok_or_else(damaged)?;
        let old = stage == Stage::Old;
        if old != (row.data.first() == Some(&WITHOUT_PLACEHOLDERS)) {
            return Err(damaged());
        }
        let step = |mut change: Change| match change.before.take() {
            Some(before) => Ok(change.on(before)),
            None if old => Ok(change.on(record::placeholder(id))),
            None => Err(damaged()),
        };
        let steps = changes.into_iter().map(step).collect::<Result<_, _>>()?;
        Ok((Self { id, steps }, stage))
    }

    pub(super) fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        let parts = self.steps.iter().map(|step| {
            let Step {
                account,
                before,
                after,
            } = step;
            (account, Some(before), after)
        });
        encode(VERSION, parts)
    }

    /// The steps that replace placeholders.
    pub(super) fn on_placeholders(&self) -> impl Iterator<Item = &Step> {
        let tag = record::placeholder(self.id);
        self.steps.iter().filter(move |step| step.before == tag)
    }
}

/// The content of the intent row of a batch that is only claimed.
pub(super) const CLAIM: &[u8] = &[VERSION];

/// Account, tag before, and tag and data after.
type Parts<'a> = (
    &'a Zeroizing<String>,
    Option<&'a Vec<u8>>,
    &'a Option<(Vec<u8>, Zeroizing<Vec<u8>>)>,
);

fn encode<'a>(
    version: u8,
    changes: impl Iterator<Item = Parts<'a>> + Clone,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let size = changes.clone().map(|(account, before, after)| {
        let after = after.as_ref().map_or(0, |(tag, data)| 5 + tag.len() + data.len());
        4 + account.len() + before.map_or(0, Vec::len) + after
    });
    // The whole buffer at once: a growing buffer leaves bytes behind that are not wiped.
    let mut bytes = Zeroizing::new(Vec::with_capacity(1 + size.sum::<usize>()));
    bytes.push(version);
    for (account, before, after) in changes {
        put::<2>(&mut bytes, account.as_bytes())?;
        put::<1>(&mut bytes, before.map_or(&[], Vec::as_slice))?;
        match after {
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
        Some((&(WITHOUT_PLACEHOLDERS | VERSION), mut rest)) => {
            let mut changes = Vec::new();
            while !rest.is_empty() {
                changes.push(take_change(&mut rest).ok_or_else(damaged)?);
            }
            Ok(changes)
        }
        Some((newer, _)) if *newer > VERSION => Err(Error::new(
            ErrorCode::NewerFormat,
            "A newer version of the plugin left an unfinished batch: update the app",
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
    Error::new(
        ErrorCode::Corrupt,
        "An unfinished batch is damaged: call `reset()` to start an empty store",
    )
}

#[cfg(test)]
mod tests {
    use super::super::record::TOKEN_BYTES;
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

    fn encoded(version: u8, changes: &[Change]) -> Zeroizing<Vec<u8>> {
        let parts = changes.iter().map(|change| {
            let Change {
                account,
                before,
                after,
            } = change;
            (account, before.as_ref(), after)
        });
        encode(version, parts).unwrap()
    }

    fn row(stage: Stage, data: Zeroizing<Vec<u8>>) -> Row {
        Row {
            tag: stage::tag([3; TOKEN_BYTES], stage),
            data,
        }
    }

    #[test]
    fn batches_return_as_they_were() {
        let bytes = encoded(WITHOUT_PLACEHOLDERS, &changes());
        let (old, stage) = Intent::parse(&row(Stage::Old, bytes)).unwrap();
        assert_eq!((old.steps.len(), stage), (3, Stage::Old));
        let bytes = old.to_bytes().unwrap();
        let (found, stage) = Intent::parse(&row(Stage::Taken, bytes)).unwrap();
        assert_eq!((found.steps.len(), stage), (3, Stage::Taken));
        for (found, made) in found.steps.iter().zip(changes()) {
            let before = made
                .before
                .unwrap_or_else(|| record::placeholder([3; TOKEN_BYTES]));
            assert!(found.account == made.account && found.before == before && found.after == made.after);
        }
        assert_eq!(found.on_placeholders().count(), 1);
        assert!(decode(CLAIM).unwrap().is_empty());
    }

    #[test]
    fn only_an_older_version_leaves_open_what_an_absent_row_is_replaced_by() {
        let open = || encoded(VERSION, &changes());
        let old = || encoded(WITHOUT_PLACEHOLDERS, &changes());
        for (stage, data) in [
            (Stage::Decided, open()),
            (Stage::Decided, old()),
            (Stage::Old, open()),
        ] {
            let found = Intent::parse(&row(stage, data));
            assert_eq!(found.err().unwrap().code(), ErrorCode::Corrupt);
        }
    }

    #[test]
    fn a_cut_or_foreign_batch_is_damaged() {
        let bytes = encoded(VERSION, &changes());
        let ends = [0, 1, 2].map(|count| encoded(VERSION, &changes()[..count]).len());
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
        assert_eq!(decode(&[3]).err().unwrap().code(), ErrorCode::NewerFormat);
    }
}

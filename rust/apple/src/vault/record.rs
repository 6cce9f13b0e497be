//! The rows of items.
//!
//! | part | bytes |
//! | --- | --- |
//! | account | the key; U+0000 is written U+001A `0`, U+001A is written U+001A `A` |
//! | generic (tag) | version 1, written (8, ms), expires (8, ms, 0 for never), token (16, new with every write); big-endian |
//! | value | version 1, then the value in UTF-8 |
//!
//! A placeholder has a tag of its own, with the number of its batch as token. Its value is 0, which is no value.

use strongroom_core::ports::Random;
use strongroom_core::{Error, ErrorCode, ItemKey, Secret};
use zeroize::Zeroizing;

use crate::sec_items::Row;

const VERSION: u8 = 1;
const TAG_BYTES: usize = 33;
pub(super) const TOKEN_BYTES: usize = 16;
/// Times that no item has together: written at the end of all time, and expired long before.
const PLACEHOLDER: (u64, u64) = (u64::MAX, 1);
/// The value of a placeholder: no version of a value.
pub(super) const NO_VALUE: &[u8] = &[0];
const ESCAPE: char = '\u{1a}';

/// The number of a batch.
pub(super) type BatchId = [u8; TOKEN_BYTES];

/// The tag of an item.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag {
    written_ms: u64,
    expires_ms: u64,
    token: [u8; TOKEN_BYTES],
}

impl Tag {
    pub(super) fn new(random: &dyn Random, written_ms: u64, expires_ms: u64) -> Result<Self, Error> {
        let mut token = [0; TOKEN_BYTES];
        random.fill(&mut token)?;
        Ok(Self {
            written_ms,
            expires_ms,
            token,
        })
    }

    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Error> {
        version(bytes)?;
        let parts = bytes
            .get(1..)
            .and_then(|rest| rest.split_first_chunk::<8>())
            .and_then(|(written, rest)| Some((written, rest.split_first_chunk::<8>()?)));
        let Some((written, (expires, token))) = parts else {
            return Err(damaged());
        };
        Ok(Self {
            written_ms: u64::from_be_bytes(*written),
            expires_ms: u64::from_be_bytes(*expires),
            token: token.try_into().map_err(|_| damaged())?,
        })
    }

    pub(super) fn to_bytes(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(TAG_BYTES);
        bytes.push(VERSION);
        bytes.extend(self.written_ms.to_be_bytes());
        bytes.extend(self.expires_ms.to_be_bytes());
        bytes.extend(self.token);
        bytes
    }

    /// Whether it is the tag of a placeholder.
    fn stands_in(self) -> bool {
        (self.written_ms, self.expires_ms) == PLACEHOLDER
    }

    pub(super) fn expired(self, now_ms: u64) -> bool {
        self.stands_in() || (self.expires_ms != 0 && self.expires_ms <= now_ms)
    }
}

/// The tag of a row that a batch adds where there is none, so that its step can name a tag. An older version reads it
/// as an expired item.
pub(super) fn placeholder(batch: BatchId) -> Vec<u8> {
    let (written_ms, expires_ms) = PLACEHOLDER;
    let tag = Tag {
        written_ms,
        expires_ms,
        token: batch,
    };
    tag.to_bytes()
}

/// The batch in a placeholder's tag; `None` for any other tag.
pub(super) fn batch(tag: &[u8]) -> Option<BatchId> {
    let tag = Tag::parse(tag).ok()?;
    tag.stands_in().then_some(tag.token)
}

/// The bytes of a value.
pub(super) fn data(value: &Secret) -> Zeroizing<Vec<u8>> {
    let text = value.expose().as_bytes();
    let mut data = Zeroizing::new(Vec::with_capacity(1 + text.len()));
    data.push(VERSION);
    data.extend_from_slice(text);
    data
}

/// The value of a row.
pub(super) fn value(row: &Row) -> Result<Secret, Error> {
    version(&row.data)?;
    let text = row.data.get(1..).map(std::str::from_utf8);
    let Some(Ok(text)) = text else {
        return Err(damaged());
    };
    Secret::new(Zeroizing::new(text.to_owned())).map_err(|_| damaged())
}

/// The account of a key. Nothing documents whether the system reads a text with U+0000 as a shorter one, so an account
/// never contains it.
pub(super) fn account(key: &ItemKey) -> Zeroizing<String> {
    let mut account = Zeroizing::new(String::with_capacity(2 * key.as_str().len()));
    for letter in key.as_str().chars() {
        match letter {
            '\0' => account.extend([ESCAPE, '0']),
            ESCAPE => account.extend([ESCAPE, 'A']),
            other => account.push(other),
        }
    }
    account
}

/// The key of an account; `None` if it is not one of ours.
pub(super) fn key(account: &str) -> Option<ItemKey> {
    let mut key = Zeroizing::new(String::with_capacity(account.len()));
    let mut letters = account.chars();
    while let Some(letter) = letters.next() {
        key.push(match letter {
            ESCAPE => match letters.next()? {
                '0' => '\0',
                'A' => ESCAPE,
                _ => return None,
            },
            '\0' => return None,
            other => other,
        });
    }
    ItemKey::new(&key).ok()
}

fn version(bytes: &[u8]) -> Result<(), Error> {
    match bytes.first() {
        Some(&VERSION) => Ok(()),
        Some(newer) if *newer > VERSION => Err(Error::new(
            ErrorCode::NewerFormat,
            "A newer version of the plugin wrote the item: update the app",
        )),
        _ => Err(damaged()),
    }
}

fn damaged() -> Error {
    Error::new(
        ErrorCode::CorruptRecord,
        "The item is damaged: set it again or remove it",
    )
}

#[cfg(test)]
mod tests {
    use strongroom_core::ports::OsRandom;

    use super::*;

    fn row(data: &[u8]) -> Row {
        Row {
            tag: Vec::new(),
            data: Zeroizing::new(data.to_vec()),
        }
    }

    #[test]
    fn tags_return_as_they_were() {
        let tag = Tag::new(&OsRandom::default(), 7, u64::MAX).unwrap();
        let bytes = tag.to_bytes();
        assert_eq!(bytes.len(), TAG_BYTES);
        assert!(Tag::parse(&bytes).unwrap() == tag);
        assert!(batch(&bytes).is_none());
    }

    #[test]
    fn a_placeholder_tells_its_batch_and_is_no_record_at_any_time() {
        let bytes = placeholder([7; TOKEN_BYTES]);
        assert_eq!(batch(&bytes), Some([7; TOKEN_BYTES]));
        let tag = Tag::parse(&bytes).unwrap();
        assert!(tag.expired(0) && tag.expired(u64::MAX));
    }

    #[test]
    fn what_is_no_tag_is_damage_and_what_is_newer_says_so() {
        let tag = Tag::new(&OsRandom::default(), 7, 9).unwrap().to_bytes();
        for length in 0..tag.len() {
            assert_eq!(
                Tag::parse(&tag[..length]).err().unwrap().code(),
                ErrorCode::CorruptRecord
            );
        }
        let longer: Vec<u8> = tag.iter().copied().chain([0]).collect();
        assert_eq!(
            Tag::parse(&longer).err().unwrap().code(),
            ErrorCode::CorruptRecord
        );
        let newer: Vec<u8> = std::iter::once(2).chain(tag[1..].iter().copied()).collect();
        assert_eq!(Tag::parse(&newer).err().unwrap().code(), ErrorCode::NewerFormat);
        let older: Vec<u8> = std::iter::once(0).chain(tag[1..].iter().copied()).collect();
        assert_eq!(Tag::parse(&older).err().unwrap().code(), ErrorCode::CorruptRecord);
    }

    #[test]
    fn a_record_expires_at_its_time() {
        let tag = |expires_ms| Tag::new(&OsRandom::default(), 0, expires_ms).unwrap();
        assert!(!tag(0).expired(u64::MAX));
        assert!(!tag(10).expired(9));
        assert!(tag(10).expired(10));
    }

    #[test]
    fn values_keep_every_byte() {
        for text in ["", "\0", "grüße 👩‍👩‍👧", "\u{1a}0"] {
            let secret = Secret::new(Zeroizing::new(text.to_owned())).unwrap();
            let data = data(&secret);
            assert!(!data.is_empty());
            assert_eq!(value(&row(&data)).unwrap().expose(), text);
        }
        for (bytes, code) in [
            (&b""[..], ErrorCode::CorruptRecord),
            (b"\0text", ErrorCode::CorruptRecord),
            (b"\x01\xff", ErrorCode::CorruptRecord),
            (b"\x02text", ErrorCode::NewerFormat),
        ] {
            assert_eq!(value(&row(bytes)).err().unwrap().code(), code);
        }
    }

    #[test]
    fn accounts_are_one_to_one_and_hold_no_zero() {
        let keys = [
            "a", "a\0", "a\u{1a}0", "a\u{1a}", "\0", "\u{1a}", "\u{1a}A", "ä\0ä", "0A",
        ];
        let mut seen = std::collections::BTreeSet::new();
        for text in keys {
            let entry = ItemKey::new(text).unwrap();
            let account = account(&entry);
            assert!(!account.contains('\0'));
            assert!(key(&account).unwrap() == entry);
            assert!(seen.insert(account.to_string()));
        }
        for foreign in ["", "\u{1a}", "a\u{1a}B", "a\0"] {
            assert!(key(foreign).is_none());
        }
    }
}

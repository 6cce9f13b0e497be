//! One frame of the journal: one change to one record, sealed. See `docs/internals/storage-format.md`.
//!
//! ```text
//! 0  marker 4 │ length 4 │ sequence 8 │ previous tag 16 │ previous name hash 12 │ nonce 12 │ check 4   authenticated as AAD
//! 60 keyed hash of the name 12 │ keyed check of the hash and the sequence number 8                 checked against the name
//! 80 ciphertext … │ tag 16
//! ```
//!
//! A damaged frame costs only its own record, and an older value of that record is never returned as the current one: the
//! name hash is outside of the seal and has its own check, and the next frame repeats it. The check without a key tells a
//! torn frame, whose length reaches beyond the end of the file, from a frame with a damaged length.

#[cfg(feature = "fuzzing")]
mod probe;
mod reading;

use sha2::{Digest, Sha256};

#[cfg(feature = "fuzzing")]
pub use self::probe::{FrameContent, FrameLink, FrameProbe};
pub(in crate::sealed) use self::reading::{ClearPart, Opened, Stated};
use super::cipher::{FileCipher, NONCE_LEN, NameHash, TAG_LEN};
use super::header::{ALIGNMENT, HeaderDigest};
use crate::error::{Error, ErrorCode};
use crate::name::ItemKey;
use crate::ports::Random;
use crate::secret::Secret;
use crate::vault::Expiry;

pub(in crate::sealed) const CLEAR_LEN: usize = 80;
pub(super) const MIN_FRAME_LEN: usize = 2 * ALIGNMENT;
pub(super) const MAX_FRAME_LEN: usize = frame_len(ItemKey::MAX_BYTES, Secret::MAX_BYTES);

const AUTHENTICATED_LEN: usize = 60;
const CHECK_LEN: usize = 4;
const FIXED_LEN: usize = 24;

/// What a frame does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::sealed) enum Kind {
    Set,
    Remove,
    /// Sets a record to an older value: its newest value was lost before the file was written. Since version 2.
    Doubted,
    /// Lists what else older files left in doubt. Since version 2.
    Doubts,
}

/// The sealed content of a frame.
#[derive(Clone, Copy)]
pub(in crate::sealed) struct Content<'a> {
    pub(in crate::sealed) kind: Kind,
    pub(in crate::sealed) name: &'a str,
    pub(in crate::sealed) body: &'a [u8],
    pub(in crate::sealed) written_ms: u64,
    pub(in crate::sealed) expires_ms: u64,
}

/// The file that a frame belongs to, and its cipher.
pub(in crate::sealed) struct FrameContext<'a> {
    pub(in crate::sealed) cipher: &'a FileCipher,
    pub(in crate::sealed) digest: &'a HeaderDigest,
}

/// A change to one record, before it is sealed.
#[derive(Clone, Copy)]
pub(in crate::sealed) struct Change<'a> {
    pub(in crate::sealed) name: &'a str,
    /// `None` removes the record.
    pub(in crate::sealed) value: Option<&'a str>,
    pub(in crate::sealed) written_ms: u64,
    /// 0 for never.
    pub(in crate::sealed) expires_ms: u64,
}

/// The position of a frame in the chain.
#[derive(Clone, Copy)]
pub(in crate::sealed) struct Link {
    pub(in crate::sealed) sequence: u64,
    pub(in crate::sealed) previous_tag: [u8; TAG_LEN],
    /// The name hash of the frame before.
    pub(in crate::sealed) previous_name: NameHash,
    pub(in crate::sealed) place: Place,
}

/// The position of a frame in its write. A write is atomic: it counts only as a whole.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::sealed) enum Place {
    Only,
    First,
    Middle,
    Last,
}

impl Place {
    const MARKERS: [(Self, [u8; 4]); 4] = [
        (Self::Only, *b"SRo1"),
        (Self::First, *b"SRf1"),
        (Self::Middle, *b"SRm1"),
        (Self::Last, *b"SRl1"),
    ];

    /// The position of frame `index` of `count`.
    pub(in crate::sealed) fn of(index: usize, count: usize) -> Self {
        match (index == 0, index + 1 == count) {
            (true, true) => Self::Only,
            (true, false) => Self::First,
            (false, true) => Self::Last,
            (false, false) => Self::Middle,
        }
    }

    pub(in crate::sealed) fn starts(self) -> bool {
        matches!(self, Self::Only | Self::First)
    }

    pub(in crate::sealed) fn finishes(self) -> bool {
        matches!(self, Self::Only | Self::Last)
    }

    fn marker(self) -> [u8; 4] {
        Self::MARKERS
            .iter()
            .find(|(place, _)| *place == self)
            .map_or([0; 4], |(_, marker)| *marker)
    }

    fn from_marker(marker: [u8; 4]) -> Option<Self> {
        Self::MARKERS
            .iter()
            .find(|(_, known)| *known == marker)
            .map(|(place, _)| *place)
    }
}

impl<'a> Change<'a> {
    pub(in crate::sealed) fn addition(
        key: &'a ItemKey,
        value: &'a Secret,
        expiry: Option<Expiry>,
        now_ms: u64,
    ) -> Self {
        Self {
            name: key.as_str(),
            value: Some(value.expose()),
            written_ms: now_ms,
            expires_ms: Expiry::stored(expiry, now_ms),
        }
    }

    pub(in crate::sealed) fn removal(key: &'a ItemKey, now_ms: u64) -> Self {
        Self {
            name: key.as_str(),
            value: None,
            written_ms: now_ms,
            expires_ms: 0,
        }
    }

    pub(in crate::sealed) fn content(&self) -> Content<'a> {
        Content {
            kind: if self.value.is_some() {
                Kind::Set
            } else {
                Kind::Remove
            },
            name: self.name,
            body: self.value.unwrap_or_default().as_bytes(),
            written_ms: self.written_ms,
            expires_ms: self.expires_ms,
        }
    }

    pub(in crate::sealed) fn frame_len(&self) -> usize {
        self.content().frame_len()
    }
}

impl Kind {
    const BYTES: [(Self, u8); 4] = [
        (Self::Set, 1),
        (Self::Remove, 2),
        (Self::Doubted, 3),
        (Self::Doubts, 4),
    ];

    /// The first version of the format that has frames of this kind.
    pub(in crate::sealed) fn since(self) -> u16 {
        match self {
            Self::Set | Self::Remove => 1,
            Self::Doubted | Self::Doubts => 2,
        }
    }

    fn byte(self) -> u8 {
        Self::BYTES
            .iter()
            .find(|(kind, _)| *kind == self)
            .map_or(0, |(_, byte)| *byte)
    }

    fn from_byte(byte: u8) -> Option<Self> {
        Self::BYTES
            .iter()
            .find(|(_, known)| *known == byte)
            .map(|(kind, _)| *kind)
    }
}

impl Content<'_> {
    /// The number of bytes [`Self::seal`] appends.
    pub(in crate::sealed) fn frame_len(&self) -> usize {
        frame_len(self.name.len(), self.body.len())
    }

    /// The hash that names the record. It is zero for a frame that changes no record, and for a previous frame that is
    /// not known.
    fn name_hash(&self, cipher: &FileCipher) -> Result<NameHash, Error> {
        match self.kind {
            Kind::Doubts => Ok(NameHash::default()),
            Kind::Set | Kind::Remove | Kind::Doubted => cipher.name_hash(self.name),
        }
    }

    /// Appends the sealed frame to `out` and returns its tag and its name hash, which the next frame contains.
    pub(in crate::sealed) fn seal(
        &self,
        context: &FrameContext<'_>,
        random: &dyn Random,
        link: &Link,
        out: &mut Vec<u8>,
    ) -> Result<([u8; TAG_LEN], NameHash), Error> {
        let length = self.frame_len();
        let (Ok(frame_len), Ok(name_len), Ok(value_len)) = (
            u32::try_from(length),
            u16::try_from(self.name.len()),
            u32::try_from(self.body.len()),
        ) else {
            return Err(Error::new(
                ErrorCode::TooLarge,
                "The item is too large to be stored",
            ));
        };
        let mut nonce = [0; NONCE_LEN];
        random.fill(&mut nonce)?;

        let start = out.len();
        out.reserve(length);
        link.append_clear(frame_len, &nonce, out);
        let aad = aad(context, &out[start..]);
        let name = self.name_hash(context.cipher)?;
        out.extend_from_slice(&name);
        out.extend_from_slice(&context.cipher.name_check(link.sequence, &name)?);

        let sealed_start = out.len();
        out.push(self.kind.byte());
        out.push(0);
        out.extend_from_slice(&name_len.to_le_bytes());
        out.extend_from_slice(&value_len.to_le_bytes());
        out.extend_from_slice(&self.written_ms.to_le_bytes());
        out.extend_from_slice(&self.expires_ms.to_le_bytes());
        out.extend_from_slice(self.name.as_bytes());
        out.extend_from_slice(self.body);
        out.resize(start + length - TAG_LEN, 0);
        let tag = context.cipher.seal(&nonce, &aad, &mut out[sealed_start..])?;
        out.extend_from_slice(&tag);
        Ok((tag, name))
    }
}

impl Link {
    /// Appends the part of a frame that is authenticated and not encrypted.
    fn append_clear(&self, frame_len: u32, nonce: &[u8; NONCE_LEN], out: &mut Vec<u8>) {
        let start = out.len();
        out.extend_from_slice(&self.place.marker());
        out.extend_from_slice(&frame_len.to_le_bytes());
        out.extend_from_slice(&self.sequence.to_le_bytes());
        out.extend_from_slice(&self.previous_tag);
        out.extend_from_slice(&self.previous_name);
        out.extend_from_slice(nonce);
        let check = check(&out[start..]);
        out.extend_from_slice(&check);
    }
}

/// The length of a frame for a name and a value of these lengths.
const fn frame_len(name: usize, value: usize) -> usize {
    (CLEAR_LEN + FIXED_LEN + name + value + TAG_LEN).next_multiple_of(ALIGNMENT)
}

/// It has no key: it detects damage, and the tag detects intent.
fn check(of: &[u8]) -> [u8; CHECK_LEN] {
    Sha256::digest(of).first_chunk().copied().unwrap_or_default()
}

fn aad(context: &FrameContext<'_>, clear: &[u8]) -> Vec<u8> {
    let mut aad = Vec::with_capacity(24 + context.digest.len() + clear.len());
    aad.extend_from_slice(b"strongroom v1 frame\0");
    aad.extend_from_slice(context.digest);
    aad.extend_from_slice(clear);
    aad
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame outside of these bounds is not valid, so every change must fit inside.
    #[test]
    fn the_smallest_and_the_largest_change_fill_the_bounds() {
        let (name, value) = ("k".repeat(ItemKey::MAX_BYTES), "v".repeat(Secret::MAX_BYTES));
        let frame_len = |name, value| {
            let change = Change {
                name,
                value,
                written_ms: 0,
                expires_ms: 0,
            };
            change.frame_len()
        };
        assert_eq!(frame_len("k", None), MIN_FRAME_LEN);
        assert_eq!(frame_len("k", Some("")), MIN_FRAME_LEN);
        assert_eq!(frame_len(&name, Some(&value)), MAX_FRAME_LEN);
        assert_eq!((MIN_FRAME_LEN, MAX_FRAME_LEN), (128, 1_049_728));
    }

    #[test]
    fn a_length_is_believed_only_with_its_check_and_within_bounds() {
        let link = Link {
            sequence: 1,
            previous_tag: [2; TAG_LEN],
            previous_name: [3; 12],
            place: Place::Only,
        };
        let read = |length: usize, mend: bool| {
            let mut frame = Vec::new();
            link.append_clear(192, &[4; NONCE_LEN], &mut frame);
            let length = u32::try_from(length).unwrap_or(u32::MAX);
            frame[4..8].copy_from_slice(&length.to_le_bytes());
            if mend {
                let mended = check(&frame[..AUTHENTICATED_LEN - CHECK_LEN]);
                frame[AUTHENTICATED_LEN - CHECK_LEN..AUTHENTICATED_LEN].copy_from_slice(&mended);
            }
            let mut clear = [0; CLEAR_LEN];
            clear[..frame.len()].copy_from_slice(&frame);
            ClearPart::read(&clear).map(|clear| clear.length)
        };
        for length in [MIN_FRAME_LEN, 192, 256, MAX_FRAME_LEN] {
            assert_eq!(read(length, true), Some(length));
            assert_eq!(read(length, false).is_some(), length == 192);
        }
        for length in [0, 64, 127, 129, 191, MAX_FRAME_LEN + 64, usize::MAX] {
            assert_eq!(read(length, true), None, "{length}");
        }
    }
}

//! Reads a frame from a file: first the clear part, which is not authenticated yet, then the sealed part.

use zeroize::Zeroizing;

use super::{
    AUTHENTICATED_LEN, CHECK_LEN, CLEAR_LEN, Change, Content, FIXED_LEN, FrameContext, Kind, Link,
    MAX_FRAME_LEN, MIN_FRAME_LEN, Place, aad, check,
};
use crate::error::Error;
use crate::name::ItemKey;
use crate::sealed::format::bytes::Reader;
use crate::sealed::format::cipher::{FileCipher, NONCE_LEN, NameHash, TAG_LEN};
use crate::sealed::format::header::ALIGNMENT;
use crate::secret::Secret;

/// The clear part of a frame, not authenticated yet.
pub(in crate::sealed) struct ClearPart {
    pub(in crate::sealed) length: usize,
    pub(in crate::sealed) link: Link,
    nonce: [u8; NONCE_LEN],
    authenticated: [u8; AUTHENTICATED_LEN],
}

/// What a frame states outside of its seal, with a valid check.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::sealed) struct Stated {
    pub(in crate::sealed) sequence: u64,
    pub(in crate::sealed) name: NameHash,
}

/// A frame that was opened. Its text is in a buffer that is wiped.
pub(in crate::sealed) struct Opened {
    plaintext: Zeroizing<Vec<u8>>,
    name_len: usize,
    value_len: usize,
    pub(in crate::sealed) kind: Kind,
    pub(in crate::sealed) written_ms: u64,
    pub(in crate::sealed) expires_ms: u64,
}

impl ClearPart {
    /// Reads the clear part; `None` if no frame can start like this.
    pub(in crate::sealed) fn read(bytes: &[u8; CLEAR_LEN]) -> Option<Self> {
        let authenticated = bytes.first_chunk::<AUTHENTICATED_LEN>()?;
        let mut reader = Reader(authenticated);
        let place = Place::from_marker(reader.array()?)?;
        let length = usize::try_from(reader.u32()?).ok()?;
        let sequence = reader.u64()?;
        let previous_tag = reader.array()?;
        let previous_name = reader.array()?;
        let nonce = reader.array()?;
        let plausible = (MIN_FRAME_LEN..=MAX_FRAME_LEN).contains(&length)
            && length % ALIGNMENT == 0
            && reader.array()? == check(authenticated.get(..AUTHENTICATED_LEN - CHECK_LEN)?);
        plausible.then_some(Self {
            length,
            link: Link {
                sequence,
                previous_tag,
                previous_name,
                place,
            },
            nonce,
            authenticated: *authenticated,
        })
    }

    /// What a frame states outside of its seal: its sequence number (`expected` if the number in the file was altered),
    /// and the hash of its name. `None` if the check is wrong.
    pub(in crate::sealed) fn stated(
        bytes: &[u8; CLEAR_LEN],
        cipher: &FileCipher,
        expected: u64,
    ) -> Result<Option<Stated>, Error> {
        let mut reader = Reader(bytes);
        let _marker_and_length = reader.u64();
        let claimed = reader.u64().unwrap_or_default();
        let mut reader = Reader(bytes.get(AUTHENTICATED_LEN..).unwrap_or_default());
        let (Some(name), Some(check)) = (reader.array(), reader.array()) else {
            return Ok(None);
        };
        for sequence in [claimed, expected] {
            if cipher.name_check(sequence, &name)? == check {
                return Ok(Some(Stated { sequence, name }));
            }
        }
        Ok(None)
    }

    /// Opens the sealed part, which follows the clear part; `None` if it is not authentic.
    pub(in crate::sealed) fn open(
        &self,
        context: &FrameContext<'_>,
        mut sealed: Zeroizing<Vec<u8>>,
    ) -> Option<Opened> {
        let tag: [u8; TAG_LEN] = *sealed.last_chunk()?;
        let ciphertext_len = sealed.len() - TAG_LEN;
        sealed.truncate(ciphertext_len);
        let aad = aad(context, &self.authenticated);
        if !context.cipher.open(&self.nonce, &aad, &mut sealed, &tag) {
            return None;
        }
        let mut reader = Reader(&sealed);
        let kind = Kind::from_byte(reader.u8()?)?;
        let _reserved = reader.u8()?;
        let name_len = usize::from(reader.u16()?);
        let value_len = usize::try_from(reader.u32()?).ok()?;
        let written_ms = reader.u64()?;
        let expires_ms = reader.u64()?;
        let name = std::str::from_utf8(reader.take(name_len)?).ok()?;
        let body = reader.take(value_len)?;
        let plausible = match kind {
            Kind::Doubts => name.is_empty(),
            Kind::Set | Kind::Remove | Kind::Doubted => {
                ItemKey::new(name).is_ok() && std::str::from_utf8(body).is_ok()
            }
        };
        if !plausible || value_len > Secret::MAX_BYTES {
            return None;
        }
        Some(Opened {
            name_len,
            value_len,
            kind,
            written_ms,
            expires_ms,
            plaintext: sealed,
        })
    }
}

impl Opened {
    /// The same change, for another file.
    pub(in crate::sealed) fn as_change(&self) -> Change<'_> {
        Change {
            name: self.name(),
            value: (!self.removes()).then(|| self.value()),
            written_ms: self.written_ms,
            expires_ms: self.expires_ms,
        }
    }

    /// The same record, for another file.
    pub(in crate::sealed) fn content(&self, kind: Kind) -> Content<'_> {
        Content {
            kind,
            name: self.name(),
            body: self.body(),
            written_ms: self.written_ms,
            expires_ms: self.expires_ms,
        }
    }

    pub(in crate::sealed) fn removes(&self) -> bool {
        self.kind == Kind::Remove
    }

    pub(in crate::sealed) fn body(&self) -> &[u8] {
        let start = FIXED_LEN + self.name_len;
        self.plaintext
            .get(start..start + self.value_len)
            .unwrap_or_default()
    }

    pub(in crate::sealed) fn name(&self) -> &str {
        self.text(FIXED_LEN, self.name_len)
    }

    pub(in crate::sealed) fn value(&self) -> &str {
        self.text(FIXED_LEN + self.name_len, self.value_len)
    }

    /// `ClearPart::open` checked the bounds and the encoding.
    fn text(&self, start: usize, len: usize) -> &str {
        self.plaintext
            .get(start..start + len)
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
            .unwrap_or_default()
    }
}

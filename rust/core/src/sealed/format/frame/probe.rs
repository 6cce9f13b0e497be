//! Frames without a file, for the fuzz targets, which give the decoder bytes that a vault would not write.

use zeroize::Zeroizing;

use super::{
    AUTHENTICATED_LEN, CLEAR_LEN, Change, ClearPart, FrameContext, Link, NONCE_LEN, NameHash, Place, TAG_LEN,
    aad,
};
use crate::error::{Error, ErrorCode};
use crate::ports::{DataKey, Random};
use crate::sealed::format::cipher::FileCipher;
use crate::sealed::format::header::{ALIGNMENT, HeaderDigest};

/// Seals and opens single frames of the file with this data key, store ID and header digest.
pub struct FrameProbe {
    cipher: FileCipher,
    digest: HeaderDigest,
}

/// The clear part of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameLink {
    /// The sequence number.
    pub sequence: u64,
    /// The tag of the frame before.
    pub previous_tag: [u8; 16],
    /// The name hash of the frame before.
    pub previous_name: [u8; 12],
    /// The position in its write: 0 for the only frame, 1 for the first, 2 for one in the middle, 3 for the last.
    pub place: u8,
}

/// What a frame says about one record.
#[derive(Clone, PartialEq, Eq)]
pub struct FrameContent {
    /// The key.
    pub name: Zeroizing<String>,
    /// The value; `None` removes the record.
    pub value: Option<Zeroizing<String>>,
    /// When it was written.
    pub written_ms: u64,
    /// When it expires; 0 for never.
    pub expires_ms: u64,
}

impl FrameProbe {
    /// A probe for one file.
    ///
    /// # Errors
    /// None in practice.
    pub fn new(data_key: &DataKey, store_id: &[u8; 16], digest: [u8; 32]) -> Result<Self, Error> {
        Ok(Self {
            cipher: FileCipher::new(data_key, store_id)?,
            digest,
        })
    }

    /// The frame as a vault writes it, with any link and any key.
    ///
    /// # Errors
    /// `TOO_LARGE` for what no frame can hold.
    pub fn seal(
        &self,
        link: &FrameLink,
        content: &FrameContent,
        random: &dyn Random,
    ) -> Result<Vec<u8>, Error> {
        let change = Change {
            name: &content.name,
            value: content.value.as_ref().map(|value| value.as_str()),
            written_ms: content.written_ms,
            expires_ms: content.expires_ms,
        };
        let mut frame = Vec::new();
        change
            .content()
            .seal(&self.context(), random, &link.into(), &mut frame)?;
        Ok(frame)
    }

    /// An authentic frame around any plaintext, padded with zeros to the next possible length.
    ///
    /// # Errors
    /// `TOO_LARGE` for what no frame can hold.
    pub fn seal_plaintext(
        &self,
        link: &FrameLink,
        name_hash: NameHash,
        plaintext: &[u8],
        random: &dyn Random,
    ) -> Result<Vec<u8>, Error> {
        let length = (CLEAR_LEN + plaintext.len() + TAG_LEN).next_multiple_of(ALIGNMENT);
        let frame_len =
            u32::try_from(length).map_err(|_| Error::new(ErrorCode::TooLarge, "No frame is that long"))?;
        let mut nonce = [0; NONCE_LEN];
        random.fill(&mut nonce)?;
        let mut frame = Vec::with_capacity(length);
        Link::from(link).append_clear(frame_len, &nonce, &mut frame);
        let aad = aad(&self.context(), &frame);
        frame.extend_from_slice(&name_hash);
        frame.extend_from_slice(&self.cipher.name_check(link.sequence, &name_hash)?);
        frame.extend_from_slice(plaintext);
        frame.resize(length - TAG_LEN, 0);
        let tag = self.cipher.seal(&nonce, &aad, &mut frame[CLEAR_LEN..])?;
        frame.extend_from_slice(&tag);
        Ok(frame)
    }

    /// The content of `bytes` if they start with an authentic frame, as a replay would read it, and the length of that
    /// frame.
    #[must_use]
    pub fn decode(&self, bytes: &[u8]) -> Option<(FrameLink, FrameContent, usize)> {
        let (clear, rest) = bytes.split_first_chunk::<CLEAR_LEN>()?;
        let part = ClearPart::read(clear)?;
        let sealed = rest.get(..part.length.checked_sub(CLEAR_LEN)?)?;
        let opened = part
            .open(&self.context(), Zeroizing::new(sealed.to_vec()))
            .filter(|opened| opened.kind.since() == 1)?;
        let content = FrameContent {
            name: Zeroizing::new(opened.name().to_owned()),
            value: (!opened.removes()).then(|| Zeroizing::new(opened.value().to_owned())),
            written_ms: opened.written_ms,
            expires_ms: opened.expires_ms,
        };
        Some(((&part.link).into(), content, part.length))
    }

    /// The keyed hash that names the record of a frame.
    ///
    /// # Errors
    /// None in practice.
    pub fn name_hash(&self, name: &str) -> Result<NameHash, Error> {
        self.cipher.name_hash(name)
    }

    /// The bytes of a frame that its tag does not cover.
    #[must_use]
    pub fn unprotected() -> std::ops::Range<usize> {
        AUTHENTICATED_LEN..CLEAR_LEN
    }

    fn context(&self) -> FrameContext<'_> {
        FrameContext {
            cipher: &self.cipher,
            digest: &self.digest,
        }
    }
}

const PLACES: [Place; 4] = [Place::Only, Place::First, Place::Middle, Place::Last];

impl From<&FrameLink> for Link {
    fn from(link: &FrameLink) -> Self {
        Self {
            sequence: link.sequence,
            previous_tag: link.previous_tag,
            previous_name: link.previous_name,
            place: PLACES
                .get(usize::from(link.place))
                .copied()
                .unwrap_or(Place::Last),
        }
    }
}

impl From<&Link> for FrameLink {
    fn from(link: &Link) -> Self {
        let place = PLACES.iter().position(|place| *place == link.place);
        Self {
            sequence: link.sequence,
            previous_tag: link.previous_tag,
            previous_name: link.previous_name,
            place: place
                .and_then(|place| u8::try_from(place).ok())
                .unwrap_or_default(),
        }
    }
}

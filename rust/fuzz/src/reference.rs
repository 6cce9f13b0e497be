//! A second reader of vault files, written from `docs/internals/storage-format.md` and not from the code. The target
//! compares the results of the vault with it.

use std::collections::BTreeMap;

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use strongroom_core::ports::DataKey;
use strongroom_core::{ErrorCode, FrameContent, FrameLink, FrameProbe};

use crate::stage::{Keys, NOW_MS};

const DATA_KEY: [u8; 32] = *b"a data key that is not a secret!";
pub(crate) const STORE_ID: [u8; 16] = *b"fuzzed store id.";
const ALIGNMENT: usize = 64;
const DIGEST_LEN: usize = 32;
/// The largest number of frames under one data key.
const MAX_SEQUENCE: u64 = 1 << 32;

/// Key to value.
pub(crate) type Records = BTreeMap<String, String>;

pub(crate) struct Header {
    pub(crate) alias: String,
    pub(crate) wrapped: Vec<u8>,
    key_check: [u8; 16],
    pub(crate) store_id: [u8; 16],
    pub(crate) digest: [u8; DIGEST_LEN],
    pub(crate) length: usize,
    /// The store asks its user: nobody can open it here.
    pub(crate) protected: bool,
}

impl Header {
    /// The header of a file, or the code with which opening it fails.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, ErrorCode> {
        let length = claimed_length(bytes).ok_or(ErrorCode::Corrupt)?;
        let header = bytes.get(..length).ok_or(ErrorCode::Corrupt)?;
        let (content, digest) = header.split_at(length - DIGEST_LEN);
        if Sha256::digest(content)[..] != *digest {
            return Err(ErrorCode::Corrupt);
        }
        let version = u16::from_le_bytes([content[8], content[9]]);
        if !(1..=3).contains(&version) {
            return Err(ErrorCode::NewerFormat);
        }
        let header = Self::fields(content, digest).ok_or(ErrorCode::Corrupt)?;
        if version == 3 && !is_protected(&header.wrapped) {
            return Err(ErrorCode::Corrupt);
        }
        Ok(Self {
            protected: version == 3,
            ..header
        })
    }

    fn fields(content: &[u8], digest: &[u8]) -> Option<Self> {
        let (level, reason) = (*content.get(76)?, *content.get(77)?);
        let alias_end = 87 + usize::from(*content.get(86)?);
        let wrapped_at = alias_end + 2;
        let wrapped_len = usize::from(u16::from_le_bytes(
            content.get(alias_end..wrapped_at)?.try_into().ok()?,
        ));
        let check_at = wrapped_at + wrapped_len;
        let zeros = content.get(check_at + 16..)?;
        let reset = reason != 0 || content.get(78..86)? == [0; 8];
        let sound =
            level <= 4 && reason <= 5 && reset && wrapped_len <= 512 && zeros.iter().all(|byte| *byte == 0);
        sound.then_some(())?;
        Some(Self {
            alias: std::str::from_utf8(content.get(87..alias_end)?).ok()?.to_owned(),
            wrapped: content.get(wrapped_at..check_at)?.to_vec(),
            key_check: content.get(check_at..check_at + 16)?.try_into().ok()?,
            store_id: content.get(12..28)?.try_into().ok()?,
            digest: digest.try_into().ok()?,
            length: content.len() + DIGEST_LEN,
            protected: false,
        })
    }

    /// What opens the frames after this header, or the code with which opening the file fails.
    pub(crate) fn open(&self, keys: &Keys) -> Result<Frames, ErrorCode> {
        let first = self.alias.strip_prefix("dev.strongroom.default.v");
        let second = self
            .alias
            .strip_prefix("dev.strongroom::default:v")
            .and_then(|rest| rest.split_once(':'))
            .filter(|(_, random)| {
                let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
                random.len() == 16 && random.bytes().all(hex)
            });
        let version = second.map(|(version, _)| version).or(first);
        let canonical =
            version.and_then(|digits| digits.parse::<u64>().ok().filter(|n| n.to_string() == digits));
        if canonical.is_none_or(|version| version == 0) {
            return Err(ErrorCode::KeyMismatch);
        }
        if self.protected {
            return Err(ErrorCode::AuthRequired);
        }
        if !keys.opens(&self.alias) {
            return Err(ErrorCode::KeyLost);
        }
        let data_key: &[u8; 32] = self
            .wrapped
            .as_slice()
            .try_into()
            .map_err(|_| ErrorCode::KeyMismatch)?;
        if derived::<16>(data_key, &self.store_id, "check") != self.key_check {
            return Err(ErrorCode::KeyMismatch);
        }
        Ok(Frames {
            probe: probe(data_key, &self.store_id, self.digest),
            name_key: derived(data_key, &self.store_id, "name"),
        })
    }
}

/// What opens the frames of one file.
pub(crate) struct Frames {
    probe: FrameProbe,
    name_key: [u8; 32],
}

impl Frames {
    fn name_hash(&self, name: &str) -> [u8; 12] {
        self.mac(&[name.as_bytes()])
    }

    /// What a vault writes between the authenticated part of a frame and the ciphertext.
    fn stated(&self, sequence: u64, name: &str) -> [u8; 20] {
        let hash = self.name_hash(name);
        let check: [u8; 8] = self.mac(&[&[0xff], &sequence.to_le_bytes(), &hash]);
        let mut stated = [0; 20];
        stated[..12].copy_from_slice(&hash);
        stated[12..].copy_from_slice(&check);
        stated
    }

    fn mac<const N: usize>(&self, parts: &[&[u8]]) -> [u8; N] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.name_key).expect("a key of any length");
        for part in parts {
            mac.update(part);
        }
        let code = mac.finalize().into_bytes();
        *code.first_chunk().expect("part of a code")
    }
}

/// The probe for a file with [`DATA_KEY`].
pub(crate) fn probe_for(store_id: &[u8; 16], digest: [u8; DIGEST_LEN]) -> FrameProbe {
    probe(&DATA_KEY, store_id, digest)
}

fn probe(data_key: &[u8; 32], store_id: &[u8; 16], digest: [u8; DIGEST_LEN]) -> FrameProbe {
    let data_key = DataKey::copied(data_key).expect("32 bytes");
    FrameProbe::new(&data_key, store_id, digest).expect("a probe")
}

fn derived<const N: usize>(data_key: &[u8; 32], store_id: &[u8; 16], purpose: &str) -> [u8; N] {
    let mut derived = [0; N];
    let info = format!("strongroom v1 {purpose}");
    Hkdf::<Sha256>::new(Some(store_id), data_key)
        .expand(info.as_bytes(), &mut derived)
        .expect("a short output");
    derived
}

fn claimed_length(bytes: &[u8]) -> Option<usize> {
    let length = usize::from(u16::from_le_bytes(bytes.get(10..12)?.try_into().ok()?));
    let plausible =
        bytes.starts_with(b"STRNGRM\x1a") && length > 0 && length <= 4096 && length % ALIGNMENT == 0;
    plausible.then_some(length)
}

/// Corrects the digest of a header that was altered.
pub(crate) fn mend_digest(bytes: &mut [u8]) {
    let header = claimed_length(bytes).and_then(|length| bytes.get_mut(..length));
    if let Some((content, digest)) = header.and_then(|header| header.split_last_chunk_mut::<DIGEST_LEN>()) {
        *digest = Sha256::digest(content).into();
    }
}

/// The header of a file whose data key is [`DATA_KEY`].
pub(crate) fn header(alias: &str, times: [u64; 3]) -> Vec<u8> {
    let mut content = b"STRNGRM\x1a\x01\0".to_vec();
    let alias_len = u8::try_from(alias.len()).expect("a short alias");
    let length = (87 + alias.len() + 2 + DATA_KEY.len() + 16 + DIGEST_LEN).next_multiple_of(ALIGNMENT);
    content.extend(u16::try_from(length).expect("a short header").to_le_bytes());
    content.extend(STORE_ID);
    content.extend(b"fuzzed data key.");
    content.extend(1_u64.to_le_bytes());
    content.extend(times.iter().flat_map(|time| time.to_le_bytes()));
    content.extend([3, 0]);
    content.extend(0_u64.to_le_bytes());
    content.push(alias_len);
    content.extend(alias.as_bytes());
    content.extend([32, 0]);
    content.extend(DATA_KEY);
    content.extend(derived::<16>(&DATA_KEY, &STORE_ID, "check"));
    content.resize(length, 0);
    mend_digest(&mut content);
    content
}

/// The header of a file that asks its user, with keys that open nothing.
pub(crate) fn protected_header(alias: &str, policy: [u8; 4]) -> Vec<u8> {
    let mut content = header(alias, [NOW_MS; 3]);
    let wrapped_at = 87 + alias.len();
    content[8] = 3;
    content.truncate(wrapped_at);
    content.extend([124, 0]);
    content.extend(policy);
    content.extend([0x5a; 120 + 16]);
    content.resize((content.len() + DIGEST_LEN).next_multiple_of(ALIGNMENT), 0);
    let length = u16::try_from(content.len()).expect("a short header");
    content[10..12].copy_from_slice(&length.to_le_bytes());
    mend_digest(&mut content);
    content
}

/// Whether the first bytes of a file are those of a protected store, whatever follows.
pub(crate) fn claims_protection(bytes: &[u8]) -> bool {
    bytes.len() >= 12 && bytes.starts_with(b"STRNGRM\x1a\x03\0")
}

/// Whether this is what the header of a protected store holds in place of a wrapped data key.
fn is_protected(wrapped: &[u8]) -> bool {
    let [1, way, change, mode, ..] = *wrapped else {
        return false;
    };
    let possible = way == 1 || change == 2;
    let known = (1..=3).contains(&way) && (1..=2).contains(&change) && (1..=2).contains(&mode);
    wrapped.len() == 124 && known && possible
}

/// The content of a file.
#[derive(Default)]
pub(crate) struct Reading {
    /// All records, if no write is torn.
    pub(crate) full: Records,
    /// All records without the last write, which may be torn.
    pub(crate) cut: Records,
    /// Whether every byte is where a vault would have written it.
    pub(crate) clean: bool,
    /// Whether frames are missing before one that is certainly read.
    pub(crate) gap: bool,
    /// The largest sequence number.
    pub(crate) last_sequence: u64,
}

struct Frame {
    link: FrameLink,
    content: FrameContent,
    /// Whether it directly follows the frame before in place, number and chain, and states the right name.
    follows: bool,
}

/// Reads the frames after a header.
pub(crate) fn read_frames(bytes: &[u8], header: &Header, file: &Frames) -> Reading {
    let mut frames: Vec<Frame> = Vec::new();
    let mut offset = header.length;
    let mut end = offset;
    let mut last = (0, header.digest[..16].to_vec(), [0; 12]);
    while let Some(rest) = bytes.get(offset..).filter(|rest| !rest.is_empty()) {
        let authentic = file
            .probe
            .decode(rest)
            .filter(|(link, ..)| last.0 < link.sequence && link.sequence <= MAX_SEQUENCE);
        let Some((link, content, length)) = authentic else {
            offset += ALIGNMENT;
            continue;
        };
        let follows = end == offset
            && link.sequence == last.0 + 1
            && link.previous_tag == *last.1
            && link.previous_name == last.2
            && rest[FrameProbe::unprotected()] == file.stated(link.sequence, &content.name);
        let tag = rest[length - 16..length].to_vec();
        last = (link.sequence, tag, file.name_hash(&content.name));
        offset += length;
        end = offset;
        frames.push(Frame {
            link,
            content,
            follows,
        });
    }
    let certain = certain(&frames);
    Reading {
        full: records(&frames),
        cut: records(&frames[..certain]),
        clean: end == bytes.len() && certain == frames.len() && frames.iter().all(|frame| frame.follows),
        gap: (1..)
            .zip(&frames[..certain])
            .any(|(number, frame)| frame.link.sequence != number),
        last_sequence: last.0,
    }
}

/// How many of the frames cannot belong to a torn write: all but those of the last write, unless that is a single
/// frame.
fn certain(frames: &[Frame]) -> usize {
    let mut start = 0;
    for (index, frame) in frames.iter().enumerate() {
        let (starts, finishes) = (frame.link.place <= 1, frame.link.place % 3 == 0);
        if starts {
            start = index;
        }
        if finishes && (index + 1 < frames.len() || frame.link.place == 0) {
            start = index + 1;
        }
    }
    start
}

fn records(frames: &[Frame]) -> Records {
    let mut records = BTreeMap::new();
    for Frame { content, .. } in frames {
        records.remove(content.name.as_str());
        let expired = content.expires_ms != 0 && content.expires_ms <= NOW_MS;
        if let Some(value) = content.value.as_ref().filter(|_| !expired) {
            records.insert(content.name.to_string(), value.to_string());
        }
    }
    records
}

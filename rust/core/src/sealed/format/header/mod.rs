//! The header of a vault file: which key opens it. See `docs/internals/storage-format.md`.

use sha2::{Digest, Sha256};

use super::bytes::Reader;
use super::cipher::KeyCheck;
use super::gate::{GateFields, policy_bytes};
use crate::error::{Error, ErrorCode};
use crate::policy::{GatePolicy, SecurityLevel};
use crate::vault::{LastReset, ResetReason};

pub(super) const MAGIC: [u8; 8] = *b"STRNGRM\x1a";
/// The versions that are written, of plain stores and of protected ones. Older versions are read, too.
pub(super) const VERSION: u16 = 2;
pub(super) const PROTECTED_VERSION: u16 = 3;
/// Every format version starts with magic, version and header length, and ends its header with a SHA-256 of the rest.
pub(in crate::sealed) const PREFIX_LEN: usize = 12;
pub(super) const MAX_HEADER_LEN: usize = 4096;
pub(in crate::sealed) const ALIGNMENT: usize = 64;
const DIGEST_LEN: usize = 32;
const MAX_WRAPPED_LEN: usize = 512;

pub(in crate::sealed) type HeaderDigest = [u8; DIGEST_LEN];

/// The fields of the header, except the wrapped key.
#[derive(Clone)]
pub(in crate::sealed) struct HeaderFields {
    pub(in crate::sealed) store_id: [u8; 16],
    pub(in crate::sealed) data_key_id: [u8; 16],
    pub(in crate::sealed) generation: u64,
    pub(in crate::sealed) store_created_ms: u64,
    pub(in crate::sealed) data_key_created_ms: u64,
    pub(in crate::sealed) kek_created_ms: u64,
    pub(in crate::sealed) kek_level: SecurityLevel,
    pub(in crate::sealed) last_reset: Option<LastReset>,
    pub(in crate::sealed) kek_alias: String,
    /// Whether the first frame holds the doubts that older files left. Since version 2.
    pub(in crate::sealed) doubts: bool,
    /// What asks the user, if the store is protected. Since version 3. The alias is then that of the gate.
    pub(in crate::sealed) gate: Option<GateFields>,
}

/// A header as the file contains it.
pub(in crate::sealed) struct Header {
    pub(in crate::sealed) version: u16,
    pub(in crate::sealed) fields: HeaderFields,
    pub(in crate::sealed) wrapped_key: Vec<u8>,
    pub(in crate::sealed) key_check: KeyCheck,
    pub(in crate::sealed) digest: HeaderDigest,
    pub(in crate::sealed) len: u64,
}

impl HeaderFields {
    /// What the key-encryption key authenticates in addition to the data key.
    pub(in crate::sealed) fn wrap_aad(&self, store: &str) -> Result<Vec<u8>, Error> {
        let mut aad = b"strongroom v1 wrap\0".to_vec();
        aad.extend_from_slice(store.as_bytes());
        aad.push(0);
        self.encode_into(&mut aad)?;
        Ok(aad)
    }

    /// What the answer of a gate with this policy authenticates in addition to the session key. It leaves out what a
    /// rewrite changes.
    pub(in crate::sealed) fn session_aad(&self, store: &str, policy: GatePolicy) -> Vec<u8> {
        let mut aad = b"strongroom v1 session\0".to_vec();
        aad.extend_from_slice(store.as_bytes());
        aad.push(0);
        aad.extend_from_slice(&self.store_id);
        aad.extend_from_slice(&policy_bytes(policy));
        aad.extend_from_slice(self.kek_alias.as_bytes());
        aad
    }

    fn version(&self) -> u16 {
        if self.gate.is_some() {
            PROTECTED_VERSION
        } else {
            VERSION
        }
    }

    /// The bytes of the header around a wrapped key.
    pub(in crate::sealed) fn encode(
        self,
        wrapped_key: Vec<u8>,
        key_check: KeyCheck,
    ) -> Result<(Header, Vec<u8>), Error> {
        let gated = self.gate.as_ref().map(|gate| gate.encode(&wrapped_key));
        let field = gated.as_deref().unwrap_or(&wrapped_key);
        let wrapped_len = u16::try_from(field.len())
            .ok()
            .filter(|len| usize::from(*len) <= MAX_WRAPPED_LEN)
            .ok_or_else(|| Error::new(ErrorCode::Internal, "The wrapped key is too long"))?;
        let mut body = Vec::new();
        self.encode_into(&mut body)?;
        body.extend_from_slice(&wrapped_len.to_le_bytes());
        body.extend_from_slice(field);
        body.extend_from_slice(&key_check);
        body.push(u8::from(self.doubts));
        let len = (PREFIX_LEN + body.len() + DIGEST_LEN).next_multiple_of(ALIGNMENT);
        let header_len =
            u16::try_from(len).map_err(|_| Error::new(ErrorCode::Internal, "The header is too long"))?;

        let mut bytes = Vec::with_capacity(len);
        bytes.extend_from_slice(&MAGIC);
        let version = self.version();
        bytes.extend_from_slice(&version.to_le_bytes());
        bytes.extend_from_slice(&header_len.to_le_bytes());
        bytes.extend_from_slice(&body);
        bytes.resize(len - DIGEST_LEN, 0);
        let digest: HeaderDigest = Sha256::digest(&bytes).into();
        bytes.extend_from_slice(&digest);
        Ok((
            Header {
                version,
                fields: self,
                wrapped_key,
                key_check,
                digest,
                len: u64::from(header_len),
            },
            bytes,
        ))
    }

    fn encode_into(&self, bytes: &mut Vec<u8>) -> Result<(), Error> {
        // An alias is never longer, neither one that was created here nor one that was read.
        let alias_len = u8::try_from(self.kek_alias.len())
            .map_err(|_| Error::new(ErrorCode::Internal, "The alias of the key is too long"))?;
        bytes.extend_from_slice(&self.store_id);
        bytes.extend_from_slice(&self.data_key_id);
        for number in [
            self.generation,
            self.store_created_ms,
            self.data_key_created_ms,
            self.kek_created_ms,
        ] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes.push(level_to_byte(self.kek_level));
        let (reason, at) = self
            .last_reset
            .map_or((0, 0), |reset| (reset.reason.to_byte(), reset.at_ms));
        bytes.push(reason);
        bytes.extend_from_slice(&at.to_le_bytes());
        bytes.push(alias_len);
        bytes.extend_from_slice(self.kek_alias.as_bytes());
        Ok(())
    }
}

impl Header {
    /// The length a header claims, from its first [`PREFIX_LEN`] bytes.
    pub(in crate::sealed) fn claimed_len(prefix: &[u8; PREFIX_LEN]) -> Result<usize, Error> {
        let mut reader = Reader(prefix);
        let magic = reader.array::<8>();
        let _version = reader.u16();
        let len = usize::from(reader.u16().unwrap_or_default());
        let plausible = (PREFIX_LEN + DIGEST_LEN..=MAX_HEADER_LEN).contains(&len);
        if magic != Some(MAGIC) || !plausible || len % ALIGNMENT != 0 {
            return Err(damaged());
        }
        Ok(len)
    }

    /// Whether a header claims to be that of a protected store.
    pub(in crate::sealed) fn claims_protection(prefix: &[u8; PREFIX_LEN]) -> bool {
        let mut reader = Reader(prefix);
        reader.array::<8>() == Some(MAGIC) && reader.u16() == Some(PROTECTED_VERSION)
    }

    /// Reads a whole header. The digest tells damage from a key that does not fit; the wrapped key authenticates the
    /// rest.
    pub(in crate::sealed) fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let (content, stored_digest) = bytes.split_last_chunk::<DIGEST_LEN>().ok_or_else(damaged)?;
        let digest: HeaderDigest = Sha256::digest(content).into();
        if digest != *stored_digest {
            return Err(damaged());
        }
        let mut reader = Reader(content);
        let magic = reader.array::<8>().ok_or_else(damaged)?;
        let version = reader.u16().ok_or_else(damaged)?;
        let len = reader.u16().ok_or_else(damaged)?;
        if magic != MAGIC || usize::from(len) != bytes.len() {
            return Err(damaged());
        }
        if !(1..=PROTECTED_VERSION).contains(&version) {
            return Err(Error::new(
                ErrorCode::NewerFormat,
                "A newer version of the plugin wrote the store: update the app",
            ));
        }
        let mut fields = decode_fields(&mut reader).ok_or_else(damaged)?;
        let wrapped_len = usize::from(reader.u16().ok_or_else(damaged)?);
        if wrapped_len > MAX_WRAPPED_LEN {
            return Err(damaged());
        }
        let mut wrapped_key = reader.take(wrapped_len).ok_or_else(damaged)?.to_vec();
        if version == PROTECTED_VERSION {
            let (gate, inner) = GateFields::decode(&wrapped_key).ok_or_else(damaged)?;
            (fields.gate, wrapped_key) = (Some(gate), inner);
        }
        let key_check = reader.array().ok_or_else(damaged)?;
        fields.doubts = match reader.u8() {
            Some(1) if version > 1 => true,
            Some(0) | None => false,
            Some(_) => return Err(damaged()),
        };
        if reader.0.iter().any(|byte| *byte != 0) {
            return Err(damaged());
        }
        Ok(Self {
            version,
            fields,
            wrapped_key,
            key_check,
            digest,
            len: u64::from(len),
        })
    }
}

fn decode_fields(reader: &mut Reader<'_>) -> Option<HeaderFields> {
    let store_id = reader.array()?;
    let data_key_id = reader.array()?;
    let generation = reader.u64()?;
    let store_created_ms = reader.u64()?;
    let data_key_created_ms = reader.u64()?;
    let kek_created_ms = reader.u64()?;
    let kek_level = level_from_byte(reader.u8()?)?;
    let reason = reader.u8()?;
    let reset_at = reader.u64()?;
    let last_reset = match reason {
        0 if reset_at == 0 => None,
        byte => Some(LastReset {
            reason: ResetReason::from_byte(byte)?,
            at_ms: reset_at,
        }),
    };
    let alias_len = usize::from(reader.u8()?);
    let kek_alias = String::from_utf8(reader.take(alias_len)?.to_vec()).ok()?;
    Some(HeaderFields {
        store_id,
        data_key_id,
        generation,
        store_created_ms,
        data_key_created_ms,
        kek_created_ms,
        kek_level,
        last_reset,
        kek_alias,
        doubts: false,
        gate: None,
    })
}

const LEVELS: [(SecurityLevel, u8); 5] = [
    (SecurityLevel::Unknown, 0),
    (SecurityLevel::Software, 1),
    (SecurityLevel::UnknownSecure, 2),
    (SecurityLevel::TrustedEnvironment, 3),
    (SecurityLevel::StrongBox, 4),
];

fn level_to_byte(level: SecurityLevel) -> u8 {
    LEVELS
        .iter()
        .find(|(known, _)| *known == level)
        .map_or(0, |(_, byte)| *byte)
}

fn level_from_byte(byte: u8) -> Option<SecurityLevel> {
    LEVELS
        .iter()
        .find(|(_, known)| *known == byte)
        .map(|(level, _)| *level)
}

fn damaged() -> Error {
    Error::new(
        ErrorCode::Corrupt,
        "The header of the store is damaged: call `reset()` to start an empty store",
    )
}

#[cfg(test)]
mod tests;

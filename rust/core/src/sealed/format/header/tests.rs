//! Headers just inside and just outside of the bounds of the format.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

use super::*;
use crate::policy::{GateMode, UserAuthentication};

fn fields() -> HeaderFields {
    HeaderFields {
        store_id: [1; 16],
        data_key_id: [2; 16],
        generation: 3,
        store_created_ms: 4,
        data_key_created_ms: 5,
        kek_created_ms: 6,
        kek_level: SecurityLevel::TrustedEnvironment,
        last_reset: None,
        kek_alias: "dev.strongroom.default.v1".to_owned(),
        doubts: false,
        gate: None,
    }
}

fn encoded(wrapped_len: usize) -> Result<Vec<u8>, Error> {
    let (_, bytes) = fields().encode(vec![7; wrapped_len], [8; 16])?;
    Ok(bytes)
}

/// Changes a header and corrects its digest.
fn changed(change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut bytes = encoded(60).unwrap();
    bytes.truncate(bytes.len() - DIGEST_LEN);
    change(&mut bytes);
    let digest: HeaderDigest = Sha256::digest(&bytes).into();
    bytes.extend_from_slice(&digest);
    bytes
}

fn code<T>(result: Result<T, Error>) -> Option<ErrorCode> {
    result.err().map(|error| error.code())
}

#[test]
fn a_claimed_length_is_believed_only_behind_the_magic_and_within_bounds() {
    let prefix = |magic: [u8; 8], len: u16| {
        let mut prefix = [0; PREFIX_LEN];
        prefix[..8].copy_from_slice(&magic);
        prefix[10..].copy_from_slice(&len.to_le_bytes());
        Header::claimed_len(&prefix)
    };
    assert_eq!(prefix(MAGIC, 64).unwrap(), 64);
    assert_eq!(prefix(MAGIC, 4096).unwrap(), 4096);
    assert_eq!(code(prefix(*b"STRNGRM\x1b", 64)), Some(ErrorCode::Corrupt));
    for len in [0, 1, 44, 63, 65, 100, 4095, 4097, 4160, u16::MAX] {
        assert_eq!(code(prefix(MAGIC, len)), Some(ErrorCode::Corrupt), "{len}");
    }
}

#[test]
fn what_is_encoded_is_decoded() {
    for wrapped_len in [0, 1, 60, MAX_WRAPPED_LEN] {
        let bytes = encoded(wrapped_len).unwrap();
        assert_eq!(bytes.len() % ALIGNMENT, 0);
        let header = Header::decode(&bytes).ok().unwrap();
        assert_eq!(header.wrapped_key, vec![7; wrapped_len]);
        assert_eq!(header.key_check, [8; 16]);
        assert_eq!(header.len, bytes.len() as u64);
        assert_eq!(header.digest, bytes[bytes.len() - DIGEST_LEN..]);
        assert_eq!(
            header.fields.wrap_aad("default").unwrap(),
            fields().wrap_aad("default").unwrap()
        );
    }
    assert_eq!(code(encoded(MAX_WRAPPED_LEN + 1)), Some(ErrorCode::Internal));
    for (length, refused) in [(255, None), (256, Some(ErrorCode::Internal))] {
        let mut long = fields();
        long.kek_alias = "a".repeat(length);
        assert_eq!(code(long.wrap_aad("default")), refused);
        assert_eq!(code(long.encode(Vec::new(), [8; 16])), refused);
    }
}

#[test]
fn what_is_authenticated_says_which_store_it_is_of() {
    let aad = fields().wrap_aad("default").unwrap();
    assert_ne!(aad, fields().wrap_aad("other").unwrap());
    let mut other = fields();
    other.generation += 1;
    assert_ne!(aad, other.wrap_aad("default").unwrap());
}

#[test]
fn a_header_with_the_right_digest_is_still_checked() {
    let unchanged = changed(|_| {});
    assert!(Header::decode(&unchanged).is_ok());
    let alias_end = 87 + fields().kek_alias.len();
    let corrupt: [fn(&mut Vec<u8>, usize); 9] = [
        |bytes, _| bytes[0] ^= 1,
        |bytes, _| bytes[10] ^= 64,
        |bytes, _| bytes[76] = 5,
        |bytes, _| bytes[77] = 6,
        |bytes, _| bytes[78] = 1,
        |bytes, _| bytes[86] = 255,
        |bytes, _| bytes[90] = 0xff,
        |bytes, alias_end| bytes[alias_end..alias_end + 2].copy_from_slice(&513_u16.to_le_bytes()),
        |bytes, _| *bytes.last_mut().unwrap() = 1,
    ];
    for (number, change) in corrupt.into_iter().enumerate() {
        let bytes = changed(|bytes| change(bytes, alias_end));
        assert_eq!(
            code(Header::decode(&bytes)),
            Some(ErrorCode::Corrupt),
            "change {number}"
        );
    }
    // A plain header with the version of protected stores.
    let protected = changed(|bytes| bytes[8] = 3);
    assert_eq!(code(Header::decode(&protected)), Some(ErrorCode::Corrupt));
    let newer = changed(|bytes| bytes[8] = 4);
    assert_eq!(code(Header::decode(&newer)), Some(ErrorCode::NewerFormat));
    let mut damaged = unchanged;
    damaged[20] ^= 1;
    assert_eq!(code(Header::decode(&damaged)), Some(ErrorCode::Corrupt));
}

#[test]
fn a_protected_header_has_a_version_of_its_own_and_keeps_what_is_wrapped() {
    let policy = GatePolicy::new(UserAuthentication::DeviceCredential, None, GateMode::EveryUse).unwrap();
    let mut fields = fields();
    fields.gate = Some(GateFields {
        policy,
        session_key: [9; 60],
    });
    let aad = fields.session_aad("default", policy);
    let (_, bytes) = fields.encode(vec![7; 60], [8; 16]).unwrap();
    assert_eq!(bytes[8], 3);
    let header = Header::decode(&bytes).ok().unwrap();
    let gate = header.fields.gate.as_ref().unwrap();
    assert_eq!((gate.policy, gate.session_key), (policy, [9; 60]));
    assert_eq!(header.wrapped_key, vec![7; 60]);
    // What a rewrite changes is not part of it.
    let rewritten = HeaderFields {
        generation: 9,
        data_key_id: [9; 16],
        ..header.fields.clone()
    };
    assert_eq!(rewritten.session_aad("default", policy), aad);
    assert_ne!(rewritten.session_aad("other", policy), aad);
    let length = usize::try_from(header.len).unwrap() - DIGEST_LEN;
    for (field, at) in [("the policy", 91), ("the format", 89)] {
        let mut bytes = bytes[..length].to_vec();
        bytes[at + header.fields.kek_alias.len()] = 0;
        let digest: HeaderDigest = Sha256::digest(&bytes).into();
        bytes.extend_from_slice(&digest);
        assert_eq!(code(Header::decode(&bytes)), Some(ErrorCode::Corrupt), "{field}");
    }
}

#[test]
fn the_numbers_of_levels_and_reasons_never_change() {
    for level in SecurityLevel::ALL {
        assert_eq!(level_from_byte(level_to_byte(level)), Some(level));
    }
    assert_eq!(level_to_byte(SecurityLevel::StrongBox), 4);
    assert_eq!(level_to_byte(SecurityLevel::Unknown), 0);
    for (reason, byte) in [
        (ResetReason::KeyLost, 1),
        (ResetReason::KeyMismatch, 2),
        (ResetReason::KeyInvalidated, 3),
        (ResetReason::Corrupt, 4),
        (ResetReason::Requested, 5),
    ] {
        assert_eq!(
            (reason.to_byte(), ResetReason::from_byte(byte)),
            (byte, Some(reason))
        );
    }
    assert_eq!(ResetReason::from_byte(0), None);
}

//! What a protected store keeps in its header in place of a wrapped data key. The answer of the gate wraps the session
//! key, which wraps the data key. See `docs/internals/storage-format.md`.

use aes_gcm::{Aes256Gcm, KeyInit};
use hkdf::Hkdf;
use sha2::Sha256;

use super::bytes::Reader;
use super::cipher::{NONCE_LEN, TAG_LEN, decrypt, encrypt};
use crate::error::{Error, ErrorCode};
use crate::policy::{GateMode, GatePolicy, OnEnrolmentChange, UserAuthentication};
use crate::ports::{DataKey, Random};
use crate::stack::wiped;

const FORMAT: u8 = 1;
pub(super) const SEALED_KEY_LEN: usize = NONCE_LEN + DataKey::LEN + TAG_LEN;

/// A key that another key wraps: nonce, encrypted key, tag.
pub(in crate::sealed) type WrappedKey = [u8; SEALED_KEY_LEN];

/// The part of a header that only protected stores have. It stays the same as long as the gate does.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::sealed) struct GateFields {
    pub(in crate::sealed) policy: GatePolicy,
    /// The session key, wrapped with a key that is derived from the answer of the gate.
    pub(in crate::sealed) session_key: WrappedKey,
}

impl GateFields {
    pub(super) fn encode(&self, wrapped_key: &[u8]) -> Vec<u8> {
        let mut bytes = vec![FORMAT];
        bytes.extend_from_slice(&policy_bytes(self.policy));
        bytes.extend_from_slice(&self.session_key);
        bytes.extend_from_slice(wrapped_key);
        bytes
    }

    /// The fields, and the data key that the session key wraps; `None` for anything that `encode` does not write.
    pub(super) fn decode(bytes: &[u8]) -> Option<(Self, Vec<u8>)> {
        let mut reader = Reader(bytes);
        if reader.u8()? != FORMAT {
            return None;
        }
        let authentication = UserAuthentication::from_byte(reader.u8()?)?;
        let on_enrolment_change = OnEnrolmentChange::from_byte(reader.u8()?)?;
        let mode = GateMode::from_byte(reader.u8()?)?;
        let policy = GatePolicy::new(authentication, Some(on_enrolment_change), mode)?;
        let session_key = reader.array()?;
        let wrapped_key = reader.array::<SEALED_KEY_LEN>()?;
        reader.0.is_empty().then(|| {
            let fields = Self { policy, session_key };
            (fields, wrapped_key.to_vec())
        })
    }
}

/// The policy as the header holds it and the session key authenticates it.
pub(super) fn policy_bytes(policy: GatePolicy) -> [u8; 3] {
    [
        policy.authentication.to_byte(),
        policy.on_enrolment_change.to_byte(),
        policy.mode.to_byte(),
    ]
}

/// The message that the gate of a store answers.
pub(in crate::sealed) fn gate_message(store: &str, store_id: &[u8; 16]) -> Vec<u8> {
    [b"strongroom v1 gate\0", store.as_bytes(), b"\0", store_id].concat()
}

/// The key of a session: whoever has it can open the store. It wraps one data key after another, so that a rewrite asks
/// nobody. It stays in one place on the heap.
pub(in crate::sealed) struct SessionKey(Box<Aes256Gcm>);

impl SessionKey {
    /// A new key, and how it is wrapped with the answer of a gate.
    pub(in crate::sealed) fn create(
        answer: &DataKey,
        store_id: &[u8; 16],
        aad: &[u8],
        random: &dyn Random,
    ) -> Result<(Self, WrappedKey), Error> {
        wiped(|| {
            let key = DataKey::filled(|bytes| random.fill(bytes))?;
            let wrapped = wrap(&*wrapping(answer, store_id)?, &key, aad, random)?;
            Ok((Self(cipher(&key)?), wrapped))
        })
    }

    /// The key that was wrapped with this answer; `None` if the answer does not fit.
    pub(in crate::sealed) fn open(
        answer: &DataKey,
        store_id: &[u8; 16],
        aad: &[u8],
        wrapped: &[u8],
    ) -> Result<Option<Self>, Error> {
        wiped(|| {
            let key = unwrap(&*wrapping(answer, store_id)?, wrapped, aad);
            key.map(|key| cipher(&key).map(Self)).transpose()
        })
    }

    pub(in crate::sealed) fn wrap(
        &self,
        data_key: &DataKey,
        aad: &[u8],
        random: &dyn Random,
    ) -> Result<WrappedKey, Error> {
        wiped(|| wrap(&self.0, data_key, aad, random))
    }

    /// The data key; `None` if something else was wrapped, or was changed.
    pub(in crate::sealed) fn unwrap(&self, wrapped: &[u8], aad: &[u8]) -> Option<DataKey> {
        wiped(|| unwrap(&self.0, wrapped, aad))
    }
}

/// The cipher that wraps the session key.
fn wrapping(answer: &DataKey, store_id: &[u8; 16]) -> Result<Box<Aes256Gcm>, Error> {
    let hkdf = Hkdf::<Sha256>::new(Some(store_id), answer.expose());
    let key =
        DataKey::filled(|bytes| hkdf.expand(b"strongroom v1 session", bytes)).map_err(|_| internal())?;
    cipher(&key)
}

fn cipher(key: &DataKey) -> Result<Box<Aes256Gcm>, Error> {
    Aes256Gcm::new_from_slice(key.expose())
        .map(Box::new)
        .map_err(|_| internal())
}

fn wrap(cipher: &Aes256Gcm, key: &DataKey, aad: &[u8], random: &dyn Random) -> Result<WrappedKey, Error> {
    let mut nonce = [0; NONCE_LEN];
    random.fill(&mut nonce)?;
    let mut wrapped = [0; SEALED_KEY_LEN];
    let (head, rest) = wrapped.split_at_mut(NONCE_LEN);
    let (body, tail) = rest.split_at_mut(DataKey::LEN);
    head.copy_from_slice(&nonce);
    body.copy_from_slice(key.expose());
    let tag = encrypt(cipher, &nonce, aad, body)?;
    tail.copy_from_slice(&tag);
    Ok(wrapped)
}

fn unwrap(cipher: &Aes256Gcm, wrapped: &[u8], aad: &[u8]) -> Option<DataKey> {
    let (nonce, rest) = wrapped.split_first_chunk::<NONCE_LEN>()?;
    let (body, tag) = rest.split_last_chunk::<TAG_LEN>()?;
    let body = body.first_chunk::<{ DataKey::LEN }>()?;
    DataKey::filled(|key| {
        key.copy_from_slice(body);
        decrypt(cipher, nonce, aad, key.as_mut_slice(), tag)
            .then_some(())
            .ok_or(())
    })
    .ok()
}

fn internal() -> Error {
    Error::new(ErrorCode::Internal, "The cipher refused its input")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]
mod tests {
    use super::*;
    use crate::ports::OsRandom;

    fn key(byte: u8) -> DataKey {
        DataKey::copied(&[byte; 32]).unwrap()
    }

    #[test]
    fn only_the_same_answer_store_and_policy_open_the_session_key() {
        let id = [1; 16];
        let (session, wrapped) = SessionKey::create(&key(7), &id, b"aad", &OsRandom).unwrap();
        let data_key = session.wrap(&key(9), b"file", &OsRandom).unwrap();
        let opened = SessionKey::open(&key(7), &id, b"aad", &wrapped).unwrap().unwrap();
        assert_eq!(opened.unwrap(&data_key, b"file").unwrap().expose(), &[9; 32]);
        assert!(opened.unwrap(&data_key, b"other").is_none());
        for (answer, id, aad) in [(8, [1; 16], b"aad"), (7, [2; 16], b"aad"), (7, [1; 16], b"aae")] {
            assert!(
                SessionKey::open(&key(answer), &id, aad, &wrapped)
                    .unwrap()
                    .is_none()
            );
        }
        for bit in 0..wrapped.len() * 8 {
            let mut changed = wrapped;
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(
                SessionKey::open(&key(7), &id, b"aad", &changed)
                    .unwrap()
                    .is_none()
            );
        }
        for length in 0..wrapped.len() {
            assert!(session.unwrap(&data_key[..length], b"file").is_none());
        }
    }

    #[test]
    fn the_fields_of_a_gate_have_one_spelling() {
        let policy = GatePolicy::new(UserAuthentication::Biometry, None, GateMode::EveryUse).unwrap();
        let fields = GateFields {
            policy,
            session_key: [3; SEALED_KEY_LEN],
        };
        let bytes = fields.encode(&[4; SEALED_KEY_LEN]);
        assert_eq!(bytes.len(), 4 + 2 * SEALED_KEY_LEN);
        let (decoded, wrapped) = GateFields::decode(&bytes).unwrap();
        assert!(decoded == fields && wrapped == [4; SEALED_KEY_LEN]);
        for length in 0..bytes.len() {
            assert!(GateFields::decode(&bytes[..length]).is_none());
        }
        assert!(GateFields::decode(&[bytes.as_slice(), &[0]].concat()).is_none());
        for (at, byte) in [
            (0, 0),
            (0, 2),
            (1, 0),
            (1, 2),
            (1, 4),
            (2, 0),
            (2, 3),
            (3, 0),
            (3, 3),
        ] {
            let mut changed = bytes.clone();
            changed[at] = byte;
            assert!(GateFields::decode(&changed).is_none(), "{at} {byte}");
        }
    }
}

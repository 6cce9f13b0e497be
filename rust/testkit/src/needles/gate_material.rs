//! What the answer of a gate opens, derived as `docs/internals/storage-format.md` says and apart from the code that is tested.

use aes_gcm::aead::AeadInOut;
use aes_gcm::{Aes256Gcm, KeyInit};
use hkdf::Hkdf;
use sha2::Sha256;

use super::Needles;
use super::key_material::{Key, round_keys};

const NONCE_LEN: usize = 12;
const WRAPPED_LEN: usize = 60;

/// The keys of a protected file.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProtectedFile {
    /// What wraps the session key.
    wrapping: Key,
    session: Key,
    /// The data key.
    pub data_key: Key,
    /// The id of the store.
    pub store_id: [u8; 16],
}

/// The needles of a session, by number.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct SessionNeedles {
    /// The answer of the gate, what is extracted from it, and the key that wraps the session key. Nothing needs them once
    /// the session has begun.
    pub answer: usize,
    /// The session key with its AES round keys.
    pub session: usize,
}

impl ProtectedFile {
    /// The keys of the file with these bytes, if this is an answer of its gate.
    #[must_use]
    pub fn open(file: &[u8], store: &str, answer: &Key) -> Option<Self> {
        let store_id: [u8; 16] = file.get(12..28)?.try_into().ok()?;
        let alias_end = 87 + usize::from(*file.get(86)?);
        let alias = file.get(87..alias_end)?;
        let blob = file.get(alias_end + 2..alias_end + 2 + 4 + 2 * WRAPPED_LEN)?;
        let (head, wrapped) = blob.split_at(4);
        let (session, data_key) = wrapped.split_at(WRAPPED_LEN);
        let mut wrapping = [0; 32];
        let hkdf = Hkdf::<Sha256>::new(Some(&store_id), answer);
        hkdf.expand(b"strongroom v1 session", &mut wrapping).ok()?;
        let aad = [
            b"strongroom v1 session\0",
            store.as_bytes(),
            b"\0",
            &store_id,
            head.get(1..)?,
            alias,
        ]
        .concat();
        let session = unwrap(&wrapping, session, &aad)?;
        let aad = [
            b"strongroom v1 wrap\0",
            store.as_bytes(),
            b"\0",
            file.get(12..alias_end)?,
        ]
        .concat();
        let data_key = unwrap(&session, data_key, &aad)?;
        Some(Self {
            wrapping,
            session,
            data_key,
            store_id,
        })
    }

    /// Adds all that would give the session away.
    pub fn add_session(&self, needles: &mut Needles, answer: &Key) -> SessionNeedles {
        let (extracted, _) = Hkdf::<Sha256>::extract(Some(&self.store_id), answer);
        let added = SessionNeedles {
            answer: needles.add(answer.iter().copied()),
            session: needles.add(self.session.iter().copied()),
        };
        needles.add_to(added.answer, extracted.iter().copied());
        for round_key in round_keys(&self.wrapping) {
            needles.add_to(added.answer, round_key.iter().copied());
        }
        for round_key in round_keys(&self.session).iter().skip(2) {
            needles.add_to(added.session, round_key.iter().copied());
        }
        added
    }
}

fn unwrap(key: &Key, wrapped: &[u8], aad: &[u8]) -> Option<Key> {
    let (nonce, rest) = wrapped.split_first_chunk::<NONCE_LEN>()?;
    let (body, tag) = rest.split_last_chunk::<16>()?;
    let mut key_bytes: Key = body.try_into().ok()?;
    Aes256Gcm::new(&(*key).into())
        .decrypt_inout_detached(
            &(*nonce).into(),
            aad,
            key_bytes.as_mut_slice().into(),
            &(*tag).into(),
        )
        .ok()?;
    Some(key_bytes)
}

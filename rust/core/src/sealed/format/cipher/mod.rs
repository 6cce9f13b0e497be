//! AES-256-GCM under the data key of one file, and the keyed hash that names a record without revealing its key.

use aes_gcm::aead::AeadInOut;
use aes_gcm::{Aes256Gcm, KeyInit};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::error::{Error, ErrorCode};
use crate::ports::DataKey;
use crate::stack::wiped;

pub(super) const NONCE_LEN: usize = 12;
pub(in crate::sealed) const TAG_LEN: usize = 16;

/// The first 12 bytes of a keyed hash of a key.
pub(in crate::sealed) type NameHash = [u8; 12];

/// Proves that a name hash belongs to the frame with one sequence number.
pub(super) type NameCheck = [u8; 8];

/// Identifies a data key without revealing anything else about it.
pub(super) type KeyCheck = [u8; 16];

/// The check of a data key, as the header holds it.
pub(in crate::sealed) fn key_check(data_key: &DataKey, store_id: &[u8; 16]) -> Result<KeyCheck, Error> {
    let mut check = KeyCheck::default();
    wiped(|| {
        Hkdf::<Sha256>::new(Some(store_id), data_key.expose()).expand(b"strongroom v1 check", &mut check)
    })
    .map_err(|_| internal())?;
    Ok(check)
}

/// The subkeys of one data key (DEK), each for one purpose, derived with HKDF-SHA256. They stay in one place on the
/// heap, because a move leaves a copy behind.
pub(in crate::sealed) struct FileCipher {
    seal: Box<Aes256Gcm>,
    names: NameKey,
}

/// The key under which the names of one file are hashed.
pub(in crate::sealed) struct NameKey(Subkey);

type Subkey = Box<Zeroizing<[u8; 32]>>;

impl FileCipher {
    pub(in crate::sealed) fn new(data_key: &DataKey, store_id: &[u8; 16]) -> Result<Self, Error> {
        let (seal, names) = wiped(|| subkeys(data_key, store_id))?;
        // Moving a cipher also moves its unused bytes. On a stack that was just wiped, those hold nothing secret.
        let seal = wiped(|| Aes256Gcm::new_from_slice(&**seal).map(Box::new)).map_err(|_| internal())?;
        Ok(Self {
            seal,
            names: NameKey(names),
        })
    }

    /// Encrypts `buffer` in place and returns the tag.
    pub(super) fn seal(
        &self,
        nonce: &[u8; NONCE_LEN],
        aad: &[u8],
        buffer: &mut [u8],
    ) -> Result<[u8; TAG_LEN], Error> {
        encrypt(&self.seal, nonce, aad, buffer)
    }

    /// Decrypts `buffer` in place. If it returns `false`, nothing in `buffer` may be used.
    #[must_use]
    pub(super) fn open(
        &self,
        nonce: &[u8; NONCE_LEN],
        aad: &[u8],
        buffer: &mut [u8],
        tag: &[u8; TAG_LEN],
    ) -> bool {
        decrypt(&self.seal, nonce, aad, buffer, tag)
    }

    pub(in crate::sealed) fn name_hash(&self, name: &str) -> Result<NameHash, Error> {
        self.names.hash(name)
    }

    pub(in crate::sealed) fn name_key(&self) -> &NameKey {
        &self.names
    }

    /// No key starts with the first byte of this input (it is not UTF-8), so the check never equals the hash of a key.
    pub(super) fn name_check(&self, sequence: u64, name: &NameHash) -> Result<NameCheck, Error> {
        self.names.mac(&[&[0xff], &sequence.to_le_bytes(), name])
    }
}

impl NameKey {
    pub(in crate::sealed) fn copied(key: &[u8; 32]) -> Self {
        Self(Box::new(Zeroizing::new(*key)))
    }

    pub(in crate::sealed) fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    pub(in crate::sealed) fn hash(&self, name: &str) -> Result<NameHash, Error> {
        self.mac(&[name.as_bytes()])
    }

    fn mac<const N: usize>(&self, parts: &[&[u8]]) -> Result<[u8; N], Error> {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(self.expose()).map_err(|_| internal())?;
        for part in parts {
            mac.update(part);
        }
        let mut code = [0; N];
        code.iter_mut()
            .zip(mac.finalize().into_bytes())
            .for_each(|(to, from)| *to = from);
        Ok(code)
    }
}

/// Encrypts `buffer` in place and returns the tag. Not inlined, because two places use it and it is long.
#[inline(never)]
pub(super) fn encrypt(
    cipher: &Aes256Gcm,
    nonce: &[u8; NONCE_LEN],
    aad: &[u8],
    buffer: &mut [u8],
) -> Result<[u8; TAG_LEN], Error> {
    let tag = cipher
        .encrypt_inout_detached(&(*nonce).into(), aad, buffer.into())
        .map_err(|_| internal())?;
    Ok(tag.into())
}

/// Decrypts `buffer` in place. If it returns `false`, nothing in `buffer` may be used.
#[must_use]
#[inline(never)]
pub(super) fn decrypt(
    cipher: &Aes256Gcm,
    nonce: &[u8; NONCE_LEN],
    aad: &[u8],
    buffer: &mut [u8],
    tag: &[u8; TAG_LEN],
) -> bool {
    cipher
        .decrypt_inout_detached(&(*nonce).into(), aad, buffer.into(), &(*tag).into())
        .is_ok()
}

fn subkeys(data_key: &DataKey, store_id: &[u8; 16]) -> Result<(Subkey, Subkey), Error> {
    let hkdf = Hkdf::<Sha256>::new(Some(store_id), data_key.expose());
    let (mut seal, mut names) = (Subkey::default(), Subkey::default());
    for (info, subkey) in [
        ("strongroom v1 seal", &mut seal),
        ("strongroom v1 name", &mut names),
    ] {
        hkdf.expand(info.as_bytes(), &mut ***subkey)
            .map_err(|_| internal())?;
    }
    Ok((seal, names))
}

/// Inputs of fixed size make these paths unreachable; an error is still better than a panic.
fn internal() -> Error {
    Error::new(ErrorCode::Internal, "The cipher refused its input")
}

#[cfg(test)]
mod tests;

//! The bytes that `wrap` returns and the vault keeps in the header of its file.
//!
//! ```text
//! format 1 byte = 1 | iv length 1 byte = 12 | iv | ciphertext 32 bytes | tag 16 bytes
//! ```
//!
//! Nothing here is secret. The bytes are not trusted either: they are checked before the Keystore sees them.

use strongroom_core::ports::{DataKey, KeyError, KeyErrorKind};

/// A data key that the Keystore wrapped.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wrapped<'a> {
    /// Chosen by the Keystore.
    pub(crate) iv: &'a [u8],
    /// Ciphertext and tag.
    pub(crate) sealed: &'a [u8],
}

impl<'a> Wrapped<'a> {
    /// The output of the Keystore, if it has the only form that AES-GCM can give it.
    pub(crate) fn new(iv: &'a [u8], sealed: &'a [u8]) -> Result<Self, KeyError> {
        if iv.len() == IV_LEN && sealed.len() == SEALED_LEN {
            Ok(Self { iv, sealed })
        } else {
            Err(KeyError::new(
                KeyErrorKind::Unavailable,
                "The Keystore answered with an unexpected length",
            ))
        }
    }

    /// Reads what [`encode`](Self::encode) wrote; no key can unwrap anything else.
    pub(crate) fn decode(bytes: &'a [u8]) -> Result<Self, KeyError> {
        match bytes.split_first_chunk::<2>() {
            Some((&[FORMAT, iv_len], rest)) if usize::from(iv_len) == IV_LEN => {
                let wrapped = rest.split_at_checked(IV_LEN);
                wrapped.filter(|(_, sealed)| sealed.len() == SEALED_LEN)
            }
            _ => None,
        }
        .map(|(iv, sealed)| Self { iv, sealed })
        .ok_or_else(|| KeyError::new(KeyErrorKind::Mismatch, "The wrapped key is malformed"))
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        [&[FORMAT, IV_LEN_BYTE], self.iv, self.sealed].concat()
    }
}

const FORMAT: u8 = 1;
const IV_LEN_BYTE: u8 = 12;
const IV_LEN: usize = IV_LEN_BYTE as usize;
const SEALED_LEN: usize = DataKey::LEN + 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_decoded() {
        let (iv, sealed) = ([7; IV_LEN], [9; SEALED_LEN]);
        let wrapped = Wrapped::new(&iv, &sealed).unwrap();
        let bytes = wrapped.encode();
        assert_eq!(bytes.len(), 62);
        assert_eq!(Wrapped::decode(&bytes).unwrap(), wrapped);
    }

    #[test]
    fn every_other_length_format_and_iv_length_is_a_mismatch() {
        let good = Wrapped::new(&[7; IV_LEN], &[9; SEALED_LEN]).unwrap().encode();
        for len in (0..good.len()).chain([good.len() + 1]) {
            let mut bytes = good.clone();
            bytes.resize(len, 0);
            assert_mismatch(&bytes);
        }
        for index in 0..2 {
            for value in (0..=u8::MAX).filter(|value| *value != good[index]) {
                let mut bytes = good.clone();
                bytes[index] = value;
                assert_mismatch(&bytes);
            }
        }
    }

    #[test]
    fn an_answer_of_the_wrong_length_is_retryable() {
        for (iv, sealed) in [(0, 48), (11, 48), (16, 48), (12, 47), (12, 49), (12, 0)] {
            let error = Wrapped::new(&vec![0; iv], &vec![0; sealed]).unwrap_err();
            assert_eq!(error.kind(), KeyErrorKind::Unavailable);
        }
    }

    fn assert_mismatch(bytes: &[u8]) {
        assert_eq!(Wrapped::decode(bytes).unwrap_err().kind(), KeyErrorKind::Mismatch);
    }
}

//! All that would give away what a data key protects, derived as `docs/internals/storage-format.md` says and apart from the code that is
//! tested.

use hkdf::Hkdf;
use sha2::Sha256;

use super::Needles;

const KEY_LEN: usize = 32;
const ROUNDS: usize = 14;
const BLOCK_LEN: usize = 16;
const WORD_LEN: usize = 4;
/// HMAC starts from its key combined with these.
const PADS: [u8; 2] = [0x36, 0x5c];

pub(super) type Key = [u8; KEY_LEN];

/// The needles of one data key, by number.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct KeyNeedles {
    /// The data key itself, and what HKDF extracts from it. Nothing needs them once a file is open.
    pub data_key: usize,
    /// See [`Self::data_key`].
    pub extracted: usize,
    /// The key of frames with its AES round keys.
    pub seal: usize,
    /// The key of name hashes.
    pub names: usize,
}

impl KeyNeedles {
    /// Adds the needles of one data key.
    pub fn add(needles: &mut Needles, data_key: &Key, store_id: &[u8; 16]) -> Self {
        let (extracted, hkdf) = Hkdf::<Sha256>::extract(Some(store_id), data_key);
        let [mut seal, mut names] = [[0; KEY_LEN]; 2];
        let _ = hkdf.expand(b"strongroom v1 seal", &mut seal);
        let _ = hkdf.expand(b"strongroom v1 name", &mut names);
        let keys = Self {
            data_key: needles.add(data_key.iter().copied()),
            extracted: needles.add(extracted.iter().copied()),
            seal: needles.add(seal.iter().copied()),
            names: needles.add(names.iter().copied()),
        };
        for pad in PADS {
            needles.add_to(keys.extracted, extracted.iter().map(|byte| byte ^ pad));
            needles.add_to(keys.names, names.iter().map(|byte| byte ^ pad));
        }
        // The first two are the key itself.
        for round_key in round_keys(&seal).iter().skip(2) {
            needles.add_to(keys.seal, round_key.iter().copied());
        }
        keys
    }
}

/// The key expansion of AES-256 (FIPS 197, 5.2). Any two round keys in a row lead back to the key.
pub(super) fn round_keys(key: &Key) -> [[u8; BLOCK_LEN]; ROUNDS + 1] {
    const WORDS: usize = (ROUNDS + 1) * 4;
    const KEY_WORDS: usize = KEY_LEN / WORD_LEN;

    let mut words = [[0_u8; WORD_LEN]; WORDS];
    let mut round_constant = 1;
    for index in 0..WORDS {
        words[index] = if index < KEY_WORDS {
            std::array::from_fn(|byte| key[index * WORD_LEN + byte])
        } else {
            let mut word = words[index - 1];
            if index % KEY_WORDS == 0 {
                word.rotate_left(1);
                word = word.map(substitute);
                word[0] ^= round_constant;
                round_constant = double(round_constant);
            } else if index % KEY_WORDS == 4 {
                word = word.map(substitute);
            }
            std::array::from_fn(|byte| word[byte] ^ words[index - KEY_WORDS][byte])
        };
    }
    std::array::from_fn(|round| {
        std::array::from_fn(|byte| words[round * 4 + byte / WORD_LEN][byte % WORD_LEN])
    })
}

/// The S-box: the inverse in GF(2^8), then an affine map.
fn substitute(byte: u8) -> u8 {
    let inverse = (0..=u8::MAX)
        .find(|other| multiply(byte, *other) == 1)
        .unwrap_or(0);
    (0..5).fold(0x63, |sum, shift| sum ^ inverse.rotate_left(shift))
}

fn multiply(mut a: u8, mut b: u8) -> u8 {
    let mut product = 0;
    while b != 0 {
        if b & 1 != 0 {
            product ^= a;
        }
        a = double(a);
        b >>= 1;
    }
    product
}

fn double(byte: u8) -> u8 {
    byte << 1 ^ if byte & 0x80 == 0 { 0 } else { 0x1b }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FIPS 197, A.3.
    #[test]
    fn round_keys_are_those_of_the_standard() {
        let key: Key = std::array::from_fn(|byte| {
            [
                0x60, 0x3d, 0xeb, 0x10, 0x15, 0xca, 0x71, 0xbe, 0x2b, 0x73, 0xae, 0xf0, 0x85, 0x7d, 0x77,
                0x81, 0x1f, 0x35, 0x2c, 0x07, 0x3b, 0x61, 0x08, 0xd7, 0x2d, 0x98, 0x10, 0xa3, 0x09, 0x14,
                0xdf, 0xf4,
            ][byte]
        });
        let round_keys = round_keys(&key);
        assert_eq!(round_keys[2][..4], [0x9b, 0xa3, 0x54, 0x11]);
        assert_eq!(round_keys[14][12..], [0x70, 0x6c, 0x63, 0x1e]);
    }
}

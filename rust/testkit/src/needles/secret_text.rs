use zeroize::Zeroizing;

/// Text that looks random and follows from a number, so that it can be told without being passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecretText {
    seed: u64,
    length: usize,
}

impl SecretText {
    /// The text of `length` characters that belongs to `seed`.
    #[must_use]
    pub const fn new(seed: u64, length: usize) -> Self {
        Self { seed, length }
    }

    /// Its characters: ASCII letters, digits, `-` and `_`.
    pub fn bytes(self) -> impl Iterator<Item = u8> + Clone {
        (0..self.length as u64).map(move |index| character(self.seed, index))
    }

    /// The text, made in place.
    #[must_use]
    pub fn text(self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(self.length));
        text.extend(self.bytes().map(char::from));
        text
    }

    /// Whether `text` is this text.
    #[must_use]
    pub fn is(self, text: &str) -> bool {
        text.bytes().eq(self.bytes())
    }
}

/// Six bits of `SplitMix64` (Steele, Lea and Flood, 2014).
fn character(seed: u64, index: u64) -> u8 {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    let mut mixed = (seed << 24 | index).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    let six_bits = usize::try_from(mixed >> 58).unwrap_or_default();
    ALPHABET.get(six_bits).copied().unwrap_or_default()
}

//! Secrets to search memory for.

mod gate_material;
mod key_material;
mod secret_text;

use std::collections::HashMap;

pub use self::gate_material::{ProtectedFile, SessionNeedles};
pub use self::key_material::KeyNeedles;
pub use self::secret_text::SecretText;

/// The bytes that are compared at once: this many in a row betray a needle, so that a remnant is found, too.
const WINDOW: usize = 8;
/// What is kept is combined with this, so that a search never finds itself.
const MASK: u64 = 0x9d3c_61a7_5e08_f2b4;
const FILTER_BITS: u32 = 20;

/// Secrets to search memory for. Any 8 bytes in a row of one are a hit.
pub struct Needles {
    windows: HashMap<u64, Window>,
    /// Tells most of what is no window without a look-up.
    filter: Vec<u64>,
    count: usize,
}

struct Window {
    needle: usize,
    /// The window that has to follow: text in UTF-16 has too little in 8 bytes to be told from chance.
    followed_by: Option<u64>,
}

impl Default for Needles {
    fn default() -> Self {
        Self {
            windows: HashMap::new(),
            filter: vec![0; 1 << (FILTER_BITS - 6)],
            count: 0,
        }
    }
}

impl Needles {
    /// Adds a needle of at least 8 bytes and returns its number.
    pub fn add(&mut self, bytes: impl Iterator<Item = u8>) -> usize {
        self.count += 1;
        self.add_to(self.count - 1, bytes);
        self.count - 1
    }

    /// Adds another shape of a needle.
    pub fn add_to(&mut self, needle: usize, bytes: impl Iterator<Item = u8>) {
        for window in windows(bytes) {
            self.insert(window, needle, None);
        }
    }

    /// Adds a needle of at least 8 ASCII characters, in UTF-8 and in UTF-16, and returns its number.
    pub fn add_text(&mut self, ascii: impl Iterator<Item = u8> + Clone) -> usize {
        let needle = self.add(ascii.clone());
        let wide = ascii.flat_map(|byte| [byte, 0]);
        for (window, next) in windows(wide.clone()).zip(windows(wide).skip(WINDOW)) {
            self.insert(window, needle, Some(next));
        }
        needle
    }

    /// The number of needles.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is nothing to search for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Calls `hit` with the needle and the place of each window in `memory`. It allocates nothing.
    pub fn search(&self, memory: &[u8], mut hit: impl FnMut(usize, usize)) {
        let mut window = 0;
        for (end, byte) in memory.iter().enumerate() {
            window = window >> 8 | u64::from(*byte) << 56;
            if self.may_hold(window)
                && end + 1 >= WINDOW
                && let Some(found) = self.windows.get(&(window ^ MASK))
                && found
                    .followed_by
                    .is_none_or(|next| memory.get(end + 1..end + 1 + WINDOW).map(read) == Some(next ^ MASK))
            {
                hit(found.needle, end + 1 - WINDOW);
            }
        }
    }

    fn insert(&mut self, window: u64, needle: usize, followed_by: Option<u64>) {
        let (word, bit) = place(window);
        if let Some(word) = self.filter.get_mut(word) {
            *word |= bit;
        }
        let followed_by = followed_by.map(|next| next ^ MASK);
        self.windows.insert(window ^ MASK, Window { needle, followed_by });
    }

    fn may_hold(&self, window: u64) -> bool {
        let (word, bit) = place(window);
        self.filter.get(word).is_some_and(|word| word & bit != 0)
    }
}

fn windows(bytes: impl Iterator<Item = u8>) -> impl Iterator<Item = u64> {
    bytes
        .scan(0_u64, |window, byte| {
            *window = *window >> 8 | u64::from(byte) << 56;
            Some(*window)
        })
        .skip(WINDOW - 1)
}

fn read(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .rev()
        .fold(0, |value, byte| value << 8 | u64::from(*byte))
}

fn place(window: u64) -> (usize, u64) {
    let hash = window.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - FILTER_BITS);
    (usize::try_from(hash >> 6).unwrap_or_default(), 1 << (hash & 63))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_remnant_of_eight_bytes_is_found_where_it_lies_and_nothing_else() {
        let secret: Vec<u8> = (100..132).collect();
        let mut needles = Needles::default();
        assert_eq!(needles.add(secret.iter().copied()), 0);
        assert_eq!(needles.add(b"something else".iter().copied()), 1);
        for start in 0..=24 {
            let mut memory = vec![0; 50];
            memory[9..17].copy_from_slice(&secret[start..start + 8]);
            assert_eq!(hits(&needles, &memory), [(0, 9)]);
            memory[16] = 0;
            assert_eq!(hits(&needles, &memory), []);
        }
        assert_eq!(hits(&needles, &secret).len(), 25);
    }

    #[test]
    fn text_is_found_in_both_encodings() {
        let mut needles = Needles::default();
        needles.add_text(b"secret text".iter().copied());
        assert_eq!(hits(&needles, b"a secret t"), [(0, 2)]);
        let wide: Vec<u8> = "secret text".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(!hits(&needles, &wide).is_empty());
        assert_eq!(hits(&needles, &wide[..14]), []);
    }

    fn hits(needles: &Needles, memory: &[u8]) -> Vec<(usize, usize)> {
        let mut hits = Vec::new();
        needles.search(memory, |needle, at| hits.push((needle, at)));
        hits
    }
}

use zeroize::Zeroizing;

/// The key that one file is sealed under (DEK). It has one place on the heap, where it is made, used and wiped: moving an
/// array would leave copies behind on the stack. It has no `Debug` and no `Clone`.
pub struct DataKey(Box<Zeroizing<[u8; Self::LEN]>>);

impl DataKey {
    /// The number of bytes.
    pub const LEN: usize = 32;

    /// A key that `fill` writes where it stays.
    ///
    /// # Errors
    /// Those of `fill`.
    pub fn filled<E>(fill: impl FnOnce(&mut [u8; Self::LEN]) -> Result<(), E>) -> Result<Self, E> {
        let mut key = Self(Box::default());
        fill(&mut key.0)?;
        Ok(key)
    }

    /// A copy of `bytes`, which stay the caller's to wipe; `None` if they are not as many as a key has.
    #[must_use]
    pub fn copied(bytes: &[u8]) -> Option<Self> {
        let mut key = Self(Box::default());
        if bytes.len() != Self::LEN {
            return None;
        }
        key.0.copy_from_slice(bytes);
        Some(key)
    }

    /// The key; a copy made of it is the caller's to wipe.
    #[must_use]
    pub fn expose(&self) -> &[u8; Self::LEN] {
        &self.0
    }
}

use zeroize::Zeroizing;

/// The data key (DEK): the key that seals one file. It stays in one place on the heap, where it is made, used and
/// wiped, because moving an array leaves copies on the stack. It has no `Debug` and no `Clone`.
pub struct DataKey(Box<Zeroizing<[u8; Self::LEN]>>);

impl DataKey {
    /// The number of bytes.
    pub const LEN: usize = 32;

    /// A key whose bytes `fill` writes in place.
    ///
    /// # Errors
    /// Those of `fill`.
    pub fn filled<E>(fill: impl FnOnce(&mut [u8; Self::LEN]) -> Result<(), E>) -> Result<Self, E> {
        let mut key = Self(Box::default());
        fill(&mut key.0)?;
        Ok(key)
    }

    /// A copy of `bytes`, which the caller has to wipe; `None` if the length is not that of a key.
    #[must_use]
    pub fn copied(bytes: &[u8]) -> Option<Self> {
        let mut key = Self(Box::default());
        if bytes.len() != Self::LEN {
            return None;
        }
        key.0.copy_from_slice(bytes);
        Some(key)
    }

    /// The bytes of the key. A caller that copies them has to wipe the copy.
    #[must_use]
    pub fn expose(&self) -> &[u8; Self::LEN] {
        &self.0
    }
}

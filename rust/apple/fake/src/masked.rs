//! Bytes as the world keeps them: masked, so that a search of the heap for a value does not find it here.

use zeroize::Zeroizing;

const MASK: u8 = 0xA5;

#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Masked(Vec<u8>);

impl Masked {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        Self(bytes.iter().map(|byte| byte ^ MASK).collect())
    }

    /// What [`Self::masked`] returned.
    pub(crate) fn of_masked(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }

    pub(crate) fn masked(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.0.iter().map(|byte| byte ^ MASK).collect())
    }

    /// The text, if it was a text before it was masked.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes()).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_not_what_it_says() {
        let masked = Masked::new(b"secret");
        assert_eq!(masked.bytes().as_slice(), b"secret");
        assert!(masked.0.iter().zip(b"secret").all(|(kept, byte)| kept != byte));
    }
}

//! Reads decisions from an input. Missing bytes count as zero, so every input is valid, and a short one is simple.

use std::borrow::Cow;

pub(crate) struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next `length` bytes, or as many as there are.
    pub(crate) fn take(&mut self, length: usize) -> &'a [u8] {
        let (head, tail) = self.0.split_at(length.min(self.0.len()));
        self.0 = tail;
        head
    }

    pub(crate) fn rest(&mut self) -> &'a [u8] {
        self.take(self.0.len())
    }

    pub(crate) fn array<const N: usize>(&mut self) -> [u8; N] {
        let mut array = [0; N];
        let bytes = self.take(N);
        array[..bytes.len()].copy_from_slice(bytes);
        array
    }

    pub(crate) fn u8(&mut self) -> u8 {
        self.array::<1>()[0]
    }

    pub(crate) fn u16(&mut self) -> u16 {
        u16::from_le_bytes(self.array())
    }

    pub(crate) fn u64(&mut self) -> u64 {
        u64::from_le_bytes(self.array())
    }

    /// Text of up to 255 bytes, prefixed with its length.
    pub(crate) fn text(&mut self) -> Cow<'a, str> {
        let length = usize::from(self.u8());
        String::from_utf8_lossy(self.take(length))
    }
}

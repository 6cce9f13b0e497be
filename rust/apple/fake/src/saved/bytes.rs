//! Numbers, texts and bytes, one after the other.

use crate::row::{name_of, value_of};

pub(super) struct Writer(Vec<u8>);

impl Writer {
    pub(super) fn after(start: &[u8]) -> Self {
        Self(start.to_vec())
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.0
    }

    pub(super) fn number(&mut self, number: u64) {
        self.0.extend(number.to_le_bytes());
    }

    pub(super) fn status(&mut self, status: i32) {
        self.0.extend(status.to_le_bytes());
    }

    pub(super) fn flag(&mut self, flag: bool) {
        self.0.push(flag.into());
    }

    pub(super) fn size(&mut self, size: usize) {
        self.number(size as u64);
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.size(bytes.len());
        self.0.extend(bytes);
    }

    pub(super) fn name<T: PartialEq>(&mut self, names: &[(&'static str, T)], value: &T) {
        self.bytes(name_of(names, value).as_bytes());
    }

    pub(super) fn optional(&mut self, bytes: Option<&[u8]>) {
        self.flag(bytes.is_some());
        if let Some(bytes) = bytes {
            self.bytes(bytes);
        }
    }
}

/// `None` means that the bytes were not written by a [`Writer`].
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn number(&mut self) -> Option<u64> {
        self.chunk().map(u64::from_le_bytes)
    }

    pub(super) fn status(&mut self) -> Option<i32> {
        self.chunk().map(i32::from_le_bytes)
    }

    pub(super) fn flag(&mut self) -> Option<bool> {
        match self.chunk()? {
            [0] => Some(false),
            [1] => Some(true),
            _ => None,
        }
    }

    pub(super) fn size(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok()
    }

    pub(super) fn bytes(&mut self) -> Option<&'a [u8]> {
        let size = self.size()?;
        let (bytes, rest) = self.0.split_at_checked(size)?;
        self.0 = rest;
        Some(bytes)
    }

    pub(super) fn text(&mut self) -> Option<String> {
        String::from_utf8(self.bytes()?.to_vec()).ok()
    }

    pub(super) fn name<T: Copy>(&mut self, names: &[(&str, T)]) -> Option<T> {
        value_of(names, str::from_utf8(self.bytes()?).ok()?)
    }

    /// Of the outer options, none means that it cannot be read.
    #[expect(clippy::option_option, reason = "as of all other values")]
    pub(super) fn optional(&mut self) -> Option<Option<&'a [u8]>> {
        if self.flag()? {
            self.bytes().map(Some)
        } else {
            Some(None)
        }
    }

    fn chunk<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (chunk, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*chunk)
    }
}

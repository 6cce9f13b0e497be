//! The bytes of a `CFData` or `CFString`: the object's own, wiped when it goes, or the caller's.

use std::slice;

use zeroize::Zeroizing;

use crate::objects::{Handle, misuse};
use crate::statics::kCFAllocatorNull;

pub(crate) enum Bytes {
    Own(Zeroizing<Vec<u8>>),
    Lent { start: *const u8, length: usize },
}

// SAFETY: lent bytes stay as they are for as long as the object lives; that is what their lender vouched for.
unsafe impl Send for Bytes {}

impl Bytes {
    pub(crate) fn copy_of(bytes: &[u8]) -> Self {
        Self::Own(Zeroizing::new(bytes.to_vec()))
    }

    /// # Safety
    /// `start` has `length` bytes to read.
    pub(crate) unsafe fn copy_from(start: *const u8, length: isize, function: &str) -> Self {
        // SAFETY: the caller's promise.
        Self::copy_of(unsafe { Self::lend(start, length, function) }.as_slice())
    }

    /// # Safety
    /// `start` has `length` bytes to read, for as long as the object lives.
    pub(crate) unsafe fn lend(start: *const u8, length: isize, function: &str) -> Self {
        let Ok(length) = usize::try_from(length) else {
            misuse(function, format_args!("was given a negative length"))
        };
        if start.is_null() && length > 0 {
            misuse(function, format_args!("was given {length} bytes at null"))
        }
        Self::Lent { start, length }
    }

    /// Lends; ends the process if the bytes would have to be freed, which no caller of this crate wants.
    ///
    /// # Safety
    /// As of [`Self::lend`].
    pub(crate) unsafe fn lend_unfreed(
        start: *const u8,
        length: isize,
        deallocator: Handle,
        function: &str,
    ) -> Self {
        if deallocator != kCFAllocatorNull {
            misuse(
                function,
                format_args!("would free the caller's bytes: the deallocator is not kCFAllocatorNull"),
            )
        }
        // SAFETY: the caller's promise.
        unsafe { Self::lend(start, length, function) }
    }

    pub(crate) fn as_slice(&self) -> &[u8] {
        match self {
            Self::Own(bytes) => bytes,
            Self::Lent { length: 0, .. } => &[],
            // SAFETY: whoever lent them vouched for start and length.
            Self::Lent { start, length } => unsafe { slice::from_raw_parts(*start, *length) },
        }
    }
}

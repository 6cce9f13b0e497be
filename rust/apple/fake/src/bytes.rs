//! The bytes of a `CFData` or `CFString`: owned and wiped with the object, or lent by the caller.

use std::ffi::c_void;
use std::slice;

use core_foundation_sys::base::CFAllocatorDeallocateCallBack;
use zeroize::Zeroizing;

use crate::objects::{Handle, Payload, Register, misuse, wrong_type};
use crate::statics::kCFAllocatorNull;

pub(crate) enum Bytes {
    Own(Zeroizing<Vec<u8>>),
    Lent {
        start: *const u8,
        length: usize,
    },
    /// Lent, and released with the object.
    Given(GiveBack),
}

/// Calls the deallocator that came with the bytes.
pub(crate) struct GiveBack {
    start: *const u8,
    length: usize,
    info: *mut c_void,
    deallocate: CFAllocatorDeallocateCallBack,
}

impl Drop for GiveBack {
    fn drop(&mut self) {
        // As `CFAllocatorDeallocate` does it.
        (self.deallocate)(self.start.cast_mut().cast(), self.info);
    }
}

// SAFETY: lent bytes do not change while the object lives; their lender guarantees it.
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

    /// Lends the bytes, and releases them through the deallocator if there is one.
    ///
    /// # Safety
    /// As of [`Self::lend`]; the deallocator releases what was lent.
    pub(crate) unsafe fn lend_until_freed(
        start: *const u8,
        length: isize,
        deallocator: Handle,
        register: &Register,
        function: &str,
    ) -> Self {
        // SAFETY: the caller's promise.
        let lent = unsafe { Self::lend(start, length, function) };
        if deallocator == kCFAllocatorNull {
            return lent;
        }
        if deallocator.is_null() {
            misuse(
                function,
                format_args!("would free the caller's bytes: the deallocator is that of the system"),
            )
        }
        match (register.payload(deallocator, function), lent) {
            (Payload::Allocator(Some(allocator)), Self::Lent { start, length }) => Self::Given(GiveBack {
                start,
                length,
                info: allocator.info,
                deallocate: allocator.deallocate,
            }),
            (other, _) => wrong_type(function, "CFAllocator that deallocates", other),
        }
    }

    pub(crate) fn as_slice(&self) -> &[u8] {
        match self {
            Self::Own(bytes) => bytes,
            Self::Lent { length: 0, .. } | Self::Given(GiveBack { length: 0, .. }) => &[],
            // SAFETY: the lender guaranteed start and length.
            Self::Lent { start, length } | Self::Given(GiveBack { start, length, .. }) => unsafe {
                slice::from_raw_parts(*start, *length)
            },
        }
    }
}

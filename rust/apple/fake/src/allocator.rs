//! `CFAllocator`, only as far as it frees memory that was allocated elsewhere.

use std::ffi::c_void;

use core_foundation_sys::base::{CFAllocatorContext, CFAllocatorDeallocateCallBack};

use crate::objects::{Handle, Payload, misuse, register, type_id};

/// An allocator that can only deallocate.
pub(crate) struct Allocator {
    pub(crate) info: *mut c_void,
    pub(crate) deallocate: CFAllocatorDeallocateCallBack,
}

// SAFETY: its creator guarantees what it passes to the deallocator, as with the real one.
unsafe impl Send for Allocator {}

#[unsafe(no_mangle)]
extern "C" fn CFAllocatorGetTypeID() -> usize {
    type_id::ALLOCATOR
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CFAllocatorCreate(_allocator: Handle, context: *const CFAllocatorContext) -> Handle {
    const NAME: &str = "CFAllocatorCreate";
    if context.is_null() {
        misuse(NAME, format_args!("was given no context"))
    }
    // SAFETY: it is not null and points to a context, as the contract of the function requires.
    let context = unsafe { &*context };
    let only_deallocates = context.retain.is_none()
        && context.release.is_none()
        && context.allocate.is_none()
        && context.reallocate.is_none();
    match context.deallocate {
        Some(deallocate) if only_deallocates => register().create(Payload::Allocator(Some(Allocator {
            info: context.info,
            deallocate,
        }))),
        _ => misuse(
            NAME,
            format_args!("only allocators that deallocate and do nothing else are modelled"),
        ),
    }
}

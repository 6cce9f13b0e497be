//! `CFData`.

use std::ptr;

use crate::bytes::Bytes;
use crate::objects::{Handle, Payload, Register, register, type_id, wrong_type};

#[unsafe(no_mangle)]
extern "C" fn CFDataGetTypeID() -> usize {
    type_id::DATA
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CFDataCreate(_allocator: Handle, bytes: *const u8, length: isize) -> Handle {
    // SAFETY: there are `length` bytes, as the contract of the function requires.
    let bytes = unsafe { Bytes::copy_from(bytes, length, "CFDataCreate") };
    register().create(Payload::Data(bytes))
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CFDataCreateWithBytesNoCopy(
    _allocator: Handle,
    bytes: *const u8,
    length: isize,
    deallocator: Handle,
) -> Handle {
    let mut register = register();
    // SAFETY: there are `length` bytes that outlive the object, as the contract of the function
    // requires.
    let bytes = unsafe {
        Bytes::lend_until_freed(
            bytes,
            length,
            deallocator,
            &register,
            "CFDataCreateWithBytesNoCopy",
        )
    };
    register.create(Payload::Data(bytes))
}

#[unsafe(no_mangle)]
extern "C" fn CFDataGetLength(data: Handle) -> isize {
    get(&register(), data, "CFDataGetLength").len().cast_signed()
}

/// Null if there are no bytes: the real one may return it, and a caller must expect it.
#[unsafe(no_mangle)]
extern "C" fn CFDataGetBytePtr(data: Handle) -> *const u8 {
    let register = register();
    let bytes = get(&register, data, "CFDataGetBytePtr");
    if bytes.is_empty() {
        ptr::null()
    } else {
        bytes.as_ptr()
    }
}

fn get<'a>(register: &'a Register, data: Handle, function: &str) -> &'a [u8] {
    match register.payload(data, function) {
        Payload::Data(bytes) => bytes.as_slice(),
        other => wrong_type(function, "CFData", other),
    }
}

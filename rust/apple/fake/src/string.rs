//! `CFString`, with UTF-8 bytes. Lengths and ranges are in units of UTF-16, as in the real one.

use std::ffi::c_char;
use std::ptr;
use std::slice;

use core_foundation_sys::base::CFRange;
use core_foundation_sys::string::kCFStringEncodingUTF8;

use crate::bytes::Bytes;
use crate::objects::{Handle, Payload, Register, misuse, register, type_id, wrong_type};

#[unsafe(no_mangle)]
extern "C" fn CFStringGetTypeID() -> usize {
    type_id::STRING
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CFStringCreateWithBytes(
    _allocator: Handle,
    bytes: *const u8,
    length: isize,
    encoding: u32,
    _external: u8,
) -> Handle {
    const NAME: &str = "CFStringCreateWithBytes";
    // SAFETY: there are `length` bytes, as the contract of the function requires.
    create(unsafe { Bytes::copy_from(bytes, length, NAME) }, encoding, NAME)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CFStringCreateWithBytesNoCopy(
    _allocator: Handle,
    bytes: *const u8,
    length: isize,
    encoding: u32,
    _external: u8,
    deallocator: Handle,
) -> Handle {
    const NAME: &str = "CFStringCreateWithBytesNoCopy";
    // SAFETY: there are `length` bytes that outlive the string, as the contract of the function requires.
    let bytes = unsafe { Bytes::lend_until_freed(bytes, length, deallocator, &register(), NAME) };
    create(bytes, encoding, NAME)
}

#[unsafe(no_mangle)]
extern "C" fn CFStringGetLength(string: Handle) -> isize {
    text(&register(), string, "CFStringGetLength")
        .encode_utf16()
        .count()
        .cast_signed()
}

/// The real one may return null at any time, and this one always does.
#[unsafe(no_mangle)]
extern "C" fn CFStringGetCStringPtr(string: Handle, _encoding: u32) -> *const c_char {
    text(&register(), string, "CFStringGetCStringPtr");
    ptr::null()
}

/// Returns how many units it converted, and through `used` how many bytes they take. It stops at what cannot be
/// converted (half a surrogate pair) if there is no loss byte, and before what would not fit. Without a buffer it only
/// counts.
#[unsafe(no_mangle)]
unsafe extern "C" fn CFStringGetBytes(
    string: Handle,
    range: CFRange,
    encoding: u32,
    loss: u8,
    _external: u8,
    buffer: *mut u8,
    capacity: isize,
    used: *mut isize,
) -> isize {
    const NAME: &str = "CFStringGetBytes";
    only_utf8(encoding, NAME);
    let register = register();
    let units = units_in(text(&register, string, NAME), range, NAME);
    let mut out = if buffer.is_null() {
        Output::Count
    } else {
        // SAFETY: the buffer has `capacity` bytes, as the contract of the function requires.
        Output::Buffer(unsafe { slice::from_raw_parts_mut(buffer, usize::try_from(capacity).unwrap_or(0)) })
    };
    let (converted, bytes) = convert(units, loss, &mut out);
    if !used.is_null() {
        // SAFETY: null, or a place for a number, as the contract of the function requires.
        unsafe { used.write(bytes.cast_signed()) };
    }
    converted.cast_signed()
}

pub(crate) fn text<'a>(register: &'a Register, string: Handle, function: &str) -> &'a str {
    let payload = register.payload(string, function);
    match payload.text() {
        Some(text) => text,
        None => wrong_type(function, "CFString", payload),
    }
}

impl Payload {
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(bytes) => Some(str::from_utf8(bytes.as_slice()).unwrap_or_else(|_| {
                misuse(
                    "a CFString",
                    format_args!("its bytes were changed after they were lent"),
                )
            })),
            _ => None,
        }
    }
}

enum Output<'a> {
    Count,
    Buffer(&'a mut [u8]),
}

fn create(bytes: Bytes, encoding: u32, function: &str) -> Handle {
    only_utf8(encoding, function);
    match str::from_utf8(bytes.as_slice()) {
        Ok(_) => register().create(Payload::Text(bytes)),
        Err(_) => Handle::NULL,
    }
}

fn only_utf8(encoding: u32, function: &str) {
    if encoding != kCFStringEncodingUTF8 {
        misuse(
            function,
            format_args!("only UTF-8 is modelled, not the encoding {encoding:#x}"),
        )
    }
}

/// The units of a range, one by one, because a copy of them would have to be wiped.
fn units_in(text: &str, range: CFRange, function: &str) -> impl Iterator<Item = u16> {
    let found = usize::try_from(range.location)
        .ok()
        .zip(usize::try_from(range.length).ok());
    let end = found.and_then(|(start, length)| start.checked_add(length));
    match (found, end) {
        (Some((start, length)), Some(end)) if end <= text.encode_utf16().count() => {
            text.encode_utf16().skip(start).take(length)
        }
        _ => misuse(
            function,
            format_args!("the range is not within the string: {range:?}"),
        ),
    }
}

fn convert(units: impl Iterator<Item = u16>, loss: u8, out: &mut Output<'_>) -> (usize, usize) {
    let (mut converted, mut bytes) = (0, 0);
    for decoded in char::decode_utf16(units) {
        let mut utf8 = [0; 4];
        let (piece, width): (&[u8], usize) = match &decoded {
            Ok(character) => (character.encode_utf8(&mut utf8).as_bytes(), character.len_utf16()),
            Err(_) if loss == 0 => break,
            Err(_) => (&[loss], 1),
        };
        if let Output::Buffer(buffer) = out {
            match buffer.get_mut(bytes..bytes + piece.len()) {
                Some(place) => place.copy_from_slice(piece),
                None => break,
            }
        }
        converted += width;
        bytes += piece.len();
    }
    (converted, bytes)
}

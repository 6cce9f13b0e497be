//! The CoreFoundation part, through the wrappers that the Keychain layer uses.

use core_foundation::array::CFArray;
use core_foundation::base::{CFGetTypeID, CFHash, CFNullGetTypeID, CFRange, CFType, CFTypeRef, TCFType};
use core_foundation::boolean::CFBoolean;
use core_foundation::data::{CFData, CFDataCreateWithBytesNoCopy, CFDataGetBytePtr};
use core_foundation::dictionary::CFDictionary;
use core_foundation::error::CFErrorGetTypeID;
use core_foundation::number::CFNumber;
use core_foundation::string::{CFString, CFStringCreateWithBytes, CFStringGetBytes, kCFStringEncodingUTF8};
use core_foundation_sys::base::{kCFAllocatorDefault, kCFAllocatorNull};
use core_foundation_sys::number::CFBooleanGetValue;
use std::ptr;
use strongroom_apple_fake::{Context, World, live_objects};

use crate::support::*;

// Functions that the bindings lack.
unsafe extern "C" {
    static kCFNull: CFTypeRef;
}

#[test]
fn strings_count_in_units_of_utf16_and_come_back_whole() {
    for (text, units) in [
        ("", 0),
        ("plain", 5),
        ("Grüße", 5),
        ("日本", 2),
        ("a😀b", 4),
        ("nul\0inside", 10),
    ] {
        for string in [CFString::new(text), CFString::from_static_string(text)] {
            assert_eq!(string.char_len(), units, "{text}");
            assert_eq!(string.to_string(), text);
            assert_eq!(string, text);
        }
    }
    assert_ne!(CFString::new("one"), CFString::new("two"));
}

#[test]
fn bytes_of_a_string_stop_at_what_does_not_fit_or_cannot_be_told() {
    let string = CFString::new("aß😀z");
    let get = |location, length, loss, capacity: Option<usize>| {
        let mut buffer = vec![0; capacity.unwrap_or(0)];
        let start = if capacity.is_some() {
            buffer.as_mut_ptr()
        } else {
            ptr::null_mut()
        };
        let mut used = -1;
        let range = CFRange { location, length };
        // SAFETY: a live string, a buffer of that capacity or none, and a place for the count.
        let units = unsafe {
            let (string, capacity) = (string.as_concrete_TypeRef(), buffer.len().cast_signed());
            CFStringGetBytes(
                string,
                range,
                kCFStringEncodingUTF8,
                loss,
                0,
                start,
                capacity,
                &raw mut used,
            )
        };
        (units, used, buffer)
    };
    assert_eq!(get(0, 5, 0, None), (5, 8, vec![]), "counts only");
    assert_eq!(get(0, 5, 0, Some(8)), (5, 8, "aß😀z".into()));
    assert_eq!(
        get(0, 5, 0, Some(10)),
        (5, 8, b"a\xC3\x9F\xF0\x9F\x98\x80z\0\0".to_vec())
    );
    assert_eq!(
        get(0, 5, 0, Some(6)),
        (2, 3, b"a\xC3\x9F\0\0\0".to_vec()),
        "no half characters"
    );
    assert_eq!(get(0, 5, 0, Some(2)), (1, 1, b"a\0".to_vec()));
    assert_eq!(get(1, 1, 0, Some(2)), (1, 2, "ß".into()));
    assert_eq!(get(0, 3, 0, Some(8)).0, 2, "stops at half a pair");
    assert_eq!(get(0, 3, b'?', Some(4)), (3, 4, "aß?".into()));
    assert_eq!(get(3, 2, b'?', None), (2, 2, vec![]));
    assert_eq!(get(5, 0, 0, Some(0)), (0, 0, vec![]));
}

#[test]
fn what_is_not_utf8_becomes_no_string() {
    let bytes = b"\xFF";
    // SAFETY: one byte to read.
    let string =
        unsafe { CFStringCreateWithBytes(kCFAllocatorDefault, bytes.as_ptr(), 1, kCFStringEncodingUTF8, 0) };
    assert!(string.is_null());
}

#[test]
fn data_is_a_copy_or_the_callers_own_bytes() {
    let world = World::new();
    let _entered = world.enter();
    let mut bytes = *b"bytes";
    let copy = CFData::from_buffer(&bytes);
    // SAFETY: the bytes outlive the object, and are changed only through the pointer that it got.
    let lent = unsafe {
        let start = bytes.as_mut_ptr();
        let lent = CFDataCreateWithBytesNoCopy(kCFAllocatorDefault, start, 5, kCFAllocatorNull);
        assert_eq!(CFDataGetBytePtr(lent), start.cast_const());
        start.write(b'B');
        CFData::wrap_under_create_rule(lent)
    };
    assert_eq!((copy.bytes(), lent.bytes()), (&b"bytes"[..], &b"Bytes"[..]));
    assert_ne!(copy, lent);
    assert_eq!(copy, CFData::from_buffer(b"bytes"));
    let empty = CFData::from_buffer(b"");
    assert_eq!((empty.bytes(), empty.len()), (&b""[..], 0));
    drop((copy, lent, empty));
    assert_eq!(world.live_objects(), 0);
}

#[test]
fn numbers_tell_when_they_do_not_fit() {
    let number = CFNumber::from(i64::from(i32::MAX) + 1);
    assert_eq!((number.to_i32(), number.to_i64()), (None, Some(1 << 31)));
    assert_eq!(CFNumber::from(-1_i32).to_i64(), Some(-1));
    assert_eq!(CFNumber::from(1.5_f64).to_f64(), Some(1.5));
    assert_eq!(CFNumber::from(1_i32), CFNumber::from(1_i64));
}

#[test]
fn booleans_are_immortal() {
    let before = CFBoolean::true_value().retain_count();
    let many: Vec<_> = (0..3).map(|_| CFBoolean::from(true)).collect();
    assert_eq!(many[0].retain_count(), before);
    assert!(bool::from(many[0].clone()) && !bool::from(CFBoolean::false_value()));
    // SAFETY: a live boolean.
    let value = |boolean: &CFBoolean| unsafe { CFBooleanGetValue(boolean.as_concrete_TypeRef()) };
    assert!(value(&many[0]) && !value(&CFBoolean::false_value()));
}

#[test]
fn types_are_told_apart_and_descriptions_tell_all() {
    let string = CFString::new("text").into_CFType();
    assert!(string.instance_of::<CFString>() && string.downcast::<CFData>().is_none());
    assert_ne!(CFString::type_id(), CFData::type_id());
    let data = CFData::from_buffer(b"\x01\xAB");
    assert_eq!(format!("{string:?}"), "\"text\"");
    assert_eq!(format!("{data:?}"), "\"<CFData [01, ab]>\"");
    let hash = |text: &str| {
        let text = CFString::new(text);
        // SAFETY: a live object.
        unsafe { CFHash(text.as_CFTypeRef()) }
    };
    assert_eq!(hash("text"), hash("text"));
    assert_ne!(hash("text"), hash("other"));
}

#[test]
fn other_objects_are_equal_if_they_say_the_same() {
    let control = |flags| access_control(&k!(kSecAttrAccessibleWhenUnlocked), flags).unwrap();
    assert_eq!(
        control(kSecAccessControlUserPresence),
        control(kSecAccessControlUserPresence)
    );
    assert_ne!(
        control(kSecAccessControlUserPresence),
        control(kSecAccessControlDevicePasscode)
    );
    assert_ne!(CFBoolean::true_value(), CFBoolean::false_value());
    assert_ne!(CFNumber::from(1), CFNumber::from(2));
    assert_ne!(
        CFString::new("1").into_CFType(),
        CFData::from_buffer(b"1").into_CFType()
    );
    // SAFETY: the caller owns what was created.
    let context = || unsafe { CFType::wrap_under_create_rule(Context::Interactive.create()) };
    let one = context();
    assert_eq!(one, one.clone());
    assert_ne!(one, context(), "each is only itself");
}

#[test]
fn each_type_has_its_own_number() {
    // SAFETY: these functions have no arguments.
    let others = unsafe { [SecAccessControlGetTypeID(), CFNullGetTypeID(), CFErrorGetTypeID()] };
    let mut ids = vec![
        CFArray::<CFType>::type_id(),
        CFBoolean::type_id(),
        CFData::type_id(),
        CFDictionary::<CFType, CFType>::type_id(),
        CFNumber::type_id(),
        CFString::type_id(),
    ];
    ids.extend(others);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((ids.len(), ids[0] > 1), (9, true));
    assert!(CFBoolean::true_value().instance_of::<CFBoolean>());
    // SAFETY: a live object.
    assert_eq!(unsafe { CFGetTypeID(kCFNull) }, others[1]);
}

/// Other tests run at the same time, so the test can only notice a number that is too small.
#[test]
fn objects_outside_of_a_world_count_too() {
    let kept = [CFString::new("one"), CFString::new("two")];
    assert!(live_objects() >= 2);
    drop(kept);
}

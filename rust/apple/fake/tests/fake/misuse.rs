//! Calls that would be undefined end the process and say why. Each case runs in a process of its
//! own.

use std::env;
use std::os::unix::process::ExitStatusExt;
use std::process::Command;
use std::ptr;

use core_foundation::base::{CFGetTypeID, CFRange, CFRelease, TCFType};
use core_foundation::data::{CFDataCreateWithBytesNoCopy, CFDataGetLength};
use core_foundation::dictionary::{CFDictionary, CFDictionarySetValue};
use core_foundation::string::{CFString, CFStringCreateWithBytes, CFStringGetBytes, CFStringGetLength};
use core_foundation_sys::base::kCFAllocatorDefault;
use security_framework_sys::keychain_item::SecItemDelete;
use strongroom_apple_fake::World;
use tempfile::TempDir;

use crate::support::*;

const CASE: &str = "STRONGROOM_FAKE_MISUSE";
const SIGABRT: i32 = 6;

/// The name of a case, what it does, and the expected text.
type Case = (&'static str, fn(), &'static str);

const CASES: [Case; 15] = [
    ("released too often", released_too_often, "CFRelease: 0xf"),
    ("used after release", used_after_release, "CFStringGetLength: 0xf"),
    ("null", || release(ptr::null()), "CFRelease: was given null"),
    (
        "no object",
        || release(CASE.as_ptr().cast()),
        "is no object, or was released",
    ),
    (
        "data as string",
        data_as_string,
        "CFStringGetLength: wants a CFString and was given a CFData",
    ),
    (
        "string as data",
        string_as_data,
        "CFDataGetLength: wants a CFData and was given a CFString",
    ),
    (
        "string as query",
        string_as_query,
        "SecItemDelete: wants a CFDictionary and was given a CFString",
    ),
    (
        "no world",
        no_world,
        "SecItemDelete: this thread has entered no world",
    ),
    (
        "a world left",
        world_left,
        "SecItemDelete: this thread has entered no world",
    ),
    (
        "freed by another",
        freed_by_another,
        "CFDataCreateWithBytesNoCopy: would free the caller's bytes",
    ),
    (
        "fixed dictionary",
        fixed_dictionary,
        "CFDictionarySetValue: was given an immutable dictionary",
    ),
    (
        "range",
        out_of_range,
        "CFStringGetBytes: the range is not within the string",
    ),
    (
        "encoding",
        latin,
        "CFStringCreateWithBytes: only UTF-8 is modelled",
    ),
    ("nowhere to save", folder_gone, "a device: it cannot be saved: "),
    ("owned by a released one", owned_by_released, "CFGetTypeID: 0xf"),
];

#[test]
fn what_would_be_undefined_ends_the_process() {
    if let Ok(case) = env::var(CASE) {
        let (_, act, _) = CASES.iter().find(|(name, ..)| *name == case).unwrap();
        return act();
    }
    for (name, _, said) in CASES {
        let mut child = Command::new(env::current_exe().unwrap());
        let out = child
            .args(["--exact", "misuse::what_would_be_undefined_ends_the_process"])
            .env(CASE, name);
        let out = out.output().unwrap();
        let stderr = String::from_utf8_lossy(&out.stderr);
        assert_eq!(out.status.signal(), Some(SIGABRT), "{name}: {stderr}");
        assert!(
            stderr.contains("strongroom-apple-fake: ") && stderr.contains(said),
            "{name}: {stderr}"
        );
    }
}

fn release(object: *const std::ffi::c_void) {
    // SAFETY: the object must not be released, and the fake has to notice.
    unsafe { CFRelease(object) }
}

fn released_too_often() {
    let string = CFString::new("text");
    release(string.as_CFTypeRef());
}

fn used_after_release() {
    let string = CFString::new("text").as_concrete_TypeRef();
    let _other = CFString::new("in its place?");
    // SAFETY: the string is released, and the fake has to notice.
    unsafe { CFStringGetLength(string) };
}

fn data_as_string() {
    let data = core_foundation::data::CFData::from_buffer(b"data");
    // SAFETY: it is not a string, and the fake has to notice.
    unsafe { CFStringGetLength(data.as_CFTypeRef().cast()) };
}

fn string_as_data() {
    let string = CFString::new("text");
    // SAFETY: it is not data, and the fake has to notice.
    unsafe { CFDataGetLength(string.as_CFTypeRef().cast()) };
}

fn string_as_query() {
    let world = World::new();
    let _entered = world.enter();
    let string = CFString::new("text");
    // SAFETY: it is not a dictionary, and the fake has to notice.
    unsafe { SecItemDelete(string.as_CFTypeRef().cast()) };
}

fn no_world() {
    Words::of("name").delete();
}

fn world_left() {
    drop(World::new().enter());
    Words::of("name").delete();
}

fn folder_gone() {
    let folder = TempDir::new().unwrap();
    let world = World::open(folder.path()).unwrap();
    folder.close().unwrap();
    let _entered = world.enter();
    Words::adding("name").add();
}

fn freed_by_another() {
    // SAFETY: the bytes are static, and the fake has to notice that they would be freed.
    unsafe { CFDataCreateWithBytesNoCopy(kCFAllocatorDefault, b"data".as_ptr(), 4, kCFAllocatorDefault) };
}

fn fixed_dictionary() {
    let key = k!(kSecAttrAccount);
    let dictionary = CFDictionary::from_CFType_pairs(&[(key.clone(), key.clone())]);
    let raw = dictionary.as_concrete_TypeRef().cast_mut();
    // SAFETY: it cannot be changed, and the fake has to notice.
    unsafe { CFDictionarySetValue(raw, key.as_CFTypeRef(), key.as_CFTypeRef()) };
}

fn out_of_range() {
    let string = CFString::new("a😀");
    let range = CFRange {
        location: 1,
        length: 3,
    };
    // SAFETY: the range ends outside, and the fake has to notice.
    unsafe {
        CFStringGetBytes(
            string.as_concrete_TypeRef(),
            range,
            0x0800_0100,
            0,
            0,
            ptr::null_mut(),
            0,
            ptr::null_mut(),
        )
    };
}

fn latin() {
    // SAFETY: the bytes are static, and the fake has to notice that they are not UTF-8.
    unsafe { CFStringCreateWithBytes(kCFAllocatorDefault, b"text".as_ptr(), 4, 0x0201, 0) };
}

fn owned_by_released() {
    let key = k!(kSecAttrAccount);
    let value = CFString::new("text").as_CFType();
    let raw = value.as_CFTypeRef();
    let dictionary = CFDictionary::from_CFType_pairs(&[(key, value)]);
    drop(dictionary);
    // SAFETY: the value was released with its last owner, and the fake has to notice.
    unsafe { CFGetTypeID(raw) };
}

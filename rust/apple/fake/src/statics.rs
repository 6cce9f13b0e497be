//! The constants. Their texts are the real ones, from Apple's published sources.

use std::ffi::c_void;

use core_foundation_sys::array::CFArrayCallBacks;
use core_foundation_sys::base::{Boolean, CFAllocatorRef, CFHashCode};
use core_foundation_sys::dictionary::{CFDictionaryKeyCallBacks, CFDictionaryValueCallBacks};
use core_foundation_sys::string::CFStringRef;

use crate::base::{CFCopyDescription, CFEqual, CFHash, CFRelease, CFRetain};
use crate::bytes::Bytes;
use crate::objects::{Handle, Payload};

/// What exists before the first call and after the last.
pub(crate) fn immortals() -> Vec<(Handle, Payload)> {
    let texts = TEXTS.iter().enumerate();
    let texts = texts.map(|(at, text)| {
        (
            Handle::immortal(FIRST_TEXT + at),
            Payload::Text(Bytes::copy_of(text.as_bytes())),
        )
    });
    let others = [
        (kCFAllocatorNull, Payload::Allocator(None)),
        (kCFBooleanFalse, Payload::Boolean(false)),
        (kCFBooleanTrue, Payload::Boolean(true)),
        (kCFNull, Payload::Null),
    ];
    texts.chain(others).collect()
}

/// Null, as Apple's is.
#[unsafe(no_mangle)]
static kCFAllocatorDefault: Handle = Handle::NULL;
#[unsafe(no_mangle)]
pub(crate) static kCFAllocatorNull: Handle = Handle::immortal(0);
#[unsafe(no_mangle)]
static kCFBooleanFalse: Handle = Handle::immortal(1);
#[unsafe(no_mangle)]
static kCFBooleanTrue: Handle = Handle::immortal(2);
#[unsafe(no_mangle)]
static kCFNull: Handle = Handle::immortal(3);
const FIRST_TEXT: usize = 4;

macro_rules! texts {
    ($($name:ident = $text:literal;)*) => {
        #[allow(dead_code, clippy::enum_variant_names, non_camel_case_types, reason = "only counts the names")]
        enum Index { $($name),* }
        $(
            #[unsafe(no_mangle)]
            pub(crate) static $name: Handle = Handle::immortal(FIRST_TEXT + Index::$name as usize);
        )*
        const TEXTS: &[&str] = &[$($text),*];
    };
}

texts! {
    kSecClass = "class";
    kSecClassGenericPassword = "genp";
    kSecAttrAccessControl = "accc";
    kSecAttrAccessGroup = "agrp";
    kSecAttrAccessible = "pdmn";
    kSecAttrAccount = "acct";
    kSecAttrGeneric = "gena";
    kSecAttrLabel = "labl";
    kSecAttrService = "svce";
    kSecAttrSynchronizable = "sync";
    kSecAttrSynchronizableAny = "syna";
    kSecAttrAccessibleAfterFirstUnlock = "ck";
    kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly = "cku";
    kSecAttrAccessibleWhenPasscodeSetThisDeviceOnly = "akpu";
    kSecAttrAccessibleWhenUnlocked = "ak";
    kSecAttrAccessibleWhenUnlockedThisDeviceOnly = "aku";
    kSecMatchLimit = "m_Limit";
    kSecMatchLimitAll = "m_LimitAll";
    kSecMatchLimitOne = "m_LimitOne";
    kSecReturnAttributes = "r_Attributes";
    kSecReturnData = "r_Data";
    kSecUseAuthenticationContext = "u_AuthCtx";
    kSecUseAuthenticationUI = "u_AuthUI";
    kSecUseAuthenticationUISkip = "u_AuthUIS";
    kSecUseDataProtectionKeychain = "nleg";
    kSecValueData = "v_Data";
}

#[unsafe(no_mangle)]
pub(crate) static kCFTypeArrayCallBacks: CFArrayCallBacks = CFArrayCallBacks {
    version: 0,
    retain,
    release,
    copyDescription: describe,
    equal,
};
#[unsafe(no_mangle)]
pub(crate) static kCFTypeDictionaryKeyCallBacks: CFDictionaryKeyCallBacks = CFDictionaryKeyCallBacks {
    version: 0,
    retain,
    release,
    copyDescription: describe,
    equal,
    hash,
};
#[unsafe(no_mangle)]
pub(crate) static kCFTypeDictionaryValueCallBacks: CFDictionaryValueCallBacks = CFDictionaryValueCallBacks {
    version: 0,
    retain,
    release,
    copyDescription: describe,
    equal,
};

extern "C" fn retain(_allocator: CFAllocatorRef, value: *const c_void) -> *const c_void {
    CFRetain(Handle::of(value)).as_pointer()
}

extern "C" fn release(_allocator: CFAllocatorRef, value: *const c_void) {
    CFRelease(Handle::of(value));
}

extern "C" fn describe(value: *const c_void) -> CFStringRef {
    CFCopyDescription(Handle::of(value)).as_pointer().cast()
}

extern "C" fn equal(one: *const c_void, other: *const c_void) -> Boolean {
    CFEqual(Handle::of(one), Handle::of(other))
}

extern "C" fn hash(value: *const c_void) -> CFHashCode {
    CFHash(Handle::of(value))
}

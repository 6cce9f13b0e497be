//! No block of the heap holds a value or a name of the keychain when it is freed, nor after the world was dropped.
#![cfg(not(target_vendor = "apple"))]
#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::slice;
use std::sync::atomic::{AtomicUsize, Ordering};

use core_foundation::array::CFArray;
use core_foundation::base::{CFType, CFTypeRef, TCFType};
use core_foundation::boolean::CFBoolean;
use core_foundation::data::CFData;
use core_foundation::dictionary::CFDictionary;
use core_foundation::string::{CFString, CFStringRef};
use security_framework_sys::item::*;
use security_framework_sys::keychain_item::{SecItemAdd, SecItemCopyMatching, SecItemUpdate};
use strongroom_apple_fake::World;
use zeroize::Zeroizing;

/// The marks, masked, so that the program itself does not contain them.
const VALUE: [u8; 16] = *b"\xDB\x0A\x95\x3C\xE1\x77\x08\xB6\x4F\xC2\x19\x80\xA3\x5E\xD4\x61";
const NAME: [u8; 16] = *b"\x3F\x31\x2C\x38\x33\x35\x3A\x2E\x36\x39\x3D\x2A\x34\x30\x2F\x3B";
const MASK: u8 = 0x5A;

static FOUND: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static ALLOCATOR: Searching = Searching;

/// Searches each block before it is freed. A block grows by a new block and the release of the old one.
struct Searching;

// SAFETY: it passes the work to the system's allocator.
unsafe impl GlobalAlloc for Searching {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise. Zeros, so that a block that was never written can be read.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the block has that size, and all its bytes are initialised.
        let bytes = unsafe { slice::from_raw_parts(block, layout.size()) };
        let holds = |mark: &[u8]| bytes.windows(mark.len()).any(|window| is(window, mark));
        FOUND.fetch_add(usize::from(holds(&VALUE) || holds(&NAME)), Ordering::SeqCst);
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(block, layout) }
    }
}

fn is(window: &[u8], mark: &[u8]) -> bool {
    window
        .iter()
        .zip(mark)
        .all(|(byte, masked)| byte ^ MASK == *masked)
}

fn plain(mark: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut plain = Zeroizing::new(Vec::with_capacity(mark.len()));
    plain.extend(mark.iter().map(|byte| byte ^ MASK));
    plain
}

/// The only test, so that no other test frees blocks meanwhile.
#[test]
fn nothing_is_freed_with_what_it_held() {
    let world = World::new();
    let entered = world.enter();
    let (value, name) = (plain(&VALUE), plain(&NAME));
    let (data, account) = (
        CFData::from_buffer(&value),
        CFString::new(str::from_utf8(&name).unwrap()),
    );
    // SAFETY: the constants of the linked library always exist.
    let constant = |constant: CFStringRef| unsafe { CFString::wrap_under_get_rule(constant) };
    // SAFETY: as above.
    let [
        class,
        generic,
        account_key,
        data_key,
        return_data,
        return_attributes,
        limit,
        all,
    ] = unsafe {
        [
            kSecClass,
            kSecClassGenericPassword,
            kSecAttrAccount,
            kSecValueData,
            kSecReturnData,
            kSecReturnAttributes,
            kSecMatchLimit,
            kSecMatchLimitAll,
        ]
    }
    .map(constant);
    let yes = CFBoolean::true_value().into_CFType();
    let named = [
        (class.clone(), generic.as_CFType()),
        (account_key, account.as_CFType()),
    ];
    let with = |more: &[(CFString, CFType)]| CFDictionary::from_CFType_pairs(&[&named, more].concat());
    let new = [(data_key, data.as_CFType())];
    let changes = CFDictionary::from_CFType_pairs(&new);
    let copy = |query: &CFDictionary<CFString, CFType>| {
        let mut result: CFTypeRef = std::ptr::null();
        // SAFETY: a live dictionary, a place for the result, and a result that the caller owns.
        unsafe {
            assert_eq!(
                SecItemCopyMatching(query.as_concrete_TypeRef(), &raw mut result),
                0
            );
            CFType::wrap_under_create_rule(result)
        }
    };

    // SAFETY: live dictionaries, and no result.
    unsafe {
        assert_eq!(
            SecItemAdd(with(&new).as_concrete_TypeRef(), std::ptr::null_mut()),
            0
        );
        assert_eq!(
            SecItemAdd(with(&new).as_concrete_TypeRef(), std::ptr::null_mut()),
            -25299
        );
        assert_eq!(
            SecItemUpdate(with(&[]).as_concrete_TypeRef(), changes.as_concrete_TypeRef()),
            0
        );
    }
    let found = copy(&with(&[(return_data.clone(), yes.clone())]))
        .downcast_into::<CFData>()
        .unwrap();
    assert!(is(&found, &VALUE));
    drop(copy(&with(&[
        (return_data, yes.clone()),
        (return_attributes.clone(), yes.clone()),
    ])));
    let listed = copy(&with(&[(return_attributes, yes), (limit, all.into_CFType())]));
    assert!(listed.instance_of::<CFArray>());
    drop((
        found, listed, named, new, changes, data, account, value, name, entered,
    ));
    assert_eq!(world.live_objects(), 0);
    drop(world);
    assert_eq!(FOUND.load(Ordering::SeqCst), 0);

    drop(Vec::clone(&plain(&VALUE)));
    drop(Vec::clone(&plain(&NAME)));
    assert_eq!(
        FOUND.load(Ordering::SeqCst),
        2,
        "the control: what is not wiped is found"
    );
}

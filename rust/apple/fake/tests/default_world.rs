//! The world of the threads that entered none. It is one for the process, so this is a program of its own.
#![cfg(not(target_vendor = "apple"))]
#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

use std::thread;

use core_foundation::base::TCFType;
use core_foundation::dictionary::CFDictionary;
use core_foundation::string::CFString;
use security_framework_sys::item::{kSecAttrAccount, kSecClass, kSecClassGenericPassword};
use security_framework_sys::keychain_item::SecItemDelete;
use strongroom_apple_fake::World;

#[test]
fn threads_that_entered_none_are_in_the_default_world() {
    let (default, entered, later) = (World::new(), World::new(), World::new());
    let of_thread = |calls: usize| {
        let thread = thread::spawn(move || (0..calls).for_each(|_| delete()));
        thread.join().unwrap();
    };
    default.make_default();
    delete();
    of_thread(2);
    assert_eq!(default.calls().total(), 3);

    let guard = entered.enter();
    delete();
    of_thread(1);
    assert_eq!((entered.calls().total(), default.calls().total()), (1, 4));
    drop(guard);
    delete();
    assert_eq!((entered.calls().total(), default.calls().total()), (1, 5));

    let kept = CFString::new("text");
    assert_eq!((default.live_objects(), entered.live_objects()), (1, 0));
    drop(kept);
    assert_eq!(default.live_objects(), 0);

    later.make_default();
    delete();
    of_thread(1);
    assert_eq!((later.calls().total(), default.calls().total()), (2, 5));
}

/// A call that finds nothing.
fn delete() {
    const NOT_FOUND: i32 = -25300;
    // SAFETY: the constants of the linked library exist as long as the program.
    let [class, passwords, account] = unsafe {
        [kSecClass, kSecClassGenericPassword, kSecAttrAccount]
            .map(|constant| CFString::wrap_under_get_rule(constant))
    };
    let query = CFDictionary::from_CFType_pairs(&[(class, passwords), (account, CFString::new("name"))]);
    // SAFETY: a live dictionary.
    assert_eq!(unsafe { SecItemDelete(query.as_concrete_TypeRef()) }, NOT_FOUND);
}

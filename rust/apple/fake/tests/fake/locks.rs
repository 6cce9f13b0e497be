//! What can be done with a locked device.

use core_foundation::string::CFString;
use strongroom_apple_fake::{Accessible, Lock, Row, World};

use crate::support::*;

#[test]
fn each_class_can_be_used_in_its_states() {
    let after = [
        k!(kSecAttrAccessibleAfterFirstUnlock),
        k!(kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly),
    ];
    let unlocked = [
        k!(kSecAttrAccessibleWhenUnlocked),
        k!(kSecAttrAccessibleWhenUnlockedThisDeviceOnly),
        k!(kSecAttrAccessibleWhenPasscodeSetThisDeviceOnly),
    ];
    for class in after.iter().chain(&unlocked) {
        assert!(usable(class, Lock::Unlocked));
        assert!(!usable(class, Lock::BeforeFirstUnlock));
    }
    assert!(after.iter().all(|class| usable(class, Lock::Locked)));
    assert!(!unlocked.iter().any(|class| usable(class, Lock::Locked)));
}

/// Whether rows of the class can be read, listed, changed and added: all of it or nothing.
fn usable(class: &CFString, lock: Lock) -> bool {
    let world = World::new();
    let _entered = world.enter();
    assert_eq!(Words::adding("name").accessible(class).add(), 0);
    world.set_lock(lock);
    let name = Words::of("name");
    let statuses = [
        name.read().err().unwrap_or(0),
        name.copy().err().unwrap_or(0),
        name.clone().returning_attributes().copy().err().unwrap_or(0),
        Words::of_service().list().err().unwrap_or(0),
        name.update(&Words::default().data(SECRET)),
        Words::adding("new").accessible(class).add(),
    ];
    assert_eq!(
        Words::adding("name").accessible(class).add(),
        DUPLICATE,
        "whatever the lock"
    );
    assert_eq!(name.delete(), 0, "whatever the lock");
    assert!(
        statuses == [0; 6] || statuses == [INTERACTION_NOT_ALLOWED; 6],
        "{lock:?}: {statuses:?}"
    );
    statuses == [0; 6]
}

#[test]
fn a_prewarmed_app_does_not_find_what_is_there() {
    let world = World::new();
    let _entered = world.enter();
    world.put_row(&Row::new(SERVICE, "name", SECRET));
    world.set_lock(Lock::Prewarmed);
    let name = Words::of("name");
    assert_eq!(name.read(), Err(NOT_FOUND));
    assert_eq!(name.clone().returning_attributes().copy().unwrap_err(), NOT_FOUND);
    assert_eq!(name.update(&Words::default().data(b"new")), NOT_FOUND);
    assert_eq!(Words::of_service().list().unwrap_err(), NOT_FOUND);
    assert_eq!(Words::adding("name").add(), DUPLICATE);
    assert_eq!(Words::adding("new").add(), INTERACTION_NOT_ALLOWED);
    assert_eq!(name.delete(), 0);
    world.set_lock(Lock::Unlocked);
    assert_eq!(Words::adding("name").add(), 0);
}

#[test]
fn one_row_that_is_locked_spoils_a_listing_and_an_update_of_many() {
    let world = World::new();
    let _entered = world.enter();
    world.put_row(&Row::new(SERVICE, "one", SECRET));
    world.put_row(&Row {
        accessible: Accessible::WhenUnlocked,
        ..Row::new(SERVICE, "two", SECRET)
    });
    world.set_lock(Lock::Locked);
    let before = world.rows();
    assert_eq!(Words::of_service().list().unwrap_err(), INTERACTION_NOT_ALLOWED);
    assert_eq!(
        Words::of_service().update(&Words::default().data(b"new")),
        INTERACTION_NOT_ALLOWED
    );
    assert_eq!(world.rows(), before, "nothing changed");
    assert_eq!(Words::of("one").read().as_deref(), Ok(SECRET));
    assert_eq!(
        Words::of("none").read(),
        Err(NOT_FOUND),
        "what is not there is not locked"
    );
}

#[test]
fn a_row_cannot_get_a_class_that_is_locked() {
    let world = World::new();
    let _entered = world.enter();
    world.put_row(&Row::new(SERVICE, "name", SECRET));
    world.set_lock(Lock::Locked);
    let class = Words::default()
        .accessible(&k!(kSecAttrAccessibleWhenUnlocked))
        .data(b"new");
    assert_eq!(Words::of("name").update(&class), INTERACTION_NOT_ALLOWED);
    assert_eq!(Words::of("name").read().as_deref(), Ok(SECRET));
    world.set_lock(Lock::Unlocked);
    assert_eq!(Words::of("name").update(&class), 0);
    assert_eq!(world.rows()[0].accessible, Accessible::WhenUnlocked);
}

#[test]
fn rows_that_need_a_passcode_come_and_go_with_it() {
    let world = World::new();
    let _entered = world.enter();
    let class = k!(kSecAttrAccessibleWhenPasscodeSetThisDeviceOnly);
    let words = Words::adding("name").accessible(&class);
    assert_eq!(words.add(), 0);
    world.put_row(&Row::new(SERVICE, "other", SECRET));
    world.set_passcode(false);
    let left: Vec<_> = world.rows().into_iter().map(|row| row.account).collect();
    assert_eq!(left, ["other"]);
    assert_eq!(words.add(), NOT_AVAILABLE);
    assert_eq!(
        Words::of("other").update(&Words::default().accessible(&class)),
        NOT_AVAILABLE
    );
    world.set_passcode(true);
    assert_eq!(words.add(), 0);
}

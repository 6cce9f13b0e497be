//! Adding, reading, listing and deleting rows, and the worlds that hold them.

use core_foundation::base::{CFType, CFTypeRef, TCFType};
use core_foundation::data::CFData;
use core_foundation::dictionary::CFDictionary;
use core_foundation::number::CFNumber;
use core_foundation::string::CFString;
use security_framework_sys::keychain_item::{SecItemAdd, SecItemCopyMatching};
use std::ptr;
use strongroom_apple_fake::{Accessible, Row, World};

use crate::support::*;

#[test]
fn a_row_is_added_read_listed_and_deleted() {
    let world = World::new();
    let _entered = world.enter();
    let name = || Words::of("name").text(k!(kSecAttrAccessGroup), GROUP);
    let all = || Words::of_service().text(k!(kSecAttrAccessGroup), GROUP);
    assert_eq!(name().read(), Err(NOT_FOUND));
    assert_eq!(name().data(SECRET).add(), 0);
    assert_eq!(name().read().as_deref(), Ok(SECRET));
    assert_eq!(all().list().map(|rows| rows.len()), Ok(1));
    assert_eq!(name().delete(), 0);
    assert_eq!(name().delete(), NOT_FOUND);
    assert_eq!(all().list().map(|rows| rows.len()), Err(NOT_FOUND));
    assert_eq!(world.live_objects(), 0);
    assert_eq!(world.violations(), [""; 0]);
}

#[test]
fn a_new_row_has_what_was_not_said_by_default() {
    let world = World::new();
    let _entered = world.enter();
    assert_eq!(Words::adding("name").add(), 0);
    let expected = Row {
        accessible: Accessible::WhenUnlocked,
        group: GROUP.to_owned(),
        ..Row::new(SERVICE, "name", SECRET)
    };
    assert_eq!(world.rows(), [expected]);
}

#[test]
fn a_row_has_what_was_said() {
    let world = World::new();
    let _entered = world.enter();
    let words = Words::adding("name")
        .accessible(&k!(kSecAttrAccessibleAfterFirstUnlock))
        .put(k!(kSecAttrGeneric), &CFData::from_buffer(b"generic"))
        .text(k!(kSecAttrLabel), "label")
        .text(k!(kSecAttrAccessGroup), GROUP)
        .flag(k!(kSecAttrSynchronizable), true);
    assert_eq!(words.add(), 0);
    let expected = Row {
        accessible: Accessible::AfterFirstUnlock,
        generic: Some(b"generic".to_vec()),
        label: Some("label".to_owned()),
        group: GROUP.to_owned(),
        synchronizable: true,
        ..Row::new(SERVICE, "name", SECRET)
    };
    assert_eq!(world.rows(), [expected]);
}

#[test]
fn an_addition_of_a_primary_key_that_is_there_is_a_duplicate() {
    let world = World::new();
    let _entered = world.enter();
    world.set_entitled(&[GROUP, "TEAM.shared"]);
    let words = Words::adding("name");
    assert_eq!(words.add(), 0);
    let again = words
        .clone()
        .text(k!(kSecAttrLabel), "other")
        .accessible(&k!(kSecAttrAccessibleAfterFirstUnlock));
    assert_eq!(again.add(), DUPLICATE, "what is not in the key does not count");
    let others = [
        words.clone().text(k!(kSecAttrAccount), "other"),
        words.clone().text(k!(kSecAttrService), "other"),
        words.clone().text(k!(kSecAttrAccessGroup), "TEAM.shared"),
        words.clone().flag(k!(kSecAttrSynchronizable), true),
    ];
    for (at, other) in others.iter().enumerate() {
        assert_eq!(other.add(), 0, "{at}");
        assert_eq!(other.add(), DUPLICATE, "{at}");
    }
    assert_eq!(world.rows().len(), 5);
}

#[test]
fn a_copy_answers_in_the_form_that_was_asked_for() {
    let world = World::new();
    let _entered = world.enter();
    let generic = CFData::from_buffer(b"generic");
    Words::adding("name")
        .put(k!(kSecAttrGeneric), &generic)
        .text(k!(kSecAttrLabel), "label")
        .add();
    Words::adding("other").add();

    assert!(
        Words::of("name").copy().unwrap().is_none(),
        "nothing was asked for"
    );
    assert_eq!(Words::of("name").read().as_deref(), Ok(SECRET));

    let row = attributes(&Words::of("name").returning_attributes().returning_data());
    let text = |key: &CFString| row.find(key).unwrap().downcast::<CFString>().unwrap().to_string();
    assert_eq!(text(&k!(kSecAttrAccount)), "name");
    assert_eq!(text(&k!(kSecAttrService)), SERVICE);
    assert_eq!(text(&k!(kSecAttrAccessGroup)), GROUP);
    assert_eq!(text(&k!(kSecAttrLabel)), "label");
    assert_eq!(text(&k!(kSecAttrAccessible)), "ak");
    assert_eq!(text(&k!(kSecClass)), "genp");
    let data = |key: &CFString| {
        row.find(key)
            .unwrap()
            .downcast::<CFData>()
            .unwrap()
            .bytes()
            .to_vec()
    };
    assert_eq!(data(&k!(kSecAttrGeneric)), b"generic");
    assert_eq!(data(&k!(kSecValueData)), SECRET);
    let sync = row
        .find(k!(kSecAttrSynchronizable))
        .unwrap()
        .downcast::<CFNumber>()
        .unwrap();
    assert_eq!(sync.to_i32(), Some(0));

    let row = attributes(&Words::of("name").returning_attributes());
    assert!(!row.contains_key(&k!(kSecValueData)), "data was not asked for");
    let rows = Words::of_service().list().unwrap();
    let names = rows.iter().map(|row| {
        row.get(k!(kSecAttrAccount))
            .downcast::<CFString>()
            .unwrap()
            .to_string()
    });
    assert_eq!(names.collect::<Vec<_>>(), ["name", "other"]);
    drop((row, rows));
}

#[test]
fn an_addition_answers_too_if_asked() {
    let world = World::new();
    let _entered = world.enter();
    let mut result: CFTypeRef = ptr::null();
    let words = Words::adding("name").returning_data();
    // SAFETY: a live dictionary, and a place for the result.
    assert_eq!(words.with(|this| unsafe { SecItemAdd(this, &raw mut result) }), 0);
    // SAFETY: the caller owns the result.
    let data = unsafe { CFType::wrap_under_create_rule(result) }
        .downcast_into::<CFData>()
        .unwrap();
    assert_eq!(data.bytes(), SECRET);
}

#[test]
fn a_failure_leaves_the_place_of_the_result_alone() {
    let world = World::new();
    let _entered = world.enter();
    let before: CFTypeRef = ptr::without_provenance(1);
    let mut result = before;
    let words = Words::of("name").returning_data();
    // SAFETY: a live dictionary, and a place for the result.
    let status = words.with(|this| unsafe { SecItemCopyMatching(this, &raw mut result) });
    assert_eq!(status, NOT_FOUND);
    assert_eq!(result, before);
}

#[test]
fn a_deletion_deletes_all_that_match() {
    let world = World::new();
    let _entered = world.enter();
    Words::adding("one").add();
    Words::adding("two").add();
    Words::adding("one").text(k!(kSecAttrService), "other").add();
    assert_eq!(Words::of_service().delete(), 0);
    assert_eq!(world.rows().len(), 1);
    assert_eq!(world.rows()[0].service, "other");
}

#[test]
fn a_test_can_put_and_delete_rows() {
    let world = World::new();
    let _entered = world.enter();
    world.put_row(&Row::new(SERVICE, "name", b"old"));
    world.put_row(&Row::new(SERVICE, "name", SECRET));
    assert_eq!(Words::of("name").read().as_deref(), Ok(SECRET));
    assert_eq!(world.rows()[0].group, GROUP);
    assert_eq!(world.delete_row(SERVICE, "other"), 0);
    assert_eq!(world.delete_row(SERVICE, "name"), 1);
    assert_eq!(Words::of("name").read(), Err(NOT_FOUND));
}

#[test]
fn worlds_are_apart_and_outlive_threads() {
    let (one, other) = (World::new(), World::new());
    let entered_one = one.enter();
    Words::adding("name").add();
    let kept = CFString::new("kept");
    {
        let _entered_other = other.enter();
        assert_eq!(Words::of("name").read(), Err(NOT_FOUND));
        assert_eq!((one.live_objects(), other.live_objects()), (1, 0));
    }
    assert_eq!(
        Words::of("name").read().as_deref(),
        Ok(SECRET),
        "the former world is back"
    );
    drop((entered_one, kept));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let _entered = one.enter();
            assert_eq!(Words::of("name").read().as_deref(), Ok(SECRET));
        });
    });
    assert_eq!((one.live_objects(), other.live_objects()), (0, 0));
}

fn attributes(words: &Words) -> CFDictionary<CFString, CFType> {
    let found = words.copy().unwrap().unwrap();
    assert!(found.instance_of::<CFDictionary>());
    // SAFETY: it was a dictionary, and its keys are strings.
    unsafe { CFDictionary::wrap_under_get_rule(found.as_CFTypeRef().cast()) }
}

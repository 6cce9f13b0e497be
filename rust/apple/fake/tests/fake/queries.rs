//! What queries find, which queries are not allowed, and entitlements.

use core_foundation::array::CFArray;
use core_foundation::boolean::CFBoolean;
use core_foundation::data::CFData;
use core_foundation::number::CFNumber;
use core_foundation::string::CFString;
use security_framework_sys::keychain_item as calls;
use std::ptr;
use strongroom_apple_fake::{Row, World};

use crate::support::*;

#[test]
fn each_attribute_that_is_named_must_match() {
    let world = World::new();
    let _entered = world.enter();
    let words = Words::adding("name")
        .put(k!(kSecAttrGeneric), &CFData::from_buffer(b"generic"))
        .text(k!(kSecAttrLabel), "label")
        .accessible(&k!(kSecAttrAccessibleAfterFirstUnlock));
    assert_eq!(words.add(), 0);
    let query = words
        .without(&k!(kSecValueData))
        .text(k!(kSecAttrAccessGroup), GROUP);
    assert_eq!(query.read().as_deref(), Ok(SECRET));
    let unlike = [
        query.clone().text(k!(kSecAttrAccount), "other"),
        query.clone().text(k!(kSecAttrService), "other"),
        query
            .clone()
            .put(k!(kSecAttrGeneric), &CFData::from_buffer(b"other")),
        query.clone().text(k!(kSecAttrLabel), "other"),
        query.clone().flag(k!(kSecAttrSynchronizable), true),
        query
            .clone()
            .accessible(&k!(kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly)),
    ];
    for (at, query) in unlike.iter().enumerate() {
        assert_eq!(query.read(), Err(NOT_FOUND), "{at}");
        assert_eq!(query.update(&Words::default().data(b"new")), NOT_FOUND, "{at}");
        assert_eq!(query.delete(), NOT_FOUND, "{at}");
    }
}

#[test]
fn access_control_in_a_query_leaves_out_rows_with_another() {
    let world = World::new();
    let _entered = world.enter();
    let class = k!(kSecAttrAccessibleWhenUnlocked);
    let presence = access_control(&class, kSecAccessControlUserPresence).unwrap();
    let passcode = access_control(&class, kSecAccessControlDevicePasscode).unwrap();
    Words::adding("name")
        .put(k!(kSecAttrAccessControl), &presence)
        .add();
    assert_eq!(
        Words::of("name")
            .put(k!(kSecAttrAccessControl), &presence)
            .read()
            .as_deref(),
        Ok(SECRET)
    );
    assert_eq!(
        Words::of("name").put(k!(kSecAttrAccessControl), &passcode).read(),
        Err(NOT_FOUND)
    );
    assert_eq!(
        Words::of("name").accessible(&class).read().as_deref(),
        Ok(SECRET),
        "its class is in it"
    );
}

#[test]
fn what_synchronizes_is_found_only_if_asked_for() {
    let world = World::new();
    let _entered = world.enter();
    let sync = k!(kSecAttrSynchronizable);
    Words::adding("here").add();
    Words::adding("everywhere").flag(sync.clone(), true).add();
    let count = |words: &Words| words.list().map(|rows| rows.len());
    let any = Words::of_service().put(sync.clone(), &k!(kSecAttrSynchronizableAny));
    assert_eq!(count(&any), Ok(2));
    assert_eq!(count(&Words::of_service().without(&sync)), Ok(1));
    assert_eq!(Words::of("everywhere").without(&sync).read(), Err(NOT_FOUND));
    assert_eq!(
        Words::of("everywhere").flag(sync, true).read().as_deref(),
        Ok(SECRET)
    );
    assert_eq!(any.delete(), 0);
    assert_eq!(world.rows(), []);
}

#[test]
fn an_empty_account_or_service_is_any() {
    let world = World::new();
    let _entered = world.enter();
    Words::adding("name").add();
    assert_eq!(Words::of("").read().as_deref(), Ok(SECRET));
    assert_eq!(
        Words::of("name").text(k!(kSecAttrService), "").read().as_deref(),
        Ok(SECRET)
    );
    assert_eq!(Words::of("").delete(), 0);
    assert_eq!(world.rows(), []);
    let mut noted = world.violations();
    noted.retain(|what| *what != "no access group");
    assert_eq!(noted, ["empty account", "empty service", "empty account"]);
}

#[test]
fn what_is_not_understood_is_refused() {
    let world = World::new();
    let _entered = world.enter();
    Words::adding("name").add();
    let query = Words::of("name");
    let wrong = [
        query.clone().without(&k!(kSecClass)),
        query.clone().text(k!(kSecClass), "inet"),
        query.clone().text(CFString::new("what"), "is this"),
        query.clone().flag(k!(kSecAttrAccount), true),
        query
            .clone()
            .put(k!(kSecAttrService), &CFData::from_buffer(b"data")),
        query.clone().text(k!(kSecAttrGeneric), "text"),
        query.clone().text(k!(kSecAttrSynchronizable), "yes"),
        query.clone().text(k!(kSecAttrAccessible), "always"),
        query.clone().text(k!(kSecAttrAccessControl), "ak"),
        query
            .clone()
            .put(k!(kSecUseDataProtectionKeychain), &CFNumber::from(1)),
        query.clone().text(k!(kSecValueData), "text"),
        query.clone().text(k!(kSecUseAuthenticationUI), "loud"),
        query.clone().text(k!(kSecUseAuthenticationContext), "context"),
    ];
    for (at, query) in wrong.iter().enumerate() {
        assert_eq!(query.read(), Err(PARAM), "{at}");
        assert_eq!(query.add(), PARAM, "{at}");
        assert_eq!(query.update(&Words::default().data(b"new")), PARAM, "{at}");
        assert_eq!(query.delete(), PARAM, "{at}");
    }
    assert_eq!(query.text(k!(kSecMatchLimit), "two").read(), Err(PARAM));
    assert_eq!(world.rows().len(), 1);
    // SAFETY: null is no dictionary, and there is no result.
    let statuses = unsafe {
        [
            calls::SecItemAdd(ptr::null(), ptr::null_mut()),
            calls::SecItemCopyMatching(ptr::null(), ptr::null_mut()),
            calls::SecItemUpdate(ptr::null(), ptr::null()),
            calls::SecItemDelete(ptr::null()),
        ]
    };
    assert_eq!(statuses, [PARAM; 4]);
}

#[test]
fn a_copy_needs_a_place_and_cannot_have_all_data_at_once() {
    let world = World::new();
    let _entered = world.enter();
    Words::adding("name").add();
    assert_eq!(
        Words::of_service().returning_data().of_all().copy().unwrap_err(),
        PARAM
    );
    let one = Words::of("name").put(k!(kSecMatchLimit), &k!(kSecMatchLimitOne));
    assert_eq!(one.read().as_deref(), Ok(SECRET));
    // SAFETY: a live dictionary, and no place for a result.
    let nowhere =
        |words: &Words| words.with(|this| unsafe { calls::SecItemCopyMatching(this, ptr::null_mut()) });
    assert_eq!(nowhere(&Words::of("name").returning_data()), PARAM);
    assert_eq!(nowhere(&Words::of("name")), 0, "nothing to return needs no place");
}

#[test]
fn an_update_or_deletion_neither_returns_nor_limits() {
    let world = World::new();
    let _entered = world.enter();
    Words::adding("name").add();
    let changes = Words::default().data(b"new");
    for query in [Words::of("name").of_all(), Words::of("name").returning_data()] {
        assert_eq!(query.update(&changes), PARAM);
        assert_eq!(query.delete(), PARAM);
    }
    assert_eq!(Words::adding("new").of_all().add(), PARAM);
    let name = Words::of("name");
    let wrong = [
        Words::default(),
        changes.clone().put(k!(kSecClass), &k!(kSecClassGenericPassword)),
        changes.clone().flag(k!(kSecAttrSynchronizable), true),
        changes.clone().flag(k!(kSecUseDataProtectionKeychain), true),
        changes.clone().returning_data(),
        changes.clone().of_all(),
        changes
            .clone()
            .put(k!(kSecUseAuthenticationUI), &k!(kSecUseAuthenticationUISkip)),
        changes.clone().text(CFString::new("what"), "is this"),
    ];
    for (at, changes) in wrong.iter().enumerate() {
        assert_eq!(name.update(changes), PARAM, "{at}");
    }
    assert_eq!(name.read().as_deref(), Ok(SECRET));
}

#[test]
fn protections_that_exclude_each_other_are_refused() {
    let world = World::new();
    let _entered = world.enter();
    let sync = k!(kSecAttrSynchronizable);
    let moves = k!(kSecAttrAccessibleAfterFirstUnlock);
    let stays = k!(kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly);
    let presence = access_control(&moves, kSecAccessControlUserPresence).unwrap();
    let plain = access_control(&moves, 0).unwrap();
    let words = Words::adding("name");
    assert_eq!(
        words
            .clone()
            .accessible(&moves)
            .put(k!(kSecAttrAccessControl), &plain)
            .add(),
        PARAM
    );
    let synced = words.clone().flag(sync.clone(), true);
    assert_eq!(synced.clone().accessible(&stays).add(), PARAM);
    assert_eq!(
        synced.clone().put(k!(kSecAttrAccessControl), &presence).add(),
        PARAM
    );
    assert_eq!(
        words
            .clone()
            .put(sync.clone(), &k!(kSecAttrSynchronizableAny))
            .add(),
        PARAM
    );
    assert_eq!(synced.put(k!(kSecAttrAccessControl), &plain).add(), 0);
    let query = Words::of("name").flag(sync, true);
    assert_eq!(query.update(&Words::default().accessible(&stays)), PARAM);
    let both = Words::default()
        .accessible(&moves)
        .put(k!(kSecAttrAccessControl), &plain);
    assert_eq!(query.update(&both), PARAM);
    assert_eq!(query.update(&Words::default().accessible(&moves)), 0);
}

#[test]
fn a_group_wants_its_entitlement() {
    let world = World::new();
    let _entered = world.enter();
    let other = |words: Words| words.text(k!(kSecAttrAccessGroup), "TEAM.shared");
    assert_eq!(other(Words::adding("name")).add(), MISSING_ENTITLEMENT);
    assert_eq!(other(Words::of("name")).read(), Err(MISSING_ENTITLEMENT));
    assert_eq!(
        other(Words::of("name")).update(&Words::default().data(b"new")),
        MISSING_ENTITLEMENT
    );
    assert_eq!(other(Words::of("name")).delete(), MISSING_ENTITLEMENT);

    world.put_row(&Row {
        group: "TEAM.shared".to_owned(),
        ..Row::new(SERVICE, "name", SECRET)
    });
    assert_eq!(
        Words::of("name").read(),
        Err(NOT_FOUND),
        "rows of other groups are not seen"
    );
    world.set_entitled(&["TEAM.first", "TEAM.shared"]);
    assert_eq!(
        Words::of("name").read().as_deref(),
        Ok(SECRET),
        "any entitled group"
    );
    assert_eq!(Words::adding("new").add(), 0);
    assert_eq!(world.rows()[1].group, "TEAM.first");
    world.set_entitled(&[]);
    assert_eq!(Words::of("name").read(), Err(MISSING_ENTITLEMENT));
    assert_eq!(Words::of("name").delete(), MISSING_ENTITLEMENT);
}

#[test]
fn answers_are_released_with_all_that_they_hold() {
    let world = World::new();
    let _entered = world.enter();
    for name in ["one", "two"] {
        Words::adding(name)
            .put(k!(kSecAttrGeneric), &CFData::from_buffer(b"generic"))
            .add();
    }
    let found = Words::of_service()
        .returning_attributes()
        .of_all()
        .copy()
        .unwrap()
        .unwrap();
    let rows = found.downcast_into::<CFArray>().unwrap();
    assert!(world.live_objects() > 2);
    drop(rows);
    assert_eq!(world.live_objects(), 0);
    let immortal = CFBoolean::true_value();
    assert_eq!(world.live_objects(), 0, "what is immortal does not count");
    drop(immortal);
}

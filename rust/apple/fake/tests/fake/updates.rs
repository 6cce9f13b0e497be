//! Changing rows.

use core_foundation::data::CFData;
use strongroom_apple_fake::{Accessible, Row, World};

use crate::support::*;

#[test]
fn an_update_changes_what_it_names_of_all_rows() {
    let world = World::new();
    let _entered = world.enter();
    Words::adding("one").add();
    Words::adding("two").add();
    let changes = Words::default()
        .data(b"new")
        .put(k!(kSecAttrGeneric), &CFData::from_buffer(b"generic"))
        .text(k!(kSecAttrLabel), "label")
        .accessible(&k!(kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly));
    assert_eq!(Words::of_service().update(&changes), 0);
    for (row, account) in world.rows().iter().zip(["one", "two"]) {
        let expected = Row {
            generic: Some(b"generic".to_vec()),
            label: Some("label".to_owned()),
            group: GROUP.to_owned(),
            ..Row::new(SERVICE, account, b"new")
        };
        assert_eq!(*row, expected);
    }
    assert_eq!(Words::of("none").update(&changes), NOT_FOUND);
}

#[test]
fn an_update_of_one_attribute_leaves_the_others() {
    let world = World::new();
    let _entered = world.enter();
    Words::adding("name").add();
    let mut expected = world.rows();
    let row = &mut expected[0];
    let changes = [
        Words::default().text(k!(kSecAttrLabel), "label"),
        Words::default().put(k!(kSecAttrGeneric), &CFData::from_buffer(b"generic")),
        Words::default().data(b"new"),
        Words::default().text(k!(kSecAttrAccount), "other"),
        Words::default().text(k!(kSecAttrService), "elsewhere"),
        Words::default().text(k!(kSecAttrAccessGroup), GROUP),
        Words::default().accessible(&k!(kSecAttrAccessibleAfterFirstUnlock)),
    ];
    for (at, changes) in changes.iter().enumerate() {
        let query = Words::of(&row.account).text(k!(kSecAttrService), &row.service);
        assert_eq!(query.update(changes), 0, "{at}");
        match at {
            0 => row.label = Some("label".to_owned()),
            1 => row.generic = Some(b"generic".to_vec()),
            2 => row.data = b"new".to_vec(),
            3 => row.account = "other".to_owned(),
            4 => row.service = "elsewhere".to_owned(),
            5 => (),
            _ => row.accessible = Accessible::AfterFirstUnlock,
        }
        assert_eq!(world.rows(), std::slice::from_ref(row), "{at}");
    }
}

#[test]
fn an_update_can_move_a_row_but_not_onto_another() {
    let world = World::new();
    let _entered = world.enter();
    world.set_entitled(&[GROUP, "TEAM.shared"]);
    Words::adding("one").add();
    Words::adding("two").add();
    let before = world.rows();
    let onto = Words::default().text(k!(kSecAttrAccount), "two").data(b"new");
    assert_eq!(Words::of("one").update(&onto), DUPLICATE);
    assert_eq!(
        Words::of_service().update(&onto),
        DUPLICATE,
        "two rows would have one key"
    );
    assert_eq!(world.rows(), before, "nothing changed");

    let away = Words::default()
        .text(k!(kSecAttrService), "elsewhere")
        .text(k!(kSecAttrAccessGroup), "TEAM.shared");
    assert_eq!(Words::of("one").update(&away), 0);
    let moved = world.rows().into_iter().find(|row| row.account == "one").unwrap();
    assert_eq!(
        (moved.service.as_str(), moved.group.as_str()),
        ("elsewhere", "TEAM.shared")
    );
    let forbidden = Words::default().text(k!(kSecAttrAccessGroup), "TEAM.other");
    assert_eq!(Words::of("two").update(&forbidden), -25243);
}

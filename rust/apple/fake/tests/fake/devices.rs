//! Several apps on a device, and several devices of a user.

use strongroom_apple_fake::{Accessible, Kind, Row, When, World};

use crate::support::*;

const SHARED: &str = "TEAM.shared";

fn in_group(account: &str, group: &str) -> Words {
    Words::of(account).text(k!(kSecAttrAccessGroup), group)
}

#[test]
fn each_app_has_its_entitlements_and_they_meet_where_both_have_one() {
    let world = World::new();
    world.set_entitled(&[GROUP, SHARED]);
    let _app = world.enter();
    assert_eq!(Words::adding("name").add(), 0);
    {
        let _other = world.enter_as(&[SHARED, "TEAM.other"]);
        assert_eq!(Words::of("name").read(), Err(NOT_FOUND));
        assert_eq!(in_group("name", GROUP).read(), Err(MISSING_ENTITLEMENT));
        assert_eq!(Words::adding("theirs").add(), 0);
        let to_group = Words::default().text(k!(kSecAttrAccessGroup), GROUP);
        assert_eq!(
            Words::of("theirs").update(&to_group),
            -25243,
            "no group of theirs"
        );
    }
    assert_eq!(world.rows()[1].group, SHARED);
    assert_eq!(
        Words::of("theirs").read().as_deref(),
        Ok(SECRET),
        "without a group in all"
    );
    assert_eq!(in_group("theirs", GROUP).read(), Err(NOT_FOUND));
    let to_group = Words::default().text(k!(kSecAttrAccessGroup), GROUP);
    assert_eq!(in_group("theirs", SHARED).update(&to_group), 0);
    assert_eq!(world.rows()[1].group, GROUP);
}

#[test]
fn what_synchronizes_is_on_every_device_and_what_travels_comes_to_a_new_one() {
    let (first, second) = (World::new(), World::new());
    let row = |account: &str, accessible, synchronizable| Row {
        accessible,
        synchronizable,
        ..Row::new(SERVICE, account, SECRET)
    };
    let accounts =
        |world: &World| -> Vec<String> { world.rows().into_iter().map(|row| row.account).collect() };
    first.put_row(&row("synced", Accessible::AfterFirstUnlock, true));
    first.put_row(&row("travels", Accessible::WhenUnlocked, false));
    first.put_row(&row("stays", Accessible::WhenUnlockedThisDeviceOnly, false));
    second.put_row(&row("deleted meanwhile", Accessible::AfterFirstUnlock, true));
    second.put_row(&row("theirs", Accessible::AfterFirstUnlock, false));
    first.sync_to(&second);
    assert_eq!(accounts(&second), ["theirs", "synced"]);
    assert_eq!(accounts(&first.restored_to_a_new_device()), ["synced", "travels"]);
}

#[test]
fn a_call_is_suspended_while_others_go_on() {
    let world = World::new();
    let _entered = world.enter();
    let row = Row::new(SERVICE, "name", b"theirs");
    world.suspend(When::nth(2), move |world| world.put_row(&row));
    assert_eq!(Words::of("name").read(), Err(NOT_FOUND));
    assert_eq!(Words::adding("name").add(), DUPLICATE);
    world.suspend(When::nth(1).of(Kind::Delete), |world| {
        world.delete_row(SERVICE, "name");
    });
    assert_eq!(Words::of("name").delete(), NOT_FOUND);
}

//! The calls that Strongroom must not make, as the fake notes them.

use strongroom_apple_fake::World;

use crate::support::*;

#[test]
fn what_strongroom_must_not_say_is_noted() {
    let world = World::new();
    let _entered = world.enter();
    let service = grouped(Words::of_service());
    let name = || grouped(Words::of("name"));
    let adding = || grouped(Words::adding("name"));
    let changes = Words::default().data(b"new");
    let fine = [""; 0];
    assert_eq!(noted(&world, || adding().add()), fine);
    assert_eq!(noted(&world, || service.list()), fine);
    assert_eq!(noted(&world, || service.update(&changes)), fine);
    assert_eq!(noted(&world, || name().read()), fine);
    assert_eq!(noted(&world, || service.delete()), fine);

    let nothing = Words::default().put(k!(kSecClass), &k!(kSecClassGenericPassword));
    let always = [
        "no explicit sync",
        "no access group",
        "no data protection keychain",
    ];
    let alone = [&["no service", "no account"], always.as_slice()].concat();
    assert_eq!(noted(&world, || nothing.add()), alone);
    assert_eq!(noted(&world, || nothing.read()), alone);
    let all = [&["no service"], always.as_slice()].concat();
    assert_eq!(noted(&world, || nothing.list()), all);
    assert_eq!(noted(&world, || nothing.update(&changes)), all);
    assert_eq!(noted(&world, || nothing.delete()), all);

    let classed = name().accessible(&k!(kSecAttrAccessibleWhenUnlocked));
    let controlled = access_control(&k!(kSecAttrAccessibleWhenUnlocked), 0).unwrap();
    let controlled = name().put(k!(kSecAttrAccessControl), &controlled);
    for words in [classed, controlled] {
        assert_eq!(noted(&world, || words.add()), fine);
        assert_eq!(noted(&world, || words.read()), ["accessible in a query"]);
        assert_eq!(
            noted(&world, || words.update(&changes)),
            ["accessible in a query"]
        );
        assert_eq!(noted(&world, || words.delete()), ["accessible in a query"]);
    }
    assert_eq!(noted(&world, || adding().read()), ["value data in a query"]);
    let off = name().flag(k!(kSecUseDataProtectionKeychain), false);
    assert_eq!(noted(&world, || off.read()), ["no data protection keychain"]);
}

#[test]
fn only_what_asks_for_its_group_may_leave_it_out() {
    let world = World::new();
    let _entered = world.enter();
    let changes = Words::default().data(b"new");
    for call in [
        &|| Words::adding("name").add(),
        &|| Words::of("name").update(&changes),
        &|| Words::of_service().list().map_or_else(|status| status, |_| 0),
        &|| Words::of("name").delete(),
    ] as [&dyn Fn() -> i32; 4]
    {
        assert_eq!(noted(&world, call), ["no access group"]);
    }
    let probe = Words::adding("probe").returning_attributes();
    assert_eq!(noted(&world, || probe.add()), [""; 0]);
}

fn grouped(words: Words) -> Words {
    words.text(k!(kSecAttrAccessGroup), GROUP)
}

/// What the fake notes for a call.
fn noted<R>(world: &World, call: impl FnOnce() -> R) -> Vec<&'static str> {
    let before = world.violations().len();
    call();
    world.violations().split_off(before)
}

//! What the fake notes of calls that Strongroom must not make.

use strongroom_apple_fake::World;

use crate::support::*;

#[test]
fn what_strongroom_must_not_say_is_noted() {
    let world = World::new();
    let _entered = world.enter();
    let service = Words::of_service();
    let changes = Words::default().data(b"new");
    let fine = [""; 0];
    assert_eq!(noted(&world, || Words::adding("name").add()), fine);
    assert_eq!(noted(&world, || service.list()), fine);
    assert_eq!(noted(&world, || service.update(&changes)), fine);
    assert_eq!(noted(&world, || Words::of("name").read()), fine);
    assert_eq!(noted(&world, || service.delete()), fine);

    let nothing = Words::default().put(k!(kSecClass), &k!(kSecClassGenericPassword));
    let always = ["no explicit sync", "no data protection keychain"];
    let alone = [["no service", "no account"], always].concat();
    assert_eq!(noted(&world, || nothing.add()), alone);
    assert_eq!(noted(&world, || nothing.read()), alone);
    let all = [&["no service"], always.as_slice()].concat();
    assert_eq!(noted(&world, || nothing.list()), all);
    assert_eq!(noted(&world, || nothing.update(&changes)), all);
    assert_eq!(noted(&world, || nothing.delete()), all);

    let classed = Words::of("name").accessible(&k!(kSecAttrAccessibleWhenUnlocked));
    let controlled = access_control(&k!(kSecAttrAccessibleWhenUnlocked), 0).unwrap();
    let controlled = Words::of("name").put(k!(kSecAttrAccessControl), &controlled);
    for words in [classed, controlled] {
        assert_eq!(noted(&world, || words.add()), fine);
        assert_eq!(noted(&world, || words.read()), ["accessible in a query"]);
        assert_eq!(
            noted(&world, || words.update(&changes)),
            ["accessible in a query"]
        );
        assert_eq!(noted(&world, || words.delete()), ["accessible in a query"]);
    }
    assert_eq!(
        noted(&world, || Words::adding("name").read()),
        ["value data in a query"]
    );
    let off = Words::of("name").flag(k!(kSecUseDataProtectionKeychain), false);
    assert_eq!(noted(&world, || off.read()), ["no data protection keychain"]);
}

/// What is noted of a call.
fn noted<R>(world: &World, call: impl FnOnce() -> R) -> Vec<&'static str> {
    let before = world.violations().len();
    call();
    world.violations().split_off(before)
}

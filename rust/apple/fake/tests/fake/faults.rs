//! Calls that fail, and actions between calls.

use strongroom_apple_fake::{Calls, Effect, Kind, Row, When, World};

use crate::support::*;

const FAULT: i32 = -67_000;

#[test]
fn the_call_that_was_named_fails_before_or_after_it_did_something() {
    let world = World::new();
    let _entered = world.enter();
    world.fail(2, FAULT, Effect::Before);
    assert_eq!(Words::adding("one").add(), 0);
    assert_eq!(Words::adding("two").add(), FAULT);
    assert_eq!(world.rows().len(), 1, "it did nothing");
    assert_eq!(Words::adding("two").add(), 0, "it failed once");

    world.fail(1, FAULT, Effect::After);
    assert_eq!(Words::adding("three").add(), FAULT);
    assert_eq!(world.rows().len(), 3, "it was done");
    world.fail(1, FAULT, Effect::After);
    assert_eq!(Words::of("one").read(), Err(FAULT), "the answer is lost");
    world.fail(1, FAULT, Effect::After);
    assert_eq!(Words::of("one").update(&Words::default().data(b"new")), FAULT);
    assert_eq!(Words::of("one").read().as_deref(), Ok(&b"new"[..]));
    world.fail(1, FAULT, Effect::After);
    assert_eq!(Words::of("one").delete(), FAULT);
    assert_eq!(Words::of("one").read(), Err(NOT_FOUND));
    assert_eq!(world.live_objects(), 0, "no lost answer stays");
}

#[test]
fn faults_can_be_of_a_kind_and_come_often() {
    let world = World::new();
    let _entered = world.enter();
    world.fail(When::nth(2).of(Kind::Copy).times(2), FAULT, Effect::Before);
    Words::adding("name").add();
    let read = || Words::of("name").read().err().unwrap_or(0);
    assert_eq!([read(), read(), read(), read()], [0, FAULT, FAULT, 0]);
    world.fail(When::nth(1).for_ever(), FAULT, Effect::Before);
    assert_eq!([read(), Words::of("name").delete(), read()], [FAULT; 3]);
    world.clear_faults();
    assert_eq!(read(), 0);
}

#[test]
fn of_two_faults_the_first_set_counts_and_both_pass() {
    let world = World::new();
    let _entered = world.enter();
    world.fail(1, FAULT, Effect::Before);
    world.fail(1, FAULT - 1, Effect::Before);
    assert_eq!(Words::of("name").delete(), FAULT);
    assert_eq!(Words::of("name").delete(), NOT_FOUND);
}

#[test]
fn another_process_can_come_between() {
    let world = World::new();
    let _entered = world.enter();
    world.race(Kind::Add, 2, |world| {
        world.put_row(&Row::new(SERVICE, "two", b"theirs"));
    });
    world.race(Kind::Copy, 1, |world| {
        assert_eq!(world.delete_row(SERVICE, "one"), 1);
    });
    assert_eq!(Words::adding("one").add(), 0);
    assert_eq!(Words::adding("two").add(), DUPLICATE);
    assert_eq!(Words::of("one").read(), Err(NOT_FOUND));
    assert_eq!(Words::of("two").read().as_deref(), Ok(&b"theirs"[..]));
    assert_eq!(Words::adding("one").add(), 0, "each comes once");
}

#[test]
fn calls_are_counted_even_if_they_fail() {
    let world = World::new();
    let _entered = world.enter();
    world.fail(1, FAULT, Effect::Before);
    Words::adding("name").add();
    Words::adding("name").add();
    drop(Words::of("name").read());
    Words::of("name").update(&Words::default());
    Words::of("name").delete();
    Words::of("name").delete();
    let calls = world.calls();
    assert_eq!(
        calls,
        Calls {
            add: 2,
            copy: 1,
            update: 1,
            delete: 2
        }
    );
    assert_eq!(calls.total(), 6);
}

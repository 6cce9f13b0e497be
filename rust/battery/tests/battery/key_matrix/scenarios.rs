//! The calls that are tried, and what has to be in the store before and after.

use strongroom_core::policy::OnKeyLoss;
use strongroom_core::{Error, ErrorCode, Vault};

use strongroom_testkit::{World, get, key, set};

/// A name and its value, or that there is none.
pub(super) type Expected = &'static [(&'static str, Option<&'static str>)];

pub(super) struct Scenario {
    pub(super) name: &'static str,
    pub(super) on_key_loss: OnKeyLoss,
    pub(super) prepare: fn(&World),
    /// Whether everything that was asked for was done.
    pub(super) call: fn(&dyn Vault) -> Result<bool, Error>,
    pub(super) kind: Kind,
    /// The records if all was done, and if it was not.
    pub(super) done: Expected,
    pub(super) undone: Expected,
    /// The same, if a store was quarantined and came back.
    pub(super) done_and_recovered: Expected,
    pub(super) undone_and_recovered: Expected,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Changes no file.
    Read,
    /// Changes the store or fails.
    Write,
    /// Also removes what is in quarantine, once it is all in the store again.
    Recover,
    /// Sets the store aside, and goes on from there.
    Reset,
    /// Removes all files, and then destroys the keys.
    Clear,
}

const QUARANTINE: Scenario = Scenario {
    name: "",
    on_key_loss: OnKeyLoss::Quarantine,
    prepare: with_two_records,
    call: read,
    kind: Kind::Write,
    done: BOTH,
    undone: BOTH,
    done_and_recovered: BOTH,
    undone_and_recovered: BOTH,
};

pub(super) const BOTH: Expected = &[("stays", Some("1")), ("goes", Some("2")), ("new", None)];
const BOTH_AND_NEW: Expected = &[("stays", Some("1")), ("goes", Some("2")), ("new", Some("3"))];
const CHANGED: Expected = &[("stays", Some("3")), ("goes", Some("2")), ("new", None)];
const ONE: Expected = &[("stays", Some("1")), ("goes", None), ("new", None)];
const NONE: Expected = &[("stays", None), ("goes", None), ("new", None)];
const ONLY_NEW: Expected = &[("stays", None), ("goes", None), ("new", Some("3"))];

pub(super) const SCENARIOS: [Scenario; 16] = [
    Scenario {
        name: "the first set",
        prepare: |_| {},
        call: |vault| set(vault, "new", "3").map(|()| true),
        done: ONLY_NEW,
        undone: NONE,
        ..QUARANTINE
    },
    Scenario {
        name: "get",
        kind: Kind::Read,
        ..QUARANTINE
    },
    Scenario {
        name: "set",
        call: |vault| set(vault, "new", "3").map(|()| true),
        done: BOTH_AND_NEW,
        done_and_recovered: BOTH_AND_NEW,
        ..QUARANTINE
    },
    Scenario {
        name: "overwrite",
        call: |vault| set(vault, "stays", "3").map(|()| true),
        done: CHANGED,
        done_and_recovered: CHANGED,
        ..QUARANTINE
    },
    Scenario {
        name: "remove",
        call: |vault| vault.remove(&key("goes")).map(|()| true),
        done: ONE,
        ..QUARANTINE
    },
    Scenario {
        name: "rotate",
        call: |vault| vault.rotate_keys().map(|()| true),
        ..QUARANTINE
    },
    Scenario {
        name: "clear",
        call: |vault| vault.clear().map(|()| true),
        kind: Kind::Clear,
        done: NONE,
        undone: NONE,
        ..QUARANTINE
    },
    Scenario {
        name: "reset and set",
        call: |vault| {
            vault.reset()?;
            set(vault, "new", "3").map(|()| true)
        },
        kind: Kind::Reset,
        done: ONLY_NEW,
        undone: NONE,
        done_and_recovered: BOTH_AND_NEW,
        ..QUARANTINE
    },
    Scenario {
        name: "recover into a living store",
        prepare: |world| {
            with_a_lost_store(world);
            set(&world.vault(), "stays", "3").unwrap();
            world.keys.restore(&world.keys.alias(1));
        },
        call: recover,
        kind: Kind::Recover,
        done: CHANGED,
        undone: &[("stays", Some("3")), ("goes", None), ("new", None)],
        done_and_recovered: CHANGED,
        undone_and_recovered: CHANGED,
        ..QUARANTINE
    },
    Scenario {
        name: "recover into nothing",
        prepare: |world| {
            with_a_lost_store(world);
            world.keys.restore(&world.keys.alias(1));
        },
        call: recover,
        kind: Kind::Recover,
        undone: NONE,
        ..QUARANTINE
    },
    Scenario {
        name: "get without the key",
        prepare: |world| {
            with_two_records(world);
            world.keys.hide(&world.keys.alias(1));
        },
        kind: Kind::Read,
        ..QUARANTINE
    },
    Scenario {
        name: "set without the key",
        prepare: |world| {
            with_two_records(world);
            world.keys.hide(&world.keys.alias(1));
        },
        call: |vault| set(vault, "new", "3").map(|()| true),
        done: BOTH_AND_NEW,
        done_and_recovered: BOTH_AND_NEW,
        ..QUARANTINE
    },
    Scenario {
        name: "rotate with another key in its place",
        prepare: with_another_key,
        call: |vault| vault.rotate_keys().map(|()| true),
        ..QUARANTINE
    },
    Scenario {
        name: "get, refusing",
        on_key_loss: OnKeyLoss::Error,
        kind: Kind::Read,
        ..QUARANTINE
    },
    Scenario {
        name: "set without the key, refusing",
        on_key_loss: OnKeyLoss::Error,
        prepare: |world| {
            with_two_records(world);
            world.keys.hide(&world.keys.alias(1));
        },
        call: |vault| set(vault, "new", "3").map(|()| true),
        done: BOTH_AND_NEW,
        ..QUARANTINE
    },
    Scenario {
        name: "remove with another key in its place, refusing",
        on_key_loss: OnKeyLoss::Error,
        prepare: with_another_key,
        call: |vault| vault.remove(&key("goes")).map(|()| true),
        done: ONE,
        ..QUARANTINE
    },
];

fn with_two_records(world: &World) {
    let vault = world.vault();
    set(&vault, "stays", "1").unwrap();
    set(&vault, "goes", "2").unwrap();
}

fn with_a_lost_store(world: &World) {
    with_two_records(world);
    world.keys.hide(&world.keys.alias(1));
    assert_eq!(get(&world.vault(), "stays"), Err(ErrorCode::NotFound));
}

fn with_another_key(world: &World) {
    with_two_records(world);
    world.keys.hide(&world.keys.alias(1));
    world.keys.replace(&world.keys.alias(1));
}

fn read(vault: &dyn Vault) -> Result<bool, Error> {
    let value = vault.get(&key("stays"))?;
    assert_eq!(value.expose(), "1");
    Ok(true)
}

fn recover(vault: &dyn Vault) -> Result<bool, Error> {
    vault.recover().map(|recovery| recovery.remaining == 0)
}

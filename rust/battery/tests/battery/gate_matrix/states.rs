//! The states a store can be in, and the calls that are made then.

use std::sync::Arc;
use std::time::Duration;

use strongroom_core::policy::{GateMode, GatePolicy, OnEnrolmentChange, OnKeyLoss, UserAuthentication};
use strongroom_core::ports::{Prompt, RefusalReason};
use strongroom_core::{Error, ErrorCode, SealedVault, Vault};
use strongroom_testkit::{GateEffect, GateOperation, Reply, World, key, set};

pub(super) const VALUE: &str = "value";

pub(super) struct State {
    pub(super) name: &'static str,
    pub(super) prepare: fn(&World) -> Arc<SealedVault>,
    pub(super) has_items: bool,
    pub(super) asks_each_time: bool,
    /// What every call may answer in this state, whatever happens.
    pub(super) codes: &'static [ErrorCode],
}

/// What a call did.
pub(super) enum Made {
    Read(String),
    Written,
    /// It changed how the store asks, or the keys.
    Changed,
    Nothing,
}

pub(super) struct Call {
    pub(super) name: &'static str,
    pub(super) make: fn(&dyn Vault) -> Result<Made, Error>,
    /// How many prompts it shows if it succeeds.
    pub(super) prompts: fn(&State, bool) -> usize,
    /// How the store asks afterwards, if it succeeded.
    pub(super) policy: fn(Option<GatePolicy>) -> Option<GatePolicy>,
    pub(super) asks_each_time: fn(Option<GatePolicy>) -> bool,
    /// What it may answer in any state.
    pub(super) codes: &'static [ErrorCode],
}

pub(super) fn biometry(mode: GateMode) -> GatePolicy {
    GatePolicy::new(UserAuthentication::Biometry, None, mode).unwrap()
}

pub(super) fn other() -> GatePolicy {
    let keep = Some(OnEnrolmentChange::Keep);
    GatePolicy::new(UserAuthentication::Biometry, keep, GateMode::Session).unwrap()
}

/// A process of its own, whose store is never set aside by itself.
pub(super) fn process(world: &World) -> Arc<SealedVault> {
    let mut config = world.config();
    config.on_key_loss = OnKeyLoss::Error;
    config.lock_after_background = Some(Duration::ZERO);
    Arc::new(world.vault_with(config))
}

/// Another process, which does not wait long for the locks that are held while a prompt is shown.
pub(super) fn impatient(world: &World) -> SealedVault {
    let mut config = world.config();
    config.on_key_loss = OnKeyLoss::Error;
    config.patience = Duration::from_millis(50);
    world.vault_with(config)
}

fn protected(world: &World, mode: GateMode) -> Arc<SealedVault> {
    let vault = process(world);
    vault
        .protect(Some(biometry(mode)), &Prompt::default(), true)
        .unwrap();
    set(&*vault, "token", VALUE).unwrap();
    world.clock.elapse(Duration::from_secs(1));
    process(world)
}

fn unlocked(world: &World) -> Arc<SealedVault> {
    let vault = protected(world, GateMode::Session);
    vault.unlock(&Prompt::default()).unwrap();
    world.clock.elapse(Duration::from_secs(1));
    vault
}

/// A store whose last unlock ended with a sign that its gate is lost.
fn doubtful(world: &World) -> Arc<SealedVault> {
    let vault = protected(world, GateMode::Session);
    world.device.enrol([1, 2]);
    vault.unlock(&Prompt::default()).unwrap_err();
    world.device.enrol([1]);
    vault
}

fn lost(world: &World) -> Arc<SealedVault> {
    let vault = protected(world, GateMode::Session);
    world.device.enrol([1, 2]);
    for _ in 0..2 {
        vault.unlock(&Prompt::default()).unwrap_err();
        world.clock.elapse(Duration::from_secs(10));
    }
    world.device.enrol([1]);
    vault
}

fn mismatched(world: &World) -> Arc<SealedVault> {
    let vault = protected(world, GateMode::Session);
    world
        .device
        .fail(GateOperation::Finish, GateEffect::OtherAnswer, 1);
    vault.unlock(&Prompt::default()).unwrap_err();
    world.clock.elapse(Duration::from_secs(10));
    vault
}

fn refused(world: &World) -> Arc<SealedVault> {
    let vault = protected(world, GateMode::Session);
    world.device.reply([Reply::Refuse(RefusalReason::Lockout)]);
    vault.unlock(&Prompt::default()).unwrap_err();
    vault
}

const SESSION: State = State {
    name: "",
    prepare: unlocked,
    has_items: true,
    asks_each_time: false,
    codes: &[],
};

pub(super) const STATES: &[State] = &[
    State {
        name: "no store",
        prepare: process,
        has_items: false,
        ..SESSION
    },
    State {
        name: "a plain store",
        prepare: |world| {
            set(&*process(world), "token", VALUE).unwrap();
            process(world)
        },
        ..SESSION
    },
    State {
        name: "locked",
        prepare: |world| protected(world, GateMode::Session),
        ..SESSION
    },
    State {
        name: "unlocked",
        ..SESSION
    },
    State {
        name: "after a lockout",
        prepare: refused,
        ..SESSION
    },
    State {
        name: "in doubt",
        prepare: doubtful,
        ..SESSION
    },
    State {
        name: "lost",
        prepare: lost,
        codes: &[ErrorCode::KeyInvalidated],
        ..SESSION
    },
    State {
        name: "another answer",
        prepare: mismatched,
        ..SESSION
    },
    State {
        name: "every use",
        prepare: |world| protected(world, GateMode::EveryUse),
        asks_each_time: true,
        ..SESSION
    },
];

fn of_item(state: &State, _: bool) -> usize {
    usize::from(state.asks_each_time)
}

fn of_new_gate(state: &State, _: bool) -> usize {
    match state.name {
        "no store" => 1,
        "a plain store" => 2,
        _ => 1 + of_item(state, true),
    }
}

fn each_time(policy: Option<GatePolicy>) -> bool {
    policy.is_some_and(|policy| policy.mode == GateMode::EveryUse)
}

const ITEM: Call = Call {
    name: "",
    make: |_| Ok(Made::Nothing),
    prompts: of_item,
    policy: |now| now,
    asks_each_time: each_time,
    codes: &[],
};

pub(super) const CALLS: &[Call] = &[
    Call {
        name: "get",
        make: |vault| Ok(Made::Read(vault.get(&key("token"))?.expose().to_owned())),
        codes: &[ErrorCode::NotFound],
        ..ITEM
    },
    Call {
        name: "set",
        make: |vault| set(vault, "other", "1").map(|()| Made::Written),
        ..ITEM
    },
    Call {
        name: "removeMany",
        make: |vault| vault.remove_many(&[key("other")]).map(|_| Made::Written),
        ..ITEM
    },
    Call {
        name: "unlock",
        make: |vault| vault.unlock(&Prompt::default()).map(|()| Made::Nothing),
        prompts: |_, locked| usize::from(locked),
        codes: &[ErrorCode::InvalidArgument],
        ..ITEM
    },
    Call {
        name: "rotateKeys",
        make: |vault| vault.rotate_keys().map(|()| Made::Changed),
        prompts: |state, _| match state.name {
            "no store" | "a plain store" => 0,
            _ => of_new_gate(state, true),
        },
        ..ITEM
    },
    Call {
        name: "protect",
        make: |vault| {
            let wanted = Some(other());
            vault
                .protect(wanted, &Prompt::default(), true)
                .map(|()| Made::Changed)
        },
        prompts: of_new_gate,
        policy: |_| Some(other()),
        ..ITEM
    },
    Call {
        name: "protect with every use",
        make: |vault| {
            let wanted = Some(biometry(GateMode::EveryUse));
            vault
                .protect(wanted, &Prompt::default(), true)
                .map(|()| Made::Changed)
        },
        prompts: |state, locked| {
            if state.asks_each_time {
                0
            } else {
                of_new_gate(state, locked)
            }
        },
        policy: |_| Some(biometry(GateMode::EveryUse)),
        ..ITEM
    },
    Call {
        name: "protect with nothing",
        make: |vault| {
            vault
                .protect(None, &Prompt::default(), true)
                .map(|()| Made::Changed)
        },
        policy: |_| None,
        ..ITEM
    },
    Call {
        name: "getStatus",
        make: |vault| vault.status().map(|_| Made::Nothing),
        prompts: |_, _| 0,
        ..ITEM
    },
    Call {
        name: "maintain",
        make: |vault| {
            vault.maintain();
            Ok(Made::Nothing)
        },
        prompts: |_, _| 0,
        ..ITEM
    },
];

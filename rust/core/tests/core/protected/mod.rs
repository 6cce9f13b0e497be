//! Stores that ask their user: who is asked how often, what opens, and what is believed of a gate.

mod attacks;
mod background;
mod changes;
mod every_use;
mod gates;
mod races;
mod required;
mod sessions;

use strongroom_core::policy::{GateMode, GatePolicy, OnEnrolmentChange, UserAuthentication};
use strongroom_core::ports::Prompt;
use strongroom_core::{ErrorCode, SealedVault, Vault};
use strongroom_testkit::{World, get, set};

/// Biometry, invalidated by a change of it, for a session.
fn biometry() -> GatePolicy {
    policy(UserAuthentication::Biometry, None, GateMode::Session)
}

fn policy(
    authentication: UserAuthentication,
    change: Option<OnEnrolmentChange>,
    mode: GateMode,
) -> GatePolicy {
    GatePolicy::new(authentication, change, mode).unwrap()
}

fn protect(vault: &SealedVault, wanted: GatePolicy) -> Result<(), ErrorCode> {
    vault
        .protect(Some(wanted), &Prompt::default(), true)
        .map_err(|error| error.code())
}

fn unlock(vault: &SealedVault) -> Result<(), ErrorCode> {
    vault.unlock(&Prompt::default()).map_err(|error| error.code())
}

/// A protected store with one item, as a new process finds it.
fn world_with_a_token(wanted: GatePolicy) -> World {
    let world = World::new();
    let vault = world.vault();
    protect(&vault, wanted).unwrap();
    set(&vault, "token", "value").unwrap();
    drop(vault);
    world.device.shown();
    world.events.take();
    world
}

/// That the store opens, and has its item.
fn assert_whole(world: &World) {
    let vault = world.vault();
    unlock(&vault).unwrap();
    assert_eq!(get(&vault, "token").unwrap(), "value");
    assert_eq!(world.device.open_uses(), 0);
}

use std::sync::Arc;
use std::time::Duration;

use strongroom_core::{ErrorCode, Event, LockTrigger, SealedVault, Vault};
use strongroom_testkit::{Reply, World, get};

use super::{biometry, unlock, world_with_a_token};

const LIMIT: Duration = Duration::from_secs(60);
const MOMENT: Duration = Duration::from_millis(1);

fn unlocked(world: &World, limit: Option<Duration>) -> SealedVault {
    let mut config = world.config();
    config.lock_after_background = limit;
    let vault = world.vault_with(config);
    unlock(&vault).unwrap();
    world.events.take();
    world.clock.elapse(MOMENT);
    vault
}

fn assert_locked(world: &World, vault: &SealedVault) {
    assert_eq!(get(vault, "token").unwrap_err(), ErrorCode::AuthRequired);
    let events = world.events.take();
    assert!(
        matches!(events.as_slice(), [Event::Locked(LockTrigger::Background)]),
        "{events:?}"
    );
}

#[test]
fn the_time_in_the_background_decides_at_the_return_and_at_every_call() {
    let world = world_with_a_token(biometry());
    for at_return in [true, false] {
        let vault = unlocked(&world, Some(LIMIT));
        vault.set_visible(false);
        world.clock.elapse(LIMIT.saturating_sub(MOMENT));
        if at_return {
            vault.set_visible(true);
        }
        assert_eq!(get(&vault, "token").unwrap(), "value");
        if at_return {
            vault.set_visible(false);
            world.clock.elapse(LIMIT);
            vault.set_visible(true);
        } else {
            world.clock.elapse(MOMENT);
        }
        assert_locked(&world, &vault);
        vault.set_visible(true);
        unlock(&vault).unwrap();
    }
}

#[test]
fn zero_locks_at_once_and_nothing_never() {
    let world = world_with_a_token(biometry());
    let vault = unlocked(&world, Some(Duration::ZERO));
    vault.set_visible(false);
    assert!(matches!(
        world.events.take()[..],
        [Event::Locked(LockTrigger::Background)]
    ));
    vault.set_visible(true);
    assert_eq!(get(&vault, "token").unwrap_err(), ErrorCode::AuthRequired);
    let vault = unlocked(&world, None);
    vault.set_visible(false);
    world.clock.elapse(LIMIT * 1000);
    assert_eq!(get(&vault, "token").unwrap(), "value");
}

#[test]
fn a_clock_that_is_set_changes_nothing() {
    let world = world_with_a_token(biometry());
    let vault = unlocked(&world, Some(LIMIT));
    vault.set_visible(false);
    world.clock.set(strongroom_testkit::NOW_MS * 2);
    assert_eq!(get(&vault, "token").unwrap(), "value");
    world.clock.set(1);
    world.clock.elapse(LIMIT);
    assert_locked(&world, &vault);
}

/// Up to Android 10, the page for the passcode hides the app.
#[test]
fn the_time_under_its_own_prompt_does_not_count() {
    let world = world_with_a_token(biometry());
    for limit in [Duration::ZERO, LIMIT] {
        let mut config = world.config();
        config.lock_after_background = Some(limit);
        let vault = Arc::new(world.vault_with(config));
        let (hidden, clock) = (vault.clone(), world.clock.clone());
        let act = move || {
            hidden.set_visible(false);
            clock.elapse(LIMIT * 2);
        };
        world.device.reply([Reply::Meanwhile(Box::new(act))]);
        unlock(&vault).unwrap();
        assert_eq!(
            get(&*vault, "token").unwrap(),
            "value",
            "it comes back a moment later"
        );
        world.clock.elapse(Duration::from_secs(1));
        vault.set_visible(true);
        assert_eq!(get(&*vault, "token").unwrap(), "value");
        world.events.take();
        vault.set_visible(false);
        world.clock.elapse(LIMIT * 2);
        assert_locked(&world, &vault);
    }
}

#[test]
fn an_app_that_does_not_come_back_from_its_prompt_is_locked() {
    let world = world_with_a_token(biometry());
    let mut config = world.config();
    config.lock_after_background = Some(Duration::ZERO);
    let vault = Arc::new(world.vault_with(config));
    let hidden = vault.clone();
    world
        .device
        .reply([Reply::Meanwhile(Box::new(move || hidden.set_visible(false)))]);
    unlock(&vault).unwrap();
    world.events.take();
    world.clock.elapse(Duration::from_secs(2));
    assert_locked(&world, &vault);
}

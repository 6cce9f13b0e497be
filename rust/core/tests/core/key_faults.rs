//! The open-time states: what is believed of a key store that answers strangely, and what is done about it.

use strongroom_core::policy::{KeyPolicy, OnKeyLoss, SecurityLevel, StrongBox};
use strongroom_core::ports::KeyErrorKind;
use strongroom_core::{ErrorCode, Event, ResetReason, Vault};
use strongroom_testkit::{KeyEffect, KeyFault, KeyOperation, World, get, key, set};

fn world_with_a_token() -> World {
    let world = World::new();
    set(&world.vault(), "token", "value").unwrap();
    world
}

#[test]
fn a_retryable_failure_is_unavailable_touches_nothing_and_passes() {
    let world = world_with_a_token();
    let before = world.snapshot();
    let vault = world.vault();
    world
        .keys
        .fail(KeyOperation::Unwrap, KeyErrorKind::Unavailable, 8);
    let error = vault.get(&key("token")).err().unwrap();
    assert_eq!(error.code(), ErrorCode::Unavailable);
    assert!(error.retryable());
    assert_eq!(world.snapshot(), before);
    assert_eq!(get(&vault, "token").unwrap(), "value");
    assert!(world.events.take().is_empty());
}

#[test]
fn a_few_retryable_failures_are_not_even_noticed() {
    for kind in [
        KeyErrorKind::Unavailable,
        KeyErrorKind::Absent,
        KeyErrorKind::Mismatch,
        KeyErrorKind::Invalidated,
    ] {
        let world = world_with_a_token();
        world.keys.fail(KeyOperation::Unwrap, kind, 6);
        assert_eq!(get(&world.vault(), "token").unwrap(), "value", "{kind:?}");
        assert!(world.events.take().is_empty());
    }
}

#[test]
fn answers_that_keep_changing_are_never_definitive() {
    let world = world_with_a_token();
    let before = world.snapshot();
    for _ in 0..3 {
        world.keys.fail(KeyOperation::Unwrap, KeyErrorKind::Absent, 2);
        world.keys.fail(KeyOperation::Unwrap, KeyErrorKind::Mismatch, 2);
    }
    assert_eq!(get(&world.vault(), "token").unwrap_err(), ErrorCode::Unavailable);
    assert_eq!(world.snapshot(), before);
}

#[test]
fn what_is_locked_or_slow_is_not_asked_again_and_not_lost() {
    for (kind, code) in [
        (KeyErrorKind::Locked, ErrorCode::Locked),
        (KeyErrorKind::Timeout, ErrorCode::Unavailable),
        (KeyErrorKind::NotInitialised, ErrorCode::NotInitialised),
    ] {
        let world = world_with_a_token();
        let before = (world.snapshot(), world.keys.log().len());
        world.keys.fail(KeyOperation::Unwrap, kind, 1);
        let vault = world.vault();
        assert_eq!(get(&vault, "token").unwrap_err(), code);
        assert_eq!(
            (world.snapshot(), world.keys.log().len()),
            (before.0, before.1 + 1)
        );
        assert_eq!(get(&vault, "token").unwrap(), "value");
    }
}

#[test]
fn a_listed_key_that_cannot_be_found_is_not_lost() {
    let world = world_with_a_token();
    world.keys.fail(KeyOperation::Unwrap, KeyErrorKind::Absent, 7);
    assert_eq!(get(&world.vault(), "token").unwrap_err(), ErrorCode::Unavailable);
    world.keys.hide(&world.keys.alias(1));
    world
        .keys
        .fail(KeyOperation::Aliases, KeyErrorKind::Unavailable, 8);
    assert_eq!(get(&world.vault(), "token").unwrap_err(), ErrorCode::Unavailable);
    assert!(world.vault_path().exists());
}

#[test]
fn a_lost_key_sets_the_file_aside_and_its_return_restores_every_record() {
    let world = world_with_a_token();
    let vault = world.vault();
    for number in 0..50 {
        set(&vault, &format!("key {number}"), &format!("value {number}")).unwrap();
    }
    set(&vault, "changed since", "old").unwrap();
    let before = world.bytes();
    world.keys.hide(&world.keys.alias(1));

    let vault = world.vault();
    assert_eq!(get(&vault, "token").unwrap_err(), ErrorCode::NotFound);
    assert!(matches!(
        world.events.take().as_slice(),
        [Event::StoreReset(reset)] if reset.reason == ResetReason::KeyLost
    ));
    let aside = world.snapshot();
    assert_eq!(aside.len(), 1);
    assert_eq!(aside[0].1, before, "byte for byte");
    assert!(vault.status().unwrap().last_reset.is_some());
    assert_eq!(vault.status().unwrap().quarantined, 1);

    set(&vault, "changed since", "new").unwrap();
    let status = world.vault().status().unwrap();
    assert_eq!(status.last_reset.unwrap().reason, ResetReason::KeyLost);

    let recovery = vault.recover().unwrap();
    assert_eq!((recovery.recovered, recovery.remaining), (0, 1));
    assert_eq!(world.snapshot()[0].1, before, "still byte for byte");

    world.keys.restore(&world.keys.alias(1));
    let recovery = vault.recover().unwrap();
    assert_eq!((recovery.recovered, recovery.remaining), (51, 0));
    let vault = world.vault();
    assert_eq!(get(&vault, "token").unwrap(), "value");
    assert_eq!(get(&vault, "key 49").unwrap(), "value 49");
    assert_eq!(get(&vault, "changed since").unwrap(), "new");
    assert_eq!(world.snapshot().len(), 1);
    assert_eq!(world.keys.versions(), [2]);
}

#[test]
fn another_key_and_an_invalidated_one_set_the_file_aside() {
    for (kind, reason) in [
        (None, ResetReason::KeyMismatch),
        (Some(KeyErrorKind::Invalidated), ResetReason::KeyInvalidated),
    ] {
        let world = world_with_a_token();
        match kind {
            None => world.keys.replace(&world.keys.alias(1)),
            Some(kind) => world.keys.fail(KeyOperation::Unwrap, kind, 7),
        }
        let vault = world.vault();
        assert!(!vault.has(&key("token")).unwrap());
        assert_eq!(vault.status().unwrap().last_reset.unwrap().reason, reason);
        set(&vault, "token", "new").unwrap();
        assert!(
            world.keys.versions().contains(&1),
            "the key that may fit again stays"
        );
    }
}

#[test]
fn the_policy_error_refuses_until_reset() {
    let world = world_with_a_token();
    let before = world.snapshot();
    world.keys.hide(&world.keys.alias(1));
    let mut config = world.config();
    config.on_key_loss = OnKeyLoss::Error;
    let vault = world.vault_with(config);
    for _ in 0..2 {
        assert_eq!(get(&vault, "token").unwrap_err(), ErrorCode::KeyLost);
        assert_eq!(
            set(&vault, "token", "new").unwrap_err().code(),
            ErrorCode::KeyLost
        );
    }
    assert_eq!(world.snapshot(), before);
    world.keys.restore(&world.keys.alias(1));
    assert_eq!(get(&vault, "token").unwrap(), "value");
    drop(vault);

    world.keys.hide(&world.keys.alias(1));
    let mut config = world.config();
    config.on_key_loss = OnKeyLoss::Error;
    let vault = world.vault_with(config);
    assert_eq!(get(&vault, "token").unwrap_err(), ErrorCode::KeyLost);
    vault.reset().unwrap();
    assert_eq!(get(&vault, "token").unwrap_err(), ErrorCode::NotFound);
    assert_eq!(
        vault.status().unwrap().last_reset.unwrap().reason,
        ResetReason::Requested
    );
    assert_eq!(vault.status().unwrap().quarantined, 1);
}

#[test]
fn creating_the_first_key_may_fail_and_is_tried_again() {
    for operation in [KeyOperation::Aliases, KeyOperation::Create, KeyOperation::Wrap] {
        let world = World::new();
        let vault = world.vault();
        assert_eq!(get(&vault, "token").unwrap_err(), ErrorCode::NotFound);
        world.keys.fail(operation, KeyErrorKind::Unavailable, 100);
        assert_eq!(
            set(&vault, "token", "1").unwrap_err().code(),
            ErrorCode::Unavailable,
            "{operation:?}"
        );
        assert!(!world.vault_path().exists());
        world.keys.heal();
        set(&vault, "token", "2").unwrap();
        assert_eq!(get(&world.vault(), "token").unwrap(), "2");
        assert_eq!(world.keys.all().len(), 1, "{operation:?} left an orphan");
    }
}

#[test]
fn a_key_below_the_required_level_is_refused() {
    let world = World::new();
    for (policy, level) in [
        (
            KeyPolicy::new(StrongBox::Require, None),
            SecurityLevel::TrustedEnvironment,
        ),
        (
            KeyPolicy::new(StrongBox::Off, Some(SecurityLevel::TrustedEnvironment)),
            SecurityLevel::Software,
        ),
    ] {
        world.keys.set_level(level);
        let mut config = world.config();
        config.key_policy = policy;
        let error = set(&world.vault_with(config), "token", "value").unwrap_err();
        assert_eq!(error.code(), ErrorCode::InsufficientSecurity);
        assert!(!world.vault_path().exists());
    }
}

#[test]
fn a_failed_rewrite_only_postpones_itself() {
    let world = world_with_a_token();
    let vault = world.vault();
    set(&vault, "goes", "x").unwrap();
    let size = world.bytes().len();
    world.keys.fail(KeyOperation::Wrap, KeyErrorKind::Unavailable, 8);
    vault.remove(&key("goes")).unwrap();
    assert!(
        world.bytes().len() > size,
        "the removal is durable, the rewrite is still due"
    );
    assert_eq!(get(&world.vault(), "goes").unwrap_err(), ErrorCode::NotFound);
    let generation = world.bytes()[44..52].to_vec();
    for number in 0..200 {
        set(&vault, &format!("later {number}"), &"y".repeat(100)).unwrap();
    }
    assert_ne!(
        world.bytes()[44..52],
        generation[..],
        "a later write made up for it"
    );
}

#[test]
fn clear_erases_what_cannot_be_opened_and_the_quarantine() {
    let world = world_with_a_token();
    world.keys.hide(&world.keys.alias(1));
    let vault = world.vault();
    assert!(!vault.has(&key("token")).unwrap());
    set(&vault, "token", "new").unwrap();
    world
        .keys
        .fail(KeyOperation::Unwrap, KeyErrorKind::Unavailable, 100);
    let vault = world.vault();
    assert_eq!(get(&vault, "token").unwrap_err(), ErrorCode::Unavailable);
    vault.clear().unwrap();
    assert!(world.snapshot().is_empty());
    assert!(world.keys.all().is_empty());
}

#[test]
fn clear_says_when_the_key_is_not_destroyed_yet_and_the_next_one_does_it() {
    let world = world_with_a_token();
    let vault = world.vault();
    world
        .keys
        .fail(KeyOperation::Destroy, KeyErrorKind::Unavailable, 8);
    assert_eq!(vault.clear().unwrap_err().code(), ErrorCode::Unavailable);
    assert!(world.snapshot().is_empty());
    assert_eq!(world.keys.versions(), [1]);
    assert_eq!(
        get(&vault, "token").unwrap_err(),
        ErrorCode::NotFound,
        "it must never look like a lost key"
    );
    vault.clear().unwrap();
    assert!(world.keys.all().is_empty());
}

#[test]
fn an_orphan_of_a_crash_in_clear_is_destroyed_at_the_next_write() {
    let world = world_with_a_token();
    std::fs::remove_file(world.vault_path()).unwrap();
    let vault = world.vault();
    assert_eq!(get(&vault, "token").unwrap_err(), ErrorCode::NotFound);
    set(&vault, "token", "new").unwrap();
    assert_eq!(world.keys.versions(), [2]);
    assert!(vault.status().unwrap().last_reset.is_none());
}

/// A backup program, or a file system that is being checked, may take it away and give it back.
#[test]
fn reading_while_the_file_is_away_costs_no_key() {
    let world = world_with_a_token();
    let away = world.files().join("away");
    std::fs::rename(world.vault_path(), &away).unwrap();
    let vault = world.vault();
    assert_eq!(get(&vault, "token").unwrap_err(), ErrorCode::NotFound);
    assert!(!vault.has(&key("token")).unwrap());
    assert!(vault.keys().unwrap().is_empty());
    std::fs::rename(&away, world.vault_path()).unwrap();
    assert_eq!(get(&vault, "token").unwrap(), "value");
    assert_eq!(get(&world.vault(), "token").unwrap(), "value");
}

#[test]
fn the_new_key_of_a_failed_rotation_is_destroyed_at_once_or_by_the_next_rewrite() {
    let world = world_with_a_token();
    let vault = world.vault();
    for name in ["a", "b"] {
        set(&vault, name, "x").unwrap();
    }
    vault.remove(&key("a")).unwrap();
    world.keys.fail(KeyOperation::Wrap, KeyErrorKind::Unavailable, 8);
    assert_eq!(vault.rotate_keys().unwrap_err().code(), ErrorCode::Unavailable);
    assert_eq!(world.keys.versions(), [1]);
    world.keys.fail(KeyOperation::Wrap, KeyErrorKind::Unavailable, 8);
    world
        .keys
        .fail(KeyOperation::Destroy, KeyErrorKind::Unavailable, 8);
    assert_eq!(vault.rotate_keys().unwrap_err().code(), ErrorCode::Unavailable);
    assert_eq!(world.keys.all().len(), 2);
    vault.remove(&key("b")).unwrap();
    assert_eq!(world.keys.versions(), [1]);
}

#[test]
fn of_two_stores_that_come_back_the_newer_one_wins() {
    let world = world_with_a_token();
    for (version, value) in [(1, "newer"), (2, "newest")] {
        world.keys.hide(&world.keys.alias(version));
        set(&world.vault(), value, value).unwrap();
        set(&world.vault(), "token", value).unwrap();
    }
    world.keys.hide(&world.keys.alias(3));
    let vault = world.vault();
    assert!(vault.keys().unwrap().is_empty());
    for version in 1..=3 {
        world.keys.restore(&world.keys.alias(version));
    }
    let recovery = vault.recover().unwrap();
    assert_eq!((recovery.recovered, recovery.remaining), (3, 0));
    for (name, value) in [("token", "newest"), ("newer", "newer"), ("newest", "newest")] {
        assert_eq!(get(&vault, name).unwrap(), value);
    }
}

/// Only a file that cannot be opened is a loss.
#[test]
fn a_key_that_fails_before_a_file_needs_it_is_unavailable() {
    for kind in [
        KeyErrorKind::Absent,
        KeyErrorKind::Mismatch,
        KeyErrorKind::Invalidated,
    ] {
        for operation in [KeyOperation::Aliases, KeyOperation::Create, KeyOperation::Wrap] {
            let world = World::new();
            world.keys.fail(operation, kind, 1);
            set(&world.vault(), "token", "1").unwrap();
            world.keys.fail(operation, kind, usize::MAX);
            let error = world.vault().rotate_keys().unwrap_err();
            assert_eq!(error.code(), ErrorCode::Unavailable, "{operation:?} {kind:?}");
            world.keys.heal();
            assert_eq!(get(&world.vault(), "token").unwrap(), "1");
        }
    }
}

#[test]
fn another_data_key_once_is_not_noticed_even_by_an_empty_store() {
    let world = world_with_a_token();
    world.keys.arm(a_lie_of_unwrap(1));
    assert_eq!(get(&world.vault(), "token").unwrap(), "value");

    world.vault().remove(&key("token")).unwrap();
    world.keys.arm(a_lie_of_unwrap(1));
    set(&world.vault(), "token", "new").unwrap();
    assert_eq!(get(&world.vault(), "token").unwrap(), "new");
}

#[test]
fn another_data_key_that_stays_does_not_fit_and_changes_nothing() {
    let world = world_with_a_token();
    let before = world.snapshot();
    let mut config = world.config();
    config.on_key_loss = OnKeyLoss::Error;
    world.keys.arm(a_lie_of_unwrap(usize::MAX));
    let vault = world.vault_with(config);
    for name in ["token", "never set"] {
        assert_eq!(get(&vault, name).unwrap_err(), ErrorCode::KeyMismatch);
        assert_eq!(set(&vault, name, "x").unwrap_err().code(), ErrorCode::KeyMismatch);
    }
    assert_eq!(vault.rotate_keys().unwrap_err().code(), ErrorCode::KeyMismatch);
    assert_eq!(world.snapshot(), before);

    let vault = world.vault();
    assert_eq!(get(&vault, "token").unwrap_err(), ErrorCode::NotFound);
    assert_eq!(world.snapshot()[0].1, before[0].1, "quarantined byte for byte");
    world.keys.heal();
    assert_eq!(vault.recover().unwrap().recovered, 1);
    assert_eq!(get(&vault, "token").unwrap(), "value");
}

fn a_lie_of_unwrap(times: usize) -> KeyFault {
    KeyFault {
        operation: Some(KeyOperation::Unwrap),
        effect: KeyEffect::Lie,
        skip: 0,
        times,
    }
}

use strongroom_core::policy::{GateMode, OnEnrolmentChange, UserAuthentication};
use strongroom_core::ports::{KeyErrorKind, Prompt, RefusalReason};
use strongroom_core::{ErrorCode, Vault};
use strongroom_testkit::{GateEffect, GateOperation, Reply, World, get, set};

use super::{assert_whole, biometry, policy, protect, unlock, world_with_a_token};

#[test]
fn a_store_with_items_asks_twice_before_they_move_and_its_old_key_goes_last() {
    for confirm in [true, false] {
        let world = World::new();
        let vault = world.vault();
        set(&vault, "token", "value").unwrap();
        let old = world.keys.all();
        vault
            .protect(Some(biometry()), &Prompt::default(), confirm)
            .unwrap();
        let shown: Vec<bool> = world.device.shown().iter().map(|shown| shown.again).collect();
        assert_eq!(shown, [false, true][..=usize::from(confirm)]);
        assert_eq!(world.keys.all().len(), 1);
        assert!(!world.keys.all().contains(&old[0]));
        assert_eq!(get(&vault, "token").unwrap(), "value");
        assert_eq!(world.bytes()[8], 3, "the version of protected stores");
        assert_whole(&world);
    }
}

#[test]
fn an_end_of_either_prompt_leaves_everything_as_it_was() {
    for number in 0..2 {
        for reason in [
            RefusalReason::Cancelled,
            RefusalReason::Lockout,
            RefusalReason::NotVisible,
        ] {
            let world = World::new();
            let vault = world.vault();
            set(&vault, "token", "value").unwrap();
            let before = (world.snapshot(), world.keys.all());
            world.device.reply((0..number).map(|_| Reply::Success));
            world.device.reply([Reply::Refuse(reason)]);
            protect(&vault, biometry()).unwrap_err();
            assert_eq!(
                (world.snapshot(), world.keys.all()),
                before,
                "the new gate is destroyed"
            );
            assert_eq!(get(&vault, "token").unwrap(), "value");
            assert_eq!(world.device.open_uses(), 0);
            protect(&vault, biometry()).unwrap();
            assert_whole(&world);
        }
    }
}

#[test]
fn a_device_whose_key_gives_other_answers_does_not_get_the_items() {
    let world = World::new();
    let vault = world.vault();
    set(&vault, "token", "value").unwrap();
    let before = (world.snapshot(), world.keys.all());
    world
        .device
        .fail(GateOperation::Finish, GateEffect::RandomAnswer, 2);
    assert_eq!(protect(&vault, biometry()), Err(ErrorCode::InsufficientSecurity));
    assert_eq!((world.snapshot(), world.keys.all()), before);
}

#[test]
fn a_store_that_is_protected_as_wanted_stays_as_it_is() {
    let world = world_with_a_token(biometry());
    let before = (world.snapshot(), world.keys.all());
    let vault = world.vault();
    protect(&vault, biometry()).unwrap();
    assert_eq!((world.snapshot(), world.keys.all()), before);
    assert!(world.device.shown().is_empty());
    assert!(vault.is_locked().unwrap());
}

#[test]
fn another_policy_needs_an_unlocked_store_and_one_prompt_of_the_new_gate() {
    let wanted = policy(
        UserAuthentication::BiometryOrDeviceCredential,
        None,
        GateMode::Session,
    );
    let world = world_with_a_token(biometry());
    let vault = world.vault();
    assert_eq!(protect(&vault, wanted), Err(ErrorCode::AuthRequired));
    unlock(&vault).unwrap();
    world.device.shown();
    let old = world.keys.all();
    protect(&vault, wanted).unwrap();
    let shown = world.device.shown();
    assert_eq!(shown.len(), 1);
    assert_eq!(
        shown[0].authentication,
        UserAuthentication::BiometryOrDeviceCredential
    );
    assert!(!world.keys.all().contains(&old[0]));
    assert_eq!(vault.status().unwrap().gate, Some(wanted));
    assert_eq!(get(&vault, "token").unwrap(), "value");
    world.device.enrol([]);
    assert_whole(&world);
}

#[test]
fn new_keys_ask_once_and_protection_can_end() {
    let world = world_with_a_token(biometry());
    let vault = world.vault();
    unlock(&vault).unwrap();
    world.device.shown();
    let old = world.keys.all();
    vault.rotate_keys().unwrap();
    assert_eq!(world.device.shown().len(), 1);
    assert_eq!(world.keys.all().len(), 1);
    assert!(!world.keys.all().contains(&old[0]));
    assert_whole(&world);
    world.device.shown();
    vault.protect(None, &Prompt::default(), true).unwrap();
    assert!(world.device.shown().is_empty());
    assert_eq!(world.bytes()[8], 2);
    assert_eq!(get(&vault, "token").unwrap(), "value");
    assert_eq!(get(&world.vault(), "token").unwrap(), "value");
    assert_eq!(vault.status().unwrap().gate, None);
}

#[test]
fn another_process_that_changes_the_gate_ends_the_session_here() {
    let world = world_with_a_token(biometry());
    let (one, other) = (world.vault(), world.vault());
    unlock(&one).unwrap();
    unlock(&other).unwrap();
    let kept = policy(
        UserAuthentication::Biometry,
        Some(OnEnrolmentChange::Keep),
        GateMode::Session,
    );
    protect(&one, kept).unwrap();
    assert_eq!(get(&other, "token").unwrap_err(), ErrorCode::AuthRequired);
    assert!(other.is_locked().unwrap());
    unlock(&other).unwrap();
    assert_eq!(get(&other, "token").unwrap(), "value");
}

#[test]
fn a_device_that_cannot_ask_so_is_told_before_anything_changes() {
    let credential = policy(UserAuthentication::DeviceCredential, None, GateMode::Session);
    let world = World::new();
    let vault = world.vault();
    set(&vault, "token", "value").unwrap();
    let before = (world.snapshot(), world.keys.all());
    world.device.remove_lock_screen();
    for wanted in [biometry(), credential] {
        assert_eq!(protect(&vault, wanted), Err(ErrorCode::InsufficientSecurity));
    }
    world.device.set_lock_screen();
    assert_eq!(
        protect(&vault, biometry()),
        Err(ErrorCode::InsufficientSecurity),
        "no finger"
    );
    world.device.fail(
        GateOperation::Create,
        GateEffect::Fail(KeyErrorKind::Unavailable),
        8,
    );
    assert_eq!(protect(&vault, credential), Err(ErrorCode::Unavailable));
    assert_eq!((world.snapshot(), world.keys.all()), before);
    assert!(world.device.shown().is_empty());
    protect(&vault, credential).unwrap();
    assert_whole(&world);
}

use std::time::Duration;

use strongroom_core::policy::{GateMode, OnEnrolmentChange, OnKeyLoss, UserAuthentication};
use strongroom_core::ports::{KeyErrorKind, RefusalReason};
use strongroom_core::{ErrorCode, Event, ResetReason, Vault};
use strongroom_testkit::{GateEffect, GateOperation, Reply, World, get, set};

use super::{assert_whole, biometry, policy, protect, unlock, world_with_a_token};

const LATER: Duration = Duration::from_secs(10);

#[test]
fn every_end_of_a_prompt_has_its_code_and_changes_nothing() {
    use RefusalReason as Reason;
    for (reason, code) in [
        (Reason::Cancelled, ErrorCode::AuthCancelled),
        (Reason::Fallback, ErrorCode::AuthCancelled),
        (Reason::System, ErrorCode::AuthCancelled),
        (Reason::TimedOut, ErrorCode::AuthCancelled),
        (Reason::Dismissed, ErrorCode::AuthCancelled),
        (Reason::Failed, ErrorCode::AuthFailed),
        (Reason::Lockout, ErrorCode::BiometryLockout),
        (Reason::LockoutPermanent, ErrorCode::BiometryLockout),
        (Reason::NotEnrolled, ErrorCode::BiometryNotEnrolled),
        (Reason::Unavailable, ErrorCode::BiometryUnavailable),
        (Reason::NoDeviceCredential, ErrorCode::InsufficientSecurity),
        (Reason::NotVisible, ErrorCode::AuthRequired),
    ] {
        let world = world_with_a_token(biometry());
        let before = (world.snapshot(), world.keys.all());
        let vault = world.vault();
        world.device.reply([Reply::Refuse(reason)]);
        assert_eq!(unlock(&vault), Err(code), "{reason:?}");
        assert_eq!(world.device.shown().len(), 1, "nobody is asked again");
        assert_eq!(get(&vault, "token").unwrap_err(), ErrorCode::AuthRequired);
        assert_eq!((world.snapshot(), world.keys.all()), before);
        assert!(world.events.take().is_empty());
        assert_whole(&world);
    }
}

#[test]
fn a_use_that_the_key_store_knows_nothing_of_is_asked_for_once_more() {
    for kind in [
        KeyErrorKind::NotAuthorised,
        KeyErrorKind::Pruned,
        KeyErrorKind::Unavailable,
    ] {
        for (times, expected) in [(1, Ok(())), (2, Err(()))] {
            let world = world_with_a_token(biometry());
            let vault = world.vault();
            world
                .device
                .fail(GateOperation::Finish, GateEffect::Fail(kind), times);
            assert_eq!(unlock(&vault).map_err(|_| ()), expected, "{kind:?} {times}");
            assert_eq!(world.device.shown().len(), 2);
            world.device.heal();
            assert_whole(&world);
        }
    }
    let world = world_with_a_token(biometry());
    world
        .device
        .reply([Reply::SuccessWithoutToken, Reply::SuccessWithoutToken]);
    assert_eq!(unlock(&world.vault()), Err(ErrorCode::AuthFailed));
    assert_whole(&world);
}

#[test]
fn a_silent_sensor_and_a_removed_finger_are_no_loss() {
    let world = world_with_a_token(biometry());
    let before = (world.snapshot(), world.keys.all());
    let vault = world.vault();
    for (sensor, code) in [
        (true, ErrorCode::BiometryNotEnrolled),
        (false, ErrorCode::BiometryUnavailable),
    ] {
        world.device.enrol([]);
        world.device.set_sensor(sensor);
        for _ in 0..3 {
            assert_eq!(unlock(&vault), Err(code));
            world.clock.elapse(LATER);
        }
    }
    assert!(world.device.shown().is_empty());
    assert_eq!((world.snapshot(), world.keys.all()), before);
    world.device.set_sensor(true);
    world.device.enrol([1]);
    assert_whole(&world);
}

#[test]
fn a_changed_enrolment_is_believed_in_a_later_call_and_its_return_is_no_loss() {
    for on_key_loss in [OnKeyLoss::Error, OnKeyLoss::Quarantine] {
        let world = world_with_a_token(biometry());
        let before = (world.snapshot(), world.keys.all());
        let mut config = world.config();
        config.on_key_loss = on_key_loss;
        let vault = world.vault_with(config);
        world.device.enrol([1, 2]);
        assert_eq!(
            unlock(&vault),
            Err(ErrorCode::BiometryUnavailable),
            "the first sign"
        );
        assert_eq!(unlock(&vault), Err(ErrorCode::BiometryUnavailable), "too soon");
        world.clock.elapse(LATER);
        world.device.enrol([1]);
        unlock(&vault).unwrap();
        vault.lock(strongroom_core::LockTrigger::Manual);
        world.device.enrol([2]);
        assert_eq!(
            unlock(&vault),
            Err(ErrorCode::BiometryUnavailable),
            "a sign of its own"
        );
        world.clock.elapse(LATER);
        world.events.take();
        assert_eq!(unlock(&vault), Err(ErrorCode::KeyInvalidated));
        assert_eq!(world.keys.all(), before.1, "no verdict destroys the gate");
        if on_key_loss == OnKeyLoss::Error {
            assert_eq!(world.snapshot(), before.0);
            assert_eq!(get(&vault, "token").unwrap_err(), ErrorCode::KeyInvalidated);
            world.device.enrol([1]);
            unlock(&vault).unwrap();
            assert_eq!(
                get(&vault, "token").unwrap(),
                "value",
                "even a verdict can be wrong"
            );
        } else {
            assert_eq!(world.snapshot()[0].1, before.0[0].1, "byte for byte");
            let events = world.events.take();
            assert!(
                matches!(&events[..], [Event::StoreReset(reset)] if reset.reason == ResetReason::KeyInvalidated),
                "{events:?}"
            );
            world.device.enrol([1]);
            recover_into_a_protected_store(&world);
        }
    }
}

/// What was protected goes only into a store that asks in the same way.
fn recover_into_a_protected_store(world: &World) {
    let vault = world.vault();
    let plain = set(&vault, "other", "1").unwrap_err();
    assert_eq!(plain.code(), ErrorCode::AuthRequired, "it has no plain successor");
    let recovery = vault.recover().unwrap();
    assert_eq!(
        (recovery.recovered, recovery.remaining),
        (0, 1),
        "no plain store gets anything"
    );
    let weaker = policy(
        UserAuthentication::Biometry,
        Some(OnEnrolmentChange::Keep),
        GateMode::Session,
    );
    protect(&vault, weaker).unwrap();
    assert_eq!(vault.recover().unwrap().recovered, 0);
    protect(&vault, biometry()).unwrap();
    world.device.shown();
    let recovery = vault.recover().unwrap();
    assert_eq!((recovery.recovered, recovery.remaining), (1, 0));
    assert_eq!(world.device.shown().len(), 1);
    assert_eq!(get(&vault, "token").unwrap(), "value");
    assert_eq!(world.keys.all().len(), 1);
}

#[test]
fn a_gate_that_gives_another_answer_twice_does_not_fit() {
    let world = world_with_a_token(biometry());
    let mut config = world.config();
    config.on_key_loss = OnKeyLoss::Error;
    let vault = world.vault_with(config);
    world
        .device
        .fail(GateOperation::Finish, GateEffect::OtherAnswer, 1);
    assert_eq!(unlock(&vault), Err(ErrorCode::Unavailable));
    assert_eq!(world.device.shown().len(), 1, "nobody is asked again for that");
    unlock(&vault).unwrap();
    vault.lock(strongroom_core::LockTrigger::Manual);
    world
        .device
        .fail(GateOperation::Finish, GateEffect::RandomAnswer, 3);
    for _ in 0..3 {
        assert_eq!(
            unlock(&vault),
            Err(ErrorCode::Unavailable),
            "answers that keep changing"
        );
        world.clock.elapse(LATER);
    }
    world
        .device
        .fail(GateOperation::Finish, GateEffect::OtherAnswer, 2);
    assert_eq!(unlock(&vault), Err(ErrorCode::Unavailable));
    world.clock.elapse(LATER);
    assert_eq!(unlock(&vault), Err(ErrorCode::KeyMismatch));
    assert_whole(&world);
}

#[test]
fn a_removed_lock_screen_takes_the_gate_with_it() {
    for wanted in [
        biometry(),
        policy(UserAuthentication::DeviceCredential, None, GateMode::Session),
    ] {
        let world = world_with_a_token(wanted);
        let open = world.vault();
        unlock(&open).unwrap();
        world.device.remove_lock_screen();
        assert_eq!(
            get(&open, "token").unwrap(),
            "value",
            "a session stays until it is locked"
        );
        let before = world.snapshot();
        let mut config = world.config();
        config.on_key_loss = OnKeyLoss::Error;
        let vault = world.vault_with(config);
        assert_eq!(unlock(&vault), Err(ErrorCode::KeyLost));
        world.device.set_lock_screen();
        assert_eq!(unlock(&vault), Err(ErrorCode::KeyLost));
        assert_eq!(world.snapshot(), before);
        // The session of another process is the last chance: it can still give the items a new gate.
        let credential = policy(UserAuthentication::DeviceCredential, None, GateMode::EveryUse);
        protect(&open, credential).unwrap();
        assert_eq!(get(&open, "token").unwrap(), "value");
    }
}

#[test]
fn another_lock_screen_is_a_lost_gate_and_a_new_finger_is_not_if_it_may_change() {
    let credential = policy(
        UserAuthentication::BiometryOrDeviceCredential,
        None,
        GateMode::Session,
    );
    let kept = policy(
        UserAuthentication::Biometry,
        Some(OnEnrolmentChange::Keep),
        GateMode::Session,
    );
    for wanted in [credential, kept] {
        let world = world_with_a_token(wanted);
        world.device.enrol([7, 8]);
        assert_whole(&world);
        world.device.set_lock_screen();
        let vault = world.vault();
        assert_eq!(unlock(&vault), Err(ErrorCode::BiometryUnavailable));
        world.clock.elapse(LATER);
        assert_eq!(unlock(&vault), Err(ErrorCode::KeyInvalidated));
    }
}

#[test]
fn a_key_store_that_fails_for_a_while_is_asked_again_without_the_user() {
    for kind in [
        KeyErrorKind::Unavailable,
        KeyErrorKind::Absent,
        KeyErrorKind::Invalidated,
    ] {
        let world = world_with_a_token(biometry());
        world.device.fail(GateOperation::Begin, GateEffect::Fail(kind), 6);
        unlock(&world.vault()).unwrap();
        assert_eq!(world.device.shown().len(), 1, "{kind:?}");
    }
    for (kind, code) in [
        (KeyErrorKind::Locked, ErrorCode::Locked),
        (KeyErrorKind::Timeout, ErrorCode::Unavailable),
        (KeyErrorKind::NotInitialised, ErrorCode::NotInitialised),
    ] {
        let world = world_with_a_token(biometry());
        world.device.fail(GateOperation::Begin, GateEffect::Fail(kind), 1);
        assert_eq!(unlock(&world.vault()), Err(code));
        assert!(world.device.shown().is_empty());
        assert_whole(&world);
    }
}

#[test]
fn a_changed_policy_in_the_header_opens_nothing() {
    let world = world_with_a_token(biometry());
    let bytes = world.bytes();
    let at = bytes.windows(4).position(|bytes| bytes == [1, 1, 1, 1]).unwrap();
    let mut forged = bytes.clone();
    forged[at + 2] = 2;
    let length = usize::from(u16::from_le_bytes([forged[10], forged[11]]));
    let digest = <sha2::Sha256 as sha2::Digest>::digest(&forged[..length - 32]);
    forged[length - 32..length].copy_from_slice(&digest);
    std::fs::write(world.vault_path(), &forged).unwrap();
    let mut config = world.config();
    config.on_key_loss = OnKeyLoss::Error;
    let vault = world.vault_with(config);
    assert_eq!(unlock(&vault), Err(ErrorCode::Unavailable));
    world.clock.elapse(LATER);
    assert_eq!(unlock(&vault), Err(ErrorCode::KeyMismatch));
    std::fs::write(world.vault_path(), &bytes).unwrap();
    assert_whole(&world);
}

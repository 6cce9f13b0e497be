use std::sync::Arc;
use std::time::Duration;

use strongroom_core::policy::{GateMode, UserAuthentication};
use strongroom_core::ports::{KeyErrorKind, Prompt, RefusalReason};
use strongroom_core::{ErrorCode, Event, Vault};
use strongroom_testkit::{GateEffect, GateOperation, Reply, World, get, set};

use super::{assert_whole, biometry, policy, protect, unlock, world_with_a_token};

const LATER: Duration = Duration::from_secs(10);

fn reseal(bytes: &mut [u8]) {
    let length = usize::from(u16::from_le_bytes([bytes[10], bytes[11]]));
    let digest = <sha2::Sha256 as sha2::Digest>::digest(&bytes[..length - 32]);
    bytes[length - 32..length].copy_from_slice(&digest);
}

fn no_plain_file_holds_items(world: &World) {
    if let Ok(bytes) = std::fs::read(world.vault_path()) {
        assert_eq!(bytes[8], 3, "the store is a plain one now");
    }
}

#[test]
fn unlock_does_not_resolve_for_a_file_that_it_puts_in_quarantine() {
    let world = world_with_a_token(biometry());
    let mut bytes = world.bytes();
    bytes[44] ^= 2; // the generation: the session key does not authenticate it
    reseal(&mut bytes);
    std::fs::write(world.vault_path(), &bytes).unwrap();
    let vault = world.vault();
    let unlocked = unlock(&vault);
    let written = set(&vault, "token", "2").map_err(|error| error.code());
    assert!(
        unlocked.is_err(),
        "unlock(): {unlocked:?}, then set(): {written:?}, events {:?}, version {}",
        world.events.take(),
        world.bytes()[8]
    );
}

#[test]
fn unlock_does_not_resolve_if_another_process_set_the_store_aside_meanwhile() {
    let world = world_with_a_token(biometry());
    let (vault, other) = (world.vault(), world.vault());
    world
        .device
        .reply([Reply::Meanwhile(Box::new(move || other.reset().unwrap()))]);
    let unlocked = unlock(&vault);
    let written = set(&vault, "token", "2").map_err(|error| error.code());
    assert!(
        unlocked.is_err(),
        "unlock(): {unlocked:?}, then set(): {written:?}, version {}",
        world.bytes()[8]
    );
}

#[test]
fn protect_does_not_resolve_for_a_store_that_is_not_protected() {
    let world = World::new();
    let vault = world.vault();
    set(&vault, "token", "value").unwrap();
    let other = world.vault();
    world
        .device
        .reply([Reply::Meanwhile(Box::new(move || other.reset().unwrap()))]);
    let protected = protect(&vault, biometry());
    let written = set(&vault, "token", "2").map_err(|error| error.code());
    assert!(
        protected.is_err() || world.bytes()[8] == 3,
        "protect(): {protected:?}, then set(): {written:?}, version {}",
        world.bytes()[8]
    );
}

#[test]
fn recover_moves_no_protected_item_into_a_plain_store() {
    let world = world_with_a_token(biometry());
    world.vault().reset().unwrap();
    let vault = world.vault();
    protect(&vault, biometry()).unwrap();
    let other = world.vault();
    world
        .device
        .reply([Reply::Meanwhile(Box::new(move || other.reset().unwrap()))]);
    let recovery = vault.recover();
    drop(vault);
    let found = get(&world.vault(), "token");
    assert!(
        found.is_err(),
        "recover(): {recovery:?}; a new process reads {found:?} without a prompt, version {}",
        world.bytes()[8]
    );
}

#[test]
fn what_the_key_store_says_after_the_prompt_is_never_a_verdict() {
    let world = world_with_a_token(biometry());
    let vault = world.vault();
    let invalidated = GateEffect::Fail(KeyErrorKind::Invalidated);
    for _ in 0..2 {
        world.device.fail(GateOperation::Finish, invalidated, 2);
        let code = unlock(&vault).unwrap_err();
        assert!(
            matches!(
                code,
                ErrorCode::Unavailable | ErrorCode::AuthFailed | ErrorCode::BiometryUnavailable
            ),
            "{code:?}: {:?}",
            world.events.take()
        );
        world.device.heal();
        world.clock.elapse(LATER);
    }
    assert_whole(&world);
}

#[test]
fn a_gate_that_was_seen_valid_since_is_not_condemned_by_an_old_sign() {
    let world = world_with_a_token(biometry());
    let vault = world.vault();
    world.device.enrol([2]); // A sensor names other enrolments for a moment.
    assert_eq!(unlock(&vault), Err(ErrorCode::BiometryUnavailable));
    world.device.enrol([1]);
    world.clock.elapse(LATER);
    world.device.reply([Reply::Refuse(RefusalReason::Cancelled)]);
    assert_eq!(
        unlock(&vault),
        Err(ErrorCode::AuthCancelled),
        "the gate is valid: the user was asked"
    );
    world.clock.elapse(Duration::from_secs(86_400));
    world.device.enrol([2]);
    assert_eq!(
        unlock(&vault),
        Err(ErrorCode::BiometryUnavailable),
        "a sign of its own"
    );
    world.device.enrol([1]);
    assert_whole(&world);
}

#[test]
fn a_session_does_not_go_on_in_a_plain_store() {
    let world = world_with_a_token(biometry());
    let vault = world.vault();
    unlock(&vault).unwrap();
    world.vault().reset().unwrap();
    let written = set(&vault, "token", "2").map_err(|error| error.code());
    assert!(
        written.is_err(),
        "set() in a session: {written:?}, version {}",
        world.bytes()[8]
    );
}

#[test]
fn one_changed_byte_does_not_make_a_locked_store_accept_plain_items() {
    let world = world_with_a_token(biometry());
    let mut bytes = world.bytes();
    bytes[20] ^= 1;
    std::fs::write(world.vault_path(), &bytes).unwrap();
    let vault = world.vault();
    let written = set(&vault, "token", "2").map_err(|error| error.code());
    assert!(
        written.is_err(),
        "set() without a prompt: {written:?}, version {}",
        world.bytes()[8]
    );
}

#[test]
fn a_store_that_asks_at_every_use_can_be_recovered() {
    let each = policy(UserAuthentication::Biometry, None, GateMode::EveryUse);
    let world = world_with_a_token(each);
    world.vault().reset().unwrap();
    let vault = world.vault();
    protect(&vault, each).unwrap();
    let recovery = vault.recover().map_err(|error| error.to_string());
    assert_eq!(recovery.map(|found| found.recovered), Ok(1));
    assert_eq!(get(&vault, "token").unwrap(), "value");
}

#[test]
fn a_new_gate_that_fails_is_no_loss_of_the_store() {
    for kind in [KeyErrorKind::Invalidated, KeyErrorKind::Mismatch] {
        let world = World::new();
        let vault = world.vault();
        set(&vault, "token", "value").unwrap();
        world.device.fail(GateOperation::Begin, GateEffect::Fail(kind), 8);
        let code = protect(&vault, biometry()).unwrap_err();
        assert!(
            !matches!(
                code,
                ErrorCode::KeyLost | ErrorCode::KeyInvalidated | ErrorCode::KeyMismatch
            ),
            "protect() on a good plain store answers {code:?}"
        );
    }
}

#[test]
fn no_changed_byte_of_a_header_opens_the_store_or_takes_an_item() {
    for at in 12..world_with_a_token(biometry()).bytes().len().min(320) - 32 {
        let world = world_with_a_token(biometry());
        let mut bytes = world.bytes();
        let length = usize::from(u16::from_le_bytes([bytes[10], bytes[11]]));
        let alias = 87..87 + usize::from(bytes[86]);
        if at >= length - 32 || alias.contains(&at) {
            continue;
        }
        bytes[at] ^= 1;
        reseal(&mut bytes);
        std::fs::write(world.vault_path(), &bytes).unwrap();
        let mut config = world.config();
        config.on_key_loss = strongroom_core::policy::OnKeyLoss::Error;
        let vault = world.vault_with(config);
        let unlocked = unlock(&vault);
        let (read, written) = (get(&vault, "token"), set(&vault, "token", "2"));
        // The last byte of the fields says only whether older doubts are listed. It is not authenticated.
        let opens = unlocked.is_ok() && read.as_deref() != Ok("value");
        assert!(unlocked.is_err() || opens, "byte {at}: {unlocked:?}");
        assert!(unlocked.is_ok() || read.is_err() && written.is_err(), "byte {at}");
        assert_eq!(world.bytes()[8], 3, "byte {at}");
    }
}

#[test]
fn a_gate_is_not_given_to_a_file_of_another_store_id() {
    let world = World::new();
    set(&world.vault(), "old", "old").unwrap();
    world.vault().reset().unwrap();
    let vault = world.vault();
    set(&vault, "token", "value").unwrap();
    let (files, target) = (world.files(), world.vault_path());
    world.device.reply([
        Reply::Success,
        Reply::Meanwhile(Box::new(move || {
            // The file in quarantine, whose key exists, comes back under the name of the store.
            let lost = std::fs::read_dir(&files)
                .unwrap()
                .map(|entry| entry.unwrap().path())
                .find(|path| path.to_str().unwrap().contains(".lost-"))
                .unwrap();
            std::fs::rename(lost, &target).unwrap();
        })),
    ]);
    let protected = protect(&vault, biometry());
    drop(vault);
    let vault = world.vault();
    let opened = if world.bytes()[8] == 3 {
        unlock(&vault)
    } else {
        Ok(())
    };
    assert_eq!(
        (opened, get(&vault, "old").as_deref()),
        (Ok(()), Ok("old")),
        "protect(): {protected:?}, version {}, keys {:?}",
        world.bytes()[8],
        world.keys.all()
    );
}

#[test]
fn a_wait_for_the_keys_lock_does_not_let_recover_use_an_old_policy() {
    // Another handle ends the protection while recover() shows its first prompt of two.
    let world = world_with_a_token(biometry());
    world.vault().reset().unwrap();
    let vault = Arc::new(world.vault());
    protect(&vault, biometry()).unwrap();
    let same = vault.clone();
    world
        .device
        .reply([Reply::Meanwhile(Box::new(move || same.reset().unwrap()))]);
    let recovery = vault.recover();
    let found = get(&world.vault(), "token");
    assert!(found.is_err(), "recover(): {recovery:?}; {found:?}");
    no_plain_file_holds_items(&world);
}

#[test]
fn protect_of_a_new_store_does_not_resolve_for_a_planted_plain_file() {
    let world = World::new();
    set(&world.vault(), "old", "old").unwrap();
    world.vault().reset().unwrap();
    let vault = world.vault();
    let (files, target) = (world.files(), world.vault_path());
    world.device.reply([Reply::Meanwhile(Box::new(move || {
        let lost = std::fs::read_dir(&files)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .find(|path| path.to_str().unwrap().contains(".lost-"))
            .unwrap();
        std::fs::rename(lost, &target).unwrap();
    }))]);
    let protected = protect(&vault, biometry());
    let written = set(&vault, "token", "2").map_err(|error| error.code());
    assert!(
        protected.is_err() || world.bytes()[8] == 3,
        "protect(): {protected:?}, set {written:?}, keys {:?}",
        world.keys.all()
    );
}

#[test]
fn a_weak_gate_is_replaced_by_rotate_keys() {
    use strongroom_core::policy::SecurityLevel;
    let world = World::new();
    world.keys.set_level(SecurityLevel::Software);
    let vault = world.vault();
    protect(&vault, biometry()).unwrap();
    set(&vault, "token", "value").unwrap();
    world.keys.set_level(SecurityLevel::StrongBox);
    let mut config = world.config();
    config.key_policy.min_level = Some(SecurityLevel::TrustedEnvironment);
    let vault = world.vault_with(config.clone());
    unlock(&vault).unwrap();
    assert_eq!(get(&vault, "token").unwrap_err(), ErrorCode::InsufficientSecurity);
    vault.rotate_keys().unwrap();
    assert_eq!(get(&vault, "token").unwrap(), "value");
    // Does protection end with a strong key?
    let vault = world.vault();
    unlock(&vault).unwrap();
    vault.protect(None, &Prompt::default(), true).unwrap();
    assert_eq!(world.keys.all().len(), 1);
}

#[test]
fn events_tell_of_a_quarantine_in_the_call_that_does_it() {
    let world = world_with_a_token(biometry());
    let mut bytes = world.bytes();
    bytes[44] ^= 2;
    reseal(&mut bytes);
    std::fs::write(world.vault_path(), &bytes).unwrap();
    let vault = world.vault();
    let _ = unlock(&vault);
    let events = world.events.take();
    assert!(
        events.iter().any(|event| matches!(event, Event::StoreReset(_))),
        "{events:?}"
    );
}

#[test]
fn rotate_keys_of_a_damaged_store_does_not_make_an_empty_one_and_resolve() {
    let world = world_with_a_token(biometry());
    let vault = world.vault();
    unlock(&vault).unwrap();
    let mut bytes = world.bytes();
    bytes[44] ^= 2;
    reseal(&mut bytes);
    std::fs::remove_file(world.vault_path()).unwrap();
    std::fs::write(world.vault_path(), &bytes).unwrap();
    let rotated = vault.rotate_keys().map_err(|error| error.code());
    assert!(
        rotated.is_err(),
        "rotate_keys(): {rotated:?}, items {:?}",
        vault.keys()
    );
}

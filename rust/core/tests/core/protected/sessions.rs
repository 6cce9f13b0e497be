use std::sync::Arc;

use strongroom_core::ports::{Prompt, RefusalReason};
use strongroom_core::{ErrorCode, Event, LockTrigger, Vault};
use strongroom_testkit::{Reply, World, get, key, record, set};

use super::{biometry, protect, unlock, world_with_a_token};

#[test]
fn one_prompt_opens_a_session_and_no_call_of_it_asks() {
    let world = World::new();
    let vault = world.vault();
    protect(&vault, biometry()).unwrap();
    assert_eq!(world.device.shown().len(), 1, "a new store");
    for number in 0..300 {
        set(&vault, &format!("key {number}"), &"v".repeat(1000)).unwrap();
    }
    vault.remove_many(&[key("key 1"), key("key 2")]).unwrap();
    vault
        .set_many(&[record("a", "1", None), record("b", "2", None)])
        .unwrap();
    vault.maintain();
    assert_eq!(vault.keys().unwrap().len(), 300);
    let status = vault.status().unwrap();
    assert_eq!(
        (status.gate, status.locked, status.records),
        (Some(biometry()), false, 300)
    );
    assert!(world.device.shown().is_empty());

    let vault = world.vault();
    let status = vault.status().unwrap();
    assert_eq!(
        (status.gate, status.locked, status.records),
        (Some(biometry()), true, 0)
    );
    assert!(!status.fresh && status.file_bytes > 0 && status.security_level.is_some());
    unlock(&vault).unwrap();
    unlock(&vault).unwrap();
    assert_eq!(world.device.shown().len(), 1, "a second unlock asks nobody");
    assert_eq!(get(&vault, "key 299").unwrap(), "v".repeat(1000));
    assert_eq!(get(&vault, "key 1").unwrap_err(), ErrorCode::NotFound);
    assert!(world.device.shown().is_empty());
    assert_eq!(world.device.open_uses(), 0);
}

#[test]
fn a_locked_store_refuses_every_call_that_touches_items_and_asks_nobody() {
    let world = world_with_a_token(biometry());
    let before = world.snapshot();
    let vault = world.vault();
    assert!(vault.is_locked().unwrap());
    let codes = [
        vault.get(&key("token")).err(),
        vault.has(&key("token")).err(),
        vault.keys().err(),
        vault.damaged_keys().err(),
        vault.get_many(&[key("token")]).err(),
        vault.get_or_create(record("new", "1", None)).err(),
        vault.set_many(&[record("token", "2", None)]).err(),
        vault.compare_and_set(&key("token"), None, None).err(),
        vault.remove(&key("token")).err(),
        vault.remove_many(&[key("token")]).err(),
        vault.recover().err(),
        vault.rotate_keys().err(),
        vault.protect(None, &Prompt::default(), true).err(),
    ];
    for (number, error) in codes.into_iter().enumerate() {
        let error = error.unwrap_or_else(|| panic!("call {number} went through"));
        assert_eq!(error.code(), ErrorCode::AuthRequired, "call {number}");
        assert!(error.retryable());
    }
    vault.maintain();
    assert_eq!(world.snapshot(), before);
    assert!(world.device.shown().is_empty());
    assert!(world.events.take().is_empty());
}

#[test]
fn a_locked_store_can_be_locked_cleared_and_reset() {
    let world = world_with_a_token(biometry());
    let vault = world.vault();
    vault.lock(LockTrigger::Manual);
    vault.reset().unwrap();
    assert_eq!(vault.status().unwrap().quarantined, 1);
    assert!(
        !vault.is_locked().unwrap(),
        "a new store is not protected, unless the configuration says so"
    );
    vault.clear().unwrap();
    assert!(world.keys.all().is_empty(), "the gate is gone with its files");
    assert!(world.device.shown().is_empty());
}

#[test]
fn lock_ends_the_session_of_all_calls_and_is_told_once() {
    let world = world_with_a_token(biometry());
    let vault = world.vault();
    unlock(&vault).unwrap();
    assert!(!vault.is_locked().unwrap());
    vault.lock(LockTrigger::Manual);
    vault.lock(LockTrigger::DeviceLocked);
    assert_eq!(get(&vault, "token").unwrap_err(), ErrorCode::AuthRequired);
    let events = world.events.take();
    assert!(
        matches!(
            events.as_slice(),
            [Event::Unlocked, Event::Locked(LockTrigger::Manual)]
        ),
        "{events:?}"
    );
    unlock(&vault).unwrap();
    assert_eq!(get(&vault, "token").unwrap(), "value");
}

#[test]
fn a_lock_while_the_prompt_is_shown_ends_it_and_what_the_user_authorised_counts_no_more() {
    let world = world_with_a_token(biometry());
    let vault = Arc::new(world.vault());
    for late in [false, true] {
        let locking = vault.clone();
        // The lock waits until the thread that asks has let go of what it holds.
        let (sender, done) = std::sync::mpsc::channel();
        let act = move || {
            std::thread::spawn(move || {
                locking.lock(LockTrigger::Manual);
                sender.send(()).unwrap();
            });
        };
        let wait = || std::thread::sleep(std::time::Duration::from_millis(100));
        let replies = [Reply::Meanwhile(Box::new(act)), Reply::Meanwhile(Box::new(wait))];
        world.device.reply(replies);
        if late {
            world.device.reply([Reply::Success]);
        } else {
            world.device.reply([Reply::Silence]);
        }
        assert_eq!(unlock(&vault), Err(ErrorCode::AuthCancelled));
        done.recv().unwrap();
        world.device.heal();
        assert_eq!(get(&*vault, "token").unwrap_err(), ErrorCode::AuthRequired);
        assert_eq!(world.device.open_uses(), 0);
    }
    unlock(&vault).unwrap();
}

#[test]
fn threads_that_unlock_at_once_share_one_prompt_and_its_end() {
    for refused in [false, true] {
        let world = world_with_a_token(biometry());
        let vault = Arc::new(world.vault());
        let (second, done) = (vault.clone(), std::sync::mpsc::channel());
        let sender = done.0;
        let act = move || {
            std::thread::spawn(move || sender.send(unlock(&second)).unwrap());
            std::thread::sleep(std::time::Duration::from_millis(100));
        };
        world.device.reply([Reply::Meanwhile(Box::new(act))]);
        let mut expected = Ok(());
        if refused {
            world.device.reply([Reply::Refuse(RefusalReason::Cancelled)]);
            expected = Err(ErrorCode::AuthCancelled);
        }
        assert_eq!(unlock(&vault), expected);
        assert_eq!(done.1.recv().unwrap(), expected);
        assert_eq!(world.device.shown().len(), 1);
    }
}

#[test]
fn two_processes_have_sessions_of_their_own_and_see_each_other_s_writes() {
    let world = world_with_a_token(biometry());
    let (one, other) = (world.vault(), world.vault());
    unlock(&one).unwrap();
    assert_eq!(get(&other, "token").unwrap_err(), ErrorCode::AuthRequired);
    unlock(&other).unwrap();
    set(&one, "shared", "1").unwrap();
    assert_eq!(get(&other, "shared").unwrap(), "1");
    // A new data key, under the same gate.
    for _ in 0..200 {
        set(&one, "shared", &"v".repeat(2000)).unwrap();
    }
    one.maintain();
    assert_eq!(get(&other, "shared").unwrap().len(), 2000);
    one.lock(LockTrigger::Manual);
    assert_eq!(get(&other, "token").unwrap(), "value");
    assert_eq!(world.device.shown().len(), 2);
}

#[test]
fn what_is_not_protected_cannot_be_unlocked() {
    let world = World::new();
    let vault = world.vault();
    assert_eq!(unlock(&vault), Err(ErrorCode::InvalidArgument), "absent");
    set(&vault, "token", "value").unwrap();
    assert_eq!(unlock(&vault), Err(ErrorCode::InvalidArgument), "plain");
    vault.lock(LockTrigger::Manual);
    assert_eq!(get(&vault, "token").unwrap(), "value");
    assert!(!vault.is_locked().unwrap());
    assert!(world.events.take().is_empty());
}

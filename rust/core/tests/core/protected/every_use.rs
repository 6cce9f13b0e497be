use strongroom_core::policy::{GateMode, GatePolicy, UserAuthentication};
use strongroom_core::ports::{Prompt, RefusalReason};
use strongroom_core::{ErrorCode, Vault};
use strongroom_testkit::{Reply, get, key, record, set};

use super::{policy, protect, unlock, world_with_a_token};

fn every_use() -> GatePolicy {
    policy(UserAuthentication::Biometry, None, GateMode::EveryUse)
}

#[test]
fn each_call_asks_once_and_a_batch_is_one_call() {
    let world = world_with_a_token(every_use());
    let vault = world.vault();
    let mut calls = 0;
    let mut asked = |what: &str| {
        calls += 1;
        assert_eq!(world.device.shown().len(), 1, "{what}, call {calls}");
        assert_eq!(world.device.open_uses(), 0);
    };
    assert_eq!(get(&vault, "token").unwrap(), "value");
    asked("get");
    set(&vault, "token", "new").unwrap();
    asked("set");
    vault
        .set_many(&[record("a", "1", None), record("b", "2", None)])
        .unwrap();
    asked("setMany");
    vault.get_many(&[key("a"), key("b"), key("token")]).unwrap();
    asked("getMany");
    vault.remove(&key("a")).unwrap();
    asked("remove");
    assert!(!vault.has(&key("a")).unwrap());
    asked("has");
    assert_eq!(vault.keys().unwrap().len(), 2);
    asked("keys");
    vault.get_or_create(record("c", "3", None)).unwrap();
    asked("getOrCreate");
    let status = vault.status().unwrap();
    assert!(status.locked && vault.is_locked().unwrap());
    vault.maintain();
    assert!(world.device.shown().is_empty());
}

#[test]
fn it_stays_closed_between_calls_and_cannot_be_unlocked() {
    let world = world_with_a_token(every_use());
    let vault = world.vault();
    assert_eq!(unlock(&vault), Err(ErrorCode::InvalidArgument));
    get(&vault, "token").unwrap();
    world.device.reply([Reply::Refuse(RefusalReason::Cancelled)]);
    assert_eq!(get(&vault, "token").unwrap_err(), ErrorCode::AuthCancelled);
    world.device.reply([Reply::Refuse(RefusalReason::Cancelled)]);
    assert_eq!(
        set(&vault, "token", "other").unwrap_err().code(),
        ErrorCode::AuthCancelled
    );
    assert_eq!(get(&vault, "token").unwrap(), "value");
    assert!(vault.settled());
}

#[test]
fn what_a_call_removes_is_erased_in_that_call() {
    let world = world_with_a_token(every_use());
    let vault = world.vault();
    let before = world.bytes();
    set(&vault, "gone", &"v".repeat(500)).unwrap();
    vault.remove(&key("gone")).unwrap();
    let after = world.bytes();
    assert!(!after.starts_with(&before), "the file was written anew");
    assert_eq!(after.len(), before.len());
    assert_eq!(get(&vault, "token").unwrap(), "value");
}

#[test]
fn a_session_of_every_use_is_left_by_a_policy_for_sessions_with_both_gates() {
    let world = world_with_a_token(every_use());
    let vault = world.vault();
    let session = policy(UserAuthentication::Biometry, None, GateMode::Session);
    protect(&vault, session).unwrap();
    assert_eq!(world.device.shown().len(), 2, "the old gate, and the new one");
    assert_eq!(get(&vault, "token").unwrap(), "value");
    protect(&vault, every_use()).unwrap();
    assert_eq!(world.device.shown().len(), 1);
    assert_eq!(get(&vault, "token").unwrap(), "value");
    assert_eq!(world.device.shown().len(), 1, "it is closed again");
    vault.rotate_keys().unwrap();
    assert_eq!(world.device.shown().len(), 2);
    vault.protect(None, &Prompt::default(), true).unwrap();
    assert_eq!(world.device.shown().len(), 1);
    assert_eq!(get(&world.vault(), "token").unwrap(), "value");
    assert!(world.device.shown().is_empty());
}

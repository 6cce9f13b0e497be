use super::*;
use crate::protected::{biometry, policy, protect, unlock, world_with_a_token};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;
use strongroom_core::policy::{GateMode, UserAuthentication};
use strongroom_core::ports::{FileSystem, LockKind};
use strongroom_core::ports::{KeyErrorKind, Prompt};
use strongroom_core::{LockTrigger, StoreName, Upkeep, Vault};
use strongroom_testkit::{KeyOperation, Reply, World, key, set};

/// I: `rotateKeys()` that waits for `protect` undoes it.
#[test]
fn new_keys_keep_the_policy_that_another_thread_sets() {
    let strict = policy(UserAuthentication::Biometry, None, GateMode::Session);
    let loose = policy(
        UserAuthentication::BiometryOrDeviceCredential,
        None,
        GateMode::Session,
    );
    let world = world_with_a_token(loose);
    let vault = Arc::new(world.vault());
    unlock(&vault).unwrap();
    let (v, (sender, done)) = (vault.clone(), mpsc::channel());
    world.device.reply([Reply::Meanwhile(Box::new(move || {
        thread::spawn(move || sender.send(v.rotate_keys()));
        thread::sleep(SOON);
    }))]);
    protect(&vault, strict).unwrap();
    let rotated = done.recv_timeout(Duration::from_secs(10)).unwrap();
    assert_eq!(
        vault.status().unwrap().gate,
        Some(strict),
        "rotate_keys: {rotated:?}"
    );
}

#[test]
fn new_keys_do_not_protect_again_what_another_thread_opened() {
    // protect(None) shows no prompt: it is held up at the disk.
    let world = world_with_a_token(biometry());
    let vault = Arc::new(world.vault());
    unlock(&vault).unwrap();
    world.device.shown();
    let (v, (sender, done)) = (vault.clone(), mpsc::channel());
    world.fs.interrupt(20, move || {
        thread::spawn(move || sender.send(v.rotate_keys()));
        thread::sleep(SOON);
    });
    vault.protect(None, &Prompt::default(), true).unwrap();
    let rotated = done.recv_timeout(Duration::from_secs(10)).unwrap();
    assert_eq!(
        (vault.status().unwrap().gate, world.device.shown().len()),
        (None, 0),
        "rotate_keys: {rotated:?}"
    );
}

/// J: `unlock` of an open store that waits behind `rotateKeys()`.
#[test]
fn unlock_of_an_open_store_asks_nobody_while_its_gate_changes() {
    for destroyed in [true, false] {
        let world = world_with_a_token(biometry());
        let vault = Arc::new(world.vault());
        unlock(&vault).unwrap();
        world.device.shown();
        world.events.take();
        if !destroyed {
            // The old gate stays for a while.
            world
                .keys
                .fail(KeyOperation::Destroy, KeyErrorKind::Unavailable, 100);
        }
        let (v, (sender, done)) = (vault.clone(), mpsc::channel());
        world.device.reply([Reply::Meanwhile(Box::new(move || {
            thread::spawn(move || sender.send(unlock(&v)));
            thread::sleep(SOON);
        }))]);
        vault.rotate_keys().unwrap();
        let result = done.recv_timeout(Duration::from_secs(10)).unwrap();
        let prompts = world.device.shown().len();
        assert_eq!(
            (
                result,
                prompts,
                vault.is_locked().unwrap(),
                world.events.take().len()
            ),
            (Ok(()), 1, false, 0),
            "old gate destroyed: {destroyed} (unlock, prompts, locked, events)"
        );
    }
}

/// M
#[test]
fn a_store_that_asks_at_every_use_can_be_recovered() {
    let world = world_with_a_token(every_use());
    let vault = world.vault();
    vault.reset().unwrap();
    protect(&vault, every_use()).unwrap();
    let recovery = vault.recover().map_err(|error| error.code());
    assert_eq!(recovery.map(|recovery| recovery.recovered), Ok(1));
}

/// N
#[test]
fn what_a_call_of_every_use_removes_is_erased_although_another_holds_the_keys_lock() {
    let world = world_with_a_token(every_use());
    let vault = Arc::new(world.vault());
    set(&*vault, "gone", &"v".repeat(500)).unwrap();
    let before = world.bytes();
    // Another process holds the keys lock for a moment.
    let path = world.files().join("default+keys.lock");
    let fs = strongroom_core::ports::OsFileSystem::default();
    let held = fs
        .lock(&path, LockKind::Exclusive, Duration::ZERO)
        .unwrap()
        .unwrap();
    let release = thread::spawn(move || {
        thread::sleep(SOON);
        drop(held);
    });
    vault.remove(&key("gone")).unwrap();
    release.join().unwrap();
    let after = world.bytes();
    assert!(
        !after.starts_with(&before),
        "the removed bytes are still in the file"
    );
}

/// O: regression of plain stores.
#[test]
fn new_keys_of_a_plain_store_with_a_damaged_header_put_it_in_quarantine() {
    let world = World::new();
    let vault = world.vault();
    set(&vault, "token", "value").unwrap();
    let mut bytes = world.bytes();
    bytes[20] ^= 1;
    std::fs::write(world.vault_path(), &bytes).unwrap();
    let vault = world.vault();
    let rotated = vault.rotate_keys().map_err(|error| error.code());
    assert_eq!(rotated, Ok(()));
    assert_eq!(vault.status().unwrap().quarantined, 1);
}

/// P: removal, then lock.
#[test]
fn what_was_removed_before_lock_is_erased_at_last_after_unlock() {
    #[derive(Default)]
    struct Wanted(Mutex<Vec<Duration>>);
    impl Upkeep for Wanted {
        fn wanted(&self, _: &StoreName, after: Duration) {
            self.0.lock().unwrap().push(after);
        }
    }
    let world = world_with_a_token(biometry());
    let wanted = Arc::new(Wanted::default());
    let mut config = world.config();
    config.limits.erase_after = Duration::from_secs(2);
    let vault = world.vault_with(config).with_upkeep(wanted.clone());
    unlock(&vault).unwrap();
    set(&vault, "gone", &"v".repeat(500)).unwrap();
    let before = world.bytes();
    vault.remove(&key("gone")).unwrap();
    vault.lock(LockTrigger::Manual);
    world.clock.elapse(Duration::from_secs(2));
    vault.maintain();
    let after_lock = !world.bytes().starts_with(&before);
    wanted.0.lock().unwrap().clear();
    unlock(&vault).unwrap();
    let asked = wanted.0.lock().unwrap().clone();
    assert!(
        after_lock || !asked.is_empty(),
        "not erased at lock, and unlock requests no upkeep: {asked:?}"
    );
}

/// W: the time of a prompt counts as that of `recover`.
#[test]
fn a_slow_user_does_not_use_up_the_time_of_a_recovery() {
    let world = World::new();
    let vault = world.vault();
    set(&vault, "plain", "value").unwrap();
    vault.reset().unwrap();
    world.clock.set(strongroom_testkit::NOW_MS + 1000);
    protect(&vault, biometry()).unwrap();
    set(&vault, "token", "value").unwrap();
    vault.reset().unwrap();
    protect(&vault, biometry()).unwrap();
    let clock = world.clock.clone();
    world.device.reply([Reply::Meanwhile(Box::new(move || {
        clock.elapse(Duration::from_secs(60));
    }))]);
    let recovery = vault.recover().unwrap();
    assert_eq!((recovery.recovered, recovery.remaining), (2, 0));
}

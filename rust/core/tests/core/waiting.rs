//! Who waits for whom, and for how long.

use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use strongroom_core::policy::{KeyPolicy, SecurityLevel};
use strongroom_core::ports::{
    Clock, DataKey, FileSystem, KeyError, KeyErrorKind, KeyWrapper, LockKind, OsFileSystem,
};
use strongroom_core::{Edges, ErrorCode, SealedVault, StoreName, Vault};
use strongroom_testkit::{KeyOperation, ManualClock, NOW_MS, World, get, key, set};

use crate::hooked::HookedKeys;

/// Long enough for a call that waits for nobody.
const AT_ONCE: Duration = Duration::from_secs(20);

fn hooked(world: &World) -> (Arc<HookedKeys>, Arc<SealedVault>) {
    let keys = Arc::new(HookedKeys::over(&world.keys));
    let edges = Edges {
        keys: keys.clone(),
        ..world.edges()
    };
    (
        keys,
        Arc::new(SealedVault::new(edges, world.config(), StoreName::default())),
    )
}

/// Uses an open store on a thread of its own, and fails if that has to wait.
fn use_at_once(vault: &Arc<SealedVault>, name: &str) {
    let (done, is_done) = mpsc::channel();
    let (vault, name) = (vault.clone(), name.to_owned());
    thread::spawn(move || {
        assert_eq!(get(&*vault, "token").unwrap(), "value");
        set(&*vault, &name, "1").unwrap();
        assert!(vault.has(&key(&name)).unwrap());
        done.send(()).unwrap();
    });
    assert!(
        is_done.recv_timeout(AT_ONCE).is_ok(),
        "a call on an open store waited for the key store"
    );
}

#[test]
fn nobody_who_has_a_store_open_waits_for_the_key_store() {
    for operation in [
        KeyOperation::Aliases,
        KeyOperation::Create,
        KeyOperation::Wrap,
        KeyOperation::Destroy,
    ] {
        let world = World::new();
        let other = Arc::new(world.vault());
        set(&*other, "token", "value").unwrap();
        let (keys, same) = hooked(&world);
        assert_eq!(get(&*same, "token").unwrap(), "value");
        let (of_the_same, of_another) = (same.clone(), other.clone());
        keys.before(operation, move || {
            use_at_once(&of_another, "another handle");
            use_at_once(&of_the_same, "the same handle");
        });
        same.rotate_keys().unwrap();
        assert!(keys.ran(), "{operation:?} was not asked for");
        for name in ["another handle", "the same handle"] {
            for vault in [&*same, &*other, &world.vault()] {
                assert_eq!(get(vault, name).unwrap(), "1", "{operation:?}");
            }
        }
        assert_eq!(world.keys.all().len(), 1, "{operation:?}");
    }
}

#[test]
fn a_process_that_opens_the_store_holds_nobody_up() {
    let world = World::new();
    let other = Arc::new(world.vault());
    set(&*other, "token", "value").unwrap();
    let (keys, slow) = hooked(&world);
    let open = other.clone();
    keys.before(KeyOperation::Unwrap, move || use_at_once(&open, "meanwhile"));
    assert_eq!(
        get(&*slow, "meanwhile").unwrap(),
        "1",
        "what came meanwhile is seen"
    );
    assert!(keys.ran());
}

#[test]
fn a_file_that_is_replaced_while_it_is_opened_is_opened_again() {
    let world = World::new();
    let other = Arc::new(world.vault());
    set(&*other, "token", "value").unwrap();
    let (keys, slow) = hooked(&world);
    let rotating = other.clone();
    keys.before(KeyOperation::Unwrap, move || {
        rotating.rotate_keys().unwrap();
        set(&*rotating, "token", "newer").unwrap();
    });
    assert_eq!(get(&*slow, "token").unwrap(), "newer");
    assert!(world.events.take().is_empty());
}

#[test]
fn reading_a_store_that_never_was_asks_nobody_and_leaves_nothing() {
    let world = World::new();
    for _ in 0..3 {
        let vault = world.vault();
        assert_eq!(get(&vault, "token").unwrap_err(), ErrorCode::NotFound);
        assert!(vault.keys().unwrap().is_empty());
        assert!(vault.status().unwrap().fresh);
    }
    assert!(world.keys.log().is_empty());
    assert!(!world.files().exists(), "not even a lock file, nor the directory");
}

#[test]
fn a_process_that_stopped_with_a_lock_in_its_hands_makes_others_wait_for_their_time_only() {
    let world = World::new();
    let mut config = world.config();
    config.patience = Duration::from_millis(50);
    let edges = Edges {
        clock: Arc::new(strongroom_core::ports::SystemClock::default()),
        ..world.edges()
    };
    let vault = SealedVault::new(edges, config, StoreName::default());
    set(&vault, "token", "value").unwrap();
    let lock = |name: &str| {
        OsFileSystem::default()
            .lock(&world.files().join(name), LockKind::Exclusive, Duration::ZERO)
            .unwrap()
            .unwrap()
    };
    let stopped = lock("default.lock");
    let started = Instant::now();
    assert_eq!(get(&vault, "token").unwrap_err(), ErrorCode::Unavailable);
    assert_eq!(
        set(&vault, "token", "2").unwrap_err().code(),
        ErrorCode::Unavailable
    );
    assert!(started.elapsed() < AT_ONCE);
    drop(stopped);
    assert_eq!(get(&vault, "token").unwrap(), "value");

    let stopped = lock("default+keys.lock");
    assert_eq!(vault.rotate_keys().unwrap_err().code(), ErrorCode::Unavailable);
    set(&vault, "token", "3").unwrap();
    vault.remove(&key("token")).unwrap();
    drop(stopped);
    vault.rotate_keys().unwrap();
}

#[test]
fn a_lock_on_a_file_that_was_deleted_is_no_lock() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("lock");
    let fs = OsFileSystem::default();
    let first = fs
        .lock(&path, LockKind::Exclusive, Duration::ZERO)
        .unwrap()
        .unwrap();
    let waiting = {
        let path = path.clone();
        thread::spawn(move || {
            OsFileSystem::default()
                .lock(&path, LockKind::Exclusive, Duration::from_secs(2))
                .unwrap()
                .is_some()
        })
    };
    // It waits for the file that is there now.
    thread::sleep(Duration::from_millis(300));
    std::fs::remove_file(&path).unwrap();
    let second = fs
        .lock(&path, LockKind::Exclusive, Duration::ZERO)
        .unwrap()
        .unwrap();
    drop(first);
    assert!(!waiting.join().unwrap(), "two hold the lock");
    drop(second);
}

/// Answers nothing, for as long as it is waited for.
struct Silent(Arc<ManualClock>, KeyErrorKind);

impl Silent {
    fn wait<T>(&self, wait: Duration) -> Result<T, KeyError> {
        self.0.elapse(wait);
        Err(KeyError::new(self.1, "silent"))
    }
}

impl KeyWrapper for Silent {
    fn aliases(&self, _: &str, wait: Duration) -> Result<Vec<String>, KeyError> {
        self.wait(wait)
    }

    fn create(&self, _: &str, _: &KeyPolicy, wait: Duration) -> Result<SecurityLevel, KeyError> {
        self.wait(wait)
    }

    fn wrap(&self, _: &str, _: &[u8; 32], _: &[u8], wait: Duration) -> Result<Vec<u8>, KeyError> {
        self.wait(wait)
    }

    fn unwrap(&self, _: &str, _: &[u8], _: &[u8], wait: Duration) -> Result<DataKey, KeyError> {
        self.wait(wait)
    }

    fn destroy(&self, _: &str, wait: Duration) -> Result<(), KeyError> {
        self.wait(wait)
    }
}

#[test]
fn no_call_takes_longer_than_the_time_of_a_call() {
    let calls: [fn(&SealedVault) -> Option<ErrorCode>; 7] = [
        |vault| get(vault, "token").err(),
        |vault| set(vault, "token", "2").err().map(|error| error.code()),
        |vault| vault.remove(&key("token")).err().map(|error| error.code()),
        |vault| vault.rotate_keys().err().map(|error| error.code()),
        |vault| vault.recover().err().map(|error| error.code()),
        |vault| vault.status().err().map(|error| error.code()),
        |vault| vault.clear().err().map(|error| error.code()),
    ];
    for kind in [
        KeyErrorKind::Timeout,
        KeyErrorKind::Unavailable,
        KeyErrorKind::Absent,
    ] {
        for exists in [true, false] {
            for (number, call) in calls.iter().enumerate() {
                let world = World::new();
                if exists {
                    set(&world.vault(), "token", "1").unwrap();
                }
                let clock = Arc::new(ManualClock::new(NOW_MS));
                let edges = Edges {
                    keys: Arc::new(Silent(clock.clone(), kind)),
                    clock: clock.clone(),
                    ..world.edges()
                };
                let vault = SealedVault::new(edges, world.config(), StoreName::default());
                let code = call(&vault);
                let least = world.config().patience;
                assert!(
                    clock.elapsed() <= least,
                    "call {number}, {kind:?}, {exists}: {:?}",
                    clock.elapsed()
                );
                assert!(
                    code != Some(ErrorCode::KeyLost) && (!exists || code == Some(ErrorCode::Unavailable)),
                    "call {number}, {kind:?}: {code:?}"
                );
            }
        }
    }
}

#[test]
fn threads_that_open_one_store_ask_a_failing_key_store_once() {
    const THREADS: usize = 8;
    let world = World::new();
    set(&world.vault(), "token", "value").unwrap();
    let (keys, vault) = hooked(&world);
    world
        .keys
        .fail(KeyOperation::Unwrap, KeyErrorKind::Unavailable, usize::MAX);
    let threads = Arc::new(Mutex::new(Vec::new()));
    let (others, same) = (threads.clone(), vault.clone());
    keys.before(KeyOperation::Unwrap, move || {
        let (calls, called) = mpsc::channel();
        for _ in 1..THREADS {
            let (vault, calls) = (same.clone(), calls.clone());
            others.lock().unwrap().push(thread::spawn(move || {
                calls.send(()).unwrap();
                get(&*vault, "token")
            }));
        }
        for _ in 1..THREADS {
            called.recv().unwrap();
        }
        // Until each of them waits.
        thread::sleep(Duration::from_millis(500));
    });
    assert_eq!(get(&*vault, "token").unwrap_err(), ErrorCode::Unavailable);
    let asked = || {
        let calls = world.keys.log();
        calls.iter().filter(|call| **call == KeyOperation::Unwrap).count()
    };
    let once = asked();
    for thread in threads.lock().unwrap().drain(..) {
        assert_eq!(thread.join().unwrap().unwrap_err(), ErrorCode::Unavailable);
    }
    // A thread that came late asks for itself.
    assert!(asked() < THREADS / 2 * once, "{once}");
    // It is no verdict on later calls.
    world.keys.heal();
    assert_eq!(get(&*vault, "token").unwrap(), "value");
}

#[test]
fn threads_do_not_wait_for_a_stopped_process_one_after_the_other() {
    const PATIENCE: Duration = Duration::from_secs(1);
    const THREADS: u32 = 12;
    let world = World::new();
    let mut config = world.config();
    config.patience = PATIENCE;
    let edges = Edges {
        clock: Arc::new(strongroom_core::ports::SystemClock::default()),
        ..world.edges()
    };
    let vault = Arc::new(SealedVault::new(edges, config, StoreName::default()));
    set(&*vault, "token", "value").unwrap();
    let stopped = OsFileSystem::default()
        .lock(
            &world.files().join("default.lock"),
            LockKind::Exclusive,
            Duration::ZERO,
        )
        .unwrap()
        .unwrap();
    let threads: Vec<_> = (0..THREADS)
        .map(|number| {
            let vault = vault.clone();
            thread::spawn(move || {
                let started = Instant::now();
                let code = if number % 2 == 0 {
                    get(&*vault, "token").unwrap_err()
                } else {
                    set(&*vault, "token", "2").unwrap_err().code()
                };
                assert_eq!(code, ErrorCode::Unavailable);
                started.elapsed()
            })
        })
        .collect();
    let worst = threads.into_iter().map(|thread| thread.join().unwrap()).max();
    assert!(worst.unwrap() < PATIENCE * THREADS / 2, "{worst:?}");
    drop(stopped);
}

#[test]
fn a_directory_that_is_deleted_under_an_open_store_is_made_again() {
    let world = World::new();
    let vault = world.vault();
    set(&vault, "token", "1").unwrap();
    std::fs::remove_dir_all(world.files()).unwrap();
    assert_eq!(get(&vault, "token").unwrap_err(), ErrorCode::NotFound);
    set(&vault, "token", "2").unwrap();
    assert_eq!(get(&world.vault(), "token").unwrap(), "2");
    std::fs::remove_dir_all(world.files()).unwrap();
    vault.clear().unwrap();
    assert!(world.keys.all().is_empty());
}

use crate::protected::{biometry, policy, protect, unlock, world_with_a_token};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;
use strongroom_core::policy::{GateMode, UserAuthentication};
use strongroom_core::ports::Prompt;
use strongroom_core::{ErrorCode, Event, EventSink, LockTrigger, SealedVault, StoreName, Upkeep, Vault};
use strongroom_testkit::{get, key, record, set};

/// U: a lock at every operation of every call.
#[test]
fn sweep_of_locks() {
    type Op = fn(&SealedVault) -> Result<(), ErrorCode>;
    let ops: [(&str, Op); 6] = [
        ("set", |v| set(v, "other", "1").map_err(|e| e.code())),
        ("rotate", |v| v.rotate_keys().map_err(|e| e.code())),
        ("protect", |v| {
            protect(
                v,
                policy(
                    UserAuthentication::BiometryOrDeviceCredential,
                    None,
                    GateMode::Session,
                ),
            )
        }),
        ("unprotect", |v| {
            v.protect(None, &Prompt::default(), true).map_err(|e| e.code())
        }),
        ("maintain", |v| {
            v.maintain();
            Ok(())
        }),
        ("recover", |v| v.recover().map(drop).map_err(|e| e.code())),
    ];
    let mut bad = Vec::new();
    for (name, op) in ops {
        for skip in 0..80 {
            let world = world_with_a_token(biometry());
            world.fs.skip_syncs();
            let mut config = world.config();
            config.limits.erase_after = Duration::from_secs(2);
            let vault = Arc::new(world.vault_with(config).with_upkeep(Arc::new(Never)));
            unlock(&vault).unwrap();
            set(&*vault, "gone", "1").unwrap();
            vault.remove(&key("gone")).unwrap();
            world.clock.elapse(Duration::from_secs(3));
            let fired = Arc::new(AtomicBool::new(false));
            let ended = Arc::new(AtomicBool::new(false));
            let (v, e, f) = (vault.clone(), ended.clone(), fired.clone());
            world.fs.interrupt(skip, move || {
                f.store(true, Ordering::SeqCst);
                let v2 = v.clone();
                let e2 = e.clone();
                thread::spawn(move || {
                    v2.lock(LockTrigger::Manual);
                    e2.store(true, Ordering::SeqCst);
                });
                thread::sleep(Duration::from_millis(15));
            });
            let (sender, done) = mpsc::channel();
            let v = vault.clone();
            thread::spawn(move || sender.send(op(&v)));
            let Ok(result) = done.recv_timeout(Duration::from_secs(10)) else {
                bad.push((name, skip, "hangs".to_owned()));
                continue;
            };
            if !fired.load(Ordering::SeqCst) {
                break;
            }
            for _ in 0..200 {
                if ended.load(Ordering::SeqCst) {
                    break;
                }
                thread::sleep(Duration::from_millis(10));
            }
            if !ended.load(Ordering::SeqCst) {
                bad.push((name, skip, "lock hangs".to_owned()));
                continue;
            }
            let protected = vault.status().unwrap().gate.is_some();
            if protected && !vault.is_locked().unwrap() {
                bad.push((name, skip, format!("open after lock: {result:?}")));
            }
            if protected && get(&*vault, "token") != Err(ErrorCode::AuthRequired) {
                bad.push((name, skip, format!("reads after lock: {result:?}")));
            }
            let again = world.vault();
            if protected && let Err(code) = unlock(&again) {
                bad.push((name, skip, format!("unlock: {code:?}, {result:?}")));
            }
            if get(&again, "token").as_deref() != Ok("value") {
                bad.push((name, skip, format!("lost: {result:?}")));
            }
            if world.keys.all().len() != 1 {
                bad.push((name, skip, format!("keys: {:?} {result:?}", world.keys.all())));
            }
            if world.device.open_uses() != 0 {
                bad.push((name, skip, "uses".to_owned()));
            }
        }
    }
    assert!(bad.is_empty(), "{bad:#?}");
}

struct Never;
impl Upkeep for Never {
    fn wanted(&self, _: &StoreName, _: Duration) {}
}

/// In every call that raises an event.
#[test]
fn a_listener_may_lock_in_every_call() {
    struct Locks(Mutex<Option<std::sync::Weak<SealedVault>>>, AtomicUsize);
    impl EventSink for Locks {
        fn raise(&self, _: &StoreName, event: Event) {
            if matches!(event, Event::Locked(_)) {
                return;
            }
            self.1.fetch_add(1, Ordering::SeqCst);
            let vault = self.0.lock().unwrap().clone().and_then(|weak| weak.upgrade());
            if let Some(vault) = vault {
                // On this thread, and on another one.
                vault.lock(LockTrigger::Manual);
                let other = vault.clone();
                thread::spawn(move || other.lock(LockTrigger::Manual))
                    .join()
                    .unwrap();
            }
        }
    }
    type Op = fn(&SealedVault) -> Result<(), ErrorCode>;
    let ops: [(&str, Op); 7] = [
        ("get", |v| get(v, "token").map(drop)),
        ("set", |v| set(v, "other", "1").map_err(|e| e.code())),
        ("rotate", |v| v.rotate_keys().map_err(|e| e.code())),
        ("protect", |v| {
            protect(
                v,
                policy(
                    UserAuthentication::BiometryOrDeviceCredential,
                    None,
                    GateMode::Session,
                ),
            )
        }),
        ("unprotect", |v| {
            v.protect(None, &Prompt::default(), true).map_err(|e| e.code())
        }),
        ("recover", |v| v.recover().map(drop).map_err(|e| e.code())),
        ("reset", |v| v.reset().map_err(|e| e.code())),
    ];
    for mode in [GateMode::Session, GateMode::EveryUse] {
        for (name, op) in ops {
            let world = world_with_a_token(policy(UserAuthentication::Biometry, None, mode));
            let sink = Arc::new(Locks(Mutex::default(), AtomicUsize::new(0)));
            let mut edges = world.edges();
            edges.events = sink.clone();
            let vault = Arc::new(
                SealedVault::new(edges, world.config(), StoreName::default())
                    .with_asking(world.device.asking()),
            );
            if mode == GateMode::Session {
                unlock(&vault).unwrap();
            }
            vault
                .set_many(&[record("short", "1", Some(strongroom_core::Expiry::After(1)))])
                .unwrap();
            world.clock.set(strongroom_testkit::NOW_MS + 10);
            *sink.0.lock().unwrap() = Some(Arc::downgrade(&vault));
            let (sender, done) = mpsc::channel();
            let v = vault.clone();
            thread::spawn(move || sender.send(op(&v)));
            let result = done.recv_timeout(Duration::from_secs(10));
            assert!(result.is_ok(), "{name} hangs");
        }
    }
}

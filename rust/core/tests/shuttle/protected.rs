//! A store that asks its user, and threads that lock it.

use super::*;
use std::sync::Mutex as StdMutex;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use strongroom_core::policy::{GateMode, GatePolicy, UserAuthentication};
use strongroom_core::ports::{AskRequest, Device, Prompt, Proof, Refusal, RefusalReason, Ticket, User};
use strongroom_core::{Asking, ErrorCode, LockTrigger};
use strongroom_testkit::{RecordedEvents, ScriptedDevice};

/// A user who takes a moment.
struct Slow {
    device: Arc<ScriptedDevice>,
    dismissed: StdMutex<Vec<Ticket>>,
}

impl User for Slow {
    fn ask(&self, request: &AskRequest<'_>) -> Result<Proof, Refusal> {
        for _ in 0..3 {
            if self.dismissed.lock().unwrap().contains(&request.ticket) {
                return Err(Refusal::new(RefusalReason::Dismissed, "test"));
            }
            thread::yield_now();
        }
        self.device.ask(request)
    }
    fn dismiss(&self, ticket: Ticket) {
        self.dismissed.lock().unwrap().push(ticket);
    }
    fn device(&self) -> Device {
        self.device.device()
    }
}

fn policy(mode: GateMode) -> GatePolicy {
    GatePolicy::new(UserAuthentication::Biometry, None, mode).unwrap()
}

struct Bench {
    disk: Disk,
    device: Arc<ScriptedDevice>,
    events: Arc<RecordedEvents>,
    user: Arc<Slow>,
}

impl Bench {
    fn new(mode: GateMode) -> Self {
        let disk = Disk::default();
        let device = Arc::new(ScriptedDevice::new(disk.keys.clone(), disk.clock.clone()));
        let user = Arc::new(Slow {
            device: device.clone(),
            dismissed: StdMutex::default(),
        });
        let bench = Self {
            disk,
            device,
            events: Arc::default(),
            user,
        };
        let vault = bench.open();
        vault
            .protect(Some(policy(mode)), &Prompt::default(), true)
            .unwrap();
        set(&*vault, "token", None);
        drop(vault);
        bench.events.take();
        bench.device.shown();
        bench
    }
    fn open(&self) -> Arc<SealedVault> {
        let asking = Asking {
            gates: self.device.clone(),
            user: self.user.clone(),
        };
        Arc::new(
            self.disk
                .open_with("store", self.events.clone())
                .with_asking(asking),
        )
    }
    fn check_events(&self, vault: &SealedVault) {
        let events = self.events.take();
        let open = !vault.is_locked().unwrap();
        match events.last() {
            Some(Event::Unlocked) => assert!(open, "{events:?}"),
            Some(Event::Locked(_)) => assert!(!open, "{events:?}"),
            _ => {}
        }
    }
}

/// Comes at any time.
fn delay() {
    for _ in 0..shuttle::rand::thread_rng().next_u64() % 80 {
        thread::yield_now();
    }
}

fn read(vault: &SealedVault) -> Result<(), ErrorCode> {
    vault.get(&key("token")).map(drop).map_err(|error| error.code())
}
fn unlock(vault: &SealedVault) -> Result<(), ErrorCode> {
    vault.unlock(&Prompt::default()).map_err(|error| error.code())
}

#[test]
fn nothing_is_read_after_a_lock() {
    explore(scaled(60, 12_000), || {
        let bench = Bench::new(GateMode::Session);
        let vault = bench.open();
        unlock(&vault).unwrap();
        let ended = Arc::new(AtomicBool::new(false));
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let (vault, ended) = (vault.clone(), ended.clone());
                thread::spawn(move || {
                    for _ in 0..2 {
                        let after = ended.load(Ordering::SeqCst);
                        match read(&vault) {
                            Ok(()) => assert!(!after),
                            Err(code) => assert_eq!(code, ErrorCode::AuthRequired),
                        }
                    }
                })
            })
            .collect();
        let locking = vault.clone();
        thread::spawn(move || {
            delay();
            locking.lock(LockTrigger::Manual);
            ended.store(true, Ordering::SeqCst);
        })
        .join()
        .unwrap();
        for thread in threads {
            thread.join().unwrap();
        }
        bench.check_events(&vault);
    });
}

#[test]
fn threads_that_unlock_at_once_ask_once() {
    explore(scaled(60, 12_000), || {
        let bench = Bench::new(GateMode::Session);
        let vault = bench.open();
        let threads: Vec<_> = (0..3)
            .map(|_| {
                let vault = vault.clone();
                thread::spawn(move || unlock(&vault).unwrap())
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(bench.device.shown().len(), 1);
        assert_eq!(bench.events.take().len(), 1);
        read(&vault).unwrap();
    });
}

#[test]
fn a_lock_leaves_no_prompt_behind() {
    explore(scaled(100, 20_000), || {
        let bench = Bench::new(GateMode::Session);
        let vault = bench.open();
        let other = vault.clone();
        let one = thread::spawn(move || unlock(&other));
        delay();
        vault.lock(LockTrigger::Manual);
        let result = one.join().unwrap();
        assert!(bench.device.shown().len() <= 1, "{result:?}");
        assert_eq!(bench.device.open_uses(), 0);
    });
}

#[test]
fn the_last_event_says_whether_the_store_is_open() {
    explore(scaled(100, 20_000), || {
        let bench = Bench::new(GateMode::Session);
        let vault = bench.open();
        let other = vault.clone();
        let one = thread::spawn(move || unlock(&other));
        delay();
        vault.lock(LockTrigger::Manual);
        let _ = one.join().unwrap();
        bench.check_events(&vault);
    });
}

#[test]
fn a_lock_waits_for_new_keys_upkeep_and_writes() {
    explore(scaled(60, 12_000), || {
        let bench = Bench::new(GateMode::Session);
        let vault = bench.open();
        unlock(&vault).unwrap();
        let jobs: [fn(&SealedVault); 3] = [
            |vault| drop(vault.rotate_keys()),
            |vault| vault.maintain(),
            |vault| {
                drop(vault.set_many(&[NewItem {
                    key: key("b"),
                    value: Secret::new("v".to_owned().into()).unwrap(),
                    expiry: None,
                }]))
            },
        ];
        let threads = jobs.map(|job| {
            let vault = vault.clone();
            thread::spawn(move || job(&vault))
        });
        delay();
        vault.lock(LockTrigger::Manual);
        for thread in threads {
            thread.join().unwrap();
        }
        bench.check_events(&vault);
        vault.lock(LockTrigger::Manual);
        assert_eq!(read(&vault), Err(ErrorCode::AuthRequired));
        unlock(&vault).unwrap();
        read(&vault).unwrap();
        assert_eq!(bench.disk.keys.all().len(), 1);
    });
}

#[test]
fn a_lock_while_a_store_is_protected_loses_nothing() {
    explore(scaled(60, 12_000), || {
        let bench = Bench::new(GateMode::Session);
        let vault = bench.open();
        unlock(&vault).unwrap();
        vault.protect(None, &Prompt::default(), true).unwrap();
        bench.events.take();
        let other = vault.clone();
        let one = thread::spawn(move || {
            other
                .protect(Some(policy(GateMode::Session)), &Prompt::default(), true)
                .map_err(|e| e.code())
        });
        delay();
        vault.lock(LockTrigger::Manual);
        let result = one.join().unwrap();
        bench.check_events(&vault);
        assert!(
            matches!(result, Ok(()) | Err(ErrorCode::AuthCancelled)),
            "{result:?}"
        );
        if result.is_err() {
            read(&bench.open()).unwrap();
        }
        let again = bench.open();
        if again.status().unwrap().gate.is_some() {
            unlock(&again).unwrap();
        }
        read(&again).unwrap();
        assert_eq!(bench.disk.keys.all().len(), 1);
    });
}

#[test]
fn a_lock_ends_calls_that_ask() {
    explore(scaled(60, 12_000), || {
        let bench = Bench::new(GateMode::EveryUse);
        let vault = bench.open();
        let asked = Arc::new(AtomicUsize::new(0));
        let threads: Vec<_> = (0..3)
            .map(|n| {
                let (vault, asked) = (vault.clone(), asked.clone());
                thread::spawn(move || {
                    let result = if n == 0 {
                        vault
                            .set_many(&[NewItem {
                                key: key("token"),
                                value: Secret::new("v".to_owned().into()).unwrap(),
                                expiry: None,
                            }])
                            .map_err(|e| e.code())
                    } else {
                        read(&vault)
                    };
                    if result.is_ok() {
                        asked.fetch_add(1, Ordering::SeqCst);
                    }
                    assert!(
                        matches!(result, Ok(()) | Err(ErrorCode::AuthCancelled)),
                        "{result:?}"
                    );
                })
            })
            .collect();
        delay();
        vault.lock(LockTrigger::Manual);
        for thread in threads {
            thread.join().unwrap();
        }
        let shown = bench.device.shown().len();
        assert!(shown >= asked.load(Ordering::SeqCst) && shown <= 3, "{shown}");
        assert!(vault.is_locked().unwrap());
    });
}

#[test]
fn calls_that_ask_do_so_one_after_the_other() {
    explore(scaled(60, 12_000), || {
        let bench = Bench::new(GateMode::EveryUse);
        let vault = bench.open();
        let threads: Vec<_> = (0..3)
            .map(|n| {
                let vault = vault.clone();
                thread::spawn(move || {
                    if n == 0 {
                        set(&*vault, "token", None);
                    } else {
                        read(&vault).unwrap();
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(bench.device.shown().len(), 3);
    });
}

#[test]
fn an_open_store_asks_nobody_while_its_gate_changes() {
    explore(scaled(60, 12_000), || {
        let bench = Bench::new(GateMode::Session);
        let vault = bench.open();
        unlock(&vault).unwrap();
        bench.events.take();
        bench.device.shown();
        let other = vault.clone();
        let one = thread::spawn(move || {
            delay();
            unlock(&other)
        });
        vault.rotate_keys().unwrap();
        one.join().unwrap().unwrap();
        assert!(!vault.is_locked().unwrap());
        assert_eq!((bench.device.shown().len(), bench.events.take().len()), (1, 0));
    });
}

#[test]
fn a_call_that_asks_beside_new_keys_succeeds() {
    explore(scaled(60, 12_000), || {
        let bench = Bench::new(GateMode::EveryUse);
        let vault = bench.open();
        let other = vault.clone();
        let one = thread::spawn(move || read(&other));
        vault.rotate_keys().unwrap();
        assert_eq!(one.join().unwrap(), Ok(()));
    });
}

use super::*;
use crate::protected::{biometry, protect, unlock, world_with_a_token};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;
use strongroom_core::ports::{AskRequest, Device, Proof, Refusal, RefusalReason, Ticket, User};
use strongroom_core::{Asking, ErrorCode, LockTrigger, SealedVault, StoreName, Vault};
use strongroom_testkit::{FsOperation, Reply, get};

/// A: an everyUse call that the user authorised before `lock()` reads the file after `lock()` returned.
#[test]
fn a_call_that_was_authorised_before_lock_reads_nothing_after_it() {
    let mut bad = Vec::new();
    for skip in 0..12 {
        let world = world_with_a_token(every_use());
        let (clock, vault) = hooked(&world);
        let ended = Arc::new(AtomicBool::new(false));
        let at_lock = Arc::new(AtomicUsize::new(usize::MAX));
        let (c, v, e, a, fs) = (
            clock.clone(),
            vault.clone(),
            ended.clone(),
            at_lock.clone(),
            world.fs.clone(),
        );
        world.device.reply([Reply::Meanwhile(Box::new(move || {
            c.arm(skip, move || {
                lock_elsewhere(&v, &e);
                if e.load(Ordering::SeqCst) {
                    a.store(fs.log().len(), Ordering::SeqCst);
                }
            });
        }))]);
        let result = get(&*vault, "token");
        let from = at_lock.load(Ordering::SeqCst);
        if from != usize::MAX {
            let reads = world.fs.log()[from..]
                .iter()
                .filter(|on| **on == FsOperation::Read)
                .count();
            if result.is_ok() {
                bad.push((skip, reads, result));
            }
        }
    }
    assert!(
        bad.is_empty(),
        "lock() had returned, then the call went on: {bad:?}"
    );
}

/// B: a lock after the prompt of `unlock` has ended: `unlock` asks again, and opens the store after `lock()`.
#[test]
fn an_unlock_that_was_locked_meanwhile_does_not_ask_again() {
    let mut bad = Vec::new();
    for skip in 0..14 {
        let world = world_with_a_token(biometry());
        let (clock, vault) = hooked(&world);
        let ended = Arc::new(AtomicBool::new(false));
        let (c, v, e) = (clock.clone(), vault.clone(), ended.clone());
        world.device.reply([Reply::Meanwhile(Box::new(move || {
            c.arm(skip, move || lock_elsewhere(&v, &e));
        }))]);
        let result = unlock(&vault);
        thread::sleep(Duration::from_millis(20));
        let fired = clock.hook.lock().unwrap().is_none();
        let (prompts, open) = (world.device.shown().len(), !vault.is_locked().unwrap());
        let events = world.events.take();
        if fired && (prompts != 1 || open) {
            bad.push((skip, prompts, open, result, events));
        }
    }
    assert!(
        bad.is_empty(),
        "(skip, prompts, open after lock, result): {bad:?}"
    );
}

/// C: `lock()` while one call asks and another waits for its turn to ask.
#[test]
fn lock_does_not_wait_for_the_prompt_of_a_call_that_was_waiting() {
    let world = world_with_a_token(every_use());
    let vault = Arc::new(world.vault());
    let (answer, answered) = mpsc::channel::<()>();
    let ended = Arc::new(AtomicBool::new(false));
    let second = Arc::new(Mutex::new(None));
    let (v, e, s) = (vault.clone(), ended.clone(), second.clone());
    let first = move || {
        let waiting = v.clone();
        *s.lock().unwrap() = Some(thread::spawn(move || get(&*waiting, "token")));
        thread::sleep(SOON);
        lock_elsewhere(&v, &e);
    };
    let user_is_away = move || {
        let _ = answered.recv_timeout(Duration::from_secs(3));
    };
    world.device.reply([
        Reply::Meanwhile(Box::new(first)),
        Reply::Meanwhile(Box::new(user_is_away)),
        Reply::Success,
    ]);
    // The first prompt takes the first reply, and is dismissed when it takes the next one. So that is given back.
    let one = get(&*vault, "token");
    thread::sleep(Duration::from_secs(1));
    let returned = ended.load(Ordering::SeqCst);
    let prompts = world.device.shown().len();
    let _ = answer.send(());
    let two = second.lock().unwrap().take().unwrap().join().unwrap();
    assert_eq!(
        (one.clone(), two.clone(), returned, prompts),
        (
            Err(ErrorCode::AuthCancelled),
            Err(ErrorCode::AuthCancelled),
            true,
            1
        ),
        "(first call, second call, lock returned, prompts)"
    );
}

/// C2: the same, with a user who is away at the second prompt.
#[test]
fn lock_returns_although_the_next_call_in_line_asks() {
    struct Away {
        inner: Arc<strongroom_testkit::ScriptedDevice>,
        asked: AtomicUsize,
        dismissed: Mutex<Vec<Ticket>>,
        first: Mutex<Option<Box<dyn FnOnce() + Send>>>,
    }
    impl User for Away {
        fn ask(&self, request: &AskRequest<'_>) -> Result<Proof, Refusal> {
            if self.asked.fetch_add(1, Ordering::SeqCst) == 0 {
                let act = self.first.lock().unwrap().take();
                act.unwrap()();
            }
            // Nobody answers for three seconds.
            for _ in 0..300 {
                if self.dismissed.lock().unwrap().contains(&request.ticket) {
                    return Err(Refusal::new(RefusalReason::Dismissed, "test"));
                }
                thread::sleep(Duration::from_millis(10));
            }
            Err(Refusal::new(RefusalReason::TimedOut, "test"))
        }
        fn dismiss(&self, ticket: Ticket) {
            self.dismissed.lock().unwrap().push(ticket);
        }
        fn device(&self) -> Device {
            self.inner.device()
        }
    }
    let world = world_with_a_token(every_use());
    let user = Arc::new(Away {
        inner: world.device.clone(),
        asked: AtomicUsize::new(0),
        dismissed: Mutex::default(),
        first: Mutex::default(),
    });
    let asking = Asking {
        gates: world.device.clone(),
        user: user.clone(),
    };
    let vault =
        Arc::new(SealedVault::new(world.edges(), world.config(), StoreName::default()).with_asking(asking));
    let (v, (sender, ended)) = (vault.clone(), mpsc::channel());
    *user.first.lock().unwrap() = Some(Box::new(move || {
        let waiting = v.clone();
        thread::spawn(move || get(&*waiting, "token"));
        thread::sleep(SOON);
        let locking = v.clone();
        thread::spawn(move || {
            locking.lock(LockTrigger::DeviceLocked);
            let _ = sender.send(());
        });
    }));
    let one = get(&*vault, "token");
    assert_eq!(one, Err(ErrorCode::AuthCancelled));
    let returned = ended.recv_timeout(Duration::from_secs(1)).is_ok();
    assert_eq!(
        (returned, user.asked.load(Ordering::SeqCst)),
        (true, 1),
        "(lock() returned, prompts)"
    );
}

/// L: `lock()` returns while `recover()` reads a file in quarantine with its key.
#[test]
fn lock_waits_for_a_recovery() {
    let mut bad = Vec::new();
    for skip in 0..3 {
        let world = world_with_a_token(biometry());
        let vault = Arc::new(world.vault());
        unlock(&vault).unwrap();
        vault.reset().unwrap();
        protect(&vault, biometry()).unwrap();
        world.device.shown();
        let ended = Arc::new(AtomicBool::new(false));
        let at = Arc::new(AtomicUsize::new(usize::MAX));
        let (v, e, a, fs) = (vault.clone(), ended.clone(), at.clone(), world.fs.clone());
        let log = world.fs.clone();
        world.device.reply([Reply::Meanwhile(Box::new(move || {
            let inner = fs.clone();
            fs.interrupt(skip, move || {
                lock_elsewhere(&v, &e);
                if e.load(Ordering::SeqCst) {
                    a.store(inner.log().len(), Ordering::SeqCst);
                }
            });
        }))]);
        let result = vault.recover();
        let from = at.load(Ordering::SeqCst);
        if from != usize::MAX {
            let reads = log.log()[from..]
                .iter()
                .filter(|on| **on == FsOperation::Read)
                .count();
            if reads > 0 {
                bad.push((skip, reads, result.map_err(|error| error.code())));
            }
        }
    }
    assert!(
        bad.is_empty(),
        "(operation, reads after lock() returned): {bad:?}"
    );
}

/// R: a change of a store that asks at every use goes on after `lock()` between its two prompts.
#[test]
fn a_change_that_was_authorised_before_lock_does_not_go_on() {
    let mut bad = Vec::new();
    for skip in 0..25 {
        let world = world_with_a_token(every_use());
        let (clock, vault) = hooked(&world);
        let ended = Arc::new(AtomicBool::new(false));
        let early = Arc::new(AtomicBool::new(false));
        let (c, v, e, y) = (clock.clone(), vault.clone(), ended.clone(), early.clone());
        world.device.reply([Reply::Meanwhile(Box::new(move || {
            c.arm(skip, move || {
                lock_elsewhere(&v, &e);
                y.store(e.load(Ordering::SeqCst), Ordering::SeqCst);
            });
        }))]);
        let result = protect(&vault, biometry());
        let prompts = world.device.shown().len();
        let open = !vault.is_locked().unwrap();
        if early.load(Ordering::SeqCst) && (result.is_ok() || open) {
            bad.push((skip, prompts, result, open));
        }
    }
    assert!(
        bad.is_empty(),
        "lock() returned, and then (skip, prompts, result, open): {bad:?}"
    );
}

use super::*;
use crate::protected::{biometry, protect, unlock, world_with_a_token};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;
use strongroom_core::ports::{AskRequest, Device, Proof, Refusal, Ticket, User};
use strongroom_core::{Asking, ErrorCode, Event, EventSink, LockTrigger, SealedVault, StoreName, Vault};
use strongroom_testkit::{FsOperation, Reply, get, set};

/// D: calls that are refused because the app is hidden keep the session open for ever.
#[test]
fn a_refused_question_does_not_prolong_the_time_in_the_background() {
    let world = world_with_a_token(biometry());
    let mut config = world.config();
    config.lock_after_background = Some(Duration::from_secs(60));
    let vault = world.vault_with(config);
    unlock(&vault).unwrap();
    world.clock.elapse(Duration::from_secs(1));
    vault.set_visible(false);
    world.device.set_visible(false);
    for _ in 0..10 {
        world.clock.elapse(Duration::from_secs(50));
        let _ = vault.rotate_keys();
    }
    world.clock.elapse(Duration::from_secs(50));
    assert_eq!(
        get(&vault, "token"),
        Err(ErrorCode::AuthRequired),
        "550 s in the background, the limit is 60 s"
    );
}

/// E: `unlock()` of an open store with a disk that fails once locks it.
#[test]
fn an_unlock_that_fails_for_a_moment_leaves_an_open_store_open() {
    let world = world_with_a_token(biometry());
    let vault = world.vault();
    unlock(&vault).unwrap();
    world.events.take();
    world.fs.fail(Some(FsOperation::Lock), 0, 1, EIO);
    assert_eq!(unlock(&vault), Err(ErrorCode::Io));
    world.fs.heal();
    assert_eq!(get(&vault, "token").as_deref(), Ok("value"), "nothing changed");
    assert!(world.events.take().is_empty());
}

/// F: a failed `unlock` leaves an event that is told after the next `unlock`.
#[test]
fn the_last_event_says_whether_the_store_is_open_after_a_failed_unlock() {
    let world = world_with_a_token(biometry());
    let vault = world.vault();
    world.fs.fail(Some(FsOperation::Lock), 0, 1, EIO);
    assert_eq!(unlock(&vault), Err(ErrorCode::Io));
    world.fs.heal();
    unlock(&vault).unwrap();
    get(&vault, "token").unwrap();
    let events = world.events.take();
    assert!(!vault.is_locked().unwrap());
    assert!(matches!(events[..], [Event::Unlocked]), "{events:?}");
}

/// G: `isLocked()` ends the session and tells nobody; `unlock` tells first.
#[test]
fn the_events_of_the_background_come_in_order() {
    let world = world_with_a_token(biometry());
    let mut config = world.config();
    config.lock_after_background = Some(Duration::from_secs(60));
    let vault = world.vault_with(config);
    unlock(&vault).unwrap();
    world.events.take();
    world.clock.elapse(Duration::from_secs(1));
    vault.set_visible(false);
    world.clock.elapse(Duration::from_secs(61));
    // The app is back; its first call comes before the system says so.
    unlock(&vault).unwrap();
    vault.set_visible(true);
    get(&vault, "token").unwrap();
    let events = world.events.take();
    assert!(
        matches!(
            events[..],
            [Event::Locked(LockTrigger::Background), Event::Unlocked]
        ),
        "{events:?}"
    );
}

#[test]
fn is_locked_tells_of_the_lock_that_it_finds() {
    let world = world_with_a_token(biometry());
    let mut config = world.config();
    config.lock_after_background = Some(Duration::from_secs(60));
    let vault = world.vault_with(config);
    unlock(&vault).unwrap();
    world.events.take();
    world.clock.elapse(Duration::from_secs(1));
    vault.set_visible(false);
    world.clock.elapse(Duration::from_secs(61));
    assert!(vault.is_locked().unwrap());
    let told = world.events.take();
    assert!(
        matches!(told[..], [Event::Locked(LockTrigger::Background)]),
        "told {told:?}; settled, so it may be dropped: {}",
        vault.settled()
    );
}

/// H
#[test]
fn a_change_between_session_and_every_use_is_told() {
    let world = world_with_a_token(every_use());
    let vault = world.vault();
    let session = biometry();
    protect(&vault, session).unwrap();
    assert!(!vault.is_locked().unwrap());
    let told = world.events.take();
    protect(&vault, every_use()).unwrap();
    assert!(vault.is_locked().unwrap());
    let then = world.events.take();
    assert!(
        matches!(told[..], [Event::Unlocked]) && matches!(then[..], [Event::Locked(_)]),
        "{told:?} {then:?}"
    );
}

/// K: a prompt that panics.
#[test]
fn a_panic_in_a_prompt_does_not_switch_off_the_lock_in_the_background() {
    struct Panics(Arc<strongroom_testkit::ScriptedDevice>, AtomicBool);
    impl User for Panics {
        fn ask(&self, request: &AskRequest<'_>) -> Result<Proof, Refusal> {
            assert!(!self.1.swap(false, Ordering::SeqCst), "once");
            self.0.ask(request)
        }
        fn dismiss(&self, ticket: Ticket) {
            self.0.dismiss(ticket);
        }
        fn device(&self) -> Device {
            self.0.device()
        }
    }
    let world = world_with_a_token(biometry());
    let asking = Asking {
        gates: world.device.clone(),
        user: Arc::new(Panics(world.device.clone(), AtomicBool::new(true))),
    };
    let mut config = world.config();
    config.lock_after_background = Some(Duration::from_secs(60));
    let vault = SealedVault::new(world.edges(), config, StoreName::default()).with_asking(asking);
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| unlock(&vault))).unwrap_err();
    unlock(&vault).unwrap();
    world.clock.elapse(Duration::from_secs(1));
    vault.set_visible(false);
    world.clock.elapse(Duration::from_secs(600));
    assert_eq!(get(&vault, "token"), Err(ErrorCode::AuthRequired));
}

/// Q
#[test]
fn a_reset_while_unlock_asks_leaves_no_session() {
    let world = world_with_a_token(biometry());
    let vault = Arc::new(world.vault());
    let v = vault.clone();
    world
        .device
        .reply([Reply::Meanwhile(Box::new(move || v.reset().unwrap()))]);
    let result = unlock(&vault);
    let events = world.events.take();
    assert!(
        result.is_err() && !events.iter().any(|event| matches!(event, Event::Unlocked)) && vault.settled(),
        "{result:?} {events:?} settled: {}",
        vault.settled()
    );
}

/// S
#[test]
fn a_panic_that_locks_the_store_is_told() {
    let world = world_with_a_token(biometry());
    let vault = world.vault();
    unlock(&vault).unwrap();
    world.events.take();
    world.fs.interrupt(3, || panic!("injected"));
    let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| set(&vault, "token", "2")));
    assert_eq!(get(&vault, "token"), Err(ErrorCode::AuthRequired));
    let events = world.events.take();
    assert!(matches!(events[..], [Event::Locked(_)]), "{events:?}");
}

/// V: a thread that is preempted between the unlock and its event tells of it after the lock.
#[test]
fn the_last_event_says_whether_the_store_is_open() {
    struct Preempted {
        told: Mutex<Vec<&'static str>>,
        vault: Mutex<Option<Arc<SealedVault>>>,
    }
    impl EventSink for Preempted {
        fn raise(&self, _: &StoreName, event: Event) {
            if matches!(event, Event::Unlocked) {
                // As if this thread lost the processor in front of this call.
                if let Some(vault) = self.vault.lock().unwrap().take() {
                    thread::spawn(move || vault.lock(LockTrigger::Manual))
                        .join()
                        .unwrap();
                }
                self.told.lock().unwrap().push("unlocked");
            } else {
                self.told.lock().unwrap().push("locked");
            }
        }
    }
    let world = world_with_a_token(biometry());
    let sink = Arc::new(Preempted {
        told: Mutex::default(),
        vault: Mutex::default(),
    });
    let mut edges = world.edges();
    edges.events = sink.clone();
    let vault = Arc::new(
        SealedVault::new(edges, world.config(), StoreName::default()).with_asking(world.device.asking()),
    );
    *sink.vault.lock().unwrap() = Some(vault.clone());
    unlock(&vault).unwrap();
    assert!(vault.is_locked().unwrap());
    assert_eq!(*sink.told.lock().unwrap(), ["unlocked", "locked"]);
}

//! Threads, listeners and processes that come in between.

mod changes;
mod events;
mod locks;
mod sweeps;

use crate::protected::policy;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;
use strongroom_core::policy::{GateMode, GatePolicy, UserAuthentication};
use strongroom_core::ports::Clock;
use strongroom_core::{LockTrigger, SealedVault, StoreName, Vault};
use strongroom_testkit::World;

type Hook = Box<dyn FnOnce() + Send>;

const EIO: i32 = 5;
const SOON: Duration = Duration::from_millis(150);

fn every_use() -> GatePolicy {
    policy(UserAuthentication::Biometry, None, GateMode::EveryUse)
}

/// A clock with something that happens at the n-th question for the elapsed time.
struct HookClock {
    inner: Arc<strongroom_testkit::ManualClock>,
    hook: Mutex<Option<(usize, Hook)>>,
}

impl HookClock {
    fn arm(&self, skip: usize, happens: impl FnOnce() + Send + 'static) {
        *self.hook.lock().unwrap() = Some((skip, Box::new(happens)));
    }
}

impl Clock for HookClock {
    fn now_ms(&self) -> u64 {
        self.inner.now_ms()
    }
    fn sleep(&self, duration: Duration) {
        self.inner.sleep(duration);
    }
    fn elapsed(&self) -> Duration {
        let due = {
            let mut hook = self.hook.lock().unwrap();
            match &mut *hook {
                Some((skip, _)) if *skip > 0 => {
                    *skip -= 1;
                    None
                }
                due => due.take(),
            }
        };
        if let Some((_, happens)) = due {
            happens();
        }
        self.inner.elapsed()
    }
}

fn hooked(world: &World) -> (Arc<HookClock>, Arc<SealedVault>) {
    let clock = Arc::new(HookClock {
        inner: world.clock.clone(),
        hook: Mutex::new(None),
    });
    let mut edges = world.edges();
    edges.clock = clock.clone();
    let vault =
        SealedVault::new(edges, world.config(), StoreName::default()).with_asking(world.device.asking());
    (clock, Arc::new(vault))
}

/// Locks on another thread, and waits a moment for the end of it. Returns whether it ended.
fn lock_elsewhere(vault: &Arc<SealedVault>, ended: &Arc<AtomicBool>) {
    let (vault, ended) = (vault.clone(), ended.clone());
    let (sender, done) = mpsc::channel();
    thread::spawn(move || {
        vault.lock(LockTrigger::Manual);
        ended.store(true, Ordering::SeqCst);
        let _ = sender.send(());
    });
    let _ = done.recv_timeout(SOON);
}

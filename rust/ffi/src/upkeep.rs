//! The upkeep thread. It calls [`Vault::maintain`] some time after a vault asked for it, so that no call of the app has
//! to. It ends when there is nothing to do.

use std::sync::{Arc, Condvar, LazyLock, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use strongroom_core::{StoreName, Upkeep, Vault, wiped};

/// Asks for the upkeep of one vault. It does not keep the vault open: the next opening finds the pending work again.
#[derive(Default)]
pub(crate) struct Reminder(OnceLock<Weak<dyn Vault>>);

impl Reminder {
    /// Sets the vault, once it exists.
    pub(crate) fn concerns(&self, vault: &Arc<dyn Vault>) {
        // This is called once.
        let _ = self.0.set(Arc::downgrade(vault));
    }
}

impl Upkeep for Reminder {
    fn wanted(&self, _: &StoreName, after: Duration) {
        if let Some(vault) = self.0.get() {
            CARETAKER.remember(Task {
                due: Instant::now() + after,
                vault: Weak::clone(vault),
            });
        }
    }
}

static CARETAKER: LazyLock<Caretaker> = LazyLock::new(Caretaker::default);

#[derive(Default)]
struct Caretaker {
    tasks: Mutex<Tasks>,
    news: Condvar,
}

#[derive(Default)]
struct Tasks {
    waiting: Vec<Task>,
    running: bool,
}

struct Task {
    due: Instant,
    vault: Weak<dyn Vault>,
}

impl Caretaker {
    fn remember(&'static self, task: Task) {
        let mut tasks = self.lock();
        // One task for each vault, with the earliest time.
        let known = tasks
            .waiting
            .iter_mut()
            .find(|known| known.vault.ptr_eq(&task.vault));
        match known {
            Some(known) => known.due = known.due.min(task.due),
            None => tasks.waiting.push(task),
        }
        if tasks.running {
            self.news.notify_one();
            return;
        }
        let thread = thread::Builder::new().name("strongroom-upkeep".into());
        tasks.running = thread.spawn(|| self.work()).is_ok();
        if !tasks.running {
            // If there is no thread, the caller does the work. It holds no lock of the vault.
            let waiting = std::mem::take(&mut tasks.waiting);
            drop(tasks);
            for task in waiting {
                task.run();
            }
        }
    }

    fn work(&self) {
        let mut tasks = self.lock();
        loop {
            let now = Instant::now();
            if let Some(position) = tasks.waiting.iter().position(|task| task.due <= now) {
                let task = tasks.waiting.swap_remove(position);
                drop(tasks);
                task.run();
                tasks = self.lock();
                continue;
            }
            let Some(next) = tasks.waiting.iter().map(|task| task.due).min() else {
                tasks.running = false;
                return;
            };
            tasks = self
                .news
                .wait_timeout(tasks, next - now)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Tasks> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Task {
    /// A panic ends only this task.
    fn run(&self) {
        if let Some(vault) = self.vault.upgrade() {
            let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| wiped(|| vault.maintain())));
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]
mod tests {
    use std::path::Path;

    use strongroom_core::policy::VaultOptions;
    use strongroom_core::ports::{OsFileSystem, OsRandom, SystemClock};
    use strongroom_core::{Edges, ErrorCode, SealedConfig, SealedVault};
    use strongroom_testkit::{KeyOperation, RecordedEvents, SoftwareKeys, get, key, set};
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn what_was_removed_is_erased_soon_after_and_no_call_waits_for_it() {
        let directory = TempDir::new().unwrap();
        let keys = Arc::new(SoftwareKeys::default());
        let vault = vault(directory.path(), &keys);
        for number in 0..20 {
            set(&*vault, &format!("key {number}"), "value").unwrap();
        }
        let wraps = || {
            keys.log()
                .iter()
                .filter(|call| **call == KeyOperation::Wrap)
                .count()
        };
        let before = (wraps(), file(directory.path()));
        for number in 0..10 {
            vault.remove(&key(&format!("key {number}"))).unwrap();
        }
        assert_eq!(wraps(), before.0, "no removal asks the key store");
        assert!(
            file(directory.path()).starts_with(&before.1),
            "nor rewrites the file"
        );
        let started = Instant::now();
        while wraps() == before.0 {
            assert!(
                started.elapsed() < Duration::from_secs(60),
                "the upkeep did not come"
            );
            thread::sleep(Duration::from_millis(20));
        }
        while file(directory.path()).len() >= before.1.len() {
            assert!(
                started.elapsed() < Duration::from_secs(60),
                "the file did not shrink"
            );
            thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(wraps(), before.0 + 1, "one for all removals");
        assert_eq!(get(&*vault, "key 0").unwrap_err(), ErrorCode::NotFound);
        assert_eq!(get(&*vault, "key 19").unwrap(), "value");
    }

    #[test]
    fn a_vault_that_was_closed_needs_no_upkeep() {
        let directory = TempDir::new().unwrap();
        let keys = Arc::new(SoftwareKeys::default());
        let closed = vault(directory.path(), &keys);
        let weak = Arc::downgrade(&closed);
        set(&*closed, "key", "value").unwrap();
        closed.remove(&key("key")).unwrap();
        drop(closed);
        assert!(weak.upgrade().is_none(), "a reminder keeps no vault open");
    }

    fn vault(directory: &Path, keys: &Arc<SoftwareKeys>) -> Arc<dyn Vault> {
        let edges = Edges {
            fs: Arc::new(OsFileSystem::default()),
            keys: keys.clone(),
            clock: Arc::new(SystemClock::default()),
            random: Arc::new(OsRandom::default()),
            events: Arc::new(RecordedEvents::default()),
        };
        let config = SealedConfig::from_options(directory.join("strongroom"), &VaultOptions::default());
        let reminder = Arc::new(Reminder::default());
        let vault: Arc<dyn Vault> =
            Arc::new(SealedVault::new(edges, config, StoreName::default()).with_upkeep(reminder.clone()));
        reminder.concerns(&vault);
        vault
    }

    fn file(directory: &Path) -> Vec<u8> {
        std::fs::read(directory.join("strongroom/default.vault")).unwrap()
    }
}

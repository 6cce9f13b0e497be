use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use super::sync::{Condvar, Mutex, MutexGuard};
use strongroom_core::ports::{LockGuard, LockKind};

/// Locks as `flock` gives them: to handles, whoever holds them.
#[derive(Default)]
pub(super) struct Locks {
    held: Mutex<HashMap<PathBuf, Held>>,
    released: Condvar,
}

#[derive(Clone, Copy, Default)]
struct Held {
    exclusive: bool,
    shared: usize,
}

pub(super) struct Guard {
    locks: Arc<Locks>,
    path: PathBuf,
    kind: LockKind,
}

impl LockGuard for Guard {}

impl Locks {
    /// `None` if somebody else holds the lock and it is not waited for.
    pub(super) fn take(locks: &Arc<Self>, path: &Path, kind: LockKind, waits: bool) -> Option<Guard> {
        let mut all = locks.held();
        loop {
            let held = all.entry(path.to_owned()).or_default();
            match kind {
                LockKind::Exclusive if !held.exclusive && held.shared == 0 => held.exclusive = true,
                LockKind::Shared if !held.exclusive => held.shared += 1,
                _ if !waits => return None,
                _ => {
                    all = locks.released.wait(all).unwrap_or_else(PoisonError::into_inner);
                    continue;
                }
            }
            return Some(Guard {
                locks: Arc::clone(locks),
                path: path.to_owned(),
                kind,
            });
        }
    }

    fn held(&self) -> MutexGuard<'_, HashMap<PathBuf, Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(held) = self.locks.held().get_mut(&self.path) {
            if self.kind == LockKind::Shared {
                held.shared -= 1;
            } else {
                held.exclusive = false;
            }
        }
        self.locks.released.notify_all();
    }
}

//! A store that is in use in this process: what calls on it share.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::State;
use super::unwrapping::Unwrapping;
use crate::name::StoreName;
use crate::sealed::files::Store;
use crate::sealed::format::Header;
use crate::sealed::journal::Journal;
use crate::sync::{self, Mutex, MutexGuard};

/// How many pauses are made for calls that wait, so that a stream of them does not stop the work of the whole store.
const PAUSES: u32 = 100;

/// Who calls [`Vault::maintain`](crate::Vault::maintain) when it is time. Without one, calls that write do the upkeep themselves, after their own work.
pub trait Upkeep: Send + Sync {
    /// The store wants upkeep after this time. It is told again only if it wants it sooner.
    fn wanted(&self, store: &StoreName, after: Duration);
}

/// What the calls of one object share. Other objects, and other processes, are seen through the files only.
pub(in crate::sealed) struct Handle {
    pub(super) store: Store,
    pub(in crate::sealed) upkeep: Option<Arc<dyn Upkeep>>,
    pub(super) unwrapping: Unwrapping,
    /// How many calls wait for the state.
    pub(super) callers: AtomicUsize,
    pub(super) state: Mutex<State>,
}

impl Handle {
    pub(in crate::sealed) fn new(store: Store) -> Self {
        Self {
            store,
            upkeep: None,
            unwrapping: Unwrapping::default(),
            callers: AtomicUsize::new(0),
            state: Mutex::new(State::default()),
        }
    }

    /// Whether another thread opened the file with this header meanwhile.
    pub(super) fn is_open(&self, header: &Header) -> bool {
        let state = self.state();
        let digest = state.journal.as_ref().map(|journal| journal.header.digest);
        digest == Some(header.digest)
    }

    /// Waits a moment if calls wait for the state. The mutex is not fair: whoever gives it back and takes it again at once, many
    /// times, would have it before a call that waits for it wakes.
    pub(super) fn let_callers_pass(&self) {
        for _ in 0..PAUSES {
            if self.callers.load(Ordering::Relaxed) == 0 {
                break;
            }
            sync::pause();
        }
    }

    /// A panic in an earlier call leaves a state nobody vouches for: it is thrown away and read anew. What that call knew of a
    /// failed sync is not thrown away.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| {
            self.state.clear_poison();
            let mut state = poisoned.into_inner();
            *state = State {
                distrusted: state.distrusted || state.journal.as_ref().is_some_and(Journal::poisoned),
                ..State::default()
            };
            state
        })
    }

    /// What expired is seen again by the next one. That the disk is not to be trusted is known here only, and upkeep that was asked for
    /// is done by this object.
    pub(in crate::sealed) fn settled(&self) -> bool {
        // Whoever uses it has not settled.
        self.state.try_lock().is_ok_and(|state| {
            let debts = &state.debts;
            !state.distrusted && debts.upkeep_at.is_none() && !debts.data_retry.failed()
        })
    }
}

//! An open store: what its calls in this process share.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use super::State;
use super::unwrapping::Unwrapping;
use crate::name::StoreName;
use crate::ports::Ticket;
use crate::sealed::files::{Doubt, Store};
use crate::sealed::format::Header;
use crate::sealed::journal::Journal;
use crate::sync::{self, Mutex, MutexGuard};
use crate::vault::{Event, LockTrigger};

/// The largest number of pauses for waiting calls, so that a stream of calls does not stop work on the whole store.
const PAUSES: u32 = 100;

/// Calls [`Vault::maintain`](crate::Vault::maintain) when it is due. Without it, calls that write do the upkeep
/// themselves, after their own work.
pub trait Upkeep: Send + Sync {
    /// The store wants upkeep after this time. It calls this again only if it wants upkeep sooner.
    fn wanted(&self, store: &StoreName, after: Duration);
}

/// What the calls of one vault share. Changes by other vaults and other processes are visible only in the files.
pub(in crate::sealed) struct Handle {
    pub(in crate::sealed) store: Store,
    pub(in crate::sealed) upkeep: Option<Arc<dyn Upkeep>>,
    pub(super) unwrapping: Unwrapping,
    /// Threads that ask the user to open the store.
    pub(super) asking: Unwrapping,
    /// The use of a gate that the user is asked to authorise.
    pub(super) asked: Mutex<Option<Ticket>>,
    /// How many locks wait for the calls of others. Nobody asks meanwhile.
    pub(super) locking: AtomicUsize,
    /// A first sign that the gate is lost.
    pub(super) doubt: Mutex<Option<Doubt>>,
    /// Numbers the calls that ask the user for themselves.
    pub(super) calls: AtomicU64,
    /// Held while a new file is written.
    pub(super) rewriting: Mutex<()>,
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
            asking: Unwrapping::default(),
            asked: Mutex::new(None),
            locking: AtomicUsize::new(0),
            doubt: Mutex::new(None),
            calls: AtomicU64::new(0),
            rewriting: Mutex::new(()),
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

    /// Waits a moment if calls wait for the state. The mutex is not fair: a thread that releases it and takes it again
    /// at once would get it before a waiting call wakes up.
    pub(super) fn let_callers_pass(&self) {
        for _ in 0..PAUSES {
            if self.callers.load(Ordering::Relaxed) == 0 {
                break;
            }
            sync::pause();
        }
    }

    /// A panic in an earlier call leaves a state that may be inconsistent: it is dropped and read again. Only the
    /// knowledge of a failed sync is kept. A protected store is then locked.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| {
            self.state.clear_poison();
            let mut state = poisoned.into_inner();
            *state = State {
                distrusted: state.distrusted || state.journal.as_ref().is_some_and(Journal::poisoned),
                locks: state.locks + 1,
                events: state
                    .unlocked
                    .iter()
                    .map(|_| Event::Locked(LockTrigger::Invalidated))
                    .collect(),
                visibility: std::mem::take(&mut state.visibility),
                deliveries: state.deliveries,
                ..State::default()
            };
            state
        })
    }

    /// Whether the vault can be dropped. The next one finds expired records again, but only this one knows that the
    /// disk cannot be trusted, and only this one does the upkeep that was requested.
    pub(in crate::sealed) fn settled(&self) -> bool {
        // A call that holds the state is not finished.
        self.state.try_lock().is_ok_and(|state| {
            let debts = &state.debts;
            let told = !state.events.iter().any(|event| matches!(event, Event::Locked(_)));
            !state.distrusted
                && state.unlocked.is_none()
                && told
                && debts.upkeep_at.is_none()
                && !debts.data_retry.failed()
        })
    }
}

//! Calls that wait until they may go on.

use std::sync::{Condvar, Mutex, PoisonError};

#[derive(Default)]
pub(super) struct Suspended {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    waiting: usize,
    /// How often calls were told to go on.
    told: u64,
}

impl Suspended {
    /// Returns after the next [`Self::go_on`].
    pub(super) fn wait(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.waiting += 1;
        let told = state.told;
        let waited = self.changed.wait_while(state, |state| state.told == told);
        drop(waited);
    }

    /// Lets all go on that wait now, and returns how many there were.
    pub(super) fn go_on(&self) -> usize {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.told += 1;
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        self.changed.notify_all();
        waiting
    }

    pub(super) fn count(&self) -> usize {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).waiting
    }
}

//! Whether there is an order in which the calls of a history could have been made one after the other (Wing and Gong, with
//! the memory of Lowe): each at some moment between its beginning and its end.
//!
//! A call that failed was done at such a moment, or never. It must not be done later.

use std::collections::HashSet;

use super::history::{Event, Outcome, State};

/// Panics, and shows the history, if there is no such order.
pub fn assert_linearizable(history: &[Event]) {
    assert!(
        is_linearizable(history),
        "no order explains this history: {history:#?}"
    );
}

pub(super) fn is_linearizable(history: &[Event]) -> bool {
    assert!(history.len() <= 128, "the history is too long");
    Search {
        history,
        hopeless: HashSet::new(),
    }
    .finish(0, State::default())
}

struct Search<'a> {
    history: &'a [Event],
    /// What was done, as bits, and the state it left, from where no order leads to the end.
    hopeless: HashSet<(u128, State)>,
}

impl Search<'_> {
    /// Whether what is left after the calls of `done` left `state` can be done in some order.
    fn finish(&mut self, done: u128, state: State) -> bool {
        let history = self.history;
        let left = || {
            history
                .iter()
                .enumerate()
                .filter(|(index, _)| done & (1 << index) == 0)
        };
        // What begins after another call has ended cannot be done before it.
        let Some(first_end) = left().map(|(_, event)| event.ended).min() else {
            return true;
        };
        if self.hopeless.contains(&(done, state)) {
            return false;
        }
        for (index, event) in left().filter(|(_, event)| event.began < first_end) {
            for state in outcomes(event, &state) {
                if self.finish(done | 1 << index, state) {
                    return true;
                }
            }
        }
        self.hopeless.insert((done, state));
        false
    }
}

/// The states that a call can leave, none if its answer does not fit.
pub(super) fn outcomes(event: &Event, state: &State) -> Vec<State> {
    let (after, answer) = event.call.apply(state);
    if event.outcome == Outcome::Failed {
        return vec![*state, after];
    }
    if event.outcome == answer {
        vec![after]
    } else {
        Vec::new()
    }
}

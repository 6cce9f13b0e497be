//! The four calls.

mod add;
mod answer;
mod copy;
mod delete;
mod update;

use crate::calls::answer::Answer;
use crate::faults::{Effect, Kind};
use crate::objects::Handle;
use crate::query::{PARAM, Query, Status};
use crate::state::State;
use crate::world;

/// One call: it reads its dictionary, runs what was planned, and does its work.
fn call(
    kind: Kind,
    dictionary: Handle,
    function: &str,
    act: impl FnOnce(&mut State, Query) -> Result<Answer, Status>,
) -> Result<Answer, Status> {
    let world = world::current(function);
    let query = Query::read(dictionary, function);
    if let Ok(query) = &query {
        world.note(query.violations(kind));
    }
    let gate = world.plan().gate.clone();
    if let Some(status) = gate.and_then(|gate| gate()) {
        return Err(status);
    }
    let (before, fault) = world.plan().next(kind);
    for action in before {
        action(&world);
    }
    if let Some((status, Effect::Before)) = fault {
        return Err(status);
    }
    let outcome = query.and_then(|query| {
        let mut state = world.state();
        if !query.class {
            return Err(PARAM);
        }
        let Some(groups) = world::current_groups() else {
            state.entitled(&query)?;
            return act(&mut state, query);
        };
        // Another app than the world's own makes this call.
        let own = std::mem::replace(&mut state.groups, groups);
        let outcome = state.entitled(&query).and_then(|()| act(&mut state, query));
        state.groups = own;
        outcome
    });
    match fault {
        Some((status, _)) => Err(status),
        None => outcome,
    }
}

fn status(outcome: Result<Answer, Status>) -> Status {
    outcome.err().unwrap_or(0)
}

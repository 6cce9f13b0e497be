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
use crate::threads;
use crate::world::World;

/// One call: it reads its dictionary, runs what was planned, and does its work.
fn call(
    kind: Kind,
    dictionary: Handle,
    function: &str,
    act: impl FnOnce(&mut State, Query) -> Result<Answer, Status>,
) -> Result<Answer, Status> {
    let world = threads::current(function);
    let query = Query::read(dictionary, function);
    if let Ok(query) = &query {
        world.note(query.violations(kind));
    }
    let gate = world.plan().gate.clone();
    if let Some(status) = gate.and_then(|gate| gate()) {
        return Err(status);
    }
    let planned = world.plan().next(kind);
    for action in planned.before {
        action(&world);
    }
    let outcome = match planned.fault {
        Some((status, Effect::Before)) => Err(status),
        fault => {
            let outcome = query.and_then(|query| work(&world, kind, query, act));
            fault.map_or(outcome, |(status, _)| Err(status))
        }
    };
    for action in planned.after {
        action(&world);
    }
    outcome
}

/// Does the work of a call. What it changed is saved.
fn work(
    world: &World,
    kind: Kind,
    query: Query,
    act: impl FnOnce(&mut State, Query) -> Result<Answer, Status>,
) -> Result<Answer, Status> {
    if !query.class {
        return Err(PARAM);
    }
    let mut state = world.state();
    // Unless another app than the world's own makes this call.
    let own = threads::current_groups().map(|groups| std::mem::replace(&mut state.groups, groups));
    let outcome = state.entitled(&query).and_then(|()| act(&mut state, query));
    if let Some(own) = own {
        state.groups = own;
    }
    if kind != Kind::Copy && outcome.is_ok() {
        world.save(&state);
    }
    outcome
}

fn status(outcome: Result<Answer, Status>) -> Status {
    outcome.err().unwrap_or(0)
}

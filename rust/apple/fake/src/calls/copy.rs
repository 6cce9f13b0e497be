//! `SecItemCopyMatching`.

use crate::calls::answer::{Answer, Item};
use crate::calls::call;
use crate::faults::Kind;
use crate::objects::Handle;
use crate::query::{Limit, PARAM, Query, Status};
use crate::state::State;

const NAME: &str = "SecItemCopyMatching";

#[unsafe(no_mangle)]
unsafe extern "C" fn SecItemCopyMatching(query: Handle, result: *mut Handle) -> Status {
    let outcome = call(Kind::Copy, query, NAME, |state, query| {
        copy(state, &query, result.is_null())
    });
    // SAFETY: null, or a place for a handle, as the contract of the function requires.
    unsafe { Answer::write(outcome, result) }
}

fn copy(state: &mut State, query: &Query, nowhere: bool) -> Result<Answer, Status> {
    let all = query.limit == Some(Limit::All);
    if (nowhere && query.returns.anything()) || (all && query.returns.data) {
        return Err(PARAM);
    }
    let mut found = state.find(query)?;
    if !all {
        found.truncate(1);
    }
    for &at in &found {
        state.usable(&state.rows[at])?;
        if query.returns.data {
            state.authenticate(at, query.context)?;
        }
    }
    if !query.returns.anything() {
        return Ok(Answer::Nothing);
    }
    state.answered += found.len();
    let mut items = found.iter().map(|&at| Item::of(&state.rows[at], query));
    Ok(if all {
        Answer::All(items.collect())
    } else {
        items.next().map_or(Answer::Nothing, Answer::One)
    })
}

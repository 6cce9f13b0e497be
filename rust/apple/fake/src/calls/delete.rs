//! `SecItemDelete`.

use crate::calls::answer::Answer;
use crate::calls::{call, status};
use crate::faults::Kind;
use crate::objects::Handle;
use crate::query::{PARAM, Query, Status};
use crate::state::State;

const NAME: &str = "SecItemDelete";

#[unsafe(no_mangle)]
extern "C" fn SecItemDelete(query: Handle) -> Status {
    status(call(Kind::Delete, query, NAME, |state, query| {
        delete(state, &query)
    }))
}

/// Deletes all rows that match, whatever the lock and the authentication.
fn delete(state: &mut State, query: &Query) -> Result<Answer, Status> {
    if query.returns.anything() || query.limit.is_some() {
        return Err(PARAM);
    }
    let found = state.find(query)?;
    for at in found.into_iter().rev() {
        state.rows.remove(at);
    }
    Ok(Answer::Nothing)
}

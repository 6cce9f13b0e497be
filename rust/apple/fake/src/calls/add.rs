//! `SecItemAdd`.

use crate::access_control::AccessControl;
use crate::calls::answer::{Answer, Item};
use crate::calls::call;
use crate::faults::Kind;
use crate::objects::Handle;
use crate::query::{PARAM, Query, Status, Synchronizable};
use crate::row::{Accessible, Stored};
use crate::state::{DUPLICATE_ITEM, State};

const NAME: &str = "SecItemAdd";

#[unsafe(no_mangle)]
unsafe extern "C" fn SecItemAdd(attributes: Handle, result: *mut Handle) -> Status {
    let outcome = call(Kind::Add, attributes, NAME, |state, query| add(state, &query));
    // SAFETY: null, or a place for a handle, as the contract of the function requires.
    unsafe { Answer::write(outcome, result) }
}

fn add(state: &mut State, query: &Query) -> Result<Answer, Status> {
    if query.limit.is_some() {
        return Err(PARAM);
    }
    let synchronizable = match query.synchronizable {
        None => false,
        Some(Synchronizable::Just(synchronizable)) => synchronizable,
        Some(Synchronizable::Any) => return Err(PARAM),
    };
    let default = AccessControl {
        accessible: Accessible::WhenUnlocked,
        flags: 0,
    };
    let protection = query.protection()?.unwrap_or(default);
    if synchronizable && !protection.may_leave_device() {
        return Err(PARAM);
    }
    let row = Stored {
        service: query.service.clone().unwrap_or_default(),
        account: query.account.clone().unwrap_or_default(),
        generic: query.generic.clone(),
        label: query.label.clone(),
        data: query.data.clone().unwrap_or_default(),
        group: query.group.clone().unwrap_or_else(|| state.groups[0].clone()),
        synchronizable,
        protection,
        enrolment: state.enrolment,
    };
    if state.rows.iter().any(|other| other.same_key(&row)) {
        return Err(DUPLICATE_ITEM);
    }
    state.writable(protection)?;
    let answer = if query.returns.anything() {
        Answer::One(Item::of(&row, query))
    } else {
        Answer::Nothing
    };
    state.rows.push(row);
    Ok(answer)
}

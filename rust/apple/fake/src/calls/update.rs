//! `SecItemUpdate`.

use crate::calls::answer::Answer;
use crate::calls::{call, status};
use crate::faults::Kind;
use crate::objects::Handle;
use crate::query::{PARAM, Query, Status};
use crate::row::Stored;
use crate::state::{DUPLICATE_ITEM, State};

const NAME: &str = "SecItemUpdate";
/// `errSecNoAccessForItem`, for a group that rows must not be moved to.
const NO_ACCESS: Status = -25243;

#[unsafe(no_mangle)]
extern "C" fn SecItemUpdate(query: Handle, attributes: Handle) -> Status {
    status(call(Kind::Update, query, NAME, |state, query| {
        let changes = Query::read(attributes, NAME)?;
        if query.returns.anything() || query.limit.is_some() || !changes.can_change_rows() {
            return Err(PARAM);
        }
        update(state, &query, &changes)
    }))
}

/// All rows or none.
fn update(state: &mut State, query: &Query, changes: &Query) -> Result<Answer, Status> {
    let protection = changes.protection()?;
    if changes
        .group
        .as_ref()
        .is_some_and(|group| !state.groups.contains(group))
    {
        return Err(NO_ACCESS);
    }
    let found = state.find(query)?;
    for &at in &found {
        state.usable(&state.rows[at])?;
    }
    for &at in &found {
        state.authenticate(at, query.context)?;
    }
    let mut rows = state.rows.clone();
    for &at in &found {
        let row = &mut rows[at];
        if let Some(protection) = protection {
            if row.synchronizable && !protection.may_leave_device() {
                return Err(PARAM);
            }
            state.writable(protection)?;
            row.protection = protection;
        }
        row.change(changes, state.enrolment);
        let row = &rows[at];
        if rows
            .iter()
            .enumerate()
            .any(|(other_at, other)| other_at != at && other.same_key(row))
        {
            return Err(DUPLICATE_ITEM);
        }
    }
    state.rows = rows;
    Ok(Answer::Nothing)
}

impl Query {
    /// Whether this names attributes of rows, and nothing else.
    fn can_change_rows(&self) -> bool {
        let names_key = self.service.is_some() || self.account.is_some() || self.group.is_some();
        let names_rest = self.generic.is_some() || self.label.is_some() || self.data.is_some();
        let names_protection = self.accessible.is_some() || self.access_control.is_some();
        let other = self.class
            || self.synchronizable.is_some()
            || self.returns.anything()
            || self.limit.is_some()
            || self.data_protection.is_some()
            || self.skip_protected
            || self.context.is_some();
        (names_key || names_rest || names_protection) && !other
    }
}

impl Stored {
    fn change(&mut self, changes: &Query, enrolment: u64) {
        let set = |place: &mut _, change: &Option<_>| {
            if let Some(change) = change {
                *place = Clone::clone(change);
            }
        };
        set(&mut self.service, &changes.service);
        set(&mut self.account, &changes.account);
        set(&mut self.data, &changes.data);
        if changes.generic.is_some() {
            self.generic.clone_from(&changes.generic);
        }
        if changes.label.is_some() {
            self.label.clone_from(&changes.label);
        }
        if let Some(group) = &changes.group {
            self.group.clone_from(group);
        }
        self.enrolment = enrolment;
    }
}

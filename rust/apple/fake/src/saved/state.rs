//! The state of a device, in the order in which it is saved. Values and names stay masked.

use crate::access_control::AccessControl;
use crate::masked::Masked;
use crate::row::{Accessible, Stored};
use crate::saved::bytes::{Reader, Writer};
use crate::state::{Auth, Lock, State};

impl Writer {
    pub(super) fn state(&mut self, state: &State) {
        self.number(state.installation);
        self.name(&Lock::NAMES, &state.lock);
        self.flag(state.passcode);
        self.name(&Auth::NAMES, &state.auth);
        self.number(state.enrolment);
        self.status(state.invalidated);
        self.size(state.groups.len());
        for group in &state.groups {
            self.bytes(group.as_bytes());
        }
        self.size(state.rows.len());
        for row in &state.rows {
            self.row(row);
        }
    }

    fn row(&mut self, row: &Stored) {
        self.bytes(row.service.masked());
        self.bytes(row.account.masked());
        self.optional(row.generic.as_ref().map(Masked::masked));
        self.optional(row.label.as_ref().map(Masked::masked));
        self.bytes(row.data.masked());
        self.bytes(row.group.as_bytes());
        self.flag(row.synchronizable);
        self.name(&Accessible::TEXTS, &row.protection.accessible);
        self.size(row.protection.flags);
        self.number(row.enrolment);
    }
}

impl Reader<'_> {
    pub(super) fn state(&mut self) -> Option<State> {
        Some(State {
            installation: self.number()?,
            lock: self.name(&Lock::NAMES)?,
            passcode: self.flag()?,
            auth: self.name(&Auth::NAMES)?,
            enrolment: self.number()?,
            invalidated: self.status()?,
            groups: self.several(Self::text)?,
            rows: self.several(Self::row)?,
            ..State::default()
        })
    }

    fn row(&mut self) -> Option<Stored> {
        Some(Stored {
            service: self.masked()?,
            account: self.masked()?,
            generic: self.optional()?.map(Masked::of_masked),
            label: self.optional()?.map(Masked::of_masked),
            data: self.masked()?,
            group: self.text()?,
            synchronizable: self.flag()?,
            protection: AccessControl {
                accessible: self.name(&Accessible::TEXTS)?,
                flags: self.size()?,
            },
            enrolment: self.number()?,
        })
    }

    fn masked(&mut self) -> Option<Masked> {
        self.bytes().map(Masked::of_masked)
    }

    fn several<T>(&mut self, one: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.size()?;
        (0..count).map(|_| one(self)).collect()
    }
}

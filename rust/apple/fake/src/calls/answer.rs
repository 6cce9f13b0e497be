//! The result of a call, made into objects.

use crate::array::Array;
use crate::bytes::Bytes;
use crate::dictionary::Dictionary;
use crate::number::Number;
use crate::objects::{Handle, Payload, Register, register};
use crate::query::{Query, Returns, Status};
use crate::row::Stored;
use crate::statics;

pub(super) enum Answer {
    Nothing,
    One(Item),
    All(Vec<Item>),
}

pub(super) struct Item {
    row: Stored,
    returns: Returns,
}

impl Item {
    pub(super) fn of(row: &Stored, query: &Query) -> Self {
        Self {
            row: row.clone(),
            returns: query.returns,
        }
    }

    fn create(&self, register: &mut Register) -> Handle {
        let data =
            |register: &mut Register| register.create(Payload::Data(Bytes::Own(self.row.data.bytes())));
        if !self.returns.attributes {
            return data(register);
        }
        let mut entries = attributes(&self.row, register);
        if self.returns.data {
            entries.push((statics::kSecValueData, data(register)));
        }
        // The keys are immortal, and the dictionary takes over the values.
        register.create(Payload::Dictionary(Dictionary::of(entries)))
    }
}

impl Answer {
    /// Writes the result where the caller wants it, unless it wants none. After a failure, the place is unchanged.
    ///
    /// # Safety
    /// `result` is null, or a place for a handle.
    pub(super) unsafe fn write(outcome: Result<Self, Status>, result: *mut Handle) -> Status {
        let answer = match outcome {
            Ok(answer) => answer,
            Err(status) => return status,
        };
        if !result.is_null() {
            let object = answer.create(&mut register());
            // SAFETY: the caller's promise.
            unsafe { result.write(object) };
        }
        0
    }

    fn create(&self, register: &mut Register) -> Handle {
        match self {
            Self::Nothing => Handle::NULL,
            Self::One(item) => item.create(register),
            Self::All(items) => {
                let values = items.iter().map(|item| item.create(register)).collect();
                register.create(Payload::Array(Array { values, owns: true }))
            }
        }
    }
}

/// More than callers ask for, as the real ones do.
fn attributes(row: &Stored, register: &mut Register) -> Vec<(Handle, Handle)> {
    let mut entries = vec![
        (statics::kSecClass, statics::kSecClassGenericPassword),
        (statics::kSecAttrAccessible, row.protection.accessible.handle()),
        (
            statics::kSecAttrAccessControl,
            register.create(Payload::AccessControl(row.protection)),
        ),
        (statics::kSecAttrAccessGroup, text(register, row.group.as_bytes())),
        (statics::kSecAttrAccount, text(register, &row.account.bytes())),
        (statics::kSecAttrService, text(register, &row.service.bytes())),
        (
            statics::kSecAttrSynchronizable,
            register.create(Payload::Number(Number::Whole(row.synchronizable.into()))),
        ),
    ];
    if let Some(generic) = &row.generic {
        entries.push((
            statics::kSecAttrGeneric,
            register.create(Payload::Data(Bytes::Own(generic.bytes()))),
        ));
    }
    if let Some(label) = &row.label {
        entries.push((statics::kSecAttrLabel, text(register, &label.bytes())));
    }
    entries
}

fn text(register: &mut Register, bytes: &[u8]) -> Handle {
    register.create(Payload::Text(Bytes::copy_of(bytes)))
}

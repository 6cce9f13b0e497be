//! Reads the dictionaries that the four calls get.

use crate::access_control::AccessControl;
use crate::context::Context;
use crate::masked::Masked;
use crate::objects::{Handle, Payload, Register, register, wrong_type};
use crate::row::Accessible;

/// An `OSStatus`.
pub(crate) type Status = i32;
pub(crate) const PARAM: Status = -50;

#[derive(Default)]
pub(crate) struct Query {
    pub(crate) class: bool,
    pub(crate) service: Option<Masked>,
    pub(crate) account: Option<Masked>,
    pub(crate) generic: Option<Masked>,
    pub(crate) label: Option<Masked>,
    pub(crate) group: Option<String>,
    pub(crate) synchronizable: Option<Synchronizable>,
    pub(crate) accessible: Option<Accessible>,
    pub(crate) access_control: Option<AccessControl>,
    pub(crate) data: Option<Masked>,
    pub(crate) returns: Returns,
    pub(crate) limit: Option<Limit>,
    pub(crate) data_protection: Option<bool>,
    pub(crate) skip_protected: bool,
    pub(crate) context: Option<Context>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Synchronizable {
    Any,
    Just(bool),
}

/// What the caller wants from each row.
#[derive(Clone, Copy, Default)]
pub(crate) struct Returns {
    pub(crate) data: bool,
    pub(crate) attributes: bool,
}

impl Returns {
    pub(crate) fn anything(self) -> bool {
        self.data || self.attributes
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    One,
    All,
}

impl Query {
    /// -50 for null, an unknown key or a value of the wrong type.
    pub(crate) fn read(dictionary: Handle, function: &str) -> Result<Self, Status> {
        if dictionary.is_null() {
            return Err(PARAM);
        }
        let register = register();
        let entries = match register.payload(dictionary, function) {
            Payload::Dictionary(dictionary) => &dictionary.entries,
            other => wrong_type(function, "CFDictionary", other),
        };
        let mut query = Self::default();
        for &(key, value) in entries {
            let key = register.payload(key, function).text().ok_or(PARAM)?;
            let value = Value {
                register: &register,
                handle: value,
                function,
            };
            query.set(key, value).ok_or(PARAM)?;
        }
        Ok(query)
    }

    /// The protection of a row that is written with this, if it names one.
    pub(crate) fn protection(&self) -> Result<Option<AccessControl>, Status> {
        match (self.accessible, self.access_control) {
            (Some(_), Some(_)) => Err(PARAM),
            (Some(accessible), None) => Ok(Some(AccessControl { accessible, flags: 0 })),
            (None, access_control) => Ok(access_control),
        }
    }

    fn set(&mut self, key: &str, value: Value<'_>) -> Option<()> {
        match key {
            "class" => self.class = value.is("genp")?,
            "svce" => self.service = Some(Masked::new(value.text()?.as_bytes())),
            "acct" => self.account = Some(Masked::new(value.text()?.as_bytes())),
            "gena" => self.generic = Some(Masked::new(value.data()?)),
            "labl" => self.label = Some(Masked::new(value.text()?.as_bytes())),
            "agrp" => self.group = Some(value.text()?.to_owned()),
            "sync" => self.synchronizable = Some(value.synchronizable()?),
            "pdmn" => self.accessible = Some(Accessible::of(value.text()?)?),
            "accc" => self.access_control = Some(value.access_control()?),
            "v_Data" => self.data = Some(Masked::new(value.data()?)),
            "r_Data" => self.returns.data = value.boolean()?,
            "r_Attributes" => self.returns.attributes = value.boolean()?,
            "m_Limit" => self.limit = Some(value.limit()?),
            "nleg" => self.data_protection = Some(value.boolean()?),
            "u_AuthUI" => self.skip_protected = value.is("u_AuthUIS")?,
            "u_AuthCtx" => self.context = Some(value.context()?),
            _ => return None,
        }
        Some(())
    }
}

#[derive(Clone, Copy)]
struct Value<'a> {
    register: &'a Register,
    handle: Handle,
    function: &'a str,
}

impl<'a> Value<'a> {
    fn payload(self) -> &'a Payload {
        self.register.payload(self.handle, self.function)
    }

    fn text(self) -> Option<&'a str> {
        self.payload().text()
    }

    /// True, or nothing.
    fn is(self, only: &str) -> Option<bool> {
        (self.text()? == only).then_some(true)
    }

    fn data(self) -> Option<&'a [u8]> {
        match self.payload() {
            Payload::Data(bytes) => Some(bytes.as_slice()),
            _ => None,
        }
    }

    fn boolean(self) -> Option<bool> {
        match self.payload() {
            Payload::Boolean(value) => Some(*value),
            _ => None,
        }
    }

    fn access_control(self) -> Option<AccessControl> {
        match self.payload() {
            Payload::AccessControl(access_control) => Some(*access_control),
            _ => None,
        }
    }

    fn context(self) -> Option<Context> {
        match self.payload() {
            Payload::Context(context) => Some(*context),
            _ => None,
        }
    }

    fn synchronizable(self) -> Option<Synchronizable> {
        match self.text() {
            Some("syna") => Some(Synchronizable::Any),
            Some(_) => None,
            None => self.boolean().map(Synchronizable::Just),
        }
    }

    fn limit(self) -> Option<Limit> {
        match self.text()? {
            "m_LimitOne" => Some(Limit::One),
            "m_LimitAll" => Some(Limit::All),
            _ => None,
        }
    }
}

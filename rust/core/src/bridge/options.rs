//! Options as they came over the bridge. Strict: a wrong type is an error, never a default.

use serde_json::{Map, Value};

use crate::error::{Error, ErrorCode};
use crate::name::EntryKey;
use crate::vault::Expiry;

/// The largest time that a JavaScript `Date` can hold, in milliseconds.
const MAX_TIME_MS: f64 = 8.64e15;

pub(super) struct Options(Map<String, Value>);

impl Options {
    /// Reads the options of a call. The text of the parser is dropped, because it can quote what it could not read.
    pub(super) fn parse(json: &str) -> Result<Self, Error> {
        match serde_json::from_str(json) {
            Ok(Value::Object(options)) => Ok(Self(options)),
            Ok(_) => Err(invalid("The options must be an object")),
            Err(_) => Err(invalid(
                "The options are not valid JSON, or hold text that is not well-formed Unicode",
            )),
        }
    }

    pub(super) fn key(&self) -> Result<EntryKey, Error> {
        EntryKey::new(self.string("key")?)
    }

    pub(super) fn string(&self, name: &'static str) -> Result<&str, Error> {
        self.optional_string(name)?
            .ok_or_else(|| invalid(format!("`{name}` is missing")))
    }

    pub(super) fn optional_string(&self, name: &'static str) -> Result<Option<&str>, Error> {
        match self.0.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(invalid(format!("`{name}` must be a string"))),
        }
    }

    pub(super) fn optional_bool(&self, name: &'static str) -> Result<Option<bool>, Error> {
        match self.0.get(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => Err(invalid(format!("`{name}` must be true or false"))),
        }
    }

    /// A finite number from `least` up to what a time can be.
    pub(super) fn optional_number(&self, name: &'static str, least: f64) -> Result<Option<f64>, Error> {
        let Some(value) = self.0.get(name) else {
            return Ok(None);
        };
        let number = value
            .as_f64()
            .filter(|number| (least..=MAX_TIME_MS).contains(number));
        number
            .map(Some)
            .ok_or_else(|| invalid(format!("`{name}` must be a number of at least {least}")))
    }

    pub(super) fn optional_object(&self, name: &'static str) -> Result<Option<Self>, Error> {
        match self.0.get(name) {
            None => Ok(None),
            Some(Value::Object(object)) => Ok(Some(Self(object.clone()))),
            Some(_) => Err(invalid(format!("`{name}` must be an object"))),
        }
    }

    /// `expiresAt` in milliseconds since the Unix epoch, or `ttl` in seconds from now.
    pub(super) fn expiry(&self) -> Result<Option<Expiry>, Error> {
        let at_ms = self.optional_number("expiresAt", 0.0)?;
        let ttl_s = self.optional_number("ttl", 0.001)?;
        match (at_ms, ttl_s) {
            (None, None) => Ok(None),
            (Some(at_ms), None) => Ok(Some(Expiry::At(whole(at_ms)))),
            (None, Some(ttl_s)) => Ok(Some(Expiry::After(whole((ttl_s * 1000.0).min(MAX_TIME_MS))))),
            (Some(_), Some(_)) => Err(invalid("`expiresAt` and `ttl` exclude each other")),
        }
    }
}

/// The whole part of a number that was checked to lie between 0 and [`MAX_TIME_MS`], which is below 2^53.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the range was checked"
)]
pub(super) fn whole(number: f64) -> u64 {
    number as u64
}

pub(super) fn invalid(detail: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorCode::InvalidArgument, detail)
}

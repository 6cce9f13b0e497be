//! Options as they came over the bridge. A wrong type is always an error; it never falls back to a default.

use std::borrow::Cow;

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::batch;
use crate::error::{Error, ErrorCode};
use crate::name::ItemKey;
use crate::secret::Secret;
use crate::vault::{Expiry, NewItem};

/// The latest time that a JavaScript `Date` can hold, in milliseconds.
const MAX_TIME_MS: f64 = 8.64e15;

/// The options of an item in `items`.
pub(super) const ITEM: &[&str] = &["key", "value", "expiresAt", "ttl"];

pub(super) struct Options<'a>(Cow<'a, Map<String, Value>>);

impl Options<'static> {
    /// Reads the options of a call. The parser's message is dropped, because it can quote its input.
    pub(super) fn parse(json: &str) -> Result<Self, Error> {
        match serde_json::from_str(json) {
            Ok(Value::Object(options)) => Ok(Self(Cow::Owned(options))),
            Ok(_) => Err(invalid("The options must be an object")),
            Err(_) => Err(invalid(
                "The options are not valid JSON, or contain text that is not well-formed Unicode",
            )),
        }
    }
}

impl Options<'_> {
    /// Refuses a name that is not in `known`: without this, a misspelt option would count as one that was left out. The
    /// error does not contain the name.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), Error> {
        if self.0.keys().all(|name| known.contains(&name.as_str())) {
            return Ok(());
        }
        Err(invalid(format!(
            "An option is unknown: use only {}",
            known.join(", ")
        )))
    }

    pub(super) fn key(&self) -> Result<ItemKey, Error> {
        ItemKey::new(self.string("key")?)
    }

    /// `keys`, in their order.
    pub(super) fn keys(&self) -> Result<Vec<ItemKey>, Error> {
        batch::keys(self.list("keys")?.iter().map(|key| match key {
            Value::String(key) => ItemKey::new(key),
            _ => Err(invalid("`keys` must contain only strings")),
        }))
    }

    /// `key` and `value`, with an expiry if there is one.
    pub(super) fn record(&self) -> Result<NewItem, Error> {
        Ok(NewItem {
            key: self.key()?,
            value: secret(self.string("value")?)?,
            expiry: self.expiry()?,
        })
    }

    /// `items`, each of them an item to store.
    pub(super) fn records(&self) -> Result<Vec<NewItem>, Error> {
        batch::records(self.list("items")?.iter().map(|item| match item {
            Value::Object(item) => {
                let item = Options(Cow::Borrowed(item));
                item.only(ITEM)?;
                item.record()
            }
            _ => Err(invalid("`items` must contain only objects")),
        }))
    }

    /// A value, or null for no value. A missing option is an error, because JSON drops what is undefined.
    pub(super) fn nullable_secret(&self, name: &'static str) -> Result<Option<Secret>, Error> {
        match self.0.get(name) {
            None => Err(missing(name)),
            Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => secret(text).map(Some),
            Some(_) => Err(invalid(format!("`{name}` must be a string or null"))),
        }
    }

    pub(super) fn string(&self, name: &'static str) -> Result<&str, Error> {
        self.optional_string(name)?.ok_or_else(|| missing(name))
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

    /// A finite number from `least` up to the latest time.
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

    pub(super) fn optional_object(&self, name: &'static str) -> Result<Option<Options<'_>>, Error> {
        match self.0.get(name) {
            None => Ok(None),
            Some(Value::Object(object)) => Ok(Some(Options(Cow::Borrowed(object)))),
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
            (Some(_), Some(_)) => Err(invalid(
                "`expiresAt` and `ttl` cannot both be set: pass one of them",
            )),
        }
    }

    fn list(&self, name: &'static str) -> Result<&[Value], Error> {
        match self.0.get(name) {
            None => Err(missing(name)),
            Some(Value::Array(list)) => Ok(list),
            Some(_) => Err(invalid(format!("`{name}` must be a list"))),
        }
    }
}

fn secret(text: &str) -> Result<Secret, Error> {
    Secret::new(Zeroizing::new(text.to_owned()))
}

fn missing(name: &'static str) -> Error {
    invalid(format!("`{name}` is missing"))
}

/// The whole part of a number between 0 and [`MAX_TIME_MS`], which is below 2^53. The caller has checked the bounds.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the range was checked"
)]
pub(super) fn whole(number: f64) -> u64 {
    number as u64
}

pub(super) fn invalid(detail: impl Into<Cow<'static, str>>) -> Error {
    Error::new(ErrorCode::InvalidArgument, detail)
}

//! The arguments of a command. No error repeats a value.

use serde_json::{Map, Value};

use crate::row::value_of;

pub(super) struct Arguments(Map<String, Value>);

impl Arguments {
    pub(super) fn parse(json: &str) -> Result<Self, String> {
        match serde_json::from_str(json) {
            Ok(Value::Object(arguments)) => Ok(Self(arguments)),
            _ => Err("the arguments are not a JSON object".to_owned()),
        }
    }

    /// Refuses all but these, so that no mistake in a name is taken for a default.
    pub(super) fn only(&self, names: &[&str]) -> Result<&Self, String> {
        if self.0.keys().all(|name| names.contains(&name.as_str())) {
            Ok(self)
        } else {
            Err(format!("the arguments are {names:?}"))
        }
    }

    /// A whole number, which may have been a floating-point number on its way.
    pub(super) fn number<T: TryFrom<i64>>(&self, name: &str, default: Option<T>) -> Result<T, String> {
        let Some(value) = self.0.get(name) else {
            return default.ok_or_else(|| format!("`{name}` is missing"));
        };
        value
            .as_i64()
            .or_else(|| value.as_f64().and_then(whole))
            .and_then(|number| T::try_from(number).ok())
            .ok_or_else(|| format!("`{name}` is not a number in range"))
    }

    pub(super) fn boolean(&self, name: &str) -> Result<bool, String> {
        self.0
            .get(name)
            .and_then(Value::as_bool)
            .ok_or_else(|| format!("`{name}` is not a boolean"))
    }

    pub(super) fn texts(&self, name: &str) -> Result<Vec<&str>, String> {
        self.0
            .get(name)
            .and_then(Value::as_array)
            .and_then(|texts| texts.iter().map(Value::as_str).collect())
            .ok_or_else(|| format!("`{name}` is not an array of texts"))
    }

    /// One of several values by its name.
    pub(super) fn choice<T: Copy>(&self, name: &str, choices: &[(&str, T)]) -> Result<Option<T>, String> {
        let Some(value) = self.0.get(name) else {
            return Ok(None);
        };
        let chosen = value.as_str().and_then(|text| value_of(choices, text));
        chosen.map(Some).ok_or_else(|| {
            let known: Vec<_> = choices.iter().map(|choice| choice.0).collect();
            format!("`{name}` is not one of {known:?}")
        })
    }

    pub(super) fn chosen<T: Copy>(&self, name: &str, choices: &[(&str, T)]) -> Result<T, String> {
        self.choice(name, choices)?
            .ok_or_else(|| format!("`{name}` is missing"))
    }
}

/// A number that has no fraction and that a double represents exactly.
fn whole(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() != 0.0 || number.abs() > EXACT {
        return None;
    }
    format!("{number:.0}").parse().ok()
}

//! The behaviour that every vault, on every platform, has to show.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use strongroom_core::bridge::{Bridge, VaultFactory};
use strongroom_core::policy::VaultOptions;
use strongroom_core::{Error, StoreName, Vault};

/// Runs the cases of `contract/behaviour.json`, each through a bridge of its own with empty stores, and answers how many there are.
/// What comes with a bridge is kept as long as the bridge.
pub fn run_behaviour<Kept>(mut open: impl FnMut() -> (Bridge, Kept)) -> usize {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contract/behaviour.json");
    let text = std::fs::read_to_string(path).unwrap();
    let cases: Vec<Case<'_>> = serde_json::from_str(&text).unwrap();
    for case in &cases {
        let (bridge, _kept) = open();
        for (number, step) in case.steps.iter().enumerate() {
            let place = format!("{}, step {number} ({})", case.name, step.method);
            let outcome = bridge.handle(&step.method, &options_text(step));
            match (&step.result, &step.includes, &step.error) {
                (Some(expected), None, None) => {
                    let found: Value = serde_json::from_str(&outcome.expect(&place)).unwrap();
                    assert!(found == expand(expected.clone()), "{place}");
                }
                (None, Some(Value::Object(expected)), None) => {
                    let found: Value = serde_json::from_str(&outcome.expect(&place)).unwrap();
                    for (field, value) in expected {
                        assert_eq!(found[field], *value, "{place}: {field}");
                    }
                }
                (None, None, Some(code)) => {
                    let error = outcome.err().unwrap_or_else(|| panic!("{place} went well"));
                    assert_eq!(error.code().as_str(), code, "{place}");
                }
                _ => panic!("{place} does not say what to expect"),
            }
        }
    }
    cases.len()
}

/// The stores behind a bridge: each is opened once.
pub struct Stores<Open> {
    open: Open,
    location: &'static str,
    opened: Mutex<BTreeMap<StoreName, Arc<dyn Vault>>>,
}

impl<Open: Fn(&StoreName, &VaultOptions) -> Arc<dyn Vault>> Stores<Open> {
    /// Stores that lie in `location`, as `getStatus()` tells it.
    pub fn new(location: &'static str, open: Open) -> Self {
        Self {
            open,
            location,
            opened: Mutex::default(),
        }
    }
}

impl<Open: Fn(&StoreName, &VaultOptions) -> Arc<dyn Vault> + Send + Sync> VaultFactory for Stores<Open> {
    fn vault(&self, store: &StoreName, options: &VaultOptions) -> Result<Arc<dyn Vault>, Error> {
        let mut opened = self.opened.lock().unwrap();
        let vault = opened
            .entry(store.clone())
            .or_insert_with(|| (self.open)(store, options));
        Ok(vault.clone())
    }

    fn location(&self) -> &'static str {
        self.location
    }
}

#[derive(Deserialize)]
struct Case<'a> {
    name: String,
    #[serde(borrow)]
    steps: Vec<Step<'a>>,
}

#[derive(Deserialize)]
struct Step<'a> {
    method: String,
    #[serde(borrow)]
    options: Option<&'a RawValue>,
    raw: Option<String>,
    result: Option<Value>,
    includes: Option<Value>,
    error: Option<String>,
}

/// The text of the options. A reader of JSON refuses half surrogate pairs, which are the point of some cases.
fn options_text(step: &Step<'_>) -> String {
    match (&step.raw, step.options) {
        (Some(raw), _) => raw.clone(),
        (None, Some(options)) => serde_json::from_str::<Value>(options.get()).map_or_else(
            |_| options.get().to_owned(),
            |options| expand(options).to_string(),
        ),
        (None, None) => "{}".to_owned(),
    }
}

fn expand(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            if let Some([Value::String(text), Value::Number(times)]) =
                fields.get("$repeat").and_then(Value::as_array).map(Vec::as_slice)
            {
                return text
                    .repeat(usize::try_from(times.as_u64().unwrap()).unwrap())
                    .into();
            }
            if let Some([Value::Number(length), entry]) =
                fields.get("$list").and_then(Value::as_array).map(Vec::as_slice)
            {
                return list(length.as_u64().unwrap(), &entry.to_string());
            }
            Value::Object(
                fields
                    .into_iter()
                    .map(|(name, value)| (name, expand(value)))
                    .collect(),
            )
        }
        Value::Array(items) => items.into_iter().map(expand).collect(),
        other => other,
    }
}

fn list(length: u64, entry: &str) -> Value {
    (0..length)
        .map(|index| serde_json::from_str::<Value>(&entry.replace('#', &index.to_string())).unwrap())
        .collect()
}

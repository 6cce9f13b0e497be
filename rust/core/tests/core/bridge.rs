//! The bridge protocol: the behaviour data that every platform runs, and what only this layer can see.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use strongroom_core::bridge::{Bridge, BridgeConfig, VaultFactory, VaultOptions, encode_event};
use strongroom_core::platform::{SecurityLevel, StrongBox};
use strongroom_core::{
    Error, ErrorCode, Event, LastReset, OnKeyLoss, ResetReason, SealedConfig, SealedVault, StoreName, Vault,
};

use crate::world::{World, key};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

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

#[test]
fn the_behaviour_data_holds() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contract/behaviour.json");
    let text = std::fs::read_to_string(path).unwrap();
    let cases: Vec<Case<'_>> = serde_json::from_str(&text).unwrap();
    assert!(cases.len() > 70);
    for case in &cases {
        let host = Host::new("{}");
        for (number, step) in case.steps.iter().enumerate() {
            let place = format!("{}, step {number} ({})", case.name, step.method);
            let outcome = host.bridge.handle(&step.method, &options_text(step));
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

#[test]
fn bad_input_changes_nothing_and_is_not_quoted() {
    let host = Host::new("{}");
    host.call("set", r#"{"key":"witness","value":"untouched"}"#)
        .unwrap();
    let before = host.world.snapshot();
    let too_deep = "[".repeat(100_000);
    for (method, options) in [
        ("set", r#"{"key":"canary","value":5}"#),
        ("set", r#"{"key":{"canary":1},"value":"x"}"#),
        ("set", r#"{"key":"canary","value":"x","ttl":"canary"}"#),
        ("set", r#"{"key":"canary","value":"x","expiresAt":-1}"#),
        ("set", r#"{"key":"canary","value":"x","store":"CANARY"}"#),
        ("set", r#"{"key":"canary""#),
        ("set", "{\"key\":\"canary\\ud800\",\"value\":\"x\"}"),
        ("setMany", r#"{"items":"canary"}"#),
        ("setMany", r#"{"items":[{"key":"witness","value":"x"},"canary"]}"#),
        (
            "setMany",
            r#"{"items":[{"key":"witness","value":"x"},{"canary":1}]}"#,
        ),
        (
            "setMany",
            r#"{"items":[{"key":"canary","value":"x"},{"key":"canary","value":"canary"}]}"#,
        ),
        ("getMany", r#"{"keys":["canary",{"canary":1}]}"#),
        ("removeMany", r#"{"keys":["witness",{"canary":1}]}"#),
        ("getOrCreate", r#"{"key":"canary","value":["canary"]}"#),
        ("compareAndSet", r#"{"key":"canary","value":"canary"}"#),
        ("compareAndSet", r#"{"key":"canary","expected":null}"#),
        (
            "compareAndSet",
            r#"{"key":"canary","expected":null,"value":["canary"]}"#,
        ),
        ("canary", "{}"),
        ("get", &too_deep),
    ] {
        let error = host.bridge.handle(method, options).err().unwrap();
        assert!(
            matches!(error.code(), ErrorCode::InvalidArgument | ErrorCode::Unsupported),
            "{method}: {error}"
        );
        assert!(!error.detail().to_lowercase().contains("canary"), "{error}");
    }
    assert_eq!(host.world.snapshot(), before);
}

#[test]
fn the_status_says_what_an_app_needs_to_know() {
    let host = Host::new("{}");
    let fresh = host.call("getStatus", "{}").unwrap();
    assert_eq!(fresh["state"], "fresh");
    assert_eq!(fresh["securityLevel"], Value::Null);
    host.call("set", r#"{"key":"a","value":"1"}"#).unwrap();
    let status = host.call("getStatus", "{}").unwrap();
    assert_eq!(status["state"], "ready");
    assert_eq!(status["records"], 1);
    assert_eq!(status["securityLevel"], "trustedEnvironment");
    assert_eq!(status["keyCreatedAt"], crate::world::NOW_MS);
    assert_eq!(status["location"], "file");
    assert_eq!(status["platform"], "android");
    assert_eq!(status["bridgeLogging"], false);
    assert_eq!(status["fileBytes"], host.world.bytes().len());
}

#[test]
fn the_configuration_is_read_strictly() {
    let parse = |config: &str| {
        BridgeConfig::parse(&format!(
            r#"{{"platform":"android","bridgeLogging":true,"config":{config}}}"#
        ))
    };
    let config = parse("{}").unwrap();
    assert_eq!(config.vault, VaultOptions::default());
    assert!(config.bridge_logging);
    assert_eq!(config.vault.rotate_after, Some(90 * DAY));
    assert_eq!(config.vault.rotate_kek_after, Some(180 * DAY));

    let config = parse(
        r#"{"onKeyLoss":"error","strongBox":"prefer","minSecurityLevel":"trustedEnvironment","rotateAfterDays":0,"web":"deny"}"#,
    )
    .unwrap();
    assert_eq!(config.vault.on_key_loss, OnKeyLoss::Error);
    assert_eq!(config.vault.key_policy.strong_box, StrongBox::Prefer);
    assert_eq!(
        config.vault.key_policy.min_level,
        Some(SecurityLevel::TrustedEnvironment)
    );
    assert_eq!(config.vault.rotate_after, None);
    assert_eq!(config.vault.rotate_kek_after, None, "0 is for both keys");

    for (days, whole) in [("0.5", 1), ("30", 30), ("400", 400)] {
        let config = parse(&format!(r#"{{"rotateAfterDays":{days}}}"#)).unwrap();
        assert_eq!(config.vault.rotate_after, Some(whole * DAY));
        assert_eq!(config.vault.rotate_kek_after, Some(180 * DAY));
    }

    for bad in [
        r#"{"onKeyLoss":"ignore"}"#,
        r#"{"onKeyLoss":null}"#,
        r#"{"strongBox":true}"#,
        r#"{"minSecurityLevel":"tee"}"#,
        r#"{"rotateAfterDays":"90"}"#,
        r#"{"rotateAfterDays":-1}"#,
        "[]",
        "null",
    ] {
        assert_eq!(
            parse(bad).unwrap_err().code(),
            ErrorCode::InvalidArgument,
            "{bad}"
        );
    }
    assert!(BridgeConfig::parse("{}").is_err(), "the platform is not guessed");
}

#[test]
fn a_sealed_vault_behaves_as_configured() {
    let directory = Path::new("somewhere");
    let config =
        VaultOptions::parse(r#"{"onKeyLoss":"error","strongBox":"require","rotateAfterDays":7}"#).unwrap();
    let sealed = config.sealed(directory.into());
    assert_eq!(sealed.directory, directory);
    assert_eq!(sealed.on_key_loss, OnKeyLoss::Error);
    assert_eq!(sealed.key_policy, config.key_policy);
    assert_eq!(sealed.rotate_after, Some(7 * DAY));
    assert_eq!(sealed.rotate_kek_after, Some(180 * DAY));

    let sealed = VaultOptions::parse(r#"{"rotateAfterDays":0}"#)
        .unwrap()
        .sealed(directory.into());
    assert_eq!(sealed.rotate_after, None);
    assert_eq!(sealed.rotate_kek_after, None);

    let sealed = VaultOptions::default().sealed(directory.into());
    let usual = SealedConfig::new(directory.into());
    assert_eq!(sealed.rotate_after, usual.rotate_after);
    assert_eq!(sealed.rotate_kek_after, usual.rotate_kek_after);
}

#[test]
fn events_carry_the_store_and_what_happened() {
    let store = StoreName::new("session").unwrap();
    let reset = Event::StoreReset(LastReset {
        reason: ResetReason::KeyLost,
        at_ms: 7,
    });
    let (name, data) = encode_event(&store, &reset);
    assert_eq!(name, "storeReset");
    assert_eq!(data, r#"{"at":7,"reason":"KEY_LOST","store":"session"}"#);
    let (name, data) = encode_event(&store, &Event::Expired(key("quote\"d")));
    assert_eq!(name, "expired");
    assert_eq!(data, r#"{"key":"quote\"d","store":"session"}"#);
}

/// A bridge over a world of its own.
struct Host {
    world: Arc<World>,
    bridge: Bridge,
}

impl Host {
    fn new(config: &str) -> Self {
        let world = Arc::new(World::new());
        let factory = Factory {
            world: world.clone(),
            open: Mutex::default(),
        };
        let config = format!(r#"{{"platform":"android","config":{config}}}"#);
        let bridge = Bridge::new(&config, Arc::new(factory)).unwrap();
        Self { world, bridge }
    }

    fn call(&self, method: &str, options: &str) -> Result<Value, Error> {
        self.bridge
            .handle(method, options)
            .map(|result| serde_json::from_str(&result).unwrap())
    }
}

struct Factory {
    world: Arc<World>,
    open: Mutex<BTreeMap<StoreName, Arc<dyn Vault>>>,
}

impl VaultFactory for Factory {
    fn vault(&self, store: &StoreName, _: &VaultOptions) -> Result<Arc<dyn Vault>, Error> {
        let open = || -> Arc<dyn Vault> {
            Arc::new(SealedVault::new(
                self.world.edges(),
                self.world.config(),
                store.clone(),
            ))
        };
        Ok(self
            .open
            .lock()
            .unwrap()
            .entry(store.clone())
            .or_insert_with(open)
            .clone())
    }

    fn location(&self) -> &'static str {
        "file"
    }
}

//! The bridge protocol with any method, options and configuration.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use strongroom_core::bridge::{Bridge, VaultFactory};
use strongroom_core::policy::VaultOptions;
use strongroom_core::{Error, ErrorCode, SealedVault, StoreName, Vault};

use crate::stage::{Keys, Stage};

/// A mark for what a user typed. No error may contain it.
const CANARY: &str = "Kanarienvogel";
/// The canary replaces this text in an input.
const PLACEHOLDER: &str = "~";
const MOST_CALLS: usize = 12;

/// The input is text. A first line `config {…}` configures the bridge; each other line is a call: a method and its
/// options.
pub fn bridge_json(data: &[u8]) {
    let text = String::from_utf8_lossy(data).replace(PLACEHOLDER, CANARY);
    let mut lines = text.lines().take(MOST_CALLS).peekable();
    let config = lines.next_if(|line| line.starts_with("config "));
    let Some(host) = Host::new(config.map_or("{}", |line| &line["config ".len()..])) else {
        return;
    };
    for line in lines {
        let (method, options) = line.split_once(' ').unwrap_or((line, ""));
        host.call(method, options);
        if let Ok(mut parsed @ Value::Object(_)) = serde_json::from_str(options) {
            mark(&mut parsed);
            host.call(method, &parsed.to_string());
        }
    }
}

/// Appends the canary to every text.
fn mark(value: &mut Value) {
    match value {
        Value::String(text) => text.push_str(CANARY),
        Value::Array(items) => items.iter_mut().for_each(mark),
        Value::Object(fields) => fields.values_mut().for_each(mark),
        _ => {}
    }
}

struct Host {
    stage: Arc<Stage>,
    bridge: Bridge,
}

impl Host {
    /// `None` if the configuration is refused.
    fn new(config: &str) -> Option<Self> {
        let stage = Arc::new(Stage::new([], Keys::new(false, &[])));
        let factory = Factory {
            stage: stage.clone(),
            open: Mutex::default(),
        };
        match Bridge::new(
            &format!(r#"{{"platform":"android","config":{config}}}"#),
            Arc::new(factory),
        ) {
            Ok(bridge) => Some(Self { stage, bridge }),
            Err(error) => {
                assert!(
                    error.code() == ErrorCode::InvalidArgument,
                    "not a code of a configuration"
                );
                silent(&error);
                None
            }
        }
    }

    fn call(&self, method: &str, options: &str) {
        let before = self.stage.files();
        match self.bridge.handle(method, options) {
            Ok(result) => {
                let result = serde_json::from_str(&result).expect("a result in JSON");
                assert!(matches!(result, Value::Object(_)), "a result that is no object");
                if method == "set" {
                    self.can_be_read(options);
                }
            }
            Err(error) => {
                silent(&error);
                let documented = matches!(
                    error.code(),
                    ErrorCode::InvalidArgument
                        | ErrorCode::InsufficientSecurity
                        | ErrorCode::NotFound
                        | ErrorCode::TooLarge
                        | ErrorCode::Unsupported
                );
                assert!(documented, "not a code of a sound store");
                assert!(self.stage.files() == before, "a refused call changed a file");
            }
        }
    }

    /// Checks that an item that was set without an expiry exists.
    fn can_be_read(&self, options: &str) {
        let options: Value = serde_json::from_str(options).expect("options that were taken");
        if options.get("ttl").is_some() || options.get("expiresAt").is_some() {
            return;
        }
        let result = self
            .bridge
            .handle("get", &options.to_string())
            .expect("a value that was set");
        let result: Value = serde_json::from_str(&result).expect("a result in JSON");
        assert!(
            result["value"] == options["value"] && result["value"].is_string(),
            "another value"
        );
    }
}

fn silent(error: &Error) {
    let told = [error.detail().to_owned(), error.to_string(), format!("{error:?}")];
    assert!(
        told.iter().all(|text| !text.contains(CANARY)),
        "an error quotes its input"
    );
}

struct Factory {
    stage: Arc<Stage>,
    open: Mutex<BTreeMap<StoreName, Arc<dyn Vault>>>,
}

impl VaultFactory for Factory {
    fn vault(&self, store: &StoreName, options: &VaultOptions) -> Result<Arc<dyn Vault>, Error> {
        let mut config = Stage::config();
        config.on_key_loss = options.on_key_loss;
        config.key_policy = options.key_policy;
        config.rotate_after = options.rotate_after;
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let vault = open
            .entry(store.clone())
            .or_insert_with(|| Arc::new(SealedVault::new(self.stage.edges(), config, store.clone())));
        Ok(vault.clone())
    }

    fn location(&self) -> &'static str {
        "file"
    }
}

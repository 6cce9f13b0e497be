//! Keeps secrets through the bridge protocol, with the allocator that the shared library has: the whole way of a call through
//! Rust, but for UniFFI.

#![allow(clippy::unwrap_used, reason = "its parent sees it fail")]

use std::sync::Arc;

use strongroom_battery::keeper::{Record, keep};
use strongroom_core::bridge::{Bridge, VaultFactory};
use strongroom_core::policy::VaultOptions;
use strongroom_core::{Error, StoreName, Vault};
use strongroom_testkit::SecretText;
use zeroize::Zeroizing;

#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);

fn main() {
    let open = |vault| {
        let only = Arc::new(Only(Arc::new(vault)));
        Bridge::new(r#"{"platform": "android"}"#, only).unwrap()
    };
    keep(open, |bridge, command, records| match records {
        [] => call(bridge, command, None),
        records => records
            .iter()
            .for_each(|record| call(bridge, command, Some(record))),
    });
}

/// The one store there is.
struct Only(Arc<dyn Vault>);

impl VaultFactory for Only {
    fn vault(&self, _: &StoreName, _: &VaultOptions) -> Result<Arc<dyn Vault>, Error> {
        Ok(Arc::clone(&self.0))
    }

    fn location(&self) -> &'static str {
        "test"
    }
}

fn call(bridge: &Bridge, command: &str, record: Option<&Record>) {
    let method = match command {
        "rotate" => "rotateKeys",
        "status" => "getStatus",
        "absent" => "get",
        same => same,
    };
    let options = match record.filter(|_| TAKES_A_KEY.contains(&method)) {
        None => Zeroizing::new("{}".to_owned()),
        Some(record) if command == "set" => json(&[("key", record.name), ("value", record.value)]),
        Some(record) => json(&[("key", record.name)]),
    };
    let answer = bridge.handle(method, &options);
    match (command, record) {
        ("absent", _) => assert!(answer.is_err()),
        ("get", Some(record)) => {
            let answer = answer.unwrap();
            let value = answer
                .strip_prefix("{\"value\":\"-")
                .and_then(|rest| rest.strip_suffix("\"}"));
            assert!(value.is_some_and(|value| record.value.is(value)));
        }
        _ => drop(answer.unwrap()),
    }
}

/// The methods that are about one record.
const TAKES_A_KEY: [&str; 4] = ["get", "has", "remove", "set"];

/// An object of strings, built without a copy.
fn json(fields: &[(&str, SecretText)]) -> Zeroizing<String> {
    let length: usize = fields
        .iter()
        .map(|(name, text)| name.len() + text.bytes().count() + 8)
        .sum();
    let mut json = Zeroizing::new(String::with_capacity(length));
    for (index, (name, text)) in fields.iter().enumerate() {
        json.push_str(if index == 0 { "{\"" } else { ",\"" });
        json.push_str(name);
        // The escape makes the parser put the text together in a buffer of its own.
        json.push_str("\":\"\\u002d");
        json.extend(text.bytes().map(char::from));
        json.push('"');
    }
    json.push('}');
    json
}

//! Checks that nothing of a call through the bridge stays in memory, with the allocator of the library: no type wipes
//! the buffers of the JSON parser and writer.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod memory;

use std::fmt::Write;
use std::sync::Arc;

use memory::life::{Way, lives};
use memory::recorder::Recorder;
use memory::store::{Answer, Store};
use strongroom_core::bridge::{Bridge, VaultFactory, encode_event};
use strongroom_core::policy::VaultOptions;
use strongroom_core::{Error, Event, EventSink, ItemKey, SealedVault, Secret, StoreName, Vault};
use strongroom_testkit::SecretText;
use zeroize::Zeroizing;

#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<Recorder> = zeroizing_alloc::ZeroAlloc(Recorder);

/// One test only, so that no other thread writes to memory during the search.
#[test]
fn no_block_of_the_heap_holds_what_a_call_through_the_bridge_is_done_with() {
    let way = || Way {
        open: |vault| Box::new(open(vault)),
        events: Arc::new(Encoder),
    };
    // The control: the allocator wipes what it frees.
    lives("wipe-bridge", way, 0);
}

fn open(vault: SealedVault) -> Bridge {
    Bridge::new(r#"{"platform": "android"}"#, Arc::new(Only(Arc::new(vault)))).unwrap()
}

/// A factory with one store.
struct Only(Arc<dyn Vault>);

impl VaultFactory for Only {
    fn vault(&self, _: &StoreName, _: &VaultOptions) -> Result<Arc<dyn Vault>, Error> {
        Ok(Arc::clone(&self.0))
    }

    fn location(&self) -> &'static str {
        "test"
    }
}

/// Encodes each event as Kotlin and Swift receive it.
struct Encoder;

impl EventSink for Encoder {
    fn raise(&self, store: &StoreName, event: Event) {
        let (_, data) = encode_event(store, &event);
        assert!(data.starts_with('{'));
    }
}

impl Store for Bridge {
    fn set(&self, records: &[(SecretText, SecretText)], ttl_ms: Option<u64>) -> Answer {
        records.iter().try_for_each(|(name, value)| {
            let mut options = json(&[("key", *name), ("value", *value)]);
            if let Some(ttl_ms) = ttl_ms {
                options.pop();
                write!(options, ",\"ttl\":{}}}", ttl_ms / 1000).unwrap();
            }
            call(self, "set", &options).map(|_| ())
        })
    }

    fn get(&self, name: SecretText, values: &[SecretText]) -> Answer {
        let answer = call(self, "get", &json(&[("key", name)]))?;
        let value = answer.strip_prefix("{\"value\":\"-").unwrap();
        let value = value.strip_suffix("\"}").unwrap();
        assert!(values.iter().any(|known| known.is(value)));
        Ok(())
    }

    fn has(&self, name: SecretText) -> Answer {
        call(self, "has", &json(&[("key", name)])).map(|_| ())
    }

    fn keys(&self, names: &[SecretText]) -> Answer<Vec<bool>> {
        let answer = call(self, "keys", "{}")?;
        let listed = |name: &SecretText| {
            let mut keys = answer.split('"').filter_map(|part| part.strip_prefix('-'));
            keys.any(|key| name.is(key))
        };
        Ok(names.iter().map(listed).collect())
    }

    fn remove(&self, name: SecretText) -> Answer {
        call(self, "remove", &json(&[("key", name)])).map(|_| ())
    }

    fn clear(&self) -> Answer {
        call(self, "clear", "{}").map(|_| ())
    }

    fn status(&self) -> Answer {
        call(self, "getStatus", "{}").map(|_| ())
    }

    fn reset(&self) -> Answer {
        call(self, "reset", "{}").map(|_| ())
    }

    fn recover(&self) -> Answer {
        call(self, "recover", "{}").map(|_| ())
    }

    fn rotate(&self) -> Answer {
        call(self, "rotateKeys", "{}").map(|_| ())
    }

    fn misuse(&self, name: SecretText, value: SecretText) {
        let good = json(&[("key", name), ("value", value)]);
        assert!(call(self, "noSuchMethod", &good).is_err());
        let mut wrong_type = good.clone();
        wrong_type.pop();
        wrong_type.push_str(",\"ttl\":\"soon\"}");
        let mut no_string = Zeroizing::new(String::from("{\"key\":["));
        no_string.push_str(&good);
        no_string.push_str("]}");
        let cut_short = &good[..good.len() - 2];
        let no_object = &good[7..good.len() - 1];
        for options in [&wrong_type, &no_string, cut_short, no_object] {
            assert!(call(self, "set", options).is_err());
        }
        for (option, text, longest) in [
            ("key", name, ItemKey::MAX_BYTES),
            ("value", value, Secret::MAX_BYTES),
        ] {
            let mut too_long = json(&[("key", name)]);
            too_long.pop();
            // If an option comes twice, the last one counts.
            write!(too_long, ",\"{option}\":\"").unwrap();
            too_long.extend(text.bytes().cycle().take(longest + 1).map(char::from));
            too_long.push_str("\"}");
            assert!(call(self, "set", &too_long).is_err());
        }
    }
}

/// What `strongroom-ffi` does with a result.
fn call(bridge: &Bridge, method: &str, options: &str) -> Answer<String> {
    let mut answer = bridge.handle(method, options).map_err(|error| error.code())?;
    Ok(std::mem::take(&mut *answer))
}

/// An object of strings. The escape makes the parser build each string in a buffer of its own.
fn json(fields: &[(&str, SecretText)]) -> Zeroizing<String> {
    let mut json = Zeroizing::new(String::from("{"));
    for (index, (name, text)) in fields.iter().enumerate() {
        json.push_str(if index == 0 { "\"" } else { ",\"" });
        json.push_str(name);
        json.push_str("\":\"\\u002d");
        json.extend(text.bytes().map(char::from));
        json.push('"');
    }
    json.push('}');
    json
}

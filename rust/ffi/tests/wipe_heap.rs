//! Checks that the types of the core wipe what they held, without an allocator that does it for
//! them.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod memory;

use std::sync::Arc;

use memory::life::{Way, lives};
use memory::recorder::Recorder;
use memory::store::{Answer, Store};
use strongroom_core::{Event, EventSink, Expiry, ItemKey, NewItem, SealedVault, Secret, StoreName, Vault};
use strongroom_testkit::SecretText;
use zeroize::Zeroizing;

#[global_allocator]
static ALLOCATOR: Recorder = Recorder;

/// One test only, so that no other thread writes to memory during the search.
#[test]
fn no_block_of_the_heap_holds_what_a_call_is_done_with() {
    let way = || Way {
        open: |vault| Box::new(vault),
        events: Arc::new(Deaf),
    };
    // The control: the search finds a copy that was freed without wiping.
    lives("wipe-heap", way, 1);
}

struct Deaf;

impl EventSink for Deaf {
    fn raise(&self, _: &StoreName, _: Event) {}
}

impl Store for SealedVault {
    fn set(&self, records: &[(SecretText, SecretText)], ttl_ms: Option<u64>) -> Answer {
        let records: Vec<_> = records
            .iter()
            .map(|(name, value)| NewItem {
                key: key(*name),
                value: Secret::new(value.text()).unwrap(),
                expiry: ttl_ms.map(Expiry::After),
            })
            .collect();
        coded(self.set_many(&records))
    }

    fn get(&self, name: SecretText, values: &[SecretText]) -> Answer {
        let secret = coded(Vault::get(self, &key(name)))?;
        assert!(values.iter().any(|value| value.is(secret.expose())));
        Ok(())
    }

    fn has(&self, name: SecretText) -> Answer {
        coded(Vault::has(self, &key(name))).map(|_| ())
    }

    fn keys(&self, names: &[SecretText]) -> Answer<Vec<bool>> {
        let keys = coded(Vault::keys(self))?;
        let listed = |name: &SecretText| keys.iter().any(|key| name.is(key.as_str()));
        Ok(names.iter().map(listed).collect())
    }

    fn remove(&self, name: SecretText) -> Answer {
        coded(Vault::remove(self, &key(name)))
    }

    fn clear(&self) -> Answer {
        coded(Vault::clear(self))
    }

    fn status(&self) -> Answer {
        coded(Vault::status(self)).map(|_| ())
    }

    fn reset(&self) -> Answer {
        coded(Vault::reset(self))
    }

    fn recover(&self) -> Answer {
        coded(Vault::recover(self)).map(|_| ())
    }

    fn rotate(&self) -> Answer {
        coded(self.rotate_keys())
    }

    fn misuse(&self, name: SecretText, value: SecretText) {
        let longer_than = |text: SecretText, length: usize| {
            let mut long = Zeroizing::new(String::with_capacity(length + 1));
            long.extend(text.bytes().cycle().take(length + 1).map(char::from));
            long
        };
        assert!(ItemKey::new(&longer_than(name, ItemKey::MAX_BYTES)).is_err());
        assert!(Secret::new(longer_than(value, Secret::MAX_BYTES)).is_err());
    }
}

fn key(name: SecretText) -> ItemKey {
    ItemKey::new(&name.text()).unwrap()
}

fn coded<T>(answer: Result<T, strongroom_core::Error>) -> Answer<T> {
    answer.map_err(|error| error.code())
}

//! Which aliases are ours, and how long a key store is waited for.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

use std::sync::Mutex;

use super::*;
use crate::testing::BareKeys;

#[test]
fn an_alias_has_one_spelling() {
    let store = StoreName::new("a").unwrap();
    let clock = Waits::default();
    let kek = KekStore {
        keys: &BareKeys,
        clock: &clock,
        random: &Fixed(0),
        store: &store,
    };
    for (alias, version) in [
        ("dev.strongroom.a.v1", Some(1)),
        ("dev.strongroom.a.v18446744073709551615", Some(u64::MAX)),
        ("dev.strongroom.a.v18446744073709551616", None),
        ("dev.strongroom.a.v01", None),
        ("dev.strongroom.a.v0", None),
        ("dev.strongroom.a.v+1", None),
        ("dev.strongroom.a.v-1", None),
        ("dev.strongroom.a.v", None),
        ("dev.strongroom.a.b.v1", None),
        ("dev.strongroom.b.v1", None),
    ] {
        assert_eq!(kek.version(alias), version, "{alias}");
    }
    assert_eq!(kek.alias(7), "dev.strongroom.a.v7");
}

#[test]
fn the_waits_double_and_are_spread_over_as_much_again() {
    for (jitter, expected) in [
        (0, [20, 40, 80, 160, 320, 320]),
        (255, [40, 80, 160, 320, 640, 640]),
        (51, [24, 48, 96, 192, 384, 384]),
    ] {
        let store = StoreName::default();
        let clock = Waits::default();
        let kek = KekStore {
            keys: &BareKeys,
            clock: &clock,
            random: &Fixed(jitter),
            store: &store,
        };
        for attempt in 0..6 {
            kek.wait(attempt);
        }
        assert_eq!(*clock.0.lock().unwrap(), expected.map(Duration::from_millis));
    }
}

/// Writes down how long it was asked to wait.
#[derive(Default)]
struct Waits(Mutex<Vec<Duration>>);

impl Clock for Waits {
    fn now_ms(&self) -> u64 {
        0
    }

    fn sleep(&self, duration: Duration) {
        self.0.lock().unwrap().push(duration);
    }

    fn elapsed(&self) -> Duration {
        self.0.lock().unwrap().iter().sum()
    }
}

/// Not random at all.
struct Fixed(u8);

impl Random for Fixed {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), Error> {
        buffer.fill(self.0);
        Ok(())
    }
}

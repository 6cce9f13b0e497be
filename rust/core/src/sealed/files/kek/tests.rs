//! How long a vault waits for a key store, and which answers it accepts.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

use super::*;
use crate::fakes::{BareKeys, Waits};
use crate::name::StoreName;

#[test]
fn the_waits_double_and_are_spread_over_as_much_again() {
    for (jitter, expected) in [
        (0, [20, 40, 80, 160, 320, 640, 640]),
        (255, [40, 80, 160, 320, 640, 1280, 1280]),
        (51, [24, 48, 96, 192, 384, 768, 768]),
    ] {
        let store = StoreName::default();
        let clock = Waits::default();
        let kek = KekStore {
            keys: &BareKeys,
            random: &Fixed(jitter),
            budget: Budget::new(&clock, Duration::from_secs(30)),
            aliases: Aliases {
                app: "app",
                store: &store,
            },
        };
        for attempt in 0..7 {
            kek.wait(attempt);
        }
        assert_eq!(clock.all(), expected.map(Duration::from_millis));
    }
}

#[test]
fn an_answer_is_believed_when_it_stays_the_same_for_more_than_a_second() {
    use KeyErrorKind::{Absent, Invalidated, Mismatch, Unavailable};
    let store = StoreName::default();
    for (answers, believed, least_ms) in [
        (vec![Absent; 8], Some(7), 1260),
        (vec![Invalidated; 8], Some(7), 1260),
        (vec![Mismatch; 8], Some(7), 1260),
        ([vec![Mismatch], vec![Absent; 7]].concat(), Some(8), 1880),
        ([vec![Mismatch; 2], vec![Absent; 6]].concat(), None, 1900),
        (
            [vec![Absent; 6], vec![Unavailable], vec![Absent]].concat(),
            None,
            1900,
        ),
        (vec![Unavailable; 8], None, 1900),
    ] {
        let (mut seen, clock) = (Answers::default(), Waits::default());
        let kek = KekStore {
            keys: &BareKeys,
            random: &Fixed(0),
            budget: Budget::new(&clock, Duration::from_secs(30)),
            aliases: Aliases {
                app: "app",
                store: &store,
            },
        };
        let mut at = None;
        for (number, kind) in (0..).zip(&answers) {
            if seen.take(*kind) {
                at = Some(number + 1);
                break;
            }
            if number < ATTEMPTS - 1 {
                kek.wait(number);
            }
        }
        assert_eq!(at, believed, "{answers:?}");
        let waited: Duration = clock.all().iter().sum();
        assert!(
            waited >= Duration::from_millis(least_ms),
            "{answers:?}: {waited:?}"
        );
    }
}

/// A generator that is not random.
struct Fixed(u8);

impl Random for Fixed {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), Error> {
        buffer.fill(self.0);
        Ok(())
    }
}

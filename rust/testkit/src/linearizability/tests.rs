//! The checker finds out what it is there to find out.

use super::checker::{is_linearizable, outcomes};
use super::history::{Call, Event, Outcome, State};
use crate::Dice;

fn event(began: u64, ended: u64, call: Call, outcome: Outcome) -> Event {
    Event {
        call,
        outcome,
        began,
        ended,
    }
}

fn set(began: u64, ended: u64, records: &[(usize, u16)]) -> Event {
    event(began, ended, Call::SetMany(records.to_vec()), Outcome::Done)
}

fn failed_set(began: u64, ended: u64, value: u16) -> Event {
    event(began, ended, Call::SetMany(vec![(0, value)]), Outcome::Failed)
}

fn get(began: u64, ended: u64, value: Option<u16>) -> Event {
    event(began, ended, Call::Get(0), Outcome::Value(value))
}

fn get_all(began: u64, ended: u64, state: State) -> Event {
    event(began, ended, Call::GetAll, Outcome::All(state))
}

fn increment(began: u64, ended: u64, from: u16, done: bool) -> Event {
    let call = Call::CompareAndSet {
        record: 0,
        expected: Some(from),
        replacement: Some(from + 1),
    };
    event(began, ended, call, Outcome::Flag(done))
}

#[test]
fn what_one_thread_does_is_linearizable() {
    assert!(is_linearizable(&[]));
    assert!(is_linearizable(&[
        set(0, 1, &[(0, 1)]),
        get(2, 3, Some(1)),
        increment(4, 5, 1, true),
        get(6, 7, Some(2))
    ]));
}

#[test]
fn a_stale_read_is_found_out() {
    let writes = [set(0, 1, &[(0, 1)]), set(2, 5, &[(0, 2)])];
    let history = |reads: &[Event]| [&writes, reads].concat();
    // While the second write is under way, both values are there; after it was read once, the first one is gone.
    assert!(is_linearizable(&history(&[
        get(3, 4, Some(1)),
        get(6, 7, Some(2))
    ])));
    assert!(is_linearizable(&history(&[
        get(3, 4, Some(2)),
        get(6, 7, Some(2))
    ])));
    assert!(!is_linearizable(&history(&[get(6, 7, Some(1))])));
    assert!(!is_linearizable(&[
        set(0, 1, &[(0, 1)]),
        set(2, 9, &[(0, 2)]),
        get(3, 4, Some(2)),
        get(5, 6, Some(1))
    ]));
    assert!(!is_linearizable(&history(&[get(6, 7, Some(3))])));
    assert!(!is_linearizable(&history(&[get(6, 7, None)])));
}

#[test]
fn a_lost_update_is_found_out() {
    let both = |second: bool| {
        [
            set(0, 1, &[(0, 1)]),
            increment(2, 5, 1, true),
            increment(3, 4, 1, second),
        ]
    };
    assert!(is_linearizable(&both(false)));
    assert!(!is_linearizable(&both(true)));
    // Nobody came in between, and still it says no.
    assert!(!is_linearizable(&[
        set(0, 1, &[(0, 1)]),
        increment(2, 3, 1, false)
    ]));
}

#[test]
fn half_a_batch_is_found_out() {
    let batch = set(0, 3, &[(0, 1), (1, 1)]);
    let seen = |state: State| is_linearizable(&[batch.clone(), get_all(1, 2, state)]);
    assert!(seen([None, None, None]));
    assert!(seen([Some(1), Some(1), None]));
    assert!(!seen([Some(1), None, None]));
    assert!(!seen([None, Some(1), None]));
    // Nor may two reads of one record each show a half.
    let other = |began, ended, value| event(began, ended, Call::Get(1), Outcome::Value(value));
    let batch = set(0, 9, &[(0, 1), (1, 1)]);
    assert!(is_linearizable(&[
        batch.clone(),
        get(1, 2, None),
        other(3, 4, Some(1))
    ]));
    assert!(!is_linearizable(&[batch, get(1, 2, Some(1)), other(3, 4, None)]));
}

#[test]
fn a_value_is_created_once() {
    let create = |began, ended, value, outcome| event(began, ended, Call::GetOrCreate(0, value), outcome);
    let first = create(0, 3, 1, Outcome::Created(1, true));
    assert!(is_linearizable(&[
        first.clone(),
        create(1, 2, 2, Outcome::Created(1, false))
    ]));
    assert!(!is_linearizable(&[
        first,
        create(1, 2, 2, Outcome::Created(2, true))
    ]));
}

#[test]
fn a_call_that_failed_was_done_or_not_but_is_not_done_later() {
    let history = |reads: &[Event]| [&[set(0, 1, &[(0, 1)]), failed_set(2, 3, 2)], reads].concat();
    assert!(is_linearizable(&history(&[
        get(4, 5, Some(1)),
        get(6, 7, Some(1))
    ])));
    assert!(is_linearizable(&history(&[
        get(4, 5, Some(2)),
        get(6, 7, Some(2))
    ])));
    assert!(!is_linearizable(&history(&[
        get(4, 5, Some(2)),
        get(6, 7, Some(1))
    ])));
    assert!(!is_linearizable(&history(&[
        get(4, 5, Some(1)),
        get(6, 7, Some(2))
    ])));
}

/// On small histories, it agrees with trying every order there is.
#[test]
fn the_checker_agrees_with_brute_force() {
    let mut dice = Dice::new(1);
    let mut verdicts = [0; 2];
    for _ in 0..4000 {
        let history = any_history(&mut dice);
        let verdict = is_linearizable(&history);
        assert_eq!(
            verdict,
            some_order_explains(&history, State::default()),
            "{history:#?}"
        );
        verdicts[usize::from(verdict)] += 1;
    }
    assert!(verdicts.iter().all(|count| *count > 400), "{verdicts:?}");
}

/// Calls that overlap, answered in an order that need not be one of theirs, and sometimes wrongly.
fn any_history(dice: &mut Dice) -> Vec<Event> {
    let mut state = State::default();
    let mut known = State::default();
    let events = (1..=5).map(|value| {
        let call = Call::random(dice, value, &known);
        let (after, mut outcome) = call.apply(&state);
        state = after;
        match dice.below(12) {
            0 => outcome = call.apply(&State::default()).1,
            1 => outcome = Outcome::Failed,
            _ => {}
        }
        call.teach(&outcome, &mut known);
        // No two moments are the same one that matter to each other.
        let began = 2 * (u64::from(value) * 2 + dice.below(6));
        event(began, began + 1 + 2 * dice.below(6), call, outcome)
    });
    events.collect()
}

fn some_order_explains(left: &[Event], state: State) -> bool {
    left.is_empty()
        || left.iter().enumerate().any(|(index, event)| {
            let mut others = left.to_vec();
            others.remove(index);
            let in_time = others.iter().all(|other| other.ended >= event.began);
            in_time
                && outcomes(event, &state)
                    .into_iter()
                    .any(|state| some_order_explains(&others, state))
        })
}

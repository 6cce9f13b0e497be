//! Calls on a few records, what each does to them if nobody comes in between, and when each was made.

#![allow(
    missing_docs,
    clippy::exhaustive_enums,
    reason = "the calls and answers of a vault, under their own names"
)]

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use strongroom_core::{Error, ErrorCode, ItemKey, NewItem, Replacement, Secret, Vault};

use crate::Dice;

const RECORDS: usize = 3;

/// The values of all records. Calls that concern several of them make it one state.
pub type State = [Option<u16>; RECORDS];

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    Clear,
    CompareAndSet {
        record: usize,
        expected: Option<u16>,
        replacement: Option<u16>,
    },
    Get(usize),
    GetAll,
    GetOrCreate(usize, u16),
    Remove(usize),
    RemoveMany(Vec<usize>),
    RotateKeys,
    SetMany(Vec<(usize, u16)>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    All(State),
    Count(u64),
    Created(u16, bool),
    Done,
    /// The call may have been done or not.
    Failed,
    Flag(bool),
    Value(Option<u16>),
}

/// A call, and the places of its beginning and its end among those of all calls.
#[derive(Clone, Debug)]
pub struct Event {
    pub call: Call,
    pub outcome: Outcome,
    pub began: u64,
    pub ended: u64,
}

impl Call {
    /// Any call of someone who has seen `known`; what it writes is `value`.
    pub fn random(dice: &mut Dice, value: u16, known: &State) -> Self {
        let record = *dice.pick(&[0, 1, 2]);
        let other = *dice.pick(&[0, 1, 2]);
        match dice.below(32) {
            0..5 => Self::Get(record),
            5..9 => Self::GetAll,
            9..14 => Self::SetMany(vec![(record, value)]),
            14..18 => Self::SetMany(vec![(record, value), (other, value)]),
            18..24 => Self::CompareAndSet {
                record,
                expected: known[record],
                replacement: (dice.below(4) > 0).then_some(value),
            },
            24..26 => Self::GetOrCreate(record, value),
            26..28 => Self::Remove(record),
            28..30 => Self::RemoveMany(vec![record, other]),
            30 => Self::Clear,
            _ => Self::RotateKeys,
        }
    }

    /// What the answer tells of the records.
    pub fn teach(&self, outcome: &Outcome, known: &mut State) {
        match (self, outcome) {
            (Self::Get(record), Outcome::Value(value)) => known[*record] = *value,
            (Self::GetOrCreate(record, _), Outcome::Created(value, _)) => known[*record] = Some(*value),
            (_, Outcome::All(state)) => *known = *state,
            (_, Outcome::Failed) => {}
            _ => *known = self.apply(known).0,
        }
    }

    /// What the call does to `state`, and what it answers.
    pub fn apply(&self, state: &State) -> (State, Outcome) {
        let mut after = *state;
        let outcome = match self {
            Self::Clear => {
                after = State::default();
                Outcome::Done
            }
            Self::CompareAndSet {
                record,
                expected,
                replacement,
            } => {
                let same = state[*record] == *expected;
                if same {
                    after[*record] = *replacement;
                }
                Outcome::Flag(same)
            }
            Self::Get(record) => Outcome::Value(state[*record]),
            Self::GetAll => Outcome::All(*state),
            Self::GetOrCreate(record, value) => {
                let found = *after[*record].get_or_insert(*value);
                Outcome::Created(found, state[*record].is_none())
            }
            Self::Remove(record) => {
                after[*record] = None;
                Outcome::Flag(state[*record].is_some())
            }
            Self::RemoveMany(records) => {
                for record in records {
                    after[*record] = None;
                }
                let there = state
                    .iter()
                    .zip(after)
                    .filter(|(before, after)| before.is_some() && after.is_none());
                Outcome::Count(there.count() as u64)
            }
            Self::RotateKeys => Outcome::Done,
            Self::SetMany(records) => {
                for (record, value) in records {
                    after[*record] = Some(*value);
                }
                Outcome::Done
            }
        };
        (after, outcome)
    }

    /// Makes the call. An answer that no state explains, such as a damaged record, is an error.
    pub fn make(&self, vault: &dyn Vault) -> Result<Outcome, Error> {
        Ok(match self {
            Self::Clear => vault.clear().map(|()| Outcome::Done)?,
            Self::CompareAndSet {
                record,
                expected,
                replacement,
            } => {
                let replacement = replacement.map(|value| Replacement {
                    value: secret(value),
                    expiry: None,
                });
                Outcome::Flag(vault.compare_and_set(
                    &key(*record),
                    expected.map(secret).as_ref(),
                    replacement,
                )?)
            }
            Self::Get(record) => match vault.get(&key(*record)) {
                Err(error) if error.code() == ErrorCode::NotFound => Outcome::Value(None),
                found => Outcome::Value(Some(number(&found?))),
            },
            Self::GetAll => {
                let keys: Vec<_> = (0..RECORDS).map(key).collect();
                let values = vault.get_many(&keys)?;
                Outcome::All(std::array::from_fn(|record| values[record].as_ref().map(number)))
            }
            Self::GetOrCreate(record, value) => {
                let (found, created) = vault.get_or_create(item(*record, *value))?;
                Outcome::Created(number(&found), created)
            }
            Self::Remove(record) => match vault.remove(&key(*record)) {
                Err(error) if error.code() == ErrorCode::NotFound => Outcome::Flag(false),
                removed => removed.map(|()| Outcome::Flag(true))?,
            },
            Self::RemoveMany(records) => {
                let keys: Vec<_> = records.iter().copied().map(key).collect();
                Outcome::Count(vault.remove_many(&keys)?)
            }
            Self::RotateKeys => vault.rotate_keys().map(|()| Outcome::Done)?,
            Self::SetMany(records) => {
                let records: Vec<_> = records
                    .iter()
                    .map(|(record, value)| item(*record, *value))
                    .collect();
                vault.set_many(&records).map(|()| Outcome::Done)?
            }
        })
    }
}

/// Writes down what several threads do.
#[derive(Default)]
pub struct Recorder {
    moment: AtomicU64,
    events: Mutex<Vec<Event>>,
}

impl Recorder {
    /// Makes a call, which must succeed unless it may fail for a while.
    pub fn make(&self, call: &Call, vault: &dyn Vault, may_fail: bool) -> Outcome {
        let began = self.moment.fetch_add(1, Ordering::SeqCst);
        let outcome = call.make(vault);
        let ended = self.moment.fetch_add(1, Ordering::SeqCst);
        let outcome = match outcome {
            Err(error) if may_fail && error.retryable() => Outcome::Failed,
            outcome => outcome.unwrap_or_else(|error| panic!("{call:?}: {error}")),
        };
        let event = Event {
            call: call.clone(),
            outcome: outcome.clone(),
            began,
            ended,
        };
        self.events
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(event);
        outcome
    }

    /// The events in the order of their beginnings.
    pub fn finish(self) -> Vec<Event> {
        let mut events = self.events.into_inner().unwrap_or_else(PoisonError::into_inner);
        events.sort_by_key(|event| event.began);
        events
    }
}

fn item(record: usize, value: u16) -> NewItem {
    NewItem {
        key: key(record),
        value: secret(value),
        expiry: None,
    }
}

fn key(record: usize) -> ItemKey {
    ItemKey::new(&format!("record {record}")).unwrap()
}

fn secret(value: u16) -> Secret {
    Secret::new(value.to_string().into()).unwrap()
}

fn number(secret: &Secret) -> u16 {
    secret.expose().parse().unwrap()
}

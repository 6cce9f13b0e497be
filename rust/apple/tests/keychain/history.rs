//! What calls returned, and whether some sequential order of the calls explains it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use strongroom_apple_fake::{Row, World};
use strongroom_core::{Error, ErrorCode, Expiry, NewItem, Replacement, Vault};

use crate::moving::SYNCED;
use crate::phone::{
    Device, IN_SHARED, NOW_MS, OWN, Phone, RECORDS, SHARED, STATE, key, names, record, secret, set, set_all,
};

pub(crate) const GROUP: &str = r#"{"ios":{"accessGroup":"TEAM.dev.example.app"}}"#;
/// Stores that others can change, in a named group and in the default group.
pub(crate) const SHARED_STORES: [&str; 2] = [IN_SHARED, SYNCED];
/// Items in the other group, which no call of the store may touch.
const OF_OTHERS: [(&str, &str); 3] = [("a", "theirs"), ("c", "theirs"), ("e", "theirs")];
/// All keys that calls use.
pub(crate) const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];
/// The items of a store at first. There is also an expired item: `e`.
const SEED: [(&str, &str); 2] = [("a", "old"), ("b", "old")];

type Name = &'static str;

/// A call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Set(Name, Name),
    SetMany(&'static [(Name, Name)]),
    Get(Name),
    Has(Name),
    GetMany(&'static [Name]),
    Keys,
    Records,
    Remove(Name),
    RemoveMany(&'static [Name]),
    GetOrCreate(Name, Name),
    Swap(Name, Option<Name>, Option<Name>),
    Rotate,
    Clear,
    Reset,
    Recover,
}

/// The result of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Done,
    NotFound,
    Yes(bool),
    Count(u64),
    Value(Option<String>),
    Values(Vec<Option<String>>),
    Names(Vec<String>),
    Created(String, bool),
}

/// What happened to a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Answered(Answer),
    /// It failed and changed nothing.
    Refused(ErrorCode),
    /// The process died, or the call is not atomic: it happened by then, or never.
    Unknown,
}

impl Op {
    pub(crate) fn run(self, vault: &dyn Vault) -> Result<Answer, Error> {
        let text = |value: strongroom_core::Secret| value.expose().to_owned();
        let keys = |names: &[Name]| names.iter().map(|name| key(name)).collect::<Vec<_>>();
        Ok(match self {
            Self::Set(name, value) => set(vault, name, value).map(|()| Answer::Done)?,
            Self::SetMany(records) => set_all(vault, records).map(|()| Answer::Done)?,
            Self::Get(name) => Answer::Value(optional(vault.get(&key(name)))?.map(text)),
            Self::Has(name) => Answer::Yes(vault.has(&key(name))?),
            Self::GetMany(names) => {
                let values = vault.get_many(&keys(names))?.into_iter();
                Answer::Values(values.map(|value| value.map(text)).collect())
            }
            Self::Keys => Answer::Names(vault.keys()?.iter().map(|key| key.as_str().to_owned()).collect()),
            Self::Records => Answer::Count(vault.status()?.records),
            Self::Remove(name) => {
                optional(vault.remove(&key(name)))?.map_or(Answer::NotFound, |()| Answer::Done)
            }
            Self::RemoveMany(names) => Answer::Count(vault.remove_many(&keys(names))?),
            Self::GetOrCreate(name, value) => {
                let (value, created) = vault.get_or_create(record(name, value, None))?;
                Answer::Created(text(value), created)
            }
            Self::Swap(name, expected, new) => {
                let new = Replacement::of(new.map(secret), None)?;
                let expected = expected.map(secret);
                Answer::Yes(vault.compare_and_set(&key(name), expected.as_ref(), new)?)
            }
            Self::Rotate => vault.rotate_keys().map(|()| Answer::Done)?,
            Self::Clear => vault.clear().map(|()| Answer::Done)?,
            Self::Reset => vault.reset().map(|()| Answer::Done)?,
            Self::Recover => vault.recover().map(|_| Answer::Done)?,
        })
    }
}

fn optional<T>(found: Result<T, Error>) -> Result<Option<T>, Error> {
    match found {
        Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
        found => found.map(Some),
    }
}

/// A store as the documentation describes it, for one call after another.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Model {
    records: BTreeMap<Name, Name>,
    aside: Vec<BTreeMap<Name, Name>>,
}

impl Model {
    fn value(&self, name: Name) -> Option<String> {
        self.records.get(name).map(|value| (*value).to_owned())
    }

    fn run(&mut self, op: Op) -> Answer {
        match op {
            Op::Set(name, value) => drop(self.records.insert(name, value)),
            Op::SetMany(records) => self.records.extend(records.iter().copied()),
            Op::Get(name) => return Answer::Value(self.value(name)),
            Op::Has(name) => return Answer::Yes(self.records.contains_key(name)),
            Op::GetMany(names) => return Answer::Values(names.iter().map(|name| self.value(name)).collect()),
            Op::Keys => return Answer::Names(self.records.keys().map(|name| (*name).to_owned()).collect()),
            Op::Records => return Answer::Count(self.records.len() as u64),
            Op::Remove(name) => {
                if self.records.remove(name).is_none() {
                    return Answer::NotFound;
                }
            }
            Op::RemoveMany(names) => {
                let removed = names.iter().filter(|name| self.records.remove(*name).is_some());
                return Answer::Count(removed.count() as u64);
            }
            Op::GetOrCreate(name, value) => {
                let created = !self.records.contains_key(name);
                let value = *self.records.entry(name).or_insert(value);
                return Answer::Created(value.to_owned(), created);
            }
            Op::Swap(name, expected, new) => {
                let same = self.records.get(name).copied() == expected;
                if same {
                    self.records.remove(name);
                    self.records.extend(new.map(|new| (name, new)));
                }
                return Answer::Yes(same);
            }
            Op::Rotate => {}
            Op::Clear => *self = Self::default(),
            Op::Reset => {
                if !self.records.is_empty() {
                    self.aside.push(std::mem::take(&mut self.records));
                }
            }
            Op::Recover => {
                for store in std::mem::take(&mut self.aside).into_iter().rev() {
                    for (name, value) in store {
                        self.records.entry(name).or_insert(value);
                    }
                }
            }
        }
        Answer::Done
    }
}

/// A call with its start and end, as positions in one sequence of events.
#[derive(Clone, Debug)]
#[allow(dead_code, reason = "who called is for whoever reads what went wrong")]
struct Entry {
    process: usize,
    op: Op,
    start: u64,
    end: u64,
    outcome: Outcome,
}

/// What happened, in the order in which it ended.
#[derive(Clone, Debug, Default)]
pub(crate) struct History(Arc<Mutex<(u64, Vec<Entry>)>>);

impl History {
    /// Runs a call and notes what happened to it. `died` is asked afterwards.
    pub(crate) fn run(&self, process: usize, vault: &dyn Vault, op: Op, died: impl Fn() -> bool) {
        let start = self.tick();
        let answer = op.run(vault);
        let outcome = match answer {
            _ if died() => Outcome::Unknown,
            Ok(answer) => Outcome::Answered(answer),
            Err(_) if matches!(op, Op::Clear | Op::Reset | Op::Recover) => Outcome::Unknown,
            Err(error) => Outcome::Refused(error.code()),
        };
        let end = self.tick();
        let entry = Entry {
            process,
            op,
            start,
            end,
            outcome,
        };
        self.0.lock().unwrap().1.push(entry);
    }

    fn tick(&self) -> u64 {
        let mut history = self.0.lock().unwrap();
        history.0 += 1;
        history.0
    }

    fn entries(&self) -> Vec<Entry> {
        self.0.lock().unwrap().1.clone()
    }

    /// Checks what is left, through a new process, and whether some order explains all of it.
    pub(crate) fn check(&self, device: &Device, config: &str, place: &dyn std::fmt::Debug) {
        let last = device.start_with(config);
        for op in [Op::Keys, Op::GetMany(&NAMES), Op::Recover, Op::GetMany(&NAMES)] {
            self.run(usize::MAX, &last, op, || false);
        }
        assert!(names(&last).len() <= NAMES.len());
        let (mut rows, mut others) = (device.keychain.rows(), device.keychain.rows());
        let group = if config == IN_SHARED { SHARED } else { OWN };
        rows.retain(|row| row.group == group && !(config == SYNCED && is_placeholder(row)));
        others.retain(|row| row.group != group && row.service != STATE);
        assert_eq!(others.len(), OF_OTHERS.len(), "{place:?}");
        assert!(others.iter().all(|row| row.data == b"\x01theirs"), "{place:?}");
        let left: Vec<String> = rows
            .into_iter()
            .map(|row| row.service + " " + &row.account)
            .collect();
        assert!(
            !left.iter().any(|row| row.ends_with(" intent")),
            "{place:?}: an intent is left"
        );
        let records = left
            .iter()
            .filter(|row| row.starts_with(&format!("{RECORDS} ")))
            .count();
        assert_eq!(
            records,
            names(&last).len(),
            "{place:?}: a placeholder is left: {left:?}"
        );
        let entries = self.entries();
        for entry in &entries {
            let codes = [ErrorCode::Unavailable, ErrorCode::AuthCancelled];
            let other = matches!(entry.outcome, Outcome::Refused(code) if !codes.contains(&code));
            assert!(!other, "{place:?}: {entry:?}");
        }
        let seed = Model {
            records: SEED.into_iter().collect(),
            aside: Vec::new(),
        };
        let all: BTreeSet<usize> = (0..entries.len()).collect();
        let explained = explained(&entries, &all, &seed, &mut BTreeSet::new());
        let lines: Vec<String> = entries.iter().map(|entry| format!("{entry:?}")).collect();
        assert!(explained, "{place:?}: no order explains\n{}", lines.join("\n"));
    }
}

/// Whether the entries `left` can follow on `model`, in an order that agrees with all times.
fn explained(
    entries: &[Entry],
    left: &BTreeSet<usize>,
    model: &Model,
    tried: &mut BTreeSet<(BTreeSet<usize>, Model)>,
) -> bool {
    if left.is_empty() {
        return true;
    }
    if !tried.insert((left.clone(), model.clone())) {
        return false;
    }
    let first_end = left.iter().map(|at| entries[*at].end).min().unwrap_or(0);
    left.iter()
        .filter(|at| entries[**at].start <= first_end)
        .any(|at| {
            let mut rest = left.clone();
            rest.remove(at);
            let mut after = model.clone();
            let answer = after.run(entries[*at].op);
            let happens = match &entries[*at].outcome {
                Outcome::Answered(answered) => *answered == answer,
                Outcome::Refused(_) => false,
                Outcome::Unknown => true,
            };
            let never = !matches!(entries[*at].outcome, Outcome::Answered(_));
            (happens && explained(entries, &rest, &after, tried))
                || (never && explained(entries, &rest, model, tried))
        })
}

/// A synchronized placeholder may stay, because another device may need it.
fn is_placeholder(row: &Row) -> bool {
    row.generic
        .as_ref()
        .is_some_and(|tag| tag.get(1..9) == Some(&u64::MAX.to_be_bytes()))
}

/// A phone with the first items of a store, and rows with the same keys in another group.
pub(crate) fn seed(config: &str) -> Phone {
    let phone = Phone::of_a_team();
    if config == IN_SHARED {
        set_all(&phone.start_extension("{}"), &OF_OTHERS).unwrap();
    } else {
        phone
            .other_app()
            .act_as_other(|vault| set_all(vault, &OF_OTHERS))
            .unwrap();
    }
    let vault = phone.start_with(config);
    let mut records: Vec<NewItem> = SEED
        .iter()
        .map(|(name, value)| record(name, value, None))
        .collect();
    records.push(record("e", "expired", Some(Expiry::After(10))));
    vault.set_many(&records).unwrap();
    phone.clock.set(NOW_MS + 10);
    phone
}

/// From now on, every call of the system fails.
pub(crate) fn kill(keychain: &World) {
    keychain.fail(
        strongroom_apple_fake::When::nth(1).for_ever(),
        -25291,
        strongroom_apple_fake::Effect::Before,
    );
}

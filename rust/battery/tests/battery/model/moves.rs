//! What may happen to a store, at random.

use proptest::collection::vec;
use proptest::prelude::*;
use strongroom_battery::step::{Habits, Item, Step, When};

use super::map::Map;

/// Something that happens to one of two handles, or to the clock.
#[derive(Clone, Debug)]
pub(super) struct Move {
    pub(super) handle: usize,
    pub(super) action: Action,
}

#[derive(Clone, Debug)]
pub(super) enum Action {
    Clear,
    Clock(Clock),
    CompareAndSet(u8, Guess, Option<(u16, Expires)>),
    Get(u8),
    GetMany(Vec<u8>),
    GetOrCreate(u8, u16, Expires),
    Has(u8),
    Recover,
    Remove(u8),
    RemoveMany(Vec<u8>),
    Reset,
    Restart,
    RotateKeys,
    SetMany(Vec<(u8, u16, Expires)>),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Clock {
    By(i64),
    To(u64),
}

/// What a caller takes for the current value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Guess {
    Absent,
    Right,
    Wrong,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Expires {
    Never,
    After(u64),
    /// So many milliseconds from now, but given as a time.
    At(i64),
    AtTime(u64),
}

const TOO_EARLY: u64 = 1;
const YEAR_2099_MS: u64 = 4_070_908_800_000;
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

pub(super) fn moves(count: usize) -> impl Strategy<Value = Vec<Move>> {
    vec(
        (0..2_usize, action()).prop_map(|(handle, action)| Move { handle, action }),
        count,
    )
}

pub(super) fn habits() -> impl Strategy<Value = Habits> {
    let age = || prop_oneof![Just(None), Just(Some(1000)), Just(Some(90 * DAY_MS))];
    (
        prop_oneof![Just(0), Just(2048), Just(256 * 1024)],
        prop_oneof![Just(300), Just(4096), Just(64 * 1024)],
        prop_oneof![Just(4), Just(30), Just(1 << 24)],
        age(),
        age(),
    )
        .prop_map(
            |(small_file, dead_bytes, seals, rotate_after_ms, rotate_kek_after_ms)| Habits {
                small_file,
                dead_bytes,
                seals,
                rotate_after_ms,
                rotate_kek_after_ms,
            },
        )
}

fn action() -> impl Strategy<Value = Action> {
    let key = 0..8_u8;
    let keys = || vec(0..8_u8, 0..5);
    let length = || prop_oneof![3 => 0..100_u16, 1 => 0..3000_u16];
    let guess = prop_oneof![3 => Just(Guess::Right), 1 => Just(Guess::Absent), 1 => Just(Guess::Wrong)];
    let replacement = proptest::option::weighted(0.8, (length(), expires()));
    prop_oneof![
        2 => key.clone().prop_map(Action::Has),
        2 => key.clone().prop_map(Action::Get),
        2 => keys().prop_map(Action::GetMany),
        8 => vec((key.clone(), length(), expires()), 1..2).prop_map(Action::SetMany),
        3 => vec((key.clone(), length(), expires()), 0..5).prop_map(Action::SetMany),
        4 => (key.clone(), length(), expires()).prop_map(|(key, length, expires)| Action::GetOrCreate(key, length, expires)),
        6 => (key.clone(), guess, replacement).prop_map(|(key, guess, replacement)| Action::CompareAndSet(key, guess, replacement)),
        4 => key.prop_map(Action::Remove),
        2 => keys().prop_map(Action::RemoveMany),
        8 => clock().prop_map(Action::Clock),
        3 => Just(Action::Restart),
        2 => Just(Action::RotateKeys),
        1 => Just(Action::Clear),
        3 => Just(Action::Reset),
        2 => Just(Action::Recover),
    ]
}

fn clock() -> impl Strategy<Value = Clock> {
    prop_oneof![
        8 => (-1500..1500_i64).prop_map(Clock::By),
        1 => Just(Clock::To(TOO_EARLY)),
        1 => Just(Clock::To(YEAR_2099_MS)),
        2 => Just(Clock::To(strongroom_testkit::NOW_MS)),
    ]
}

fn expires() -> impl Strategy<Value = Expires> {
    prop_oneof![
        6 => Just(Expires::Never),
        3 => (0..2000_u64).prop_map(Expires::After),
        3 => (-300..2000_i64).prop_map(Expires::At),
        1 => prop_oneof![Just(0), Just(YEAR_2099_MS + 1000), Just(u64::MAX)].prop_map(Expires::AtTime),
    ]
}

impl Action {
    /// The call that this is, `None` if it is none. All values are different ones.
    pub(super) fn step(&self, number: usize, now_ms: u64, handle: usize, map: &Map) -> Option<Step> {
        let value = |length: u16| format!("{number} {}", "x".repeat(length.into()));
        let item = |place: usize, &(key, length, expires): &(u8, u16, Expires)| Item {
            name: name(key),
            value: format!("{place} {}", value(length)),
            when: expires.when(now_ms),
        };
        Some(match self {
            Self::Clock(_) | Self::Restart => return None,
            Self::Clear => Step::Clear,
            Self::CompareAndSet(key, guess, replacement) => Step::CompareAndSet {
                name: name(*key),
                expected: match guess {
                    Guess::Absent => None,
                    Guess::Right => map.value(handle, &name(*key)),
                    Guess::Wrong => Some("wrong".to_owned()),
                },
                replacement: replacement.map(|(length, expires)| (value(length), expires.when(now_ms))),
            },
            Self::Get(key) => Step::Get(name(*key)),
            Self::GetMany(keys) => Step::GetMany(names(keys)),
            Self::GetOrCreate(key, length, expires) => Step::GetOrCreate(item(0, &(*key, *length, *expires))),
            Self::Has(key) => Step::Has(name(*key)),
            Self::Recover => Step::Recover,
            Self::Remove(key) => Step::Remove(name(*key)),
            Self::RemoveMany(keys) => Step::RemoveMany(names(keys)),
            Self::Reset => Step::Reset,
            Self::RotateKeys => Step::RotateKeys,
            Self::SetMany(items) => Step::SetMany(
                items
                    .iter()
                    .enumerate()
                    .map(|(place, parts)| item(place, parts))
                    .collect(),
            ),
        })
    }
}

impl Expires {
    fn when(self, now_ms: u64) -> When {
        match self {
            Self::Never => When::Never,
            Self::After(ms) => When::After(ms),
            Self::At(from_now) => When::At(now_ms.saturating_add_signed(from_now)),
            Self::AtTime(ms) => When::At(ms),
        }
    }
}

fn names(keys: &[u8]) -> Vec<String> {
    keys.iter().map(|key| name(*key)).collect()
}

fn name(key: u8) -> String {
    format!("key {key}")
}

//! A copy in steps, with every change of the old file in between.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

use std::collections::BTreeMap;

use strongroom_testkit::Dice;
use zeroize::Zeroizing;

use super::super::tests::journal;
use super::*;
use crate::fakes::MemoryFile;
use crate::ports::OsRandom;

/// The records of a file: value and expiry.
type Model = BTreeMap<String, (String, u64)>;

/// In a file of its own.
fn empty(number: u8) -> Journal {
    journal(&MemoryFile::default(), number)
}

fn set(journal: &mut Journal, model: &mut Model, name: &str, value: &str, expires_ms: u64) {
    let change = Change {
        name,
        value: Some(value),
        written_ms: model.len() as u64,
        expires_ms,
    };
    journal.append(&[change], &OsRandom).unwrap();
    model.insert(name.to_owned(), (value.to_owned(), expires_ms));
}

fn remove(journal: &mut Journal, model: &mut Model, name: &str) {
    let key = ItemKey::new(name).unwrap();
    journal.append(&[Change::removal(&key, 9)], &OsRandom).unwrap();
    model.remove(name);
}

fn expire(journal: &mut Journal, model: &mut Model, now_ms: u64) {
    for (key, _) in journal.index.take_expired(now_ms, usize::MAX) {
        journal.note_expired(&key).unwrap();
    }
    model.retain(|_, (_, expires_ms)| *expires_ms == 0 || *expires_ms > now_ms);
}

fn small(dice: &mut Dice, bound: u64) -> usize {
    usize::try_from(dice.below(bound)).unwrap()
}

/// Reads the file with a journal that did not write it.
fn read_back(new: Journal) -> Journal {
    let mut new = Journal::new(new.file, new.header, new.cipher);
    new.follow().unwrap();
    new
}

fn holds(journal: &Journal, model: &Model) {
    let found: Model = journal
        .index
        .iter()
        .map(|(key, slot)| {
            let value = Zeroizing::new(journal.read(key, slot).unwrap().value().to_owned());
            (key.as_str().to_owned(), (value.to_string(), slot.expires_ms))
        })
        .collect();
    assert!(found == *model, "{} records, not {}", found.len(), model.len());
}

#[test]
fn whatever_changes_during_a_copy_is_in_the_new_file() {
    for seed in 0..60 {
        let dice = &mut Dice::new(seed);
        let (mut old, mut model) = (empty(1), Model::new());
        let mut now_ms = 10;
        let mut change = |old: &mut Journal, model: &mut Model, dice: &mut Dice| {
            for _ in 0..dice.below(4) {
                let name = format!("key {}", dice.below(30));
                match dice.below(6) {
                    0 => {
                        now_ms += 10;
                        expire(old, model, now_ms);
                    }
                    1 if model.contains_key(&name) => remove(old, model, &name),
                    2 => set(old, model, &name, "soon gone", now_ms + 25),
                    _ => set(old, model, &name, &"v".repeat(small(dice, 2000)), 0),
                }
            }
        };
        for _ in 0..20 {
            change(&mut old, &mut model, dice);
        }
        let mut new = empty(2);
        let mut copy = Copy::begin(&mut old, &OsRandom).unwrap();
        loop {
            change(&mut old, &mut model, dice);
            if copy.step(&old, &mut new, 1 + small(dice, 5), &OsRandom).unwrap() {
                break;
            }
        }
        change(&mut old, &mut model, dice);
        let mut new = read_back(new);
        for _ in 0..dice.below(3) {
            copy.catch_up(&mut old, &mut new, 3, &OsRandom).unwrap();
            change(&mut old, &mut model, dice);
        }
        while copy.catch_up(&mut old, &mut new, 3, &OsRandom).unwrap() > 0 {}
        copy.verify(&old, &new).unwrap();
        // A second time, when nothing is left to do.
        let length = new.tail.offset;
        assert_eq!(copy.catch_up(&mut old, &mut new, 3, &OsRandom).unwrap(), 0);
        copy.verify(&old, &new).unwrap();
        assert_eq!(new.tail.offset, length);
        holds(&new, &model);
        holds(&read_back(new), &model);
    }
}

#[test]
fn a_copy_that_misses_a_change_does_not_pass() {
    let copied = |change: fn(&mut Journal, &mut Model)| {
        let (mut old, mut model) = (empty(1), Model::new());
        set(&mut old, &mut model, "a", "1", 0);
        set(&mut old, &mut model, "b", "2", 50);
        let mut new = empty(2);
        let mut copy = Copy::begin(&mut old, &OsRandom).unwrap();
        assert!(copy.step(&old, &mut new, usize::MAX, &OsRandom).unwrap());
        let new = read_back(new);
        change(&mut old, &mut model);
        copy.verify(&old, &new).map_err(|error| error.code())
    };
    assert_eq!(copied(|_, _| {}), Ok(()));
    assert_eq!(
        copied(|old, model| set(old, model, "a", "1", 0)),
        Err(ErrorCode::Io)
    );
    assert_eq!(
        copied(|old, model| set(old, model, "c", "1", 0)),
        Err(ErrorCode::Io)
    );
    assert_eq!(copied(|old, model| remove(old, model, "a")), Err(ErrorCode::Io));
    assert_eq!(copied(|old, model| expire(old, model, 50)), Err(ErrorCode::Io));
}

#[test]
fn a_copy_of_another_file_is_refused() {
    let mut old = empty(1);
    let mut new = empty(2);
    let mut copy = Copy::begin(&mut old, &OsRandom).unwrap();
    let mut other = empty(3);
    assert!(copy.step(&other, &mut new, 1, &OsRandom).is_err());
    assert!(copy.catch_up(&mut other, &mut new, 3, &OsRandom).is_err());
    assert!(copy.verify(&other, &new).is_err());
}

#[test]
fn two_copies_have_their_records_in_different_orders() {
    let (mut old, mut model) = (empty(1), Model::new());
    for number in 0..100 {
        set(&mut old, &mut model, &format!("{number:03}"), "v", 0);
    }
    let order = |old: &mut Journal| {
        let mut new = empty(2);
        let mut copy = Copy::begin(old, &OsRandom).unwrap();
        copy.step(old, &mut new, usize::MAX, &OsRandom).unwrap();
        let new = read_back(new);
        let mut places: Vec<_> = new
            .index
            .iter()
            .map(|(key, slot)| (slot.offset, key.clone()))
            .collect();
        places.sort();
        places.into_iter().map(|(_, key)| key).collect::<Vec<_>>()
    };
    let one = order(&mut old);
    let two = order(&mut old);
    assert!(one != two && !one.is_sorted() && !two.is_sorted());
}

#[test]
fn many_records_are_written_with_few_calls() {
    let (mut old, mut model) = (empty(1), Model::new());
    for number in 0..1000 {
        set(&mut old, &mut model, &number.to_string(), "v", 0);
    }
    let file = MemoryFile::default();
    let mut new = journal(&file, 2);
    let mut copy = Copy::begin(&mut old, &OsRandom).unwrap();
    let before = file.effects();
    copy.step(&old, &mut new, usize::MAX, &OsRandom).unwrap();
    assert!(file.effects() - before <= 3, "{} calls", file.effects() - before);
    holds(&read_back(new), &model);
}

//! Killed again and again in the course of one long history.

use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use strongroom_battery::history::Call;
use strongroom_testkit::{Dice, Row, scaled};
use tempfile::TempDir;

use super::{Records, assert_usable, copy, look};

const SEED: u64 = 0x5eed;

/// After each kill the store holds what the last finished call left, or what the call in flight makes of it. One directory
/// sees all the kills: after every other one the next process, and not this one, is the first to clean up.
#[test]
fn a_process_killed_at_a_random_moment_loses_no_finished_call() {
    let mut row = Row::start("kills-random");
    let directory = TempDir::new().unwrap();
    let mut dice = Dice::new(SEED);
    let mut model = Records::new();
    let mut next = 0;
    for kill in 0..scaled(40, 1000) {
        row.case();
        let told = killed_child(directory.path(), next, &mut dice);
        for number in next..told.done {
            apply(&Call::nth(SEED, number), &mut model);
        }
        next = told.begun;
        let copied = TempDir::new().unwrap();
        let place = if kill % 2 == 0 {
            copy(directory.path(), copied.path());
            copied.path()
        } else {
            directory.path()
        };
        let seen = look(place);
        assert_eq!((seen.last_reset, seen.quarantined), (None, 0), "kill {kill}");
        if told.begun > told.done && seen.records != model {
            apply(&Call::nth(SEED, told.done), &mut model);
        }
        assert!(
            seen.records == model,
            "kill {kill}, during call {} of {}: {:?} in place of {:?}",
            told.done,
            told.begun,
            abridged(&seen.records),
            abridged(&model)
        );
        if kill % 2 == 0 {
            assert_usable(place);
        }
    }
}

/// How many calls of the history were begun, and how many done.
struct Told {
    begun: u64,
    done: u64,
}

/// Starts a process that goes on with the history, and kills it a little after a random number of reports.
fn killed_child(directory: &Path, first: u64, dice: &mut Dice) -> Told {
    let mut child = Command::new(env!("CARGO_BIN_EXE_writer"))
        .arg(directory)
        .args(["history", &SEED.to_string(), &first.to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut reports = BufReader::new(child.stdout.take().unwrap()).lines();
    let heard = dice.below(24);
    let mut lines: Vec<String> = (0..heard).map(|_| reports.next().unwrap().unwrap()).collect();
    std::thread::sleep(Duration::from_micros(dice.below(3000)));
    child.kill().unwrap();
    let status = child.wait().unwrap();
    assert_eq!(status.signal(), Some(9), "the process ended by itself: {status}");
    lines.extend(reports.map(Result::unwrap));
    let mut told = Told {
        begun: first,
        done: first,
    };
    for line in lines {
        let (what, number) = line.split_once(' ').unwrap();
        let number: u64 = number.parse().unwrap();
        match what {
            "begin" => told.begun = number + 1,
            _ => told.done = number + 1,
        }
    }
    assert!(told.begun - told.done <= 1);
    told
}

fn apply(call: &Call, model: &mut Records) {
    match call {
        Call::Set(entries) => model.extend(entries.iter().cloned()),
        Call::Remove(name) => {
            model.remove(name);
        }
        Call::Clear => model.clear(),
        _ => {}
    }
}

/// Each value as the number of the call that wrote it.
fn abridged(records: &Records) -> Vec<(&str, &str)> {
    records
        .iter()
        .map(|(name, value)| (name.as_str(), value.split(' ').next().unwrap()))
        .collect()
}

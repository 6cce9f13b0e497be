//! Processes that keep secrets, and a search of all their memory after every call.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use strongroom_testkit::{Row, SecretText, scaled};

use super::secret_keeper::{Found, Keeper, Kind, REGISTERS};

/// Commands, with three numbers for each record they concern: that of its name, that of its value, and the length of the value.
const LIFE: [&str; 30] = [
    "open",
    "set 1 2 100",
    "get 1 2 100",
    "set 1 3 1000",
    "get 1 3 1000",
    "has 1 3 1000",
    "set 4 5 20 6 7 300 8 9 5000",
    "get 8 9 5000",
    "keys 4 5 20 8 9 5000",
    "status",
    "remove 6 7 300",
    "absent 6 7 300",
    "get 4 5 20",
    "rotate",
    "get 8 9 5000",
    "drop",
    "open",
    "get 1 3 1000",
    "reset",
    "set 1 10 64",
    "recover",
    "get 4 5 20",
    "clear",
    "set 11 12 200",
    "get 11 12 200",
    "clear",
    "drop",
    "open",
    "set 11 12 200",
    "drop",
];
/// After these the vault holds nothing in memory any more.
const ENDS: [&str; 4] = ["open", "clear", "reset", "drop"];

/// What may be the last call that dealt with secrets before a core dump.
const LAST_CALLS: [&str; 9] = [
    "get 4 5 300",
    "set 6 7 300",
    "get 1 2 1000",
    "set 1 8 5000",
    "absent 9 9 16",
    "keys 1 2 1000",
    "remove 4 5 300",
    "rotate",
    "status",
];

/// A store that asks its user, and the state in which each call leaves it.
const PROTECTED_LIFE: [(&str, State); 33] = [
    ("open", State::Closed),
    ("protect", State::Unlocked),
    ("set 1 2 100 4 5 3000", State::Unlocked),
    ("get 1 2 100", State::Unlocked),
    ("lock", State::Closed),
    ("status", State::Closed),
    ("unlock", State::Unlocked),
    ("get 4 5 3000", State::Unlocked),
    ("hide", State::Closed),
    ("unlock", State::Unlocked),
    ("rotate", State::Unlocked),
    ("remove 4 5 3000", State::Unlocked),
    ("lock", State::Closed),
    ("drop", State::Closed),
    ("open", State::Closed),
    ("unlock", State::Unlocked),
    ("get 1 2 100", State::Unlocked),
    ("drop", State::Closed),
    ("open", State::Closed),
    ("unlock", State::Unlocked),
    ("protect-each-use", State::Closed),
    ("get 1 2 100", State::Closed),
    ("set 6 7 500", State::Closed),
    ("keys 1 2 100 6 7 500", State::Closed),
    ("remove 6 7 500", State::Closed),
    ("rotate", State::Closed),
    ("get 1 2 100", State::Closed),
    ("protect", State::Unlocked),
    ("expose", State::Open),
    ("get 1 2 100", State::Open),
    ("protect", State::Unlocked),
    ("clear", State::Closed),
    ("drop", State::Closed),
];

/// What a process may hold of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Closed,
    Open,
    Unlocked,
}

#[test]
fn after_a_lock_the_memory_of_a_process_holds_nothing_of_the_store() {
    let mut row = Row::start("wipe-lock");
    let mut keeper = Keeper::start(Path::new(env!("CARGO_BIN_EXE_secret_keeper")));
    for (command, state) in PROTECTED_LIFE {
        keeper.tell(command);
        let mut found = keeper.search(true);
        row.add(keeper.needles());
        let session = |(kind, _): &(Kind, String)| *kind == Kind::Session;
        if state == State::Unlocked {
            assert!(
                found.iter().any(session),
                "the session key is not found, after {command}"
            );
            assert!(
                found
                    .iter()
                    .filter(|hit| session(hit))
                    .all(|(_, place)| place == "[heap]"),
                "{command}"
            );
            found.retain(|hit| !session(hit));
        }
        assert_only_owned(command, &found, state != State::Closed);
    }
    let needed = keeper.kinds().filter(|kind| **kind == Kind::Session).count();
    assert!(needed >= 6, "only {needed} session keys were looked for");
}

#[test]
fn the_memory_of_a_process_holds_nothing_that_a_call_is_done_with() {
    let mut row = Row::start("wipe-process");
    for program in programs() {
        search_after_every_call(&mut row, &program);
        for last_call in &LAST_CALLS[..scaled(1, LAST_CALLS.len())] {
            for end in [&["clear"][..], &["drop"], &["clear", "drop"], &[]] {
                dump_after(&mut row, &program, last_call, end);
            }
        }
    }
}

fn search_after_every_call(row: &mut Row, program: &Path) {
    let mut keeper = Keeper::start(program);
    let mut open = false;
    for command in LIFE {
        keeper.tell(command);
        // What nobody writes to cannot hold a secret; the quick form searches it only at the end.
        let found = keeper.search(scaled(true, false));
        row.add(keeper.needles());
        open = !ENDS.contains(&command);
        assert_no_more_than_needed(command, &found, open);
    }
    assert!(!open);

    // The search finds what does lie there.
    let value = SecretText::new(1, 100);
    keeper.tell("leak 1 1 100");
    let leaked = keeper.search(false);
    assert_eq!(leaked, Found::from([(Kind::Value(value), "[heap]".to_owned())]));
    keeper.tell("mend");
    assert_eq!(keeper.search(false), Found::new());
    row.add(2 * keeper.needles());
}

/// An open store needs its index and its two subkeys, on the heap. A closed one needs nothing.
fn assert_no_more_than_needed(command: &str, found: &Found, open: bool) {
    assert_only_owned(command, found, open);
    assert!(
        !open || found.iter().any(|(kind, _)| matches!(kind, Kind::Name(_))),
        "the index is found, after {command}"
    );
}

fn assert_only_owned(command: &str, found: &Found, open: bool) {
    if !open {
        assert!(found.is_empty(), "after {command}: {}", describe(found));
        return;
    }
    let mut owners = BTreeSet::new();
    for (kind, place) in found {
        let owned = place == "[heap]" && matches!(kind, Kind::Name(_) | Kind::Subkey(_));
        assert!(owned, "after {command}: {}", describe(found));
        if let Kind::Subkey(generation) = kind {
            owners.insert(generation);
        }
    }
    assert_eq!(owners.len(), 1, "the keys of one file, after {command}");
}

/// With a store that is still open the registers alone are judged: what may lie in memory then was judged above.
fn dump_after(row: &mut Row, program: &Path, last_call: &str, end: &[&str]) {
    let mut keeper = Keeper::start(program);
    for command in ["open", "set 1 2 1000 4 5 300", last_call].iter().chain(end) {
        keeper.tell(command);
    }
    let needles = keeper.needles();
    let Some(mut found) = keeper.search_core_dump() else {
        skipped();
        return;
    };
    if end.is_empty() {
        let all = found.len();
        found.retain(|(_, place)| place == REGISTERS);
        assert!(found.len() < all, "the dump holds the index");
    }
    assert!(found.is_empty(), "{last_call}, {end:?}: {}", describe(&found));
    row.add(needles);
}

/// In full without what was found.
fn describe(found: &Found) -> String {
    let places: BTreeSet<String> = found
        .iter()
        .map(|(kind, place)| {
            let what = match kind {
                Kind::DataKey => "a data key",
                Kind::Value(_) => "a value",
                Kind::Subkey(_) => "a subkey",
                Kind::Name(_) => "a name",
                Kind::Answer => "an answer of a gate",
                Kind::Session => "a session key",
            };
            format!("{what} in {place}")
        })
        .collect();
    places.into_iter().collect::<Vec<_>>().join(", ")
}

#[expect(clippy::print_stderr, reason = "what was not tried must be told")]
fn skipped() {
    eprintln!("SKIPPED: a core dump, for /proc/sys/kernel/core_pattern writes it elsewhere");
}

/// With the vault and with the bridge; in the long form also as they are released.
fn programs() -> Vec<PathBuf> {
    let mut programs = Vec::from(
        [
            env!("CARGO_BIN_EXE_secret_keeper"),
            env!("CARGO_BIN_EXE_bridge_keeper"),
        ]
        .map(PathBuf::from),
    );
    if scaled(false, true) {
        let target = programs[0].ancestors().nth(2).unwrap();
        let built = Command::new(env!("CARGO"))
            .args([
                "build",
                "--locked",
                "--release",
                "--package",
                "strongroom-battery",
            ])
            .args(["--bin", "secret_keeper", "--bin", "bridge_keeper", "--target-dir"])
            .arg(target)
            .status();
        assert!(built.unwrap().success());
        let released = target.join("release");
        programs.extend(["secret_keeper", "bridge_keeper"].map(|name| released.join(name)));
    }
    programs
}

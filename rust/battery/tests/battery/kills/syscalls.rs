//! Killed on entry to each system call of one write, one after the other, by `strace`.

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Output};

use strongroom_battery::history::{Store, kind};
use strongroom_testkit::{Row, scaled};
use tempfile::TempDir;

use super::{Seen, assert_usable, look};

const KINDS: [&str; 13] = [
    "set",
    "remove",
    "first",
    "overwrite",
    "batch",
    "remove without rewrite",
    "set with rewrite",
    "rotate",
    "clear",
    "reset",
    "recover",
    "open after a crash",
    "set after a crash",
];

/// At whichever system call of a write the process dies, the next one finds the state before it or the state after it, and
/// the state after it once the call returned. There is one moment at which the one becomes the other.
#[test]
fn a_process_killed_at_any_system_call_leaves_the_old_state_or_the_new() {
    let mut row = Row::start("kills-syscall");
    for name in KINDS.iter().take(scaled(2, KINDS.len())) {
        let (old, new) = expected(name);
        let all = undisturbed(name, &new);
        let mut committed = old.same_records(&new);
        // The last call reports that the write returned.
        for index in 0..all.len() {
            row.case();
            let directory = TempDir::new().unwrap();
            kill_at(directory.path(), name, &all, index);
            let seen = look(directory.path());
            let place = format!("{name}, killed at {} ({index} of {})", all[index].name, all.len());
            let returned = index + 1 == all.len();
            committed |= returned || !seen.same_records(&old);
            assert!(
                seen.same_records(if committed { &new } else { &old }),
                "{place}: {seen:?}"
            );
            // What is in quarantine is not part of one atomic step, but nothing of it may survive the records of a `clear`.
            if returned || committed && *name == "clear" {
                assert_eq!(seen.quarantined, new.quarantined, "{place}");
            }
            assert_eq!(look(directory.path()), seen, "{place}");
            assert_usable(directory.path());
        }
    }
}

/// What is seen before and after a call of this kind in a process that lives.
fn expected(name: &str) -> (Seen, Seen) {
    let directory = TempDir::new().unwrap();
    let mut store = Store::new(directory.path());
    let (before, call) = kind(name).unwrap();
    for call in before {
        call.run(&mut store).unwrap();
    }
    let old = look(directory.path());
    call.run(&mut store).unwrap();
    (old, look(directory.path()))
}

/// A system call of the write: its name, and how many of that name the process made up to and including it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Syscall {
    name: String,
    count: usize,
}

/// All system calls of a write, up to and including the report that it is done.
fn undisturbed(kind: &str, new: &Seen) -> Vec<Syscall> {
    let directory = TempDir::new().unwrap();
    let (output, log) = trace(directory.path(), kind, None);
    let reported = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        reported,
        "begin 0\ndone 0\n",
        "strace could not run the writer: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(look(directory.path()), *new);
    let all = syscalls(&log);
    assert!(
        all.iter()
            .any(|call| ["fdatasync", "fsync"].contains(&&*call.name)),
        "{kind}: no call made anything durable"
    );
    all
}

fn kill_at(directory: &Path, kind: &str, all: &[Syscall], index: usize) {
    let (output, log) = trace(directory, kind, Some(&all[index]));
    assert_eq!(output.status.signal(), Some(9), "{kind}, {index}");
    assert_eq!(output.stdout, b"begin 0\n", "{kind}, {index}");
    // It died at the call it was to die at.
    assert_eq!(syscalls(&log), all[..=index], "{kind}, {index}");
}

/// Runs the writer under strace, which kills it on entry to `fatal`, before the kernel does anything for it.
fn trace(directory: &Path, kind: &str, fatal: Option<&Syscall>) -> (Output, String) {
    let log = directory.join("strace.log");
    let mut command = Command::new("strace");
    command.arg("-o").arg(&log);
    if let Some(Syscall { name, count }) = fatal {
        command
            .arg("-e")
            .arg(format!("inject={name}:signal=KILL:when={count}"));
    }
    command
        .arg(env!("CARGO_BIN_EXE_writer"))
        .arg(directory)
        .args(["one", kind]);
    let output = command
        .output()
        .expect("this test needs strace, of the Debian package of the same name");
    let log = std::fs::read_to_string(&log).unwrap_or_default();
    (output, log)
}

/// The calls between the two reports, with the second of them.
fn syscalls(log: &str) -> Vec<Syscall> {
    let calls: Vec<(&str, &str)> = log.lines().filter_map(|line| line.split_once('(')).collect();
    let report = |what: &str| {
        let argument = format!("1, \"{what} 0");
        calls
            .iter()
            .position(|(name, arguments)| *name == "write" && arguments.starts_with(&argument))
    };
    let begin = report("begin").expect("strace logged no report") + 1;
    let end = report("done").map_or(calls.len(), |done| done + 1);
    let count = |name: &str, end: usize| calls[..end].iter().filter(|(other, _)| *other == name).count();
    (begin..end)
        .map(|index| Syscall {
            name: calls[index].0.to_owned(),
            count: count(calls[index].0, index + 1),
        })
        .collect()
}

//! A store that another process drives: it reads requests, a line of JSON each, and answers each with a line. Its keys are plain
//! files: it is for the tests.

#![allow(clippy::panic, clippy::unwrap_used, reason = "its parent sees it fail")]

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use strongroom_battery::step::{Request, Store};
use strongroom_core::ports::OsFileSystem;
use strongroom_testkit::DiskKeys;

fn main() {
    let mut arguments = std::env::args_os().skip(1);
    let directory = PathBuf::from(arguments.next().unwrap());
    let habits = serde_json::from_str(arguments.next().unwrap().to_str().unwrap()).unwrap();
    let store = Store::open(
        Arc::new(OsFileSystem::default()),
        Arc::new(DiskKeys::new(directory.join("keys"))),
        directory.join("strongroom"),
        &habits,
    );
    let mut answers = std::io::stdout();
    for line in std::io::stdin().lines() {
        let request: Request = serde_json::from_str(&line.unwrap()).unwrap();
        let response = serde_json::to_string(&store.respond(&request)).unwrap();
        writeln!(answers, "{response}").unwrap();
        answers.flush().unwrap();
    }
}

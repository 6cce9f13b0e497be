//! Writes to a store until it is done or killed, and reports each call on its standard output: `begin` before it, `done`
//! after it. Its keys are not protected: it is for the tests that kill it.
//!
//! ```text
//! writer DIRECTORY history SEED FIRST   the calls of a random history, from the number FIRST on, without end
//! writer DIRECTORY one KIND             what a kind of write needs, then one call of that kind
//! ```

#![allow(clippy::unwrap_used, reason = "its parent sees it fail")]

use std::io::Write;
use std::path::PathBuf;

use strongroom_battery::history::{Call, Store, kind};

fn main() {
    let mut arguments = std::env::args_os().skip(1);
    let directory = PathBuf::from(arguments.next().unwrap());
    let words: Vec<String> = arguments.map(|word| word.into_string().unwrap()).collect();
    let mut store = Store::new(&directory);
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["history", seed, first] => {
            let (seed, first) = (seed.parse().unwrap(), first.parse().unwrap());
            for number in first.. {
                reported(&Call::nth(seed, number), number, &mut store);
            }
        }
        ["one", name] => {
            let (before, call) = kind(name).unwrap();
            for call in before {
                call.run(&mut store).unwrap();
            }
            reported(&call, 0, &mut store);
        }
        _ => unreachable!("its parent knows the usage"),
    }
}

fn reported(call: &Call, number: u64, store: &mut Store) {
    let mut report = std::io::stdout();
    writeln!(report, "begin {number}").unwrap();
    call.run(store).unwrap();
    writeln!(report, "done {number}").unwrap();
}

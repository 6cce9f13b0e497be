//! Writes what fuzzing starts from into a directory, by default where `cargo fuzz` looks for it: one folder per target.

use std::io;
use std::path::PathBuf;

// The instrumentation of a fuzzing build wants its other half.
use libfuzzer_sys as _;
use strongroom_fuzz::{Seed, seeds};

fn main() -> io::Result<()> {
    let default = || concat!(env!("CARGO_MANIFEST_DIR"), "/corpus").into();
    let directory = std::env::args_os().nth(1).map_or_else(default, PathBuf::from);
    for Seed { target, name, bytes } in seeds() {
        let folder = directory.join(target);
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join(name), bytes)?;
    }
    Ok(())
}

//! Writes the seeds of fuzzing into a directory, one folder per target. The default is where `cargo fuzz` looks for
//! them.

use std::io;
use std::path::PathBuf;

// A fuzzing build is instrumented and needs the runtime of libFuzzer.
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

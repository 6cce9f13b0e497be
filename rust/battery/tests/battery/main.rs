//! What happens when everything around the vault fails, by the thousand.
//!
//! Each test here is a row of `docs/internals/proof.md`. With every test run it does a quick form of itself, and with
//! `STRONGROOM_BATTERY=long` the whole.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_in_result,
    clippy::unwrap_used,
    reason = "a test says what went wrong by panicking"
)]

mod clock_jumps;
mod crash;
mod full_disk;
mod gate_matrix;
mod header;
mod io_faults;
mod key_matrix;
mod kills;
mod linearizability;
mod long_store;
mod model;
mod nonces;
mod process_image;
mod processes;
mod random_failures;
mod scripts;
mod secret_keeper;
mod stage;
mod tamper;
mod wipe_process;

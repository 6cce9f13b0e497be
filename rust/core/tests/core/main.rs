//! The tests of the core from outside, as one program.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_in_result,
    clippy::unwrap_used,
    reason = "a test says what went wrong by panicking"
)]

mod bridge;
mod compound;
mod compound_damage;
mod contract;
mod crafted;
mod damage;
mod doubts;
mod expiry;
mod file_faults;
mod forged;
mod golden;
mod hooked;
mod key_faults;
mod levels;
mod life_of_keys;
mod ordinary;
mod processes;
mod prompts;
mod protected;
mod recovery;
mod rewrite_faults;
mod rooms;
mod rotation;
mod swapped;
mod upkeep;
mod waiting;

//! The tests of the core from outside, as one program.

mod bridge;
mod contract;
mod damage;
mod file_faults;
mod golden;
mod key_faults;
mod ordinary;
mod processes;
mod world;

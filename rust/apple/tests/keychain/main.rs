//! The Keychain vault over the real layer of `SecItem*` calls, which calls a fake of the system's functions.

#![cfg(not(target_vendor = "apple"))]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_in_result,
    clippy::unwrap_used,
    reason = "a test says what went wrong by panicking"
)]

mod authentication;
mod batches;
mod behaviour;
mod faults;
mod history;
mod installation;
mod late;
mod left;
mod locked;
mod moving;
mod ordinary;
mod phone;
mod processes;
mod protection;
mod quarantine;
mod restored;
mod schedules;
mod scope;
mod suspended;
mod unfinished;

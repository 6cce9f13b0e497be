//! The fake, through the C functions and as the Keychain layer calls them.
#![cfg(not(target_vendor = "apple"))]
#![allow(
    clippy::unwrap_used,
    clippy::wildcard_imports,
    reason = "a test says what went wrong by panicking, and the constants are many"
)]

mod collections;
mod commands;
mod devices;
mod faults;
mod foundation;
mod locks;
mod misuse;
mod queries;
mod rows;
mod saved;
mod support;
mod updates;
mod users;
mod violations;

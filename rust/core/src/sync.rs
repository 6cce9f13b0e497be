//! The locks of the standard library. With `--cfg shuttle` they are those of shuttle, which explores the orders in
//! which threads can take them: see `tests/shuttle.rs`.

#[cfg(not(shuttle))]
pub(crate) use std::sync::{Condvar, Mutex, MutexGuard};

#[cfg(shuttle)]
pub(crate) use shuttle::sync::{Condvar, Mutex, MutexGuard};

/// Lets other threads run.
pub(crate) fn pause() {
    #[cfg(not(shuttle))]
    std::thread::sleep(std::time::Duration::from_micros(50));
    #[cfg(shuttle)]
    shuttle::thread::yield_now();
}

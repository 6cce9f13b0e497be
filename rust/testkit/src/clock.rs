use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use strongroom_core::ports::Clock;

/// A clock that is set by hand. Sleeping takes no time: it lets time elapse, and does not move what the clock shows.
#[derive(Debug)]
pub struct ManualClock {
    now_ms: AtomicU64,
    elapsed_us: AtomicU64,
}

impl ManualClock {
    /// A clock that shows `now_ms`.
    #[must_use]
    pub fn new(now_ms: u64) -> Self {
        Self {
            now_ms: AtomicU64::new(now_ms),
            elapsed_us: AtomicU64::new(0),
        }
    }

    /// Makes the clock show `now_ms`, forwards or backwards. No time elapses by that.
    pub fn set(&self, now_ms: u64) {
        self.now_ms.store(now_ms, Ordering::SeqCst);
    }

    /// Lets time elapse, in whole microseconds, and does not move what the clock shows.
    pub fn elapse(&self, duration: Duration) {
        let duration_us = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        self.elapsed_us.fetch_add(duration_us, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now_ms(&self) -> u64 {
        self.now_ms.load(Ordering::SeqCst)
    }

    fn sleep(&self, duration: Duration) {
        self.elapse(duration);
    }

    fn elapsed(&self) -> Duration {
        Duration::from_micros(self.elapsed_us.load(Ordering::SeqCst))
    }
}

use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Wall-clock time and waiting.
pub trait Clock: Send + Sync {
    /// Milliseconds since the Unix epoch; 0 for a clock set before it. It may jump in both directions.
    fn now_ms(&self) -> u64;

    /// Waits between two attempts at something transient.
    fn sleep(&self, duration: Duration);
}

/// The clock of the operating system.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now_ms(&self) -> u64 {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX)
    }

    fn sleep(&self, duration: Duration) {
        thread::sleep(duration);
    }
}

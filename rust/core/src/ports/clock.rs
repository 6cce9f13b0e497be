use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Wall-clock time and waiting.
pub trait Clock: Send + Sync {
    /// Milliseconds since the Unix epoch; 0 if the clock is set before it. It may jump in both directions.
    fn now_ms(&self) -> u64;

    /// Waits between two attempts.
    fn sleep(&self, duration: Duration);

    /// Time since some fixed point. It never runs backwards, and nobody can set it.
    fn elapsed(&self) -> Duration;
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

    /// Time since the device started, including the time in which it was suspended.
    #[cfg(any(target_os = "android", target_os = "linux"))]
    fn elapsed(&self) -> Duration {
        let now = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        now.try_into().unwrap_or_default()
    }

    /// Time since the first call in this process.
    #[cfg(not(any(target_os = "android", target_os = "linux")))]
    fn elapsed(&self) -> Duration {
        use std::sync::LazyLock;
        use std::time::Instant;

        static FIRST: LazyLock<Instant> = LazyLock::new(Instant::now);
        FIRST.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_that_elapses_is_at_least_the_time_slept() {
        let clock = SystemClock;
        let before = clock.elapsed();
        clock.sleep(Duration::from_millis(5));
        assert!(clock.elapsed() >= before + Duration::from_millis(5));
    }
}

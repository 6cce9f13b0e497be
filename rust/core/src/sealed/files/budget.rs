//! The time that one call may take in total.

use std::time::Duration;

use crate::error::{Error, ErrorCode};
use crate::ports::Clock;

/// The time of one call: for locks, for the key store, and for waiting between two attempts.
#[derive(Clone, Copy)]
pub(in crate::sealed) struct Budget<'a> {
    clock: &'a dyn Clock,
    until: Duration,
}

impl<'a> Budget<'a> {
    pub(super) fn new(clock: &'a dyn Clock, total: Duration) -> Self {
        Self {
            clock,
            until: clock.elapsed().saturating_add(total),
        }
    }

    /// The time that is left; it can be zero.
    pub(in crate::sealed) fn left(&self) -> Duration {
        self.until.saturating_sub(self.clock.elapsed())
    }

    /// The time that is left.
    ///
    /// # Errors
    /// `UNAVAILABLE` if no time is left.
    pub(super) fn some_left(&self) -> Result<Duration, Error> {
        let left = self.left();
        if left.is_zero() {
            return Err(Error::new(
                ErrorCode::Unavailable,
                "The call took too long: try again later",
            ));
        }
        Ok(left)
    }

    /// An equal share of the time that is left, for one of `of` parts.
    pub(in crate::sealed) fn share(&self, of: usize) -> Self {
        let of = u32::try_from(of.max(1)).unwrap_or(u32::MAX);
        Self::new(self.clock, self.left() / of)
    }

    /// Waits, but not longer than the time that is left.
    pub(super) fn sleep(&self, duration: Duration) {
        self.clock.sleep(duration.min(self.left()));
    }
}

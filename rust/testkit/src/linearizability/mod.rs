//! Histories of concurrent calls, and whether an order explains them.

mod checker;
mod history;
#[cfg(test)]
mod tests;

pub use self::checker::assert_linearizable;
pub use self::history::{Call, Event, Outcome, Recorder, State};

//! What the tests of the battery share with the processes that they start.

#![forbid(unsafe_code)]
#![allow(
    missing_docs,
    clippy::exhaustive_enums,
    clippy::expect_used,
    clippy::missing_errors_doc,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    clippy::panic,
    clippy::unwrap_used,
    reason = "for tests, which say what went wrong by panicking"
)]

pub mod history;
pub mod keeper;
pub mod step;

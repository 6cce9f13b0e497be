//! The core of Strongroom: everything that decides, nothing that depends on a platform.
//!
//! ```text
//! bridge protocol  →  Vault  →  SealedVault (journal file + KeyWrapper)
//! ```
//!
//! The edges that fail, [`platform`], are traits, so that every failure can be produced in a test.

#![forbid(unsafe_code)]

mod error;
pub mod platform;

pub use error::{Error, ErrorCode};

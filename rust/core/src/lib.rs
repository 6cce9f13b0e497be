//! The core of Strongroom: all decisions, and no code that depends on a platform.
//!
//! ```text
//! bridge protocol  →  Vault  →  SealedVault (journal file + KeyWrapper)
//! ```
//!
//! Everything outside of the core that can fail is behind the traits of [`ports`], so that tests can produce every
//! failure.

#![forbid(unsafe_code)]

pub mod batch;
pub mod bridge;
mod error;
#[cfg(test)]
#[path = "../tests/fakes/mod.rs"]
mod fakes;
mod name;
pub mod policy;
pub mod ports;
mod prompts;
mod sealed;
mod secret;
mod stack;
mod sync;
mod vault;

pub use batch::{MAX_BATCH_BYTES, MAX_BATCH_ITEMS};
pub use error::{Error, ErrorCode};
pub use name::{ItemKey, StoreName};
pub use prompts::{PromptScreen, Prompts, ShownPrompt};
pub use sealed::{Asking, Edges, Limits, SealedConfig, SealedVault, Upkeep};
#[cfg(feature = "fuzzing")]
pub use sealed::{FrameContent, FrameLink, FrameProbe};
pub use secret::Secret;
pub use stack::wiped;
pub use vault::{
    Event, EventSink, Expiry, LastReset, LockTrigger, NewItem, Recovery, Replacement, ResetReason, Status,
    Vault,
};

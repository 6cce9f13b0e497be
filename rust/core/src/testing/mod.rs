//! Fakes that can be told to fail. For tests; nothing in a release depends on this module.

mod bare_keys;
mod clock;
mod events;
mod file_system;
mod fs_faults;
mod keys;
mod memory;
mod proof;

pub use bare_keys::BareKeys;
pub use clock::ManualClock;
pub use events::RecordedEvents;
pub use file_system::FaultyFileSystem;
pub use fs_faults::{FsFaults, FsOperation};
pub use keys::{KeyOperation, SoftwareKeys};
pub use memory::{CrashImage, MemoryFs, Omission};
pub use proof::{Row, scaled};

pub use crate::sealed::{FrameContent, FrameLink, FrameProbe};

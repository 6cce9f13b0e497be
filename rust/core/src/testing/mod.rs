//! Fakes that can be told to fail. For tests; nothing in a release depends on this module.

mod bare_keys;
mod clock;
mod events;
mod file_system;
mod keys;
mod proof;

pub use bare_keys::BareKeys;
pub use clock::ManualClock;
pub use events::RecordedEvents;
pub use file_system::{FaultyFileSystem, FsOperation};
pub use keys::{KeyEffect, KeyFault, KeyOperation, SoftwareKeys};
pub use proof::{Row, scaled};

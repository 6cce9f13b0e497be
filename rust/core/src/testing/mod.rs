//! Fakes that can be told to fail. For tests; nothing in a release depends on this module.

mod bare_keys;
mod behaviour;
mod calls;
mod clock;
mod dice;
mod disk_keys;
mod events;
mod file_system;
mod fs_faults;
mod key_material;
mod keys;
mod memory;
mod needles;
mod proof;
mod secret_text;
mod witness_keys;

pub use bare_keys::BareKeys;
pub use behaviour::run_behaviour;
pub use calls::{get, key, names, record, secret, set};
pub use clock::ManualClock;
pub use dice::Dice;
pub use disk_keys::DiskKeys;
pub use events::RecordedEvents;
pub use file_system::FaultyFileSystem;
pub use fs_faults::{FsFaults, FsOperation};
pub use key_material::KeyNeedles;
pub use keys::{KeyEffect, KeyFault, KeyOperation, SoftwareKeys};
pub use memory::{CrashImage, MemoryFs, Omission};
pub use needles::Needles;
pub use proof::{Row, scaled};
pub use secret_text::SecretText;
pub use witness_keys::{SeenKey, WitnessKeys};

pub use crate::sealed::{FrameContent, FrameLink, FrameProbe};

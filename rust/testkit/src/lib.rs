//! Fakes that can be told to fail, and what the tests of several crates share. Only tests depend on this crate.

#![forbid(unsafe_code)]
#![allow(
    clippy::expect_used,
    clippy::missing_errors_doc,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    clippy::panic,
    clippy::unwrap_in_result,
    clippy::unwrap_used,
    reason = "for tests, which say what went wrong by panicking"
)]

mod account;
mod behaviour;
mod calls;
mod clock;
mod dice;
mod disk;
mod events;
mod keys;
pub mod layout;
pub mod linearizability;
mod needles;
mod user;
mod world;

pub use self::account::{Row, scaled};
pub use self::behaviour::{Stores, run_behaviour};
pub use self::calls::{get, key, names, record, secret, set};
pub use self::clock::ManualClock;
pub use self::dice::Dice;
pub use self::disk::{CrashImage, FaultyFileSystem, FsFaults, FsOperation, MemoryFs, Omission};
pub use self::events::RecordedEvents;
pub use self::keys::{
    BareKeys, DiskKeys, KeyEffect, KeyFault, KeyOperation, SeenKey, SoftwareKeys, WitnessKeys,
};
pub use self::needles::{KeyNeedles, Needles, ProtectedFile, SecretText, SessionNeedles};
pub use self::user::{GateEffect, GateOperation, Reply, ScriptedDevice, SeenAnswer, Shown, WitnessGates};
pub use self::world::{NOW_MS, World};

//! Key stores: in memory, on disk, and without any protection.

mod bare;
mod disk;
mod software;
mod witness;

pub use self::bare::BareKeys;
pub use self::disk::DiskKeys;
pub use self::software::{KeyEffect, KeyFault, KeyOperation, SoftwareKeys};
pub use self::witness::{SeenKey, WitnessKeys};

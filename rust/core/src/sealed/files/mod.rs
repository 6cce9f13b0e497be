//! The files of a store and the keys that seal them: which exist, who creates them, and who destroys them.

mod alias;
mod budget;
mod gate;
mod kek;
mod life;
mod locks;
mod opening;
mod paths;
mod store;

pub(super) use self::budget::Budget;
pub(super) use self::gate::{Doubt, NewGate, Question};
pub(super) use self::life::KekChoice;
pub(super) use self::locks::{KeysLock, STORE_IS_BUSY, given};
pub(super) use self::opening::{Named, NewKey};
pub(super) use self::paths::Quarantined;
pub(super) use self::store::Store;
pub use self::store::{Asking, Edges};

//! The UniFFI surface of Strongroom: what the Kotlin and Swift shims, and the app's own native code, call.
//!
//! [`Bridge`] speaks the bridge protocol for the Capacitor plugin; [`SecureStorage`] is the same stores, typed, for a
//! background worker, a push extension or a widget. Nothing is decided here: panics are caught, errors are coded.

mod bridge;
mod error;
mod events;
mod open_stores;
mod platform;
mod records;
mod secure_storage;
mod stores;
#[cfg(not(target_vendor = "apple"))]
mod upkeep;

pub use bridge::Bridge;
pub use error::StorageError;
pub use events::{EventError, EventListener};
pub use records::{StorageItem, StoredValue};
pub use secure_storage::SecureStorage;

/// Secrets pass through buffers of serde, UniFFI and `format!` that know nothing of wiping: every block is wiped on free.
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);

uniffi::setup_scaffolding!();

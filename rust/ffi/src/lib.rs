//! The UniFFI surface of Strongroom: what the Kotlin and Swift shims, and the app's own native code, call.

mod bridge;
mod error;
mod events;

pub use bridge::Bridge;
pub use error::StorageError;
pub use events::{EventError, EventListener};

/// Secrets pass through buffers of serde, UniFFI and `format!` that know nothing of wiping: every block is wiped on free.
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);

uniffi::setup_scaffolding!();

//! The UniFFI interface of Strongroom, which the Kotlin and Swift shims and the app's own native code call.
//!
//! [`Bridge`] speaks the bridge protocol for the Capacitor plugin. [`SecureStorage`] gives typed access to the same
//! stores, for a background worker, a push extension or a widget. This crate decides nothing: it catches panics and
//! gives every error a code.

mod bridge;
mod error;
mod events;
mod open_stores;
mod platform;
mod prompts;
mod protection;
mod records;
mod secure_storage;
mod stores;
#[cfg(not(any(target_vendor = "apple", feature = "fake-keychain")))]
mod upkeep;

#[cfg(all(
    feature = "fake-keychain",
    any(target_vendor = "apple", target_os = "android")
))]
compile_error!("The fake Keychain protects nothing: it must not be in a library for a phone");

pub use bridge::Bridge;
pub use error::StorageError;
pub use events::{EventError, EventListener};
pub use prompts::{
    PromptDevice, PromptEnd, PromptError, PromptQuestion, PromptScreen, prompt_ended, show_prompts_on,
};
pub use protection::{PromptTexts, Protection, UserAuthentication};
pub use records::{StorageItem, StoredValue};
pub use secure_storage::SecureStorage;

/// Secrets pass through buffers of serde, UniFFI and `format!`, which do not wipe them. So every block is wiped when it
/// is freed.
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);

uniffi::setup_scaffolding!();

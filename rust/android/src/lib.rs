//! The Android Keystore for Strongroom, through JNI.
//!
//! The app's Kotlin code passes its `Context` in once ([`AndroidRuntime`]); [`AndroidKeystore`] is then the vault's
//! [`KeyWrapper`](strongroom_core::ports::KeyWrapper). Three rules shape the crate:
//!
//! * **Framework classes only.** Rust uses `java.*`, `javax.*` and `android.*` and no class of the app. So R8 has
//!   nothing to rename, and a native thread cannot fail to find an app class.
//! * **One thread calls the Keystore.** Its daemon has few operation slots and drops operations that run in parallel,
//!   and some of its calls never return. Callers wait for the one worker while they have time, and not at all for a
//!   call that is overdue.
//! * **Failures are classified, never quoted.** Exceptions become a kind and a chain of class names. Their messages can
//!   contain an alias or worse and are not read.
//!
//! Nothing here needs a phone: any JVM with the `android.*` classes works, and the tests use one.

mod cipher;
mod entry;
mod exceptions;
mod gates;
mod generate;
mod java;
mod keystore;
mod prompt_codes;
mod provider;
mod runtime;
mod security_level;
mod specification;
mod worker;
mod wrapped;

pub use keystore::{AndroidKeystore, DEFAULT_TIMEOUT};
pub use prompt_codes::reason_of;
pub use runtime::{AndroidRuntime, NotInitialised, runtime};

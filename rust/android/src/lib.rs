//! The Android Keystore behind Strongroom, through JNI.
//!
//! The app's Kotlin hands its `Context` over once ([`AndroidRuntime`]); [`AndroidKeystore`] is then the vault's
//! [`KeyWrapper`](strongroom_core::ports::KeyWrapper). Three rules shape the crate:
//!
//! * **Framework classes only.** Rust finds `java.*`, `javax.*` and `android.*` and nothing of the app, so there is
//!   nothing that R8 could rename and no app class that a native thread could fail to find.
//! * **One thread talks to the Keystore.** Its daemon has few operation slots and prunes what runs in parallel, and
//!   some calls of it never return. Callers wait for the one worker while they have time, and not at all for a call that
//!   has outlived its caller.
//! * **A failure is classed, never quoted.** Exceptions become a kind and a chain of class names. Their messages can
//!   hold an alias or worse and are not read.
//!
//! Nothing here depends on running on a phone: any JVM that has the `android.*` classes will do, and the tests use one.

mod cipher;
mod entry;
mod exceptions;
mod generate;
mod java;
mod keystore;
mod provider;
mod runtime;
mod security_level;
mod worker;
mod wrapped;

pub use keystore::{AndroidKeystore, DEFAULT_TIMEOUT};
pub use runtime::{AndroidRuntime, NotInitialised, runtime};

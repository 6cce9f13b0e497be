//! `LAContext`.

use std::ffi::c_void;

use crate::objects::{Payload, register};

/// An `LAContext`, as the app's Swift code would pass it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Context {
    /// The user can be asked with it.
    Interactive,
    /// With `interactionNotAllowed`: rows that require authentication are -25308.
    InteractionNotAllowed,
    /// The user has authenticated with it already.
    Authenticated,
}

impl Context {
    /// A new object, for `kSecUseAuthenticationContext`; its receiver has to release it.
    #[must_use]
    pub fn create(self) -> *const c_void {
        register().create(Payload::Context(self)).as_pointer()
    }
}

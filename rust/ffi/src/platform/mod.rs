//! The vault of the target that the library is built for.

#[cfg(not(target_vendor = "apple"))]
mod android;
#[cfg(target_vendor = "apple")]
mod apple;

#[cfg(not(target_vendor = "apple"))]
pub(crate) use android::{LOCATION, vault};
#[cfg(target_vendor = "apple")]
pub(crate) use apple::{LOCATION, vault};

//! The vault of the target that the library is built for. In `rust/ios-simulator`, which has the feature
//! `fake-keychain`, it is that of Apple over a fake of the system's functions.

#[cfg(not(any(target_vendor = "apple", feature = "fake-keychain")))]
mod android;
#[cfg(any(target_vendor = "apple", feature = "fake-keychain"))]
mod apple;
#[cfg(feature = "fake-keychain")]
mod fake_device;

#[cfg(not(any(target_vendor = "apple", feature = "fake-keychain")))]
pub(crate) use android::{LOCATION, reason_of, vault};
#[cfg(any(target_vendor = "apple", feature = "fake-keychain"))]
pub(crate) use apple::{LOCATION, reason_of, vault};

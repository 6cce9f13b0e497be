//! The vault of the target that the library is built for. With `--cfg fake_keychain`, it is that of Apple over a fake of
//! the system's functions, for the simulator of iOS.

#[cfg(not(any(target_vendor = "apple", fake_keychain)))]
mod android;
#[cfg(any(target_vendor = "apple", fake_keychain))]
mod apple;
#[cfg(fake_keychain)]
mod fake_device;

#[cfg(not(any(target_vendor = "apple", fake_keychain)))]
pub(crate) use android::{LOCATION, vault};
#[cfg(any(target_vendor = "apple", fake_keychain))]
pub(crate) use apple::{LOCATION, vault};

//! The fake, through the C functions, as the Keychain layer calls them.
#![cfg(not(target_vendor = "apple"))]

use strongroom_apple_fake as _;

mod rows;
mod support;

//! `SecAccessControl`.

use crate::objects::{Handle, Payload, register, type_id};
use crate::row::Accessible;
use crate::string::text;

/// What protects a row: only its class, or also flags that require authentication.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct AccessControl {
    pub(crate) accessible: Accessible,
    pub(crate) flags: usize,
}

pub(crate) const USER_PRESENCE: usize = 1;
pub(crate) const BIOMETRY_ANY: usize = 1 << 1;
pub(crate) const BIOMETRY_CURRENT_SET: usize = 1 << 3;
pub(crate) const DEVICE_PASSCODE: usize = 1 << 4;
const WATCH: usize = 1 << 5;
const OR: usize = 1 << 14;
const AND: usize = 1 << 15;
const KNOWN: usize = USER_PRESENCE | BIOMETRY_ANY | BIOMETRY_CURRENT_SET | DEVICE_PASSCODE | WATCH | OR | AND;

const PARAM: isize = -50;

#[unsafe(no_mangle)]
extern "C" fn SecAccessControlGetTypeID() -> usize {
    type_id::ACCESS_CONTROL
}

/// Null and an error of -50 for an unknown protection or unknown flags.
#[unsafe(no_mangle)]
unsafe extern "C" fn SecAccessControlCreateWithFlags(
    _allocator: Handle,
    protection: Handle,
    flags: usize,
    error: *mut Handle,
) -> Handle {
    let mut register = register();
    let accessible = Accessible::of(text(&register, protection, "SecAccessControlCreateWithFlags"));
    let Some(accessible) = accessible.filter(|_| flags & !KNOWN == 0 && flags & (AND | OR) != AND | OR)
    else {
        if !error.is_null() {
            let reason = register.create(Payload::Error(PARAM));
            // SAFETY: null, or a place for an error, as the contract of the function requires.
            unsafe { error.write(reason) };
        }
        return Handle::NULL;
    };
    register.create(Payload::AccessControl(AccessControl { accessible, flags }))
}

//! Rows that need authentication.

use std::ptr;

use core_foundation::base::{CFType, TCFType, kCFAllocatorDefault};
use core_foundation::error::CFError;
use security_framework_sys::access_control::{
    SecAccessControlCreateWithFlags, kSecAccessControlBiometryAny, kSecAccessControlBiometryCurrentSet,
    kSecAccessControlDevicePasscode, kSecAccessControlUserPresence,
};
use strongroom_core::policy::{Accessibility, Authentication};

use super::names;
use crate::sec_items::OsStatus;

/// The access control object for a class and a way to authenticate. The wrapper in the `security-framework` crate would
/// drop the reason for a failure.
pub(super) fn create(class: Accessibility, authentication: Authentication) -> Result<CFType, OsStatus> {
    let flags = match authentication {
        Authentication::UserPresence => kSecAccessControlUserPresence,
        Authentication::BiometryAny => kSecAccessControlBiometryAny,
        Authentication::BiometryCurrentSet => kSecAccessControlBiometryCurrentSet,
        Authentication::DevicePasscode => kSecAccessControlDevicePasscode,
    };
    let protection = names::accessibility(class);
    let mut error = ptr::null_mut();
    // SAFETY: the string lives until the call returns, and `error` has room for the one reference that the call may store.
    let control = unsafe {
        SecAccessControlCreateWithFlags(
            kCFAllocatorDefault,
            protection.as_CFTypeRef(),
            flags,
            &raw mut error,
        )
    };
    if !control.is_null() {
        // SAFETY: a function named Create returns a reference that we have to release.
        return Ok(unsafe { CFType::wrap_under_create_rule(control.cast_const().cast()) });
    }
    if error.is_null() {
        return Err(OsStatus::PARAM);
    }
    // SAFETY: we have to release an error that is stored through the parameter.
    let error = unsafe { CFError::wrap_under_create_rule(error) };
    Err(i32::try_from(error.code()).map_or(OsStatus::PARAM, OsStatus))
}

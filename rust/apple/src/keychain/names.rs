//! The constants of the Security framework that dictionaries use.

use core_foundation::base::TCFType;
use core_foundation::string::{CFString, CFStringRef};
use security_framework_sys::access_control as classes;
use security_framework_sys::item;
use strongroom_core::policy::Accessibility;

macro_rules! names {
    ($($name:ident = $constant:path;)*) => {
        $(pub(super) fn $name() -> CFString {
            // SAFETY: the framework's constant is a string that is set before our code runs and is never freed.
            unsafe { CFString::wrap_under_get_rule($constant) }
        })*
    };
}

names! {
    class = item::kSecClass;
    generic_password = item::kSecClassGenericPassword;
    service = item::kSecAttrService;
    account = item::kSecAttrAccount;
    access_group = item::kSecAttrAccessGroup;
    access_control = item::kSecAttrAccessControl;
    synchronizable = item::kSecAttrSynchronizable;
    data_protection = item::kSecUseDataProtectionKeychain;
    value = item::kSecValueData;
    return_data = item::kSecReturnData;
    return_attributes = item::kSecReturnAttributes;
    limit = item::kSecMatchLimit;
    limit_all = item::kSecMatchLimitAll;
    generic = kSecAttrGeneric;
    accessible = kSecAttrAccessible;
    after_first_unlock_this_device = classes::kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly;
    after_first_unlock = classes::kSecAttrAccessibleAfterFirstUnlock;
    when_unlocked_this_device = classes::kSecAttrAccessibleWhenUnlockedThisDeviceOnly;
    when_unlocked = classes::kSecAttrAccessibleWhenUnlocked;
    when_passcode_set = classes::kSecAttrAccessibleWhenPasscodeSetThisDeviceOnly;
}

pub(super) fn accessibility(class: Accessibility) -> CFString {
    match class {
        Accessibility::AfterFirstUnlockThisDeviceOnly => after_first_unlock_this_device(),
        Accessibility::AfterFirstUnlock => after_first_unlock(),
        Accessibility::WhenUnlockedThisDeviceOnly => when_unlocked_this_device(),
        Accessibility::WhenUnlocked => when_unlocked(),
        Accessibility::WhenPasscodeSetThisDeviceOnly => when_passcode_set(),
    }
}

// security-framework-sys does not declare these two.
#[cfg_attr(target_vendor = "apple", link(name = "Security", kind = "framework"))]
unsafe extern "C" {
    static kSecAttrGeneric: CFStringRef;
    static kSecAttrAccessible: CFStringRef;
}

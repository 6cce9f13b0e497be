//! Short ways to build dictionaries, and the four calls.

use std::ptr;

use core_foundation::array::CFArray;
use core_foundation::base::{CFType, CFTypeRef, TCFType};
use core_foundation::boolean::CFBoolean;
use core_foundation::data::CFData;
use core_foundation::dictionary::{CFDictionary, CFDictionaryRef};
use core_foundation::string::{CFString, CFStringRef};
use security_framework_sys::keychain_item as calls;

pub(crate) use security_framework_sys::access_control::*;
pub(crate) use security_framework_sys::item::*;

// Functions that the bindings lack.
unsafe extern "C" {
    pub(crate) static kSecAttrAccessible: CFStringRef;
    pub(crate) static kSecAttrGeneric: CFStringRef;
    pub(crate) static kSecMatchLimitOne: CFStringRef;
}

pub(crate) const SERVICE: &str = "dev.example.vault";
pub(crate) const GROUP: &str = "TEAM.dev.example.app";
pub(crate) const SECRET: &[u8] = b"secret";

pub(crate) const AUTH_FAILED: i32 = -25293;
pub(crate) const DUPLICATE: i32 = -25299;
pub(crate) const INTERACTION_NOT_ALLOWED: i32 = -25308;
pub(crate) const MISSING_ENTITLEMENT: i32 = -34018;
pub(crate) const NOT_AVAILABLE: i32 = -25291;
pub(crate) const NOT_FOUND: i32 = -25300;
pub(crate) const PARAM: i32 = -50;

/// A constant by its name.
macro_rules! k {
    ($name:ident) => {
        // SAFETY: the constants of the linked library exist as long as the program.
        unsafe { $crate::support::constant($name) }
    };
}
pub(crate) use k;

/// # Safety
/// A live string.
pub(crate) unsafe fn constant(string: CFStringRef) -> CFString {
    // SAFETY: the caller's promise.
    unsafe { CFString::wrap_under_get_rule(string) }
}

/// A dictionary for one of the calls.
#[derive(Clone, Default)]
pub(crate) struct Words(Vec<(CFString, CFType)>);

impl Words {
    /// What each of Strongroom's dictionaries for one account contains.
    pub(crate) fn of(account: &str) -> Self {
        Self::of_service().text(k!(kSecAttrAccount), account)
    }

    /// What each of Strongroom's dictionaries for a whole service contains.
    pub(crate) fn of_service() -> Self {
        Self::default()
            .put(k!(kSecClass), &k!(kSecClassGenericPassword))
            .text(k!(kSecAttrService), SERVICE)
            .flag(k!(kSecAttrSynchronizable), false)
            .flag(k!(kSecUseDataProtectionKeychain), true)
    }

    /// A dictionary that adds an account with a value.
    pub(crate) fn adding(account: &str) -> Self {
        Self::of(account).data(SECRET)
    }

    pub(crate) fn put(mut self, key: CFString, value: &impl TCFType) -> Self {
        self.0.retain(|entry| entry.0 != key);
        self.0.push((key, value.as_CFType()));
        self
    }

    pub(crate) fn without(mut self, key: &CFString) -> Self {
        self.0.retain(|entry| entry.0 != *key);
        self
    }

    pub(crate) fn text(self, key: CFString, text: &str) -> Self {
        self.put(key, &CFString::new(text))
    }

    pub(crate) fn flag(self, key: CFString, flag: bool) -> Self {
        self.put(key, &CFBoolean::from(flag))
    }

    pub(crate) fn data(self, data: &[u8]) -> Self {
        self.put(k!(kSecValueData), &CFData::from_buffer(data))
    }

    pub(crate) fn returning_data(self) -> Self {
        self.flag(k!(kSecReturnData), true)
    }

    pub(crate) fn returning_attributes(self) -> Self {
        self.flag(k!(kSecReturnAttributes), true)
    }

    pub(crate) fn of_all(self) -> Self {
        self.put(k!(kSecMatchLimit), &k!(kSecMatchLimitAll))
    }

    pub(crate) fn accessible(self, class: &CFString) -> Self {
        self.put(k!(kSecAttrAccessible), class)
    }

    pub(crate) fn add(&self) -> i32 {
        // SAFETY: a live dictionary, and no result.
        self.with(|this| unsafe { calls::SecItemAdd(this, ptr::null_mut()) })
    }

    pub(crate) fn delete(&self) -> i32 {
        // SAFETY: a live dictionary.
        self.with(|this| unsafe { calls::SecItemDelete(this) })
    }

    pub(crate) fn update(&self, changes: &Self) -> i32 {
        // SAFETY: two live dictionaries.
        self.with(|this| changes.with(|changes| unsafe { calls::SecItemUpdate(this, changes) }))
    }

    pub(crate) fn copy(&self) -> Result<Option<CFType>, i32> {
        let mut result: CFTypeRef = ptr::null();
        // SAFETY: a live dictionary, and a place for the result.
        let status = self.with(|this| unsafe { calls::SecItemCopyMatching(this, &raw mut result) });
        match status {
            // SAFETY: the caller owns the result of a copy.
            0 => Ok((!result.is_null()).then(|| unsafe { CFType::wrap_under_create_rule(result) })),
            status => Err(status),
        }
    }

    /// The value of the one row that this finds.
    pub(crate) fn read(&self) -> Result<Vec<u8>, i32> {
        let found = self.clone().returning_data().copy()?.unwrap();
        Ok(found.downcast::<CFData>().unwrap().bytes().to_vec())
    }

    /// The attributes of the rows that this finds.
    pub(crate) fn list(&self) -> Result<Vec<CFDictionary<CFString, CFType>>, i32> {
        let found = self.clone().returning_attributes().of_all().copy()?.unwrap();
        let found = found.downcast::<CFArray>().unwrap();
        Ok(found
            .iter()
            // SAFETY: the rows of a result with attributes are dictionaries.
            .map(|row| unsafe { CFDictionary::wrap_under_get_rule((*row).cast()) })
            .collect())
    }

    pub(crate) fn with<R>(&self, call: impl FnOnce(CFDictionaryRef) -> R) -> R {
        call(CFDictionary::from_CFType_pairs(&self.0).as_concrete_TypeRef())
    }
}

/// Access control with a protection.
pub(crate) fn access_control(protection: &CFString, flags: usize) -> Option<CFType> {
    // SAFETY: a live protection, and no place for an error.
    let made = unsafe {
        SecAccessControlCreateWithFlags(ptr::null(), protection.as_CFTypeRef(), flags, ptr::null_mut())
    };
    // SAFETY: the caller owns what a create function returns.
    (!made.is_null()).then(|| unsafe { CFType::wrap_under_create_rule(made.cast_const().cast()) })
}

//! Dictionaries of CoreFoundation, and the four calls that take them.

use std::ptr;
use std::sync::Arc;

use core_foundation::array::CFArray;
use core_foundation::base::{CFIndex, CFRange, CFType, CFTypeRef, TCFType};
use core_foundation::boolean::CFBoolean;
use core_foundation::data::CFData;
use core_foundation::dictionary::CFDictionary;
use core_foundation::string::{CFString, CFStringGetBytes, kCFStringEncodingUTF8};
use security_framework_sys::keychain_item::{SecItemAdd, SecItemCopyMatching, SecItemDelete, SecItemUpdate};
use zeroize::Zeroizing;

use super::names;
use crate::sec_items::{Attributes, OsStatus, Row};

const SUCCESS: i32 = 0;

/// Names and values, in the order in which they were added.
#[derive(Default)]
pub(super) struct Dictionary(Vec<(CFString, CFType)>);

impl Dictionary {
    pub(super) fn with(mut self, name: CFString, value: &impl TCFType) -> Self {
        self.0.push((name, value.as_CFType()));
        self
    }

    pub(super) fn with_text(self, name: CFString, text: &str) -> Self {
        self.with(name, &CFString::new(text))
    }

    pub(super) fn with_flag(self, name: CFString, flag: bool) -> Self {
        self.with(name, &CFBoolean::from(flag))
    }

    /// The bytes are wiped when the system releases them.
    pub(super) fn with_bytes(self, name: CFString, bytes: &[u8]) -> Self {
        self.with(name, &CFData::from_arc(Arc::new(Zeroizing::new(bytes.to_vec()))))
    }

    /// Adds rows.
    pub(super) fn add(&self) -> Result<(), OsStatus> {
        let attributes = self.build();
        // SAFETY: the dictionary lives until the call returns, and the call returns no result.
        checked(unsafe { SecItemAdd(attributes.as_concrete_TypeRef(), ptr::null_mut()) })
    }

    /// Adds a row and returns the attributes that the dictionary asks for.
    pub(super) fn add_and_find(&self) -> Result<Found, OsStatus> {
        let attributes = self.build();
        let mut result: CFTypeRef = ptr::null();
        // SAFETY: the dictionary lives until the call returns, and `result` has room for the one reference it may store.
        let status = unsafe { SecItemAdd(attributes.as_concrete_TypeRef(), &raw mut result) };
        owned(status, result)
    }

    /// Changes the rows that match.
    pub(super) fn update(&self, changes: &Self) -> Result<(), OsStatus> {
        let (query, changes) = (self.build(), changes.build());
        // SAFETY: both dictionaries live until the call returns.
        checked(unsafe { SecItemUpdate(query.as_concrete_TypeRef(), changes.as_concrete_TypeRef()) })
    }

    /// Deletes the rows that match.
    pub(super) fn delete(&self) -> Result<(), OsStatus> {
        let query = self.build();
        // SAFETY: the dictionary lives until the call returns.
        checked(unsafe { SecItemDelete(query.as_concrete_TypeRef()) })
    }

    /// Finds rows; the result is of the type that the query asks for.
    pub(super) fn find(&self) -> Result<Found, OsStatus> {
        let query = self.build();
        let mut result: CFTypeRef = ptr::null();
        // SAFETY: the dictionary lives until the call returns, and `result` has room for the one reference it may store.
        let status = unsafe { SecItemCopyMatching(query.as_concrete_TypeRef(), &raw mut result) };
        owned(status, result)
    }

    fn build(&self) -> CFDictionary<CFString, CFType> {
        CFDictionary::from_CFType_pairs(&self.0)
    }
}

/// The result of a query. It has no `Debug`: that of CoreFoundation prints values.
pub(super) struct Found(CFType);

impl Found {
    /// The one row, with its value.
    pub(super) fn row(&self) -> Result<Row, OsStatus> {
        let fields = Fields::of(&self.0)?;
        let data = fields.bytes(&names::value()).ok_or(OsStatus::DECODE)?;
        Ok(Row {
            tag: fields.tag(),
            data,
        })
    }

    /// The one row, without its value.
    pub(super) fn attributes(&self) -> Result<Attributes, OsStatus> {
        Fields::of(&self.0)?.attributes()
    }

    /// The access group of the one row.
    pub(super) fn group(&self) -> Result<String, OsStatus> {
        let group = Fields::of(&self.0)?.field(&names::access_group());
        group
            .and_then(|group| group.downcast::<CFString>())
            .map(|group| group.to_string())
            .filter(|group| !group.is_empty())
            .ok_or(OsStatus::DECODE)
    }

    /// The rows, without their values.
    pub(super) fn list(&self) -> Result<Vec<Attributes>, OsStatus> {
        let rows = self.0.downcast::<CFArray>().ok_or(OsStatus::DECODE)?;
        rows.iter()
            .map(|row| Fields::of(&retained(*row))?.attributes())
            .collect()
    }
}

/// The fields of one row.
struct Fields(CFDictionary);

impl Fields {
    fn of(row: &CFType) -> Result<Self, OsStatus> {
        row.downcast::<CFDictionary>().map(Self).ok_or(OsStatus::DECODE)
    }

    fn attributes(&self) -> Result<Attributes, OsStatus> {
        let account = self
            .field(&names::account())
            .and_then(|account| text(&account.downcast()?))
            .ok_or(OsStatus::DECODE)?;
        Ok(Attributes {
            account,
            tag: self.tag(),
        })
    }

    fn tag(&self) -> Vec<u8> {
        self.bytes(&names::generic())
            .map_or_else(Vec::new, |mut tag| std::mem::take(&mut *tag))
    }

    fn bytes(&self, name: &CFString) -> Option<Zeroizing<Vec<u8>>> {
        let data = self.field(name)?.downcast::<CFData>()?;
        Some(Zeroizing::new(data.bytes().to_vec()))
    }

    fn field(&self, name: &CFString) -> Option<CFType> {
        self.0.find(name.as_CFTypeRef()).map(|value| retained(*value))
    }
}

/// The text of a string. The conversion of `CFString` itself leaves a copy that nobody wipes.
fn text(string: &CFString) -> Option<Zeroizing<String>> {
    let units = string.char_len();
    let whole = CFRange::init(0, units);
    // A unit of UTF-16 takes at most 3 bytes of UTF-8.
    let mut bytes = Zeroizing::new(vec![0; 3 * usize::try_from(units).ok()?]);
    let mut used: CFIndex = 0;
    // SAFETY: the string is alive, the range is all of it, and the buffer has the stated length.
    let converted = unsafe {
        CFStringGetBytes(
            string.as_concrete_TypeRef(),
            whole,
            kCFStringEncodingUTF8,
            0,
            0,
            bytes.as_mut_ptr(),
            CFIndex::try_from(bytes.len()).ok()?,
            &raw mut used,
        )
    };
    let text = bytes.get(..usize::try_from(used).ok()?)?;
    (converted == units).then(|| {
        std::str::from_utf8(text)
            .ok()
            .map(str::to_owned)
            .map(Zeroizing::new)
    })?
}

fn owned(status: i32, result: CFTypeRef) -> Result<Found, OsStatus> {
    // SAFETY: what a function stores through its result parameter is a reference that we have to release.
    let found = (!result.is_null()).then(|| unsafe { CFType::wrap_under_create_rule(result) });
    checked(status)?;
    found.map(Found).ok_or(OsStatus::DECODE)
}

fn retained(object: CFTypeRef) -> CFType {
    // SAFETY: the caller got the object from a live container that holds it.
    unsafe { CFType::wrap_under_get_rule(object) }
}

fn checked(status: i32) -> Result<(), OsStatus> {
    match status {
        SUCCESS => Ok(()),
        failure => Err(OsStatus(failure)),
    }
}

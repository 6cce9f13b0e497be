//! The rows of the keychain, as tests see them and as the world keeps them.

use crate::access_control::AccessControl;
use crate::masked::Masked;
use crate::objects::Handle;
use crate::statics;

/// A generic password. The primary key is group, account, service and synchronizable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// `kSecAttrService`.
    pub service: String,
    /// `kSecAttrAccount`.
    pub account: String,
    /// `kSecAttrGeneric`.
    pub generic: Option<Vec<u8>>,
    /// `kSecAttrLabel`.
    pub label: Option<String>,
    /// `kSecValueData`.
    pub data: Vec<u8>,
    /// `kSecAttrAccessible`, or the protection within the access control.
    pub accessible: Accessible,
    /// `kSecAttrAccessGroup`. Empty in [`World::put_row`](crate::World::put_row): the app's default group.
    pub group: String,
    /// `kSecAttrSynchronizable`.
    pub synchronizable: bool,
    /// The flags of `kSecAttrAccessControl`. Access control without a flag is none.
    pub access_control: Option<usize>,
}

impl Row {
    /// A row readable after the first unlock on this device, in the default group.
    #[must_use]
    pub fn new(service: &str, account: &str, data: &[u8]) -> Self {
        Self {
            service: service.to_owned(),
            account: account.to_owned(),
            generic: None,
            label: None,
            data: data.to_vec(),
            accessible: Accessible::AfterFirstUnlockThisDeviceOnly,
            group: String::new(),
            synchronizable: false,
            access_control: None,
        }
    }
}

/// When a row can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Accessible {
    /// `kSecAttrAccessibleAfterFirstUnlock`.
    AfterFirstUnlock,
    /// `kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly`.
    AfterFirstUnlockThisDeviceOnly,
    /// `kSecAttrAccessibleWhenPasscodeSetThisDeviceOnly`.
    WhenPasscodeSetThisDeviceOnly,
    /// `kSecAttrAccessibleWhenUnlocked`, the Keychain's own choice.
    WhenUnlocked,
    /// `kSecAttrAccessibleWhenUnlockedThisDeviceOnly`.
    WhenUnlockedThisDeviceOnly,
}

impl Accessible {
    /// The texts of the constants.
    pub(crate) const TEXTS: [(&str, Self); 5] = [
        ("ck", Self::AfterFirstUnlock),
        ("cku", Self::AfterFirstUnlockThisDeviceOnly),
        ("akpu", Self::WhenPasscodeSetThisDeviceOnly),
        ("ak", Self::WhenUnlocked),
        ("aku", Self::WhenUnlockedThisDeviceOnly),
    ];

    pub(crate) fn of(text: &str) -> Option<Self> {
        value_of(&Self::TEXTS, text)
    }

    pub(crate) fn handle(self) -> Handle {
        match self {
            Self::AfterFirstUnlock => statics::kSecAttrAccessibleAfterFirstUnlock,
            Self::AfterFirstUnlockThisDeviceOnly => statics::kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly,
            Self::WhenPasscodeSetThisDeviceOnly => statics::kSecAttrAccessibleWhenPasscodeSetThisDeviceOnly,
            Self::WhenUnlocked => statics::kSecAttrAccessibleWhenUnlocked,
            Self::WhenUnlockedThisDeviceOnly => statics::kSecAttrAccessibleWhenUnlockedThisDeviceOnly,
        }
    }

    pub(crate) fn stays_on_device(self) -> bool {
        !matches!(self, Self::AfterFirstUnlock | Self::WhenUnlocked)
    }
}

/// The value with a name.
pub(crate) fn value_of<T: Copy>(names: &[(&str, T)], name: &str) -> Option<T> {
    names
        .iter()
        .find(|(known, _)| *known == name)
        .map(|known| known.1)
}

/// The name of a value, which has one.
pub(crate) fn name_of<T: PartialEq>(names: &[(&'static str, T)], value: &T) -> &'static str {
    names
        .iter()
        .find(|(_, known)| known == value)
        .map_or("", |known| known.0)
}

/// A row as the world keeps it.
#[derive(Clone)]
pub(crate) struct Stored {
    pub(crate) service: Masked,
    pub(crate) account: Masked,
    pub(crate) generic: Option<Masked>,
    pub(crate) label: Option<Masked>,
    pub(crate) data: Masked,
    pub(crate) group: String,
    pub(crate) synchronizable: bool,
    pub(crate) protection: AccessControl,
    /// How often biometry had been enrolled again when the row was written.
    pub(crate) enrolment: u64,
}

impl Stored {
    pub(crate) fn same_key(&self, other: &Self) -> bool {
        (&self.group, &self.account, &self.service, self.synchronizable)
            == (&other.group, &other.account, &other.service, other.synchronizable)
    }

    pub(crate) fn of(row: &Row, default_group: &str, enrolment: u64) -> Self {
        Self {
            service: Masked::new(row.service.as_bytes()),
            account: Masked::new(row.account.as_bytes()),
            generic: row.generic.as_deref().map(Masked::new),
            label: row.label.as_ref().map(|label| Masked::new(label.as_bytes())),
            data: Masked::new(&row.data),
            group: if row.group.is_empty() {
                default_group.to_owned()
            } else {
                row.group.clone()
            },
            synchronizable: row.synchronizable,
            protection: AccessControl {
                accessible: row.accessible,
                flags: row.access_control.unwrap_or(0),
            },
            enrolment,
        }
    }

    pub(crate) fn row(&self) -> Row {
        Row {
            service: self.service.text(),
            account: self.account.text(),
            generic: self.generic.as_ref().map(|generic| generic.bytes().to_vec()),
            label: self.label.as_ref().map(Masked::text),
            data: self.data.bytes().to_vec(),
            accessible: self.protection.accessible,
            group: self.group.clone(),
            synchronizable: self.synchronizable,
            access_control: Some(self.protection.flags).filter(|flags| *flags != 0),
        }
    }
}

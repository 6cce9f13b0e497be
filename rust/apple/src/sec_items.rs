//! The rows of the Keychain as the vault sees them.

use std::fmt;
use std::sync::Arc;

use strongroom_core::policy::Protection;
use zeroize::Zeroizing;

/// The access groups of the app. Each group has its own rows.
pub trait AccessGroups: Send + Sync {
    /// The group of a row whose query names no group. The function adds the probe row `account` of `service` to find
    /// out, and deletes it again. Nobody else may use this account.
    ///
    /// # Errors
    /// The status of the system.
    fn default_group(&self, service: &Service, account: &str) -> Result<String, OsStatus>;

    /// The rows of a group.
    fn rows_of(&self, group: &str) -> Arc<dyn SecItems>;
}

/// The generic-password rows of one access group: no call sees or changes a row of another group. Each call is one call
/// of the system and is not repeated here.
///
/// With `only_if`, a call affects a row only while its tag is the given one: the Keychain compares and writes in one
/// step.
///
/// # Errors
/// Every method returns the status of the system, except for "not found" and "duplicate", which are results of their
/// own.
pub trait SecItems: Send + Sync {
    /// A row with its value. It may ask the user to authenticate.
    ///
    /// # Errors
    /// The status of the system.
    fn read(&self, service: &Service, account: &str) -> Result<Option<Row>, OsStatus>;

    /// A row without its value, and without asking the user.
    ///
    /// # Errors
    /// The status of the system.
    fn attributes(&self, service: &Service, account: &str) -> Result<Option<Attributes>, OsStatus>;

    /// All rows of a service without their values, in any order.
    ///
    /// # Errors
    /// The status of the system.
    fn list(&self, service: &Service) -> Result<Vec<Attributes>, OsStatus>;

    /// Adds a row that must not exist yet.
    ///
    /// # Errors
    /// The status of the system.
    fn add(&self, service: &Service, account: &str, content: &Content<'_>) -> Result<Added, OsStatus>;

    /// Replaces value, tag and protection of a row, and returns whether there was one.
    ///
    /// # Errors
    /// The status of the system.
    fn update(
        &self,
        service: &Service,
        account: &str,
        only_if: Option<&[u8]>,
        content: &Content<'_>,
    ) -> Result<bool, OsStatus>;

    /// Deletes a row, and returns whether there was one.
    ///
    /// # Errors
    /// The status of the system.
    fn delete(&self, service: &Service, account: &str, only_if: Option<&[u8]>) -> Result<bool, OsStatus>;

    /// Deletes all rows of a service, and returns whether there were any.
    ///
    /// # Errors
    /// The status of the system.
    fn delete_all(&self, service: &Service) -> Result<bool, OsStatus>;

    /// Changes the protection of all rows of a service in one step, and returns whether there were any.
    ///
    /// # Errors
    /// The status of the system.
    fn protect_all(&self, service: &Service, protection: Protection) -> Result<bool, OsStatus>;

    /// Moves all rows of a service to another one in one step, and returns whether there were any.
    ///
    /// # Errors
    /// The status of the system; [`OsStatus::DUPLICATE`] with nothing changed if one of them already exists there.
    fn move_all(&self, from: &Service, to: &Service) -> Result<bool, OsStatus>;

    /// Moves one row to another service, and returns whether it existed.
    ///
    /// # Errors
    /// The status of the system; [`OsStatus::DUPLICATE`] with nothing changed if such a row already exists.
    fn move_one(&self, from: &Service, to: &Service, account: &str) -> Result<bool, OsStatus>;

    /// Moves one row to another service and another access group in one step, and returns whether it existed.
    ///
    /// # Errors
    /// The status of the system; [`OsStatus::DUPLICATE`] with nothing changed if such a row already exists.
    fn hand_over(
        &self,
        from: &Service,
        account: &str,
        only_if: Option<&[u8]>,
        to: &Service,
        group: &str,
    ) -> Result<bool, OsStatus>;
}

/// A set of rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    name: String,
    synchronizable: bool,
}

impl Service {
    /// `name` must not be empty: for the Keychain, an empty name means "any".
    pub(crate) fn new(name: String, synchronizable: bool) -> Self {
        debug_assert!(!name.is_empty());
        Self { name, synchronizable }
    }

    /// The text of `kSecAttrService`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the rows are synchronized to the other devices of the user.
    #[must_use]
    pub fn synchronizable(&self) -> bool {
        self.synchronizable
    }
}

/// What a row holds besides its service and account.
#[derive(Clone, Copy)]
pub struct Content<'a> {
    /// `kSecAttrGeneric`: 1 to a few dozen bytes, new with every write.
    pub tag: &'a [u8],
    /// `kSecValueData`.
    pub data: &'a [u8],
    /// When the system lets it be read.
    pub protection: Protection,
}

/// A row without its value.
#[derive(Clone, PartialEq, Eq)]
pub struct Attributes {
    /// `kSecAttrAccount`.
    pub account: Zeroizing<String>,
    /// `kSecAttrGeneric`; empty for a row that has none.
    pub tag: Vec<u8>,
}

/// A row with its value. It has no `Debug`.
pub struct Row {
    /// `kSecAttrGeneric`; empty for a row that has none.
    pub tag: Vec<u8>,
    /// `kSecValueData`.
    pub data: Zeroizing<Vec<u8>>,
}

/// Whether a row was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "there is no third answer")]
pub enum Added {
    /// It did not exist and exists now.
    Yes,
    /// It already exists; nothing changed.
    Duplicate,
}

/// An `OSStatus` that is neither success nor a result of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct OsStatus(pub i32);

impl fmt::Debug for OsStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OsStatus({})", self.0)
    }
}

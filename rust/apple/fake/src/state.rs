//! The state of a world: its rows, the device's locks, and its user.

use crate::access_control::{
    AccessControl, BIOMETRY_ANY, BIOMETRY_CURRENT_SET, DEVICE_PASSCODE, USER_PRESENCE,
};
use crate::context::Context;
use crate::query::{Query, Status};
use crate::row::{Accessible, Stored};

/// The group of an app that asked for none.
pub(crate) const DEFAULT_GROUP: &str = "TEAM.dev.example.app";

pub(crate) const AUTH_FAILED: Status = -25293;
pub(crate) const DUPLICATE_ITEM: Status = -25299;
pub(crate) const INTERACTION_NOT_ALLOWED: Status = -25308;
pub(crate) const ITEM_NOT_FOUND: Status = -25300;
pub(crate) const MISSING_ENTITLEMENT: Status = -34018;
pub(crate) const NOT_AVAILABLE: Status = -25291;
pub(crate) const USER_CANCELED: Status = -128;

/// Whether the device is locked. Reading, adding and updating a row of a class that the lock protects is -25308, even
/// for its attributes or only to see whether it exists. Deleting works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Lock {
    /// The device was not unlocked since it started: no class can be used.
    BeforeFirstUnlock,
    /// The classes for an unlocked device cannot be used.
    Locked,
    /// Every class can be used.
    Unlocked,
    /// The system started the app before the first unlock. As [`Lock::BeforeFirstUnlock`], but existing rows are not
    /// found (-25300), although adding one is still a duplicate.
    Prewarmed,
}

/// What the user does when asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Auth {
    /// Authenticates with finger, face or passcode.
    Success,
    /// Dismisses the prompt: -128.
    Cancel,
    /// Is not recognised: -25293.
    Fail,
    /// Failed with biometry too often before: -25293 if nothing else is accepted, otherwise the user enters the
    /// passcode.
    Lockout,
}

pub(crate) struct State {
    pub(crate) rows: Vec<Stored>,
    pub(crate) groups: Vec<String>,
    pub(crate) lock: Lock,
    pub(crate) passcode: bool,
    pub(crate) auth: Auth,
    pub(crate) prompts: usize,
    /// How many rows were returned.
    pub(crate) answered: usize,
    pub(crate) enrolment: u64,
    /// The status of reading a row of an earlier enrolment.
    pub(crate) invalidated: Status,
    pub(crate) installation: u64,
}

/// An unlocked device with a passcode and an empty keychain, whose user agrees to everything.
impl Default for State {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            groups: vec![DEFAULT_GROUP.to_owned()],
            lock: Lock::Unlocked,
            passcode: true,
            auth: Auth::Success,
            prompts: 0,
            answered: 0,
            enrolment: 0,
            invalidated: AUTH_FAILED,
            installation: 0,
        }
    }
}

impl State {
    /// A new device with the same app.
    pub(crate) fn erased(&self) -> Self {
        Self {
            groups: self.groups.clone(),
            installation: self.installation + 1,
            ..Self::default()
        }
    }

    /// A new device with the same app, restored from an encrypted backup of this one.
    pub(crate) fn restored(&self) -> Self {
        let travels = |row: &&Stored| !row.protection.accessible.stays_on_device();
        Self {
            rows: self.rows.iter().filter(travels).cloned().collect(),
            ..self.erased()
        }
    }

    /// -34018 for an app without entitlement to any group, or not to the group that it names.
    pub(crate) fn entitled(&self, query: &Query) -> Result<(), Status> {
        let allowed = match &query.group {
            Some(group) => self.groups.contains(group),
            None => !self.groups.is_empty(),
        };
        if allowed { Ok(()) } else { Err(MISSING_ENTITLEMENT) }
    }

    /// The indexes of the rows that a query finds.
    pub(crate) fn find(&self, query: &Query) -> Result<Vec<usize>, Status> {
        let found = (0..self.rows.len()).filter(|&at| query.matches(&self.rows[at], &self.groups));
        let found: Vec<_> = found.collect();
        if found.is_empty() {
            Err(ITEM_NOT_FOUND)
        } else {
            Ok(found)
        }
    }

    /// Whether rows of the class can be written.
    pub(crate) fn writable(&self, protection: AccessControl) -> Result<(), Status> {
        if protection.accessible == Accessible::WhenPasscodeSetThisDeviceOnly && !self.passcode {
            return Err(NOT_AVAILABLE);
        }
        if self.lock.keeps(protection.accessible) {
            Err(INTERACTION_NOT_ALLOWED)
        } else {
            Ok(())
        }
    }

    /// Whether the lock allows reading or changing an existing row.
    pub(crate) fn usable(&self, row: &Stored) -> Result<(), Status> {
        match self.lock {
            lock if !lock.keeps(row.protection.accessible) => Ok(()),
            Lock::Prewarmed => Err(ITEM_NOT_FOUND),
            _ => Err(INTERACTION_NOT_ALLOWED),
        }
    }

    /// Asks the user for a row that requires it.
    pub(crate) fn authenticate(&mut self, at: usize, context: Option<Context>) -> Result<(), Status> {
        let Stored {
            protection,
            enrolment,
            ..
        } = self.rows[at];
        if !protection.asks_for_user() {
            return Ok(());
        }
        if protection.flags & BIOMETRY_CURRENT_SET != 0 && enrolment != self.enrolment {
            return Err(self.invalidated);
        }
        match context {
            Some(Context::Authenticated) => return Ok(()),
            Some(Context::InteractionNotAllowed) => return Err(INTERACTION_NOT_ALLOWED),
            Some(Context::Interactive) | None => self.prompts += 1,
        }
        match self.auth {
            Auth::Success => Ok(()),
            Auth::Cancel => Err(USER_CANCELED),
            Auth::Lockout if protection.takes_passcode() => Ok(()),
            Auth::Fail | Auth::Lockout => Err(AUTH_FAILED),
        }
    }
}

impl Lock {
    pub(crate) const NAMES: [(&str, Self); 4] = [
        ("unlocked", Self::Unlocked),
        ("locked", Self::Locked),
        ("beforeFirstUnlock", Self::BeforeFirstUnlock),
        ("prewarmed", Self::Prewarmed),
    ];

    fn keeps(self, accessible: Accessible) -> bool {
        match self {
            Self::BeforeFirstUnlock | Self::Prewarmed => true,
            Self::Locked => !matches!(
                accessible,
                Accessible::AfterFirstUnlock | Accessible::AfterFirstUnlockThisDeviceOnly
            ),
            Self::Unlocked => false,
        }
    }
}

impl Auth {
    pub(crate) const NAMES: [(&str, Self); 4] = [
        ("success", Self::Success),
        ("cancel", Self::Cancel),
        ("fail", Self::Fail),
        ("lockout", Self::Lockout),
    ];
}

impl AccessControl {
    /// Whether a row with this protection can be synchronized.
    pub(crate) fn may_leave_device(self) -> bool {
        self.flags == 0 && !self.accessible.stays_on_device()
    }

    pub(crate) fn asks_for_user(self) -> bool {
        self.flags & (BIOMETRY_ANY | BIOMETRY_CURRENT_SET) != 0 || self.takes_passcode()
    }

    fn takes_passcode(self) -> bool {
        self.flags & (USER_PRESENCE | DEVICE_PASSCODE) != 0
    }
}

//! The options of a store in the Keychain.

/// How the rows of a store are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeychainOptions {
    /// The access group of the rows; `None` for the app's default group.
    pub access_group: Option<String>,
    /// Whether items are synchronized to the other devices of the user.
    pub synchronizable: bool,
    /// When the system lets items be read.
    pub protection: Protection,
    /// What to do with the items of an earlier installation.
    pub on_reinstall: OnReinstall,
}

/// When the system lets a row be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Protection {
    /// The states of the device in which it can be read.
    pub accessibility: Accessibility,
    /// How the user has to authenticate, if at all.
    pub authentication: Option<Authentication>,
}

impl Protection {
    /// A protection with both conditions.
    #[must_use]
    pub fn new(accessibility: Accessibility, authentication: Option<Authentication>) -> Self {
        Self {
            accessibility,
            authentication,
        }
    }
}

named! {
    /// The accessibility class of a row.
    #[derive(Default)]
    Accessibility {
        /// After the first unlock since the device started; never leaves the device.
        #[default]
        AfterFirstUnlockThisDeviceOnly = "afterFirstUnlockThisDeviceOnly", 1;
        /// After the first unlock since the device started; moves to a new device with an encrypted backup.
        AfterFirstUnlock = "afterFirstUnlock", 2;
        /// While the device is unlocked; never leaves the device.
        WhenUnlockedThisDeviceOnly = "whenUnlockedThisDeviceOnly", 3;
        /// While the device is unlocked; moves to a new device with an encrypted backup.
        WhenUnlocked = "whenUnlocked", 4;
        /// While the device is unlocked; the system deletes it when the passcode is removed.
        WhenPasscodeSetThisDeviceOnly = "whenPasscodeSetThisDeviceOnly", 5;
    }
}

named! {
    /// How the user has to authenticate.
    Authentication {
        /// Biometry or passcode.
        UserPresence = "userPresence", 1;
        /// Any enrolled biometry.
        BiometryAny = "biometryAny", 2;
        /// The biometry that was enrolled when the row was written.
        BiometryCurrentSet = "biometryCurrentSet", 3;
        /// The passcode.
        DevicePasscode = "devicePasscode", 4;
    }
}

impl Accessibility {
    /// Whether the class keeps rows on this device.
    #[must_use]
    pub fn this_device_only(self) -> bool {
        !matches!(self, Self::AfterFirstUnlock | Self::WhenUnlocked)
    }
}

/// What to do with the items of an earlier installation on this device. The Keychain keeps them when an app is deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnReinstall {
    /// Keep them.
    #[default]
    Keep,
    /// Delete them at the first use, if nobody else can have written them.
    Clear,
}

//! What an app can configure for its stores, and the defaults.

/// A choice with a text for the configuration and a number for the storage.
macro_rules! named {
    ($(#[$meta:meta])* $type:ident { $($(#[$doc:meta])* $name:ident = $text:literal, $byte:literal;)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[expect(clippy::exhaustive_enums, reason = "a platform that does not know one must not compile")]
        pub enum $type { $($(#[$doc])* $name,)* }

        impl $type {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The text of the configuration.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The number that is stored. Never change one.
            #[must_use]
            pub fn to_byte(self) -> u8 {
                match self { $(Self::$name => $byte,)* }
            }

            /// The value with this number.
            #[must_use]
            pub fn from_byte(byte: u8) -> Option<Self> {
                match byte { $($byte => Some(Self::$name),)* _ => None }
            }
        }
    };
}

mod gate;
mod key;
mod keychain;

use std::path::PathBuf;
use std::time::Duration;

pub use gate::{GateMode, GatePolicy, OnEnrolmentChange, UserAuthentication};
pub use key::{KeyPolicy, SecurityLevel, StrongBox};
pub use keychain::{Accessibility, Authentication, KeychainOptions, OnReinstall, Protection};

pub(crate) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How a store behaves, on every platform.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VaultOptions {
    /// What to do when the key of a store is lost.
    pub on_key_loss: OnKeyLoss,
    /// The requirements for a new key.
    pub key_policy: KeyPolicy,
    /// The age at which the data key is replaced; `None` for never.
    pub rotate_after: Option<Duration>,
    /// The age at which the key-encryption key is replaced, too; `None` for never.
    pub rotate_kek_after: Option<Duration>,
    /// The options of the Keychain.
    pub keychain: KeychainOptions,
    /// The directory that tells a new installation of the app from an old one, on iOS.
    pub marker_directory: Option<PathBuf>,
}

impl Default for VaultOptions {
    fn default() -> Self {
        Self {
            on_key_loss: OnKeyLoss::default(),
            key_policy: KeyPolicy::default(),
            rotate_after: Some(90 * DAY),
            rotate_kek_after: Some(180 * DAY),
            keychain: KeychainOptions::default(),
            marker_directory: None,
        }
    }
}

/// What to do when a store can never be opened again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnKeyLoss {
    /// Put the file in quarantine, start an empty store, and raise an event.
    #[default]
    Quarantine,
    /// Refuse every call until `reset()`.
    Error,
}

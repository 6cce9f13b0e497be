//! The requirements for a key-encryption key.

/// The requirements for a new key-encryption key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyPolicy {
    /// Whether to ask for a key in a separate secure element.
    pub strong_box: StrongBox,
    /// The weakest level to accept; a weaker key is refused.
    pub min_level: Option<SecurityLevel>,
}

impl KeyPolicy {
    /// A policy with both rules.
    #[must_use]
    pub fn new(strong_box: StrongBox, min_level: Option<SecurityLevel>) -> Self {
        Self {
            strong_box,
            min_level,
        }
    }

    /// Whether a key at this level satisfies the policy.
    #[must_use]
    pub fn admits(self, level: SecurityLevel) -> bool {
        let required = self.strong_box == StrongBox::Require && level != SecurityLevel::StrongBox;
        !required && self.min_level.is_none_or(|least| level >= least)
    }
}

/// Whether a new key should be in `StrongBox`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum StrongBox {
    /// Do not ask for it. This is the default, because `StrongBox` is slow and fails on some
    /// devices.
    #[default]
    Off,
    /// Ask, and fall back to the trusted execution environment on any failure.
    Prefer,
    /// Ask, and fail if the device does not offer it.
    Require,
}

/// Where a key is stored, as the system reports it, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum SecurityLevel {
    /// The system does not know.
    Unknown,
    /// In the memory of a process.
    Software,
    /// In secure hardware of an unknown kind.
    UnknownSecure,
    /// In the trusted execution environment.
    TrustedEnvironment,
    /// In a separate secure element.
    StrongBox,
}

impl SecurityLevel {
    /// Every level, weakest first.
    pub const ALL: [Self; 5] = [
        Self::Unknown,
        Self::Software,
        Self::UnknownSecure,
        Self::TrustedEnvironment,
        Self::StrongBox,
    ];

    /// The text that `getStatus()` shows and `minSecurityLevel` takes.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Software => "software",
            Self::UnknownSecure => "unknownSecure",
            Self::TrustedEnvironment => "trustedEnvironment",
            Self::StrongBox => "strongBox",
        }
    }
}

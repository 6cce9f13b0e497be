//! What a key-encryption key may be asked for.

/// What a new key-encryption key has to satisfy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyPolicy {
    /// Whether to ask for a key in a separate secure element.
    pub strong_box: StrongBox,
    /// Refuse rather than accept a weaker key.
    pub min_level: Option<SecurityLevel>,
}

impl KeyPolicy {
    /// A policy of both rules.
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

/// Whether a new key should live in `StrongBox`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum StrongBox {
    /// Do not ask for it: the default, because it is slow and fails on some devices.
    #[default]
    Off,
    /// Ask, and fall back to the trusted execution environment on any failure.
    Prefer,
    /// Ask, and fail if it cannot be had.
    Require,
}

/// Where a key lives, as the system reports it, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum SecurityLevel {
    /// The system could not tell.
    Unknown,
    /// In the memory of a process.
    Software,
    /// In secure hardware of an unnamed kind.
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

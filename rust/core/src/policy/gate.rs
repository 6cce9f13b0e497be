//! How a protected store asks its user.

/// How a protected store asks its user, and what its gate is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GatePolicy {
    /// How the user has to authenticate.
    pub authentication: UserAuthentication,
    /// What a change of the enrolled biometry does to the gate.
    pub on_enrolment_change: OnEnrolmentChange,
    /// How long one authentication counts.
    pub mode: GateMode,
}

impl GatePolicy {
    /// A policy. Without `on_enrolment_change`, a gate for biometry alone is invalidated, any other is kept. `None` for a
    /// gate that a passcode opens and a change of the biometry invalidates: no key of Android can be bound to that.
    #[must_use]
    pub fn new(
        authentication: UserAuthentication,
        on_enrolment_change: Option<OnEnrolmentChange>,
        mode: GateMode,
    ) -> Option<Self> {
        let biometry = authentication == UserAuthentication::Biometry;
        let usual = if biometry {
            OnEnrolmentChange::Invalidate
        } else {
            OnEnrolmentChange::Keep
        };
        let on_enrolment_change = on_enrolment_change.unwrap_or(usual);
        let possible = biometry || on_enrolment_change == OnEnrolmentChange::Keep;
        possible.then_some(Self {
            authentication,
            on_enrolment_change,
            mode,
        })
    }
}

named! {
    /// How the user has to authenticate before a protected store opens.
    UserAuthentication {
        /// Biometry of the strong class.
        Biometry = "biometry", 1;
        /// Biometry, or the passcode of the device.
        BiometryOrDeviceCredential = "biometryOrDeviceCredential", 2;
        /// The passcode of the device.
        DeviceCredential = "deviceCredential", 3;
    }
}

named! {
    /// What a change of the enrolled biometry does to a gate.
    OnEnrolmentChange {
        /// It invalidates the gate for good.
        Invalidate = "invalidate", 1;
        /// It changes nothing.
        Keep = "keep", 2;
    }
}

named! {
    /// How long one authentication counts.
    #[derive(Default)]
    GateMode {
        /// Until the store is locked.
        #[default]
        Session = "session", 1;
        /// For one call.
        EveryUse = "everyUse", 2;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]
mod tests {
    use super::*;

    #[test]
    fn only_biometry_alone_can_be_invalidated() {
        let policy = |ways, change| GatePolicy::new(ways, change, GateMode::default());
        for ways in UserAuthentication::ALL {
            let biometry = *ways == UserAuthentication::Biometry;
            let usual = policy(*ways, None).unwrap();
            assert_eq!(
                usual.on_enrolment_change == OnEnrolmentChange::Invalidate,
                biometry
            );
            assert!(policy(*ways, Some(OnEnrolmentChange::Keep)).is_some());
            assert_eq!(
                policy(*ways, Some(OnEnrolmentChange::Invalidate)).is_some(),
                biometry
            );
        }
    }
}

//! The codes of `BiometricPrompt`.

use strongroom_core::ports::RefusalReason;

/// Why a prompt ended that reported `BIOMETRIC_ERROR_…` with this number.
#[must_use]
pub fn reason_of(code: i32) -> RefusalReason {
    match code {
        3 => RefusalReason::TimedOut,
        5 => RefusalReason::System,
        7 => RefusalReason::Lockout,
        9 => RefusalReason::LockoutPermanent,
        10 => RefusalReason::Cancelled,
        11 => RefusalReason::NotEnrolled,
        13 => RefusalReason::Fallback,
        14 => RefusalReason::NoDeviceCredential,
        // 1 not available now, 8 of the vendor, 12 no hardware, 15 needs an update, 20 and 21 not allowed, and what is to
        // come.
        _ => RefusalReason::Unavailable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_that_nobody_knows_is_no_answer_of_the_user() {
        for code in [i32::MIN, -1, 0, 1, 2, 4, 6, 8, 12, 15, 20, 21, 99, i32::MAX] {
            assert_eq!(reason_of(code), RefusalReason::Unavailable, "{code}");
        }
        assert_eq!(reason_of(10), RefusalReason::Cancelled);
        assert_eq!(reason_of(7), RefusalReason::Lockout);
    }
}

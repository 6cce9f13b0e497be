//! The codes of `LAError`.

use strongroom_core::ports::RefusalReason;

/// Why an evaluation ended that reported this `LAError`.
#[must_use]
pub fn reason_of(code: i32) -> RefusalReason {
    match code {
        -1 => RefusalReason::Failed,
        -2 => RefusalReason::Cancelled,
        -3 => RefusalReason::Fallback,
        -4 | -9 | -10 => RefusalReason::System,
        -5 => RefusalReason::NoDeviceCredential,
        -7 => RefusalReason::NotEnrolled,
        // It is over when the user has entered the passcode.
        -8 => RefusalReason::LockoutPermanent,
        -1004 => RefusalReason::NotVisible,
        // -6 off or not allowed, -12 and -13 accessories, and what is to come.
        _ => RefusalReason::Unavailable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_that_nobody_knows_is_no_answer_of_the_user() {
        for code in [i32::MIN, -1005, -13, -12, -11, -6, 0, 1, i32::MAX] {
            assert_eq!(reason_of(code), RefusalReason::Unavailable, "{code}");
        }
        assert_eq!(reason_of(-2), RefusalReason::Cancelled);
        assert_eq!(reason_of(-8), RefusalReason::LockoutPermanent);
    }
}

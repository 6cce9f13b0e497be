//! What is documented of failures (docs/guide/errors.md, docs/adr/0004-envelope-and-patience.md), told from the answers alone.

use strongroom_core::ports::KeyErrorKind;
use strongroom_core::{ErrorCode, ResetReason};
use strongroom_testkit::KeyOperation;

/// A call of the key store, and what it failed with.
pub(super) type Answer = (KeyOperation, Option<KeyErrorKind>);

const ATTEMPTS: usize = 8;
const EQUAL_ANSWERS: usize = 7;

/// The code of a call that fails because of `kind`, and no key is lost.
pub(super) fn code_of(kind: KeyErrorKind) -> ErrorCode {
    match kind {
        KeyErrorKind::InsufficientSecurity => ErrorCode::InsufficientSecurity,
        KeyErrorKind::Locked => ErrorCode::Locked,
        KeyErrorKind::NotInitialised => ErrorCode::NotInitialised,
        _ => ErrorCode::Unavailable,
    }
}

/// The code of a lost store.
pub(super) fn code_of_loss(reason: ResetReason) -> ErrorCode {
    match reason {
        ResetReason::KeyLost => ErrorCode::KeyLost,
        ResetReason::KeyMismatch => ErrorCode::KeyMismatch,
        ResetReason::KeyInvalidated => ErrorCode::KeyInvalidated,
        _ => panic!("{reason:?} is no answer of a key store"),
    }
}

/// Whether the answers to the opening of a store, which come first, mean that its key is lost. It takes seven in a row that say the
/// same, and a list of keys after them; and if they say that the key is absent, a list without it.
pub(super) fn loss(answers: &[Answer], listed: bool) -> Option<ResetReason> {
    let mut last = None;
    let mut in_a_row = 0;
    for (number, (operation, failure)) in answers.iter().enumerate().take(ATTEMPTS) {
        let kind = (*failure).filter(|_| *operation == KeyOperation::Unwrap)?;
        in_a_row = if last == Some(kind) { in_a_row + 1 } else { 1 };
        last = Some(kind);
        let reason = match kind {
            KeyErrorKind::Absent => ResetReason::KeyLost,
            KeyErrorKind::Mismatch => ResetReason::KeyMismatch,
            KeyErrorKind::Invalidated => ResetReason::KeyInvalidated,
            KeyErrorKind::Unavailable => continue,
            _ => return None,
        };
        if in_a_row >= EQUAL_ANSWERS {
            let mut then = answers.iter().skip(number + 1);
            let told = then.find(|(_, failure)| failure.is_none());
            let told = told.is_some_and(|(operation, _)| *operation == KeyOperation::Aliases);
            let contradicted = listed && reason == ResetReason::KeyLost;
            return (told && !contradicted).then_some(reason);
        }
    }
    None
}

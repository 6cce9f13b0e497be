//! What can go wrong with a call of the key store.

use strongroom_core::ports::KeyErrorKind;
use strongroom_testkit::{KeyEffect, KeyFault, KeyOperation};

use super::rule::Answer;

const OPERATIONS: [Option<KeyOperation>; 6] = [
    None,
    Some(KeyOperation::Aliases),
    Some(KeyOperation::Create),
    Some(KeyOperation::Destroy),
    Some(KeyOperation::Unwrap),
    Some(KeyOperation::Wrap),
];

const EFFECTS: [KeyEffect; 12] = [
    KeyEffect::Fail(KeyErrorKind::Absent),
    KeyEffect::Fail(KeyErrorKind::Exists),
    KeyEffect::Fail(KeyErrorKind::InsufficientSecurity),
    KeyEffect::Fail(KeyErrorKind::Invalidated),
    KeyEffect::Fail(KeyErrorKind::Locked),
    KeyEffect::Fail(KeyErrorKind::Mismatch),
    KeyEffect::Fail(KeyErrorKind::NotInitialised),
    KeyEffect::Fail(KeyErrorKind::Timeout),
    KeyEffect::Fail(KeyErrorKind::Unavailable),
    KeyEffect::FailLate(KeyErrorKind::Timeout),
    KeyEffect::FailLate(KeyErrorKind::Unavailable),
    KeyEffect::Lie,
];

/// How often a failure strikes.
const TIMES: [usize; 6] = [1, 2, 6, 7, 8, usize::MAX];

/// Every effect, at each of `calls` to each operation, and to any.
pub(super) fn faults_at(calls: &[Answer]) -> Vec<KeyFault> {
    let mut faults = Vec::new();
    for operation in OPERATIONS {
        for skip in 0..calls.iter().filter(|call| concerns(operation, **call)).count() {
            for effect in EFFECTS {
                faults.extend(times(operation, effect).iter().map(|times| KeyFault {
                    operation,
                    effect,
                    skip,
                    times: *times,
                }));
            }
        }
    }
    faults
}

/// Whether a call is one that a fault of `operation` counts.
pub(super) fn concerns(operation: Option<KeyOperation>, (called, _): Answer) -> bool {
    operation.is_none_or(|on| on == called)
}

/// How often an effect makes sense: not at all where it is none, or that of a plain failure.
fn times(operation: Option<KeyOperation>, effect: KeyEffect) -> &'static [usize] {
    use KeyOperation::{Aliases, Create, Destroy, Unwrap};
    match (effect, operation) {
        (KeyEffect::Fail(_), _)
        | (KeyEffect::FailLate(_), None | Some(Create | Destroy))
        | (KeyEffect::Lie, Some(Aliases | Destroy)) => &TIMES,
        // The same wrong data key seven times is believed.
        (KeyEffect::Lie, Some(Unwrap)) => &[1],
        _ => &[],
    }
}

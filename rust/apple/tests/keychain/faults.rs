//! Every status at every call of every call: typed, and nothing lost.

use strongroom_apple_fake::{Effect, When};
use strongroom_core::testing::{Row, scaled};
use strongroom_core::{ErrorCode, Vault};

use crate::phone::{CALLS, Phone, get, names, set_all};

const STATUSES: [i32; 14] = [
    -25299, -25300, -25308, -25315, -25320, -34018, -128, -25293, -25291, -26275, -67853, -50, -108, -909,
];

const BEFORE: [(&str, &str); 2] = [("a", "1"), ("b", "2")];

/// The codes that a call may fail with. None of them says that something is absent or lost.
const CODES: [ErrorCode; 8] = [
    ErrorCode::Locked,
    ErrorCode::Unavailable,
    ErrorCode::MissingEntitlement,
    ErrorCode::AuthCancelled,
    ErrorCode::AuthFailed,
    ErrorCode::CorruptRecord,
    ErrorCode::Corrupt,
    ErrorCode::Internal,
];

#[test]
fn whatever_one_call_of_the_system_answers_nothing_is_lost_and_nothing_made_up() {
    let mut row = Row::start("keychain-faults");
    for (name, call) in CALLS {
        for status in STATUSES {
            for effect in [Effect::Before, Effect::After] {
                for times in scaled(&[1][..], &[1, 2, 5]) {
                    for nth in 1..=scaled(3, 12) {
                        row.case();
                        let phone = Phone::new();
                        set_all(&phone.start(), &BEFORE).unwrap();
                        let vault = phone.start();
                        phone.keychain.fail(When::nth(nth).times(*times), status, effect);
                        let outcome = call(&vault);
                        phone.keychain.clear_faults();
                        let place = format!("{name}: {status} {effect:?} at call {nth}, {times} times");
                        if let Err(error) = &outcome {
                            let known = CODES.contains(&error.code())
                                || error.code() == ErrorCode::NotFound
                                    && name.starts_with("remove")
                                    && effect == Effect::After;
                            assert!(known, "{place}: {error}");
                        }
                        check(&phone, &vault, name, outcome.is_ok(), &place);
                        check(&phone, &phone.start(), name, outcome.is_ok(), &place);
                    }
                }
            }
        }
    }
}

/// Each record has its old value or, where the call may change it, the new one; after a success certainly the new one.
fn check(phone: &Phone, vault: &dyn Vault, call: &str, done: bool, place: &str) {
    assert!(phone.events().is_empty(), "{place}");
    let changes: &[&str] = match call {
        "set" | "compare_and_set" => &["a"],
        "set_many" => &["a", "b", "absent"],
        "set new" | "get_or_create" => &["absent"],
        _ => &[],
    };
    let removes: &[&str] = match call {
        "remove" => &["a"],
        "remove_many" => &["a", "b"],
        _ => &[],
    };
    let mut outcomes = Vec::new();
    let mut there = Vec::new();
    for (name, old) in BEFORE.iter().copied().chain([("absent", "")]) {
        let found = get(vault, name);
        if found.is_ok() {
            there.push(name);
        }
        let new = match &found {
            Ok(value) if value == "new" && changes.contains(&name) => true,
            Err(ErrorCode::NotFound) if removes.contains(&name) => true,
            Ok(value) if value == old => false,
            Err(ErrorCode::NotFound) if old.is_empty() => false,
            _ => panic!("{place}: {name} is {found:?}"),
        };
        if changes.contains(&name) || removes.contains(&name) {
            outcomes.push(new);
        }
    }
    assert!(
        !done || outcomes.iter().all(|new| *new),
        "{place}: it was acknowledged"
    );
    assert!(
        outcomes.iter().all(|new| *new == outcomes[0]),
        "{place}: all or none"
    );
    there.sort_unstable();
    assert_eq!(names(vault), there, "{place}");
}

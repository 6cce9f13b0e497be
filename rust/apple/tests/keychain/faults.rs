//! Every status at every system call of every method: the error has the right code, and nothing is lost.

use strongroom_apple_fake::{Effect, When};
use strongroom_core::{ErrorCode, Vault};
use strongroom_testkit::{Row, scaled};

use crate::phone::{CALLS, IN_SHARED, Phone, SHARED, get, names, set_all};

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

/// How the rows are kept, and whether others use the store.
type Setting = (&'static str, &'static str, fn() -> Phone);

const SETTINGS: [Setting; 5] = [
    ("default group", "{}", Phone::new),
    ("named group", IN_SHARED, Phone::of_a_team),
    ("second app, own group", "{}", beside_another),
    (
        "named group beside another store",
        IN_SHARED,
        beside_another_store,
    ),
    (
        "restored device",
        r#"{"ios":{"accessibility":"whenUnlocked","onReinstall":"clear"}}"#,
        Phone::new,
    ),
];

fn beside_another() -> Phone {
    let phone = Phone::of_a_team();
    phone
        .other_app()
        .act_as_other(|vault| set_all(vault, &[("a", "theirs"), ("absent", "theirs")]))
        .unwrap();
    phone
}

fn beside_another_store() -> Phone {
    let phone = Phone::of_a_team();
    let mut row = strongroom_apple_fake::Row::new("dev.strongroom.theirs", "a", b"theirs");
    SHARED.clone_into(&mut row.group);
    phone.keychain.put_row(&row);
    phone
}

/// The rows that do not belong to this store. Nothing may change them.
fn of_others(phone: &Phone) -> Vec<strongroom_apple_fake::Row> {
    let mut rows = phone.keychain.rows();
    rows.retain(|row| row.service.ends_with("theirs") || row.data == b"\x01theirs");
    rows
}

#[test]
fn whatever_one_call_of_the_system_answers_nothing_is_lost_and_nothing_made_up() {
    let mut row = Row::start("keychain-faults");
    for (setting, config, make) in SETTINGS {
        for (name, call) in CALLS {
            for (index, status) in STATUSES.into_iter().enumerate() {
                for effect in [Effect::Before, Effect::After] {
                    for times in scaled(&[1][..], &[1, 2, 5]) {
                        for nth in 1..=scaled(3, 12) {
                            // The other settings are tried once each; in the quick form, with some of the statuses.
                            if setting != "default group"
                                && (scaled(index % 4 != nth % 4, false) || *times > 1)
                            {
                                continue;
                            }
                            row.case();
                            let first = make();
                            set_all(&first.start_with(config), &BEFORE).unwrap();
                            let restored = (setting == "restored device")
                                .then(|| Phone::with(first.keychain.restored_to_a_new_device()));
                            let phone = restored.as_ref().unwrap_or(&first);
                            let others = of_others(phone);
                            let vault = phone.start_with(config);
                            phone.keychain.fail(When::nth(nth).times(*times), status, effect);
                            let outcome = call(&vault);
                            phone.keychain.clear_faults();
                            let place = format!(
                                "{setting}, {name}: {status} {effect:?} at call {nth}, {times} times"
                            );
                            if let Err(error) = &outcome {
                                let known = CODES.contains(&error.code())
                                    || error.code() == ErrorCode::NotFound
                                        && name.starts_with("remove")
                                        && effect == Effect::After;
                                assert!(known, "{place}: {error}");
                            }
                            check(phone, &vault, name, outcome.is_ok(), &place);
                            check(phone, &phone.start_with(config), name, outcome.is_ok(), &place);
                            assert_eq!(of_others(phone), others, "{place}");
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn a_batch_that_was_added_and_called_a_duplicate_is_whole() {
    let (name, set_many) = CALLS.into_iter().find(|(name, _)| *name == "set_many").unwrap();
    for times in 1..=6 {
        for nth in 1..=16 {
            let phone = Phone::new();
            set_all(&phone.start(), &BEFORE).unwrap();
            let vault = phone.start();
            phone
                .keychain
                .fail(When::nth(nth).times(times), -25299, Effect::After);
            let done = set_many(&vault).is_ok();
            phone.keychain.clear_faults();
            let place = format!("call {nth}, {times} times");
            check(&phone, &vault, name, done, &place);
            check(&phone, &phone.start(), name, done, &place);
        }
    }
}

/// Each item has its old value or, if the call may change it, the new one. After a success it certainly has the new
/// one.
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

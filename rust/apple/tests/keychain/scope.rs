//! Which rows belong to the store: an app that shares a group with another one, and a store that does not.

use strongroom_apple_fake::{Effect, Kind, Lock, Row, When};
use strongroom_core::{ErrorCode, Vault};

use crate::phone::{CALLS, IN_SHARED, OWN, Phone, SHARED, STATE, get, names, set, set_all};

const PROBE: &str = "dev.strongroom/probe";

#[test]
fn a_store_of_the_apps_own_meets_no_row_of_a_shared_group() {
    let phone = Phone::of_a_team();
    let other = phone.other_app();
    other.act_as_other(|vault| set(vault, "token", "theirs")).unwrap();
    let theirs = phone.keychain.rows();
    let vault = phone.start();
    assert_eq!(get(&vault, "token").unwrap_err(), ErrorCode::NotFound);
    assert!(names(&vault).is_empty() && vault.status().unwrap().fresh);
    set(&vault, "token", "ours").unwrap();
    assert_eq!(other.act_as_other(|vault| get(vault, "token")).unwrap(), "theirs");
    vault.reset().unwrap();
    vault.clear().unwrap();
    assert_eq!(phone.keychain.rows(), theirs, "and nothing else is left");
    phone.events();
}

#[test]
fn no_call_touches_a_row_of_a_shared_group_whoever_was_there_first() {
    for (name, call) in CALLS {
        for other_first in [false, true] {
            let phone = Phone::of_a_team();
            let other = phone.other_app();
            let theirs = || {
                other
                    .act_as_other(|vault| set_all(vault, &[("a", "1"), ("absent", "theirs")]))
                    .unwrap();
            };
            if other_first {
                theirs();
            }
            set_all(&phone.start(), &[("a", "1"), ("b", "2")]).unwrap();
            if !other_first {
                theirs();
            }
            let shared = || -> Vec<Row> {
                let mut rows = phone.keychain.rows();
                rows.retain(|row| row.group == SHARED);
                rows
            };
            let before = shared();
            call(&phone.start()).unwrap();
            assert_eq!(shared(), before, "{name}");
            assert!(
                phone
                    .keychain
                    .rows()
                    .iter()
                    .all(|row| row.group == SHARED || row.group == OWN)
            );
            phone.events();
        }
    }
}

#[test]
fn a_store_stays_where_it_is_when_another_group_becomes_the_default() {
    let phone = Phone::new();
    set(&phone.start(), "a", "1").unwrap();
    phone.keychain.set_entitled(&[SHARED, OWN]);
    let other = phone.other_app();
    other.act_as_other(|vault| set(vault, "a", "theirs")).unwrap();
    let vault = phone.start();
    assert_eq!(get(&vault, "a").unwrap(), "1");
    set(&vault, "b", "2").unwrap();
    assert_eq!(names(&phone.start()), ["a", "b"]);
    assert_eq!(other.act_as_other(names), ["a"]);
}

#[test]
fn a_group_that_the_app_may_no_longer_use_is_told_as_a_loss() {
    // As after the transfer to another team.
    let phone = Phone::new();
    set(&phone.start(), "a", "1").unwrap();
    phone.keychain.set_entitled(&["NEW.dev.example.app"]);
    let vault = phone.start();
    assert_eq!(get(&vault, "a").unwrap_err(), ErrorCode::NotFound);
    assert_eq!(phone.events(), ["storeReset KEY_LOST"]);
    set(&vault, "a", "2").unwrap();
    assert_eq!(get(&phone.start(), "a").unwrap(), "2");
    assert!(phone.events().is_empty());
    assert!(
        phone.rows().iter().any(|row| row.group == OWN),
        "nothing is deleted"
    );
}

#[test]
fn an_entitlement_that_is_not_seen_for_a_moment_moves_no_store() {
    for times in 1..=3 {
        for nth in 1..=5 {
            let phone = Phone::new();
            set(&phone.start(), "a", "1").unwrap();
            phone.keychain.set_entitled(&[SHARED, OWN]);
            phone
                .keychain
                .fail(When::nth(nth).times(times), -34018, Effect::Before);
            let found = get(&phone.start(), "a");
            phone.keychain.clear_faults();
            assert!(
                found == Ok("1".to_owned()) || found == Err(ErrorCode::MissingEntitlement),
                "{found:?}"
            );
            assert_eq!(get(&phone.start(), "a").unwrap(), "1", "{nth} {times}");
            assert!(phone.events().is_empty());
        }
    }
}

#[test]
fn the_group_is_found_out_on_a_locked_device_and_not_before_the_first_unlock() {
    for lock in [Lock::BeforeFirstUnlock, Lock::Prewarmed] {
        let phone = Phone::of_a_team();
        set(&phone.start_extension("{}"), "a", "1").unwrap();
        let before = phone.keychain.rows();
        phone.keychain.set_lock(lock);
        let extension = phone.start_extension("{}");
        assert_eq!(get(&extension, "a").unwrap_err(), ErrorCode::Locked);
        assert_eq!(extension.clear().unwrap_err().code(), ErrorCode::Locked);
        assert_eq!(phone.keychain.rows(), before);
        phone.keychain.set_lock(Lock::Locked);
        assert_eq!(get(&extension, "a").unwrap(), "1");
        phone.keychain.set_lock(lock);
        extension.clear().unwrap();
        assert!(phone.keychain.rows().is_empty());
    }
}

#[test]
fn a_probe_row_that_was_left_behind_goes_and_is_never_taken_for_another_ones() {
    let phone = Phone::of_a_team();
    // A row of a process that died before it deleted it, and one of another app.
    phone
        .keychain
        .fail(When::nth(1).of(Kind::Add), -25291, Effect::After);
    assert_eq!(get(&phone.start(), "a").unwrap_err(), ErrorCode::Unavailable);
    let mut theirs = Row::new(PROBE, "theirs", b"\0");
    SHARED.clone_into(&mut theirs.group);
    phone.keychain.put_row(&theirs);
    set(&phone.start(), "a", "1").unwrap();
    let groups = |service: &str| -> Vec<String> {
        let rows = phone.keychain.rows().into_iter();
        rows.filter(|row| row.service == service)
            .map(|row| row.group)
            .collect()
    };
    assert_eq!(groups(PROBE), [SHARED]);
    assert_eq!(groups(STATE), [OWN]);
}

#[test]
fn a_store_of_an_earlier_version_is_where_it_was() {
    let phone = Phone::of_a_team();
    set_all(&phone.start(), &[("a", "1"), ("b", "2")]).unwrap();
    // Its marker named no place, and a store of another app looked like this one: it had no header row of its own.
    for with_header in [true, false] {
        let marker = std::fs::read(phone.marker()).unwrap();
        std::fs::write(phone.marker(), &marker[..32]).unwrap();
        if !with_header {
            phone.keychain.delete_row(STATE, "header");
        }
        phone
            .other_app()
            .act_as_other(|vault| set(vault, "a", "theirs"))
            .unwrap();
        let vault = phone.start();
        assert_eq!(get(&vault, "a").unwrap(), "1");
        assert_eq!(names(&vault), ["a", "b"]);
        let marker = std::fs::read_to_string(phone.marker()).unwrap();
        assert!(marker.ends_with(&format!("\nown local {OWN}")), "{marker}");
        assert!(phone.events().is_empty());
    }
}

#[test]
fn a_marker_of_two_lines_is_read_by_what_knows_only_the_first() {
    let phone = Phone::new();
    set(&phone.start(), "a", "1").unwrap();
    let marker = std::fs::read_to_string(phone.marker()).unwrap();
    let (installation, place) = marker.split_once('\n').unwrap();
    assert_eq!(installation.len(), 32);
    assert!(installation.chars().all(|digit| digit.is_ascii_hexdigit()));
    assert_eq!(place, format!("own local {OWN}"));
}

#[test]
fn a_shared_store_is_in_its_group_alone() {
    let phone = Phone::of_a_team();
    let other = phone.other_app();
    set(&phone.start_with(IN_SHARED), "a", "1").unwrap();
    assert_eq!(other.act_as_other(|vault| get(vault, "a")).unwrap(), "1");
    phone.start_with(IN_SHARED).clear().unwrap();
    assert_eq!(
        other.act_as_other(|vault| get(vault, "a")).unwrap_err(),
        ErrorCode::NotFound
    );
    assert!(phone.keychain.rows().iter().all(|row| row.group == SHARED));
    assert!(phone.events().is_empty() && other.events().is_empty());
}

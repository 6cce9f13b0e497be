//! Apps that are deleted and installed again, and Keychains that lose items.

use strongroom_apple::StoreStates;
use strongroom_apple_fake::{Effect, Lock, When};
use strongroom_core::{ErrorCode, ResetReason, Vault};
use strongroom_testkit::FsOperation;

use crate::phone::{Phone, STATE, get, names, set};

const CLEAR: &str = r#"{"ios":{"onReinstall":"clear"}}"#;
const EPERM: i32 = 1;
const ASKS: &str = r#"{"onKeyLoss":"error"}"#;

#[test]
fn a_new_installation_keeps_the_records_unless_told_otherwise() {
    let phone = Phone::new();
    set(&phone.start(), "a", "1").unwrap();
    phone.delete_app();
    let vault = phone.start();
    assert_eq!(get(&vault, "a").unwrap(), "1");
    assert!(phone.events().is_empty());
    // It has its marker now, so another configuration later affects only the next installation.
    assert_eq!(get(&phone.start_with(CLEAR), "a").unwrap(), "1");
    phone.delete_app();
    assert_eq!(
        get(&phone.start_with(CLEAR), "a").unwrap_err(),
        ErrorCode::NotFound
    );
}

#[test]
fn a_new_installation_can_start_empty() {
    let phone = Phone::new();
    let vault = phone.start_with(CLEAR);
    set(&vault, "a", "1").unwrap();
    vault.reset().unwrap();
    set(&vault, "b", "2").unwrap();
    phone.events();
    assert_eq!(
        get(&phone.start_with(CLEAR), "b").unwrap(),
        "2",
        "the same installation"
    );
    phone.delete_app();
    let vault = phone.start_with(CLEAR);
    assert!(names(&vault).is_empty());
    let status = vault.status().unwrap();
    assert!(status.fresh && status.quarantined == 0 && status.last_reset.is_none());
    set(&vault, "a", "of the new one").unwrap();
    assert_eq!(get(&phone.start_with(CLEAR), "a").unwrap(), "of the new one");
}

#[test]
fn what_an_extension_stored_is_no_left_over() {
    // The extension has no marker of its own, and the app has none yet.
    let phone = Phone::new();
    set(&phone.start_extension(CLEAR), "a", "1").unwrap();
    assert_eq!(get(&phone.start_with(CLEAR), "a").unwrap(), "1");
    assert_eq!(get(&phone.start_with(CLEAR), "a").unwrap(), "1");
    phone.delete_app();
    assert_eq!(
        get(&phone.start_extension(CLEAR), "a").unwrap(),
        "1",
        "it cannot tell"
    );
    assert_eq!(
        get(&phone.start_with(CLEAR), "a").unwrap_err(),
        ErrorCode::NotFound
    );
}

#[test]
fn a_marker_that_cannot_be_read_deletes_nothing() {
    let phone = Phone::new();
    set(&phone.start_with(CLEAR), "a", "1").unwrap();
    let marker = phone.markers().join("default.installed");
    std::fs::remove_file(&marker).unwrap();
    std::fs::create_dir(&marker).unwrap();
    assert_eq!(get(&phone.start_with(CLEAR), "a").unwrap(), "1");
    std::fs::remove_dir(&marker).unwrap();
    assert_eq!(
        get(&phone.start_with(CLEAR), "a").unwrap_err(),
        ErrorCode::NotFound
    );
}

#[test]
fn a_marker_that_cannot_be_written_is_no_reason_to_delete_later() {
    let phone = Phone::new();
    phone.fs.fail(Some(FsOperation::Create), 0, usize::MAX, EPERM);
    set(&phone.start_with(CLEAR), "a", "1").unwrap();
    assert_eq!(get(&phone.start_with(CLEAR), "a").unwrap(), "1");
    phone.fs.heal();
    assert_eq!(get(&phone.start_with(CLEAR), "a").unwrap(), "1");
    assert!(phone.markers().join("default.installed").exists());
    phone.delete_app();
    assert_eq!(
        get(&phone.start_with(CLEAR), "a").unwrap_err(),
        ErrorCode::NotFound
    );
}

#[test]
fn the_marker_of_another_installation_deletes_nothing() {
    for foreign in [
        "00112233445566778899aabbccddeeff",
        "",
        "not a marker",
        &"z".repeat(32),
    ] {
        let phone = Phone::new();
        set(&phone.start_with(CLEAR), "a", "1").unwrap();
        let marker = phone.markers().join("default.installed");
        let ours = std::fs::read(&marker).unwrap();
        std::fs::write(&marker, foreign).unwrap();
        assert_eq!(get(&phone.start_with(CLEAR), "a").unwrap(), "1");
        assert_eq!(
            std::fs::read(&marker).unwrap(),
            ours,
            "it is this installation's again"
        );
    }
}

#[test]
fn deleting_what_is_left_over_can_be_cut_short() {
    for nth in 1..40 {
        let phone = Phone::new();
        set(&phone.start_with(CLEAR), "a", "1").unwrap();
        phone.delete_app();
        phone
            .keychain
            .fail(When::nth(nth).for_ever(), -25291, Effect::Before);
        let outcome = get(&phone.start_with(CLEAR), "a");
        phone.keychain.clear_faults();
        if outcome == Err(ErrorCode::NotFound) {
            assert!(nth > 10, "all calls were made");
            return;
        }
        assert_eq!(outcome, Err(ErrorCode::Unavailable), "{nth}");
        let vault = phone.start_with(CLEAR);
        assert_eq!(get(&vault, "a").unwrap_err(), ErrorCode::NotFound, "{nth}");
        set(&vault, "a", "new").unwrap();
        assert_eq!(get(&phone.start_with(CLEAR), "a").unwrap(), "new");
        assert!(phone.events().is_empty());
    }
    panic!("it never came to its end");
}

#[test]
fn a_keychain_that_lost_everything_is_told_and_a_fresh_store_starts() {
    let phone = Phone::new();
    set(&phone.start(), "a", "1").unwrap();
    lose_everything(&phone);
    let vault = phone.start();
    assert_eq!(get(&vault, "a").unwrap_err(), ErrorCode::NotFound);
    assert_eq!(phone.events(), ["storeReset KEY_LOST"]);
    let reset = vault.status().unwrap().last_reset.unwrap();
    assert_eq!(reset.reason, ResetReason::KeyLost);
    set(&vault, "a", "2").unwrap();
    assert_eq!(get(&phone.start(), "a").unwrap(), "2");
    assert!(phone.events().is_empty());
}

#[test]
fn an_app_that_wants_to_be_asked_decides_what_follows_a_loss() {
    let phone = Phone::new();
    set(&phone.start_with(ASKS), "a", "1").unwrap();
    lose_everything(&phone);
    for _ in 0..2 {
        let vault = phone.start_with(ASKS);
        assert_eq!(get(&vault, "a").unwrap_err(), ErrorCode::KeyLost);
        assert_eq!(set(&vault, "a", "2").unwrap_err().code(), ErrorCode::KeyLost);
        assert_eq!(vault.status().unwrap_err().code(), ErrorCode::KeyLost);
    }
    let vault = phone.start_with(ASKS);
    vault.reset().unwrap();
    assert_eq!(phone.events(), ["storeReset REQUESTED"]);
    set(&vault, "a", "2").unwrap();
    assert_eq!(get(&phone.start_with(ASKS), "a").unwrap(), "2");
}

#[test]
fn a_passcode_that_is_removed_takes_the_records_and_says_so() {
    let config = r#"{"ios":{"accessibility":"whenPasscodeSetThisDeviceOnly"}}"#;
    let phone = Phone::new();
    set(&phone.start_with(config), "a", "1").unwrap();
    phone.keychain.set_passcode(false);
    let vault = phone.start_with(config);
    assert_eq!(get(&vault, "a").unwrap_err(), ErrorCode::InsufficientSecurity);
    phone.keychain.set_passcode(true);
    assert_eq!(get(&vault, "a").unwrap_err(), ErrorCode::NotFound);
    assert_eq!(phone.events(), ["storeReset KEY_LOST"]);
}

#[test]
fn a_header_row_that_is_lost_alone_costs_no_record() {
    let phone = Phone::new();
    set(&phone.start(), "a", "1").unwrap();
    phone.keychain.delete_row(STATE, "header");
    for vault in [phone.start(), phone.start_with(ASKS)] {
        assert_eq!(get(&vault, "a").unwrap(), "1");
        assert!(vault.status().unwrap().last_reset.is_none());
    }
    assert!(phone.events().is_empty());
}

#[test]
fn a_damaged_header_row_sets_the_records_aside() {
    let phone = Phone::new();
    set(&phone.start(), "a", "1").unwrap();
    damage_header(&phone, b"\x01damaged");
    let asking = phone.start_with(ASKS);
    assert_eq!(get(&asking, "a").unwrap_err(), ErrorCode::Corrupt);
    assert_eq!(asking.clear().err(), None, "it can always be cleared");
    set(&phone.start(), "a", "1").unwrap();
    damage_header(&phone, b"\x01damaged");
    let asking = phone.start_with(ASKS);
    assert_eq!(set(&asking, "a", "2").unwrap_err().code(), ErrorCode::Corrupt);
    asking.reset().unwrap();
    assert_eq!(phone.events(), ["storeReset REQUESTED"]);
    assert_eq!(asking.recover().unwrap().recovered, 1);
    assert_eq!(get(&asking, "a").unwrap(), "1");
    damage_header(&phone, b"");
    let vault = phone.start();
    assert_eq!(get(&vault, "a").unwrap_err(), ErrorCode::NotFound);
    assert_eq!(phone.events(), ["storeReset CORRUPT"]);
    assert_eq!(vault.status().unwrap().quarantined, 1);
    assert_eq!(vault.recover().unwrap().recovered, 1);
    assert_eq!(get(&vault, "a").unwrap(), "1");
}

#[test]
fn a_header_row_of_a_newer_version_is_left_alone() {
    let phone = Phone::new();
    set(&phone.start(), "a", "1").unwrap();
    damage_header(&phone, b"\x02of a newer version");
    let before = phone.keychain.rows();
    let vault = phone.start();
    assert_eq!(get(&vault, "a").unwrap_err(), ErrorCode::NewerFormat);
    assert_eq!(set(&vault, "a", "2").unwrap_err().code(), ErrorCode::NewerFormat);
    assert_eq!(phone.keychain.rows(), before);
}

#[test]
fn clearing_works_on_a_locked_device_and_when_it_is_cut_short() {
    for nth in 1..40 {
        let phone = Phone::new();
        set(&phone.start(), "a", "1").unwrap();
        let vault = phone.start();
        phone.keychain.set_lock(Lock::BeforeFirstUnlock);
        phone
            .keychain
            .fail(When::nth(nth).for_ever(), -25291, Effect::Before);
        let outcome = vault.clear();
        phone.keychain.clear_faults();
        phone.keychain.set_lock(Lock::Unlocked);
        if outcome.is_ok() {
            assert!(phone.keychain.rows().is_empty());
            assert!(nth > 10);
            return;
        }
        let vault = phone.start();
        assert!(phone.events().is_empty(), "no loss is told: it was asked for");
        vault.clear().unwrap();
        assert!(phone.keychain.rows().is_empty(), "{nth}");
        assert!(phone.start().status().unwrap().fresh);
        assert!(phone.events().is_empty());
    }
    panic!("it never came to its end");
}

#[test]
fn clearing_from_another_process_is_no_loss() {
    let group = r#"{"ios":{"accessGroup":"TEAM.dev.example.app"}}"#;
    let phone = Phone::new();
    let app = phone.start_with(group);
    set(&app, "a", "1").unwrap();
    phone.start_extension(group).clear().unwrap();
    assert_eq!(get(&app, "a").unwrap_err(), ErrorCode::NotFound);
    assert_eq!(
        get(&phone.start_with(group), "a").unwrap_err(),
        ErrorCode::NotFound
    );
    assert!(phone.events().is_empty());
    set(&app, "a", "2").unwrap();
    assert_eq!(get(&phone.start_with(group), "a").unwrap(), "2");
}

/// A process that knows the store notices the loss, too.
#[test]
fn a_loss_under_an_open_store_is_noticed() {
    let phone = Phone::new();
    let vault = phone.vault("{}", &StoreStates::default(), true);
    set(&vault, "a", "1").unwrap();
    lose_everything(&phone);
    assert_eq!(get(&vault, "a").unwrap_err(), ErrorCode::NotFound);
    assert_eq!(phone.events(), ["storeReset KEY_LOST"]);
}

#[test]
fn a_marker_that_says_nothing_for_now_is_no_proof_of_a_first_use() {
    let phone = Phone::new();
    set(&phone.start(), "a", "1").unwrap();
    lose_everything(&phone);
    // To find the group, and to see whether there was a store.
    phone.fs.fail(Some(FsOperation::Open), 0, 2, EPERM);
    assert_eq!(get(&phone.start(), "a").unwrap_err(), ErrorCode::Io);
    assert!(phone.keychain.rows().is_empty());
    assert_eq!(get(&phone.start(), "a").unwrap_err(), ErrorCode::NotFound);
    assert_eq!(phone.events(), ["storeReset KEY_LOST"]);
}

fn lose_everything(phone: &Phone) {
    for row in phone.keychain.rows() {
        phone.keychain.delete_row(&row.service, &row.account);
    }
}

fn damage_header(phone: &Phone, data: &[u8]) {
    let mut rows = phone.keychain.rows();
    let header = rows.iter_mut().find(|row| row.account == "header").unwrap();
    header.data = data.to_vec();
    phone.keychain.put_row(header);
}

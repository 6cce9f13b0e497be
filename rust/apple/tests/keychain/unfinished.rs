//! Unfinished batches in the former place of items, or in the new one.

use strongroom_apple_fake::{Effect, Kind, Row, When};
use strongroom_core::{Expiry, Vault};
use strongroom_testkit::scaled;

use crate::late::placeholder;
use crate::moving::{FETCHED, HELD, LOCAL, SYNCED, holds_all, names_of, used};
use crate::phone::{
    IN_SHARED, OWN, Phone, RECORDS, SHARED, STATE, SYNCED_STATE, get, key, names, record, set, set_all,
};

const BATCH: u8 = 9;

fn group(config: &str) -> &'static str {
    if config.contains("accessGroup") {
        SHARED
    } else {
        OWN
    }
}

fn synced(config: &str) -> bool {
    config.contains("synchronizable")
}

fn placed(config: &str, service: &str, account: &str) -> Row {
    let row = Row {
        group: group(config).to_owned(),
        synchronizable: synced(config),
        ..placeholder(account, BATCH)
    };
    Row {
        service: service.to_owned(),
        ..row
    }
}

/// The intent row of the batch that left the placeholders. It is only claimed.
fn claim(config: &str) -> Row {
    let service = if synced(config) { SYNCED_STATE } else { STATE };
    let mut tag = vec![BATCH; 16];
    tag.push(0);
    Row {
        generic: Some(tag),
        group: group(config).to_owned(),
        ..Row::new(service, "intent", &[2])
    }
}

fn placeholders(phone: &Phone, config: &str) -> usize {
    let (group, synced) = (group(config), synced(config));
    let rows = phone.keychain.rows().into_iter();
    rows.filter(|row| row.group == group && row.synchronizable == synced && row.data == [0])
        .count()
}

#[test]
fn a_placeholder_in_a_former_place_is_no_record_and_a_claim_there_decides_nothing() {
    for (before, after) in FETCHED {
        for claimed in [false, true] {
            let place = format!("{before} to {after}, {claimed}");
            let phone = used(before);
            let aside = format!("{RECORDS}/aside.0");
            for (service, account) in [(RECORDS, "d"), (RECORDS, "e"), (&aside, "f")] {
                phone.keychain.put_row(&placed(before, service, account));
            }
            if claimed {
                // The half batch that `used` leaves is finished first.
                phone.start_extension(before).keys().unwrap();
                phone.keychain.put_row(&claim(before));
            }
            let vault = phone.start_with(after);
            holds_all(&vault, &place);
            assert_eq!(placeholders(&phone, after), 0, "{place}: none is brought");
            if !synced(before) {
                assert_eq!(placeholders(&phone, before), 0, "{place}: none is left");
            }
            assert_eq!(vault.recover().unwrap().recovered, 1, "{place}");
            assert_eq!(
                names(&phone.start_with(after)),
                ["a", "aside", "b", "c"],
                "{place}"
            );
            let intents = phone.keychain.rows();
            assert!(!intents.iter().any(|row| row.account == "intent"), "{place}");
            assert!(phone.events().is_empty(), "{place}");
        }
    }
}

#[test]
fn a_batch_that_was_cut_short_anywhere_before_the_change_comes_whole_or_not_at_all() {
    let mut outcomes = [0, 0];
    for (before, after) in FETCHED {
        for effect in [Effect::Before, Effect::After] {
            for nth in (1..30).step_by(scaled(2, 1)) {
                let place = format!("{before} to {after}, {effect:?} {nth}");
                let phone = Phone::of_a_team();
                let vault = phone.start_with(before);
                set_all(&vault, &[("a", "old"), ("b", "old")]).unwrap();
                phone.keychain.fail(When::nth(nth).for_ever(), -25291, effect);
                let stored = set_all(&vault, &[("a", "new"), ("b", "new"), ("c", "new")]).is_ok();
                phone.keychain.clear_faults();
                let vault = phone.start_with(after);
                let found = names(&vault);
                let done = get(&vault, "a").unwrap() == "new";
                assert!(done || !stored, "{place}");
                assert_eq!(get(&vault, "b").unwrap() == "new", done, "{place}");
                assert_eq!(found.len(), if done { 3 } else { 2 }, "{place}");
                assert_eq!(placeholders(&phone, after), 0, "{place}");
                outcomes[usize::from(done)] += 1;
            }
        }
    }
    assert!(outcomes[0] > 20 && outcomes[1] > 20, "{outcomes:?}");
}

#[test]
fn a_placeholder_in_the_new_place_gives_way_to_what_is_fetched() {
    for (before, after) in FETCHED {
        for claimed in [false, true] {
            let place = format!("{before} to {after}, {claimed}");
            let phone = used(before);
            phone.keychain.put_row(&placed(after, RECORDS, "a"));
            if claimed {
                phone.keychain.put_row(&claim(after));
            }
            let vault = phone.start_with(after);
            holds_all(&vault, &place);
            assert_eq!(placeholders(&phone, after), 0, "{place}");
            assert!(phone.events().is_empty(), "{place}");
        }
    }
}

#[test]
fn a_batch_that_another_app_decided_in_the_new_place_comes_first() {
    let phone = used("{}");
    let other = phone.other_app();
    // It dies after the batch was decided: the first update decides it.
    other.act_as_other(|vault| {
        set(vault, "x", "theirs").unwrap();
        let steps = When::nth(2).of(Kind::Update).for_ever();
        phone.keychain.fail(steps, -25291, Effect::After);
        let _ = set_all(vault, &[("a", "theirs"), ("d", "theirs")]);
        phone.keychain.clear_faults();
    });
    assert!(
        phone
            .keychain
            .rows()
            .iter()
            .any(|row| row.account == "intent" && row.group == SHARED)
    );
    let vault = phone.start_with(IN_SHARED);
    for (name, value) in [("a", "theirs"), ("b", "2"), ("c", "3"), ("d", "theirs")] {
        assert_eq!(get(&vault, name).unwrap(), value);
    }
    vault.remove(&key("a")).unwrap();
    assert_eq!(vault.recover().unwrap().recovered, 2, "what was aside, and ours");
    assert_eq!(get(&vault, "a").unwrap(), "1");
}

/// Deleting an expired item notes that the store is used. The marker of the new place alone would hide what is not
/// fetched yet.
#[test]
fn what_expired_in_the_new_place_makes_nobody_forget_the_former_one() {
    for nth in (1..120).step_by(scaled(3, 1)) {
        let phone = used("{}");
        let mut old = placed(IN_SHARED, RECORDS, "a");
        let mut tag = vec![1];
        tag.extend([5_u64, 6].map(u64::to_be_bytes).concat());
        tag.extend([7; 16]);
        old.generic = Some(tag);
        old.data = b"\x01theirs".to_vec();
        phone.keychain.put_row(&old);
        phone
            .keychain
            .fail(When::nth(nth).for_ever(), -25291, Effect::Before);
        let done = names_of(&phone.start_with(IN_SHARED)).is_ok();
        phone.keychain.clear_faults();
        holds_all(&phone.start_with(IN_SHARED), &format!("{nth}"));
        if done {
            assert!(nth > 20);
            return;
        }
    }
    panic!("it takes more calls than were tried");
}

const THEIRS: [(&str, &str); 2] = [("a", "theirs"), ("d", "theirs")];

#[test]
fn a_batch_of_another_app_while_records_are_fetched_is_whole() {
    for nth in 1..=80 {
        let phone = used("{}");
        let other = phone.other_app();
        let acting = other.clone();
        phone.keychain.suspend(When::nth(nth), move |_| {
            acting.act_as_other(|vault| set_all(vault, &THEIRS)).unwrap();
        });
        let found = names(&phone.start_with(IN_SHARED));
        holds_theirs(&phone, &found, nth);
    }
}

#[test]
fn a_batch_of_another_app_that_is_suspended_while_records_are_fetched_is_whole() {
    for nth in 1..=30 {
        let phone = used("{}");
        let other = phone.other_app();
        let device = phone.device.clone();
        phone.keychain.suspend(When::nth(nth), move |_| {
            let _entered = device.keychain.enter();
            assert_eq!(get(&device.start_with(IN_SHARED), "b").unwrap(), "2");
        });
        other.act_as_other(|vault| set_all(vault, &THEIRS)).unwrap();
        let found = names(&phone.start_with(IN_SHARED));
        holds_theirs(&phone, &found, nth);
    }
}

fn holds_theirs(phone: &Phone, found: &[String], nth: usize) {
    let vault = phone.start_with(IN_SHARED);
    for (name, value) in [("a", "theirs"), ("b", "2"), ("c", "3"), ("d", "theirs")] {
        assert_eq!(get(&vault, name).unwrap(), value, "{nth}, {found:?}");
    }
    assert_eq!(placeholders(phone, IN_SHARED), 0, "{nth}");
    assert!(phone.events().is_empty(), "{nth}");
}

#[test]
fn a_placeholder_alone_hides_no_loss() {
    let phone = Phone::new();
    set(&phone.start(), "a", "1").unwrap();
    phone.keychain.delete_row(STATE, "header");
    phone.keychain.delete_row(RECORDS, "a");
    phone.keychain.put_row(&placeholder("b", BATCH));
    assert!(names(&phone.start()).is_empty());
    assert_eq!(phone.events(), ["storeReset KEY_LOST"]);
}

#[test]
fn a_placeholder_of_another_device_does_not_keep_a_record_from_being_recovered() {
    let phone = Phone::new();
    let vault = phone.start_with(SYNCED);
    set_all(&vault, &HELD).unwrap();
    vault.reset().unwrap();
    phone.keychain.put_row(&placed(SYNCED, RECORDS, "a"));
    assert_eq!(vault.recover().unwrap().recovered, 3);
    assert_eq!(get(&vault, "a").unwrap(), "1");
    phone.events();
}

#[test]
fn clearing_what_synchronizes_leaves_the_batch_of_what_does_not() {
    let shared = SYNCED.replace(
        "\"synchronizable\"",
        "\"accessGroup\":\"TEAM.shared\",\"synchronizable\"",
    );
    for (stage, stays) in [(Some(1), true), (None, false)] {
        let phone = Phone::of_a_team();
        let vault = phone.start_with(&shared);
        set(&vault, "a", "1").unwrap();
        // Of another app of the group, and of an earlier version of this app.
        let mut intent = claim(IN_SHARED);
        let tag = [BATCH; 16].into_iter().chain(stage).collect();
        intent.generic = Some(tag);
        phone.keychain.put_row(&intent);
        vault.clear().unwrap();
        let there = phone.keychain.rows().iter().any(|row| row.account == "intent");
        assert_eq!(there, stays);
    }
}

#[test]
fn a_backup_in_the_middle_of_a_batch_is_whole_on_a_new_device() {
    for config in [
        LOCAL,
        SYNCED,
        r#"{"ios":{"accessibility":"whenUnlocked","onReinstall":"clear"}}"#,
    ] {
        for nth in 1..30 {
            let phone = Phone::new();
            let vault = phone.start_with(config);
            set_all(&vault, &[("a", "old"), ("b", "old")]).unwrap();
            let (sender, backup) = std::sync::mpsc::channel();
            phone.keychain.suspend(When::nth(nth), move |keychain| {
                sender.send(keychain.restored_to_a_new_device()).unwrap();
            });
            set_all(&vault, &[("a", "new"), ("b", "new"), ("c", "new")]).unwrap();
            let Ok(restored) = backup.try_recv() else {
                assert!(nth > 8);
                break;
            };
            let new = Phone::with(restored);
            let vault = new.start_with(config);
            let done = get(&vault, "a").unwrap() == "new";
            assert_eq!(get(&vault, "b").unwrap() == "new", done, "{config} {nth}");
            assert_eq!(names(&vault).len(), if done { 3 } else { 2 }, "{config} {nth}");
            vault
                .set_many(&[record("d", "1", Some(Expiry::After(10)))])
                .unwrap();
            assert!(new.events().is_empty());
        }
    }
}

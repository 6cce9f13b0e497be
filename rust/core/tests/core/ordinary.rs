//! What a store does when nothing goes wrong.

use strongroom_core::{ErrorCode, Event, Expiry, SealedConfig, Vault};
use strongroom_testkit::{KeyOperation, NOW_MS, World, get, key, names, record, set};

#[test]
fn what_was_set_is_there_after_a_restart() {
    let world = World::new();
    let long = "x".repeat(1024 * 1024);
    {
        let vault = world.vault();
        set(&vault, "token", "first").unwrap();
        set(&vault, "token", "second").unwrap();
        set(&vault, "empty", "").unwrap();
        set(&vault, "long", &long).unwrap();
        set(&vault, "ключ:🔑", "значение 🗝").unwrap();
    }
    let vault = world.vault();
    assert_eq!(get(&vault, "token").unwrap(), "second");
    assert_eq!(get(&vault, "empty").unwrap(), "");
    assert_eq!(get(&vault, "long").unwrap(), long);
    assert_eq!(get(&vault, "ключ:🔑").unwrap(), "значение 🗝");
    assert_eq!(names(&vault), ["empty", "long", "token", "ключ:🔑"]);
}

#[test]
fn neither_names_nor_values_are_in_the_file() {
    let world = World::new();
    set(&world.vault(), "the-name-of-it", "the-value-of-it").unwrap();
    let bytes = world.bytes();
    for needle in [b"the-name-of-it".as_slice(), b"the-value-of-it"] {
        assert!(!bytes.windows(needle.len()).any(|window| window == needle));
    }
}

#[test]
fn a_missing_item_is_not_found_and_reading_creates_nothing() {
    let world = World::new();
    let vault = world.vault();
    assert_eq!(get(&vault, "absent").unwrap_err(), ErrorCode::NotFound);
    assert!(!vault.has(&key("absent")).unwrap());
    assert_eq!(
        vault.remove(&key("absent")).unwrap_err().code(),
        ErrorCode::NotFound
    );
    assert!(vault.status().unwrap().fresh);
    assert!(world.snapshot().is_empty());
    assert!(!world.keys.log().contains(&KeyOperation::Create));
}

#[test]
fn the_message_of_not_found_is_the_one_that_apps_compare() {
    let error = World::new().vault().get(&key("absent")).err().unwrap();
    assert_eq!(error.detail(), "Item with given key does not exist");
    assert!(!error.retryable());
}

#[test]
fn a_removed_item_is_gone_and_its_bytes_with_it() {
    let world = World::new();
    let vault = world.vault();
    set(&vault, "stays", "1").unwrap();
    set(&vault, "goes", "2").unwrap();
    let before = world.bytes();
    vault.remove(&key("goes")).unwrap();
    assert_eq!(get(&vault, "goes").unwrap_err(), ErrorCode::NotFound);
    assert_eq!(get(&vault, "stays").unwrap(), "1");

    let after = world.bytes();
    assert!(after.len() < before.len());
    assert_ne!(before[28..44], after[28..44], "the data key is another one");
    assert_eq!(get(&world.vault(), "stays").unwrap(), "1");
    assert_eq!(get(&world.vault(), "goes").unwrap_err(), ErrorCode::NotFound);
}

#[test]
fn a_thousand_reads_cost_one_operation_of_the_key_store() {
    let world = World::new();
    set(&world.vault(), "token", "value").unwrap();
    let before = world.keys.log().len();
    let vault = world.vault();
    for _ in 0..1000 {
        assert_eq!(get(&vault, "token").unwrap(), "value");
    }
    assert_eq!(world.keys.log()[before..], [KeyOperation::Unwrap]);
}

#[test]
fn dead_bytes_never_outgrow_live_ones_for_long() {
    let world = World::new();
    let vault = world.vault();
    let value = "v".repeat(1000);
    for round in 0..2000 {
        set(&vault, "token", &format!("{value}{round}")).unwrap();
    }
    assert!(world.bytes().len() < 80 * 1024, "{} bytes", world.bytes().len());
    assert_eq!(get(&vault, "token").unwrap(), format!("{value}1999"));
    assert_eq!(get(&world.vault(), "token").unwrap(), format!("{value}1999"));
}

#[test]
fn a_batch_is_there_as_a_whole_and_its_last_word_counts() {
    let world = World::new();
    let vault = world.vault();
    vault
        .set_many(&[
            record("a", "1", None),
            record("b", "2", None),
            record("a", "3", None),
        ])
        .unwrap();
    for vault in [vault, world.vault()] {
        assert_eq!(get(&vault, "a").unwrap(), "3");
        assert_eq!(get(&vault, "b").unwrap(), "2");
    }
}

#[test]
fn an_expired_item_is_gone_and_says_so_once() {
    let world = World::new();
    let vault = world.vault();
    vault
        .set_many(&[
            record("soon", "1", Some(Expiry::After(1000))),
            record("late", "2", Some(Expiry::At(NOW_MS + 5000))),
            record("never", "3", None),
        ])
        .unwrap();
    world.clock.set(NOW_MS + 999);
    assert_eq!(get(&vault, "soon").unwrap(), "1");
    world.clock.set(NOW_MS + 1000);
    assert_eq!(get(&vault, "soon").unwrap_err(), ErrorCode::NotFound);
    assert_eq!(names(&vault), ["late", "never"]);
    assert!(matches!(world.events.take().as_slice(), [Event::Expired(gone)] if *gone == key("soon")));

    // The clock going back does not bring it back, neither here nor after the next write and a restart.
    world.clock.set(NOW_MS);
    assert_eq!(get(&vault, "soon").unwrap_err(), ErrorCode::NotFound);
    set(&vault, "other", "4").unwrap();
    assert_eq!(get(&world.vault(), "soon").unwrap_err(), ErrorCode::NotFound);
    assert_eq!(get(&world.vault(), "late").unwrap(), "2");
}

#[test]
fn setting_an_item_again_forgets_its_expiry() {
    let world = World::new();
    let vault = world.vault();
    vault
        .set_many(&[record("token", "1", Some(Expiry::After(1000)))])
        .unwrap();
    set(&vault, "token", "2").unwrap();
    world.clock.set(NOW_MS + 10_000);
    assert_eq!(get(&vault, "token").unwrap(), "2");
    assert_eq!(get(&world.vault(), "token").unwrap(), "2");
}

#[test]
fn clear_leaves_no_file_and_no_key() {
    let world = World::new();
    let vault = world.vault();
    set(&vault, "token", "value").unwrap();
    vault.clear().unwrap();
    assert!(world.snapshot().is_empty());
    assert!(world.keys.all().is_empty());
    assert_eq!(get(&vault, "token").unwrap_err(), ErrorCode::NotFound);
    set(&vault, "token", "again").unwrap();
    assert_eq!(get(&world.vault(), "token").unwrap(), "again");
}

#[test]
fn rotating_keeps_every_record_and_destroys_the_old_key() {
    let world = World::new();
    let vault = world.vault();
    vault
        .set_many(&[
            record("a", "1", None),
            record("b", "2", Some(Expiry::After(60_000))),
        ])
        .unwrap();
    let old_bytes = world.bytes();
    vault.rotate_keys().unwrap();
    assert_eq!(world.keys.versions(), [2]);
    assert_ne!(world.bytes(), old_bytes);
    let reopened = world.vault();
    assert_eq!(get(&reopened, "a").unwrap(), "1");
    world.clock.set(NOW_MS + 60_000);
    assert_eq!(get(&reopened, "b").unwrap_err(), ErrorCode::NotFound);
}

#[test]
fn an_old_data_key_is_replaced_with_the_next_write_but_not_by_a_clock_going_back_for_a_day() {
    let world = World::new();
    let vault = world.vault();
    set(&vault, "a", "1").unwrap();
    let first = vault.status().unwrap().data_key_created_ms;
    world.clock.set(NOW_MS - 86_400_000);
    set(&vault, "a", "2").unwrap();
    assert_eq!(vault.status().unwrap().data_key_created_ms, first);
    world.clock.set(NOW_MS + 91 * 86_400_000);
    set(&vault, "a", "3").unwrap();
    assert_eq!(
        vault.status().unwrap().data_key_created_ms,
        Some(NOW_MS + 91 * 86_400_000)
    );
    assert_eq!(get(&world.vault(), "a").unwrap(), "3");
}

#[test]
fn a_data_key_is_replaced_before_it_sealed_too_often() {
    let world = World::new();
    let mut config = world.config();
    config.limits.seals = 50;
    let vault = world.vault_with(config);
    let mut files = std::collections::BTreeSet::new();
    for round in 0..120 {
        set(&vault, &format!("key {round}"), "value").unwrap();
        files.insert(world.bytes()[28..44].to_vec());
    }
    assert!(files.len() > 2, "{} data keys", files.len());
    assert_eq!(names(&world.vault()).len(), 120);
}

#[test]
fn two_handles_see_each_other_like_two_processes() {
    let world = World::new();
    let (one, two) = (world.vault(), world.vault());
    set(&one, "a", "1").unwrap();
    assert_eq!(get(&two, "a").unwrap(), "1");
    set(&two, "a", "2").unwrap();
    set(&two, "b", "3").unwrap();
    assert_eq!(get(&one, "a").unwrap(), "2");
    one.rotate_keys().unwrap();
    assert_eq!(get(&two, "b").unwrap(), "3");
    two.remove(&key("a")).unwrap();
    assert_eq!(get(&one, "a").unwrap_err(), ErrorCode::NotFound);
    one.clear().unwrap();
    assert_eq!(get(&two, "b").unwrap_err(), ErrorCode::NotFound);
    set(&two, "c", "4").unwrap();
    assert_eq!(names(&one), ["c"]);
}

#[test]
fn stores_do_not_touch_each_other() {
    let world = World::new();
    let edges = world.edges();
    let open = |name: &str| {
        let store = strongroom_core::StoreName::new(name).unwrap();
        strongroom_core::SealedVault::new(edges.clone(), SealedConfig::new(world.files()), store)
    };
    let names_of_stores = ["a", "a.v1", "a.lost-1-1", "a.vault"];
    for name in names_of_stores {
        set(&open(name), "key", name).unwrap();
    }
    open("a").clear().unwrap();
    assert_eq!(get(&open("a"), "key").unwrap_err(), ErrorCode::NotFound);
    for name in &names_of_stores[1..] {
        assert_eq!(get(&open(name), "key").unwrap(), *name);
    }
}

#[test]
fn an_expired_item_that_another_process_set_again_stays() {
    let world = World::new();
    let (one, two) = (world.vault(), world.vault());
    one.set_many(&[record("token", "old", Some(Expiry::After(10)))])
        .unwrap();
    world.clock.set(NOW_MS + 10);
    assert_eq!(get(&one, "token").unwrap_err(), ErrorCode::NotFound);
    set(&two, "token", "new").unwrap();
    set(&one, "other", "1").unwrap();
    assert_eq!(get(&one, "token").unwrap(), "new");
    assert_eq!(get(&world.vault(), "token").unwrap(), "new");
}

#[test]
fn what_a_process_saw_expire_stays_gone_when_another_rewrites_the_file_by_an_earlier_clock() {
    let world = World::new();
    let (one, two) = (world.vault(), world.vault());
    one.set_many(&[record("token", "old", Some(Expiry::After(10)))])
        .unwrap();
    world.clock.set(NOW_MS + 10);
    assert_eq!(get(&one, "token").unwrap_err(), ErrorCode::NotFound);
    world.clock.set(NOW_MS);
    two.rotate_keys().unwrap();
    assert_eq!(get(&two, "token").unwrap(), "old");
    assert_eq!(get(&one, "token").unwrap_err(), ErrorCode::NotFound);
    assert_eq!(world.events.take().len(), 1);
    set(&one, "other", "1").unwrap();
    assert_eq!(names(&two), ["other"]);
}

#[test]
fn of_two_values_in_quarantine_the_newer_comes_back() {
    let world = World::new();
    let vault = world.vault();
    for value in ["older", "newer"] {
        set(&vault, "token", value).unwrap();
        vault.reset().unwrap();
    }
    assert_eq!(vault.recover().unwrap().recovered, 1);
    assert_eq!(get(&vault, "token").unwrap(), "newer");
}

#[test]
fn an_item_that_is_set_expired_says_so_even_if_the_same_call_rewrites_the_file() {
    let world = World::new();
    let mut config = world.config();
    config.limits.seals = 0;
    let vault = world.vault_with(config);
    vault
        .set_many(&[record("token", "value", Some(Expiry::At(1)))])
        .unwrap();
    assert_eq!(get(&vault, "token").unwrap_err(), ErrorCode::NotFound);
    assert!(matches!(&world.events.take()[..], [Event::Expired(_)]));
}

/// A rewrite leaves out what expired, and with it the removal that was still to be written.
#[test]
fn after_a_rewrite_nothing_is_owed_for_what_expired() {
    let world = World::new();
    let vault = world.vault();
    vault
        .set_many(&[record("short", "1", Some(Expiry::After(1000)))])
        .unwrap();
    set(&vault, "stays", "2").unwrap();
    world.clock.set(NOW_MS + 2000);
    assert_eq!(get(&vault, "short").unwrap_err(), ErrorCode::NotFound);
    vault.rotate_keys().unwrap();
    let before = world.bytes().len();
    set(&vault, "stays", "3").unwrap();
    assert_eq!(world.bytes().len() - before, 128, "one frame, and no removal");
}

//! Rotation of the key-encryption key by age: it happens with a write, and its failure costs nothing.

use strongroom_core::policy::SecurityLevel;
use strongroom_core::ports::KeyErrorKind;
use strongroom_core::{SealedVault, Vault};
use strongroom_testkit::{KeyOperation, NOW_MS, World, get, key, set};

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

fn world_181_days_later() -> (World, SealedVault) {
    let world = World::new();
    let mut config = world.config();
    config.rotate_after = None;
    let vault = world.vault_with(config);
    set(&vault, "token", "value").unwrap();
    set(&vault, "goes", "value").unwrap();
    world.clock.set(NOW_MS + 181 * DAY_MS);
    (world, vault)
}

#[test]
fn an_old_key_is_replaced_with_the_next_write_and_destroyed() {
    let (world, vault) = world_181_days_later();
    assert_eq!(get(&vault, "token").unwrap(), "value");
    assert_eq!(world.keys.versions(), [1], "a read changes nothing");
    set(&vault, "other", "1").unwrap();
    assert_eq!(world.keys.versions(), [2]);
    assert_eq!(
        vault.status().unwrap().key_created_ms,
        Some(NOW_MS + 181 * DAY_MS)
    );
    assert_eq!(get(&world.vault(), "token").unwrap(), "value");
    assert_eq!(get(&world.vault(), "other").unwrap(), "1");
    set(&vault, "other", "2").unwrap();
    assert_eq!(world.keys.versions(), [2], "once");
}

#[test]
fn a_key_store_that_makes_no_new_key_keeps_no_write_from_succeeding() {
    for operation in [KeyOperation::Aliases, KeyOperation::Create, KeyOperation::Wrap] {
        let (world, vault) = world_181_days_later();
        world.keys.fail(operation, KeyErrorKind::Unavailable, 100);
        set(&vault, "other", "1").unwrap();
        assert_eq!(get(&world.vault(), "other").unwrap(), "1", "{operation:?}");
        assert!(world.keys.versions().contains(&1));
        let asked = world.keys.log().len();
        set(&vault, "other", "2").unwrap();
        assert_eq!(world.keys.log().len(), asked, "not with every write");

        world.keys.heal();
        for number in 0..200 {
            set(&vault, &format!("later {number}"), &"y".repeat(100)).unwrap();
        }
        assert_eq!(
            world.keys.versions(),
            [2],
            "{operation:?}: later writes make up for it"
        );
        assert_eq!(get(&world.vault(), "token").unwrap(), "value");
    }
}

#[test]
fn what_was_removed_loses_its_data_key_even_if_no_new_key_can_be_had() {
    let (world, vault) = world_181_days_later();
    let data_key_id = || world.bytes()[28..44].to_vec();
    let before = data_key_id();
    world
        .keys
        .fail(KeyOperation::Create, KeyErrorKind::Unavailable, 100);
    vault.remove(&key("goes")).unwrap();
    assert_ne!(data_key_id(), before);
    assert_eq!(world.keys.versions(), [1]);
}

#[test]
fn a_device_that_makes_only_weaker_keys_now_keeps_the_old_one() {
    let (world, _) = world_181_days_later();
    let mut config = world.config();
    config.key_policy.min_level = Some(SecurityLevel::TrustedEnvironment);
    world.keys.set_level(SecurityLevel::Software);
    let vault = world.vault_with(config);
    set(&vault, "other", "1").unwrap();
    assert_eq!(world.keys.versions(), [1]);
    assert_eq!(get(&world.vault(), "other").unwrap(), "1");
}

#[test]
fn a_clock_that_goes_back_for_less_than_a_day_makes_no_key_old() {
    let world = World::new();
    let vault = world.vault();
    set(&vault, "token", "value").unwrap();
    for now_ms in [NOW_MS - 1, NOW_MS - DAY_MS] {
        world.clock.set(now_ms);
        set(&vault, "other", "1").unwrap();
        assert_eq!(world.keys.versions(), [1]);
    }
}

/// Otherwise a clock that once showed a far future would end rotation for all the time until then.
#[test]
fn a_key_from_the_future_is_replaced_once() {
    let world = World::new();
    world.clock.set(NOW_MS + 20 * 365 * DAY_MS);
    let vault = world.vault();
    set(&vault, "token", "value").unwrap();
    world.clock.set(NOW_MS);
    for _ in 0..3 {
        set(&vault, "other", "1").unwrap();
        assert_eq!(world.keys.versions(), [2]);
    }
    assert_eq!(vault.status().unwrap().key_created_ms, Some(NOW_MS));
    assert_eq!(get(&world.vault(), "token").unwrap(), "value");
}

//! Numbers and bytes that somebody else put where the vault looks for its own.

use std::time::Duration;

use strongroom_core::Vault;
use strongroom_core::platform::{KeyPolicy, KeyWrapper};

use crate::world::{World, get, set};

#[test]
fn a_forged_time_takes_no_place_and_stops_nothing() {
    let world = World::new();
    let vault = world.vault();
    set(&vault, "token", "first").unwrap();
    let forged = [1, 5].map(|reason| format!("default.lost-{}-{reason}", u64::MAX));
    for name in &forged {
        std::fs::write(world.files().join(name), b"forged").unwrap();
    }
    vault.reset().unwrap();
    set(&vault, "token", "second").unwrap();
    vault.reset().unwrap();
    assert_eq!(vault.status().unwrap().quarantined, 4);
    for name in &forged {
        assert_eq!(std::fs::read(world.files().join(name)).unwrap(), b"forged");
    }
    let recovery = vault.recover().unwrap();
    assert_eq!((recovery.recovered, recovery.remaining), (1, 2));
    assert_eq!(get(&vault, "token").unwrap(), "second");
}

#[test]
fn the_last_number_of_a_key_does_not_end_the_store() {
    let world = World::new();
    set(&world.vault(), "token", "value").unwrap();
    let last = format!("dev.strongroom::default:v{}:0123456789abcdef", u64::MAX);
    world
        .keys
        .create(&last, &KeyPolicy::default(), Duration::ZERO)
        .unwrap();
    let vault = world.vault();
    vault.rotate_keys().unwrap();
    assert_eq!(world.keys.all().len(), 1);
    assert_ne!(world.keys.all(), [last]);
    assert_eq!(get(&world.vault(), "token").unwrap(), "value");
    assert!(world.vault().status().unwrap().last_reset.is_none());
}

#[test]
fn a_damaged_file_does_not_give_away_the_place_of_a_returning_key() {
    let world = World::new();
    set(&world.vault(), "token", "value").unwrap();
    world.keys.hide(&world.keys.alias(1));
    set(&world.vault(), "token", "second").unwrap();
    std::fs::write(world.vault_path(), b"not a header").unwrap();
    world.keys.hide(&world.keys.alias(2));
    set(&world.vault(), "other", "third").unwrap();
    assert!(!world.keys.versions().contains(&1));
    world.keys.restore(&world.keys.alias(1));
    assert_eq!(world.vault().recover().unwrap().recovered, 1);
    assert_eq!(get(&world.vault(), "token").unwrap(), "value");
}

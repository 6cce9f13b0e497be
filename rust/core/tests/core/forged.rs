//! Numbers and bytes that somebody else put where the vault looks for its own.

use std::time::Duration;

use strongroom_core::Vault;
use strongroom_core::policy::KeyPolicy;
use strongroom_core::ports::KeyWrapper;

use strongroom_testkit::{World, get, set};

/// A clear part needs no key. Each of these claims the longest frame there is, so that to try them all takes the square of the
/// length of the file: 2 MiB took 35 seconds.
#[test]
fn clear_parts_that_somebody_made_do_not_hang_the_open() {
    use sha2::{Digest, Sha256};
    let world = World::new();
    set(&world.vault(), "token", "value").unwrap();
    let mut bytes = world.bytes();
    let frame = strongroom_testkit::layout::frames(&bytes)[0].clone();
    let mut clear = bytes[frame.start..frame.start + 64].to_vec();
    for _ in 0..32_768 {
        clear[4..8].copy_from_slice(&1_049_728_u32.to_le_bytes());
        clear[8..16].copy_from_slice(&9_u64.to_le_bytes());
        let check = Sha256::digest(&clear[..56]);
        clear[56..60].copy_from_slice(&check[..4]);
        bytes.extend_from_slice(&clear);
    }
    bytes.extend_from_slice(&vec![7; 2_000_000]);
    std::fs::write(world.vault_path(), &bytes).unwrap();
    let started = std::time::Instant::now();
    let vault = world.vault();
    let reset = vault.status().unwrap().last_reset.unwrap();
    assert_eq!(reset.reason, strongroom_core::ResetReason::Corrupt);
    assert!(
        started.elapsed() < Duration::from_secs(20),
        "{:?}",
        started.elapsed()
    );
    let aside = world
        .snapshot()
        .into_iter()
        .find(|(name, _)| name.contains(".lost-"));
    assert!(aside.unwrap().1 == bytes, "quarantined byte for byte");
}

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

//! Records that expire in great numbers: no call does much for them, and none of them is seen again.

use std::collections::BTreeSet;
use std::sync::Arc;

use strongroom_core::{Edges, ErrorCode, Event, Expiry, SealedConfig, SealedVault, StoreName, Vault};
use strongroom_testkit::{MemoryFs, NOW_MS, World, get, key, names, record, set};

/// The most that one call tells of.
const PER_CALL: usize = 256;

/// Records that expire in a second, and one that stays.
fn fill(vault: &dyn Vault, count: usize) {
    let soon = Some(Expiry::After(1000));
    let mut records: Vec<_> = (0..count)
        .map(|number| record(&number.to_string(), "v", soon))
        .collect();
    records.push(record("stays", "here", None));
    vault.set_many(&records).unwrap();
}

/// A handle of a store on a disk in memory.
fn open_on(disk: &MemoryFs, world: &World) -> SealedVault {
    let edges = Edges {
        fs: Arc::new(disk.clone()),
        ..world.edges()
    };
    let config = SealedConfig::new("/data/strongroom".into());
    SealedVault::new(edges, config, StoreName::default())
}

fn expired(world: &World) -> Vec<String> {
    let events = world.events.take().into_iter().map(|event| match event {
        Event::Expired(key) => key.as_str().to_owned(),
        other => panic!("{other:?}"),
    });
    events.collect()
}

#[test]
fn of_many_records_that_expire_one_call_tells_of_some_and_none_is_seen_again() {
    const MANY: usize = 100_000;
    let world = World::new();
    let vault = world.vault();
    fill(&vault, MANY);
    world.clock.set(NOW_MS + 1000);

    assert_eq!(get(&vault, "stays").unwrap(), "here");
    let mut told = expired(&world);
    assert_eq!(told.len(), PER_CALL);
    // Neither those that were told of nor the others.
    for number in (0..MANY).step_by(997) {
        let name = number.to_string();
        assert_eq!(get(&vault, &name).unwrap_err(), ErrorCode::NotFound);
        assert!(!vault.has(&key(&name)).unwrap());
    }
    assert!(
        vault
            .get_many(&[key("99999"), key("77777")])
            .unwrap()
            .iter()
            .all(Option::is_none)
    );
    assert_eq!(
        vault.remove(&key("99998")).unwrap_err().code(),
        ErrorCode::NotFound
    );
    assert_eq!(names(&vault), ["stays"]);
    assert_eq!(vault.status().unwrap().records, 1);
    // Not by a clock that is turned back, either.
    world.clock.set(NOW_MS);
    assert_eq!(names(&vault), ["stays"]);
    assert_eq!(vault.status().unwrap().records, 1);
    world.clock.set(NOW_MS + 1000);

    told.extend(expired(&world));
    while told.len() < MANY {
        vault.has(&key("stays")).unwrap();
        let more = expired(&world);
        assert!((1..=PER_CALL).contains(&more.len()), "{} of {MANY}", told.len());
        told.extend(more);
    }
    assert_eq!(told.iter().collect::<BTreeSet<_>>().len(), MANY, "each once");
    assert_eq!(names(&vault), ["stays"]);
    assert!(expired(&world).is_empty());
}

#[test]
fn a_rewrite_leaves_out_what_expired_and_its_events_follow() {
    const MANY: usize = 1000;
    let world = World::new();
    let vault = world.vault();
    fill(&vault, MANY);
    world.clock.set(NOW_MS + 1000);
    vault.rotate_keys().unwrap();
    world.clock.set(NOW_MS);
    let mut told = Vec::new();
    assert_eq!(names(&world.vault()), ["stays"]);
    for _ in 0..4 {
        vault.status().unwrap();
        let more = expired(&world);
        assert!(more.len() <= 2 * PER_CALL, "{}", more.len());
        told.extend(more);
    }
    assert_eq!(vault.status().unwrap().file_bytes, 320 + 128);
    assert_eq!(told.iter().collect::<BTreeSet<_>>().len(), MANY);
    assert_eq!(told.len(), MANY);
}

#[test]
fn what_is_set_again_while_it_waits_to_be_told_of_is_told_of_and_stays() {
    let world = World::new();
    let vault = world.vault();
    fill(&vault, 2 * PER_CALL);
    world.clock.set(NOW_MS + 1000);
    // The order is that of expiry, so that the last one waits longest.
    let last = (2 * PER_CALL - 1).to_string();
    set(&vault, &last, "again").unwrap();
    let told = expired(&world);
    assert!(told.contains(&last));
    for _ in 0..3 {
        assert_eq!(get(&vault, &last).unwrap(), "again");
        set(&vault, "other", "1").unwrap();
    }
    assert!(!expired(&world).contains(&last));
    assert_eq!(names(&vault), [last.as_str(), "other", "stays"]);
    assert_eq!(get(&world.vault(), &last).unwrap(), "again");
}

#[test]
fn what_was_seen_expired_stays_gone_when_another_process_rewrites_the_file() {
    let world = World::new();
    let (one, two) = (world.vault(), world.vault());
    fill(&one, 3 * PER_CALL);
    world.clock.set(NOW_MS + 1000);
    assert_eq!(names(&one), ["stays"]);
    // By a clock that shows an earlier time nothing has expired.
    world.clock.set(NOW_MS);
    two.rotate_keys().unwrap();
    assert_eq!(names(&two).len(), 3 * PER_CALL + 1);
    assert_eq!(names(&one), ["stays"]);
    assert_eq!(one.status().unwrap().records, 1);
}

/// With so many expired records their removals would take all the room that is kept for those that the app asks for.
#[test]
fn a_full_disk_takes_a_removal_whatever_has_expired() {
    for many in [1, 100, 200, 1000] {
        let world = World::new();
        let disk = MemoryFs::default();
        let open = || open_on(&disk, &world);
        let vault = open();
        fill(&vault, many);
        for number in 0..20 {
            set(&vault, &format!("kept {number}"), "1").unwrap();
        }
        disk.set_capacity(Some(disk.used()));
        world.clock.set(NOW_MS + 1000);
        while let Err(error) = set(&vault, "large", &"x".repeat(100_000)) {
            assert_eq!(error.code(), ErrorCode::StorageFull);
            if world.events.take().is_empty() {
                break;
            }
        }
        for number in 0..20 {
            let name = key(&format!("kept {number}"));
            assert_eq!(
                vault.remove(&name).map_err(|error| error.code()),
                Ok(()),
                "{many}"
            );
        }
        assert_eq!(names(&vault), ["stays"]);
        assert_eq!(names(&open()), ["stays"]);
        // What is owed is done when there is room again.
        disk.set_capacity(None);
        for _ in 0..5 {
            set(&vault, "stays", "still").unwrap();
        }
        world.clock.set(NOW_MS);
        assert_eq!(names(&open()), ["stays"]);
    }
}

/// The half of a write that a full disk took, and that cannot be cut off, must not lie behind the next write.
#[test]
fn a_write_that_cannot_be_taken_back_is_not_followed_by_another_one() {
    const ENOSPC: i32 = 28;
    for skip in 0..12 {
        for times in 1..4 {
            let world = World::new();
            let disk = MemoryFs::default();
            let open = || open_on(&disk, &world);
            let vault = open();
            fill(&vault, 3);
            world.clock.set(NOW_MS + 1000);
            disk.fail(None, skip, times, ENOSPC);
            let outcome = set(&vault, "stays", "still");
            disk.heal();
            // A write that failed may have been done.
            let stays = get(&open(), "stays").unwrap();
            let possible = if outcome.is_ok() {
                &["still"][..]
            } else {
                &["still", "here"]
            };
            assert!(possible.contains(&stays.as_str()), "{skip}, {times}");
            set(&open(), "next", "1").unwrap();
            let next = open();
            assert_eq!(names(&next), ["next", "stays"], "{skip}, {times}");
            assert_eq!(next.status().unwrap().damaged_records, 0, "{skip}, {times}");
        }
    }
}

#[test]
fn a_store_of_one_token_takes_one_block() {
    let world = World::new();
    set(&world.vault(), "token", "1").unwrap();
    let metadata = std::fs::metadata(world.vault_path()).unwrap();
    assert!(metadata.len() <= 512);
    #[cfg(target_os = "linux")]
    {
        use std::os::linux::fs::MetadataExt;
        assert!(metadata.st_blocks() * 512 <= 4096, "{}", metadata.st_blocks());
    }
}

//! Damage that meets something else: a neighbour, a torn write, an expiry, a recovery. It must not be forgotten by it.

use strongroom_core::{ErrorCode, Vault};

use crate::damage::with_file;
use strongroom_testkit::layout::frames;
use strongroom_testkit::{World, get, record, set};

/// Two updates behind the first values, the second one's frame last but for one.
fn world_with_updates() -> (World, Vec<u8>) {
    let world = World::new();
    let vault = world.vault();
    for (name, value) in [("a", "stale"), ("b", "stale"), ("a", "1"), ("b", "2"), ("c", "3")] {
        set(&vault, name, value).unwrap();
    }
    let bytes = world.bytes();
    (world, bytes)
}

#[test]
fn damage_to_neighbours_is_told_of_each_of_them() {
    let (world, mut bytes) = world_with_updates();
    let frames = frames(&bytes);
    // A burst over the end of one frame and the sealed part of the next.
    bytes[frames[2].end - 8..frames[2].end].fill(0x5a);
    bytes[frames[3].start + 70..frames[3].start + 90].fill(0x5a);
    let vault = with_file(&world, &bytes);
    for name in ["a", "b"] {
        assert_eq!(get(&vault, name).unwrap_err(), ErrorCode::CorruptRecord);
    }
    assert_eq!(get(&vault, "c").unwrap(), "3");
    assert_eq!(get(&vault, "d").unwrap_err(), ErrorCode::NotFound);
}

#[test]
fn a_frame_whose_number_is_altered_has_the_one_of_its_place() {
    let world = World::new();
    let vault = world.vault();
    for name in ["old", "a", "b", "c", "d"] {
        set(&vault, name, "1").unwrap();
    }
    let mut bytes = world.bytes();
    let frames = frames(&bytes);
    for frame in &frames[1..4] {
        bytes[frame.start + 90] ^= 1;
    }
    bytes[frames[2].start + 8] ^= 1;
    let vault = with_file(&world, &bytes);
    for name in ["a", "b", "c"] {
        assert_eq!(get(&vault, name).unwrap_err(), ErrorCode::CorruptRecord);
    }
    // Each of them says which record it concerns, so nothing else is in doubt.
    assert_eq!(get(&vault, "old").unwrap(), "1");
    assert_eq!(get(&vault, "none").unwrap_err(), ErrorCode::NotFound);
    assert_eq!(vault.status().unwrap().damaged_records, 3);
}

#[test]
fn a_damaged_copy_of_a_frame_puts_the_record_in_doubt_that_it_names() {
    let world = World::new();
    let vault = world.vault();
    for name in ["old", "a", "b", "c"] {
        set(&vault, name, "1").unwrap();
    }
    let mut bytes = world.bytes();
    let frames = frames(&bytes);
    // The number of the frame before cannot be the number of this place.
    let copy = bytes[frames[1].clone()].to_vec();
    bytes[frames[2].clone()].copy_from_slice(&copy);
    bytes[frames[2].start + 90] ^= 1;
    let vault = with_file(&world, &bytes);
    for name in ["a", "b"] {
        assert_eq!(get(&vault, name).unwrap_err(), ErrorCode::CorruptRecord);
    }
    for name in ["old", "c"] {
        assert_eq!(get(&vault, name).unwrap(), "1");
    }
}

#[test]
fn a_copy_of_the_last_frame_behind_it_is_no_frame() {
    let (world, bytes) = world_with_updates();
    let last = frames(&bytes).pop().unwrap();
    let vault = with_file(&world, &[&bytes[..], &bytes[last]].concat());
    assert_eq!(get(&vault, "c").unwrap_err(), ErrorCode::CorruptRecord);
    assert_eq!(vault.status().unwrap().damaged_records, 1);
    for (name, value) in [("a", "1"), ("b", "2")] {
        assert_eq!(get(&vault, name).unwrap(), value);
    }
}

#[test]
fn what_is_too_short_for_the_clear_part_of_a_frame_is_a_torn_write() {
    for (junk, damaged) in [(1, 0), (64, 0), (79, 0), (80, 1)] {
        let (world, bytes) = world_with_updates();
        let vault = with_file(&world, &[&bytes[..], &vec![0x5a; junk]].concat());
        assert_eq!(vault.status().unwrap().damaged_records, damaged, "{junk}");
        let length = if damaged == 0 {
            bytes.len()
        } else {
            bytes.len() + 64
        };
        assert_eq!(world.bytes().len(), length, "{junk}");
    }
}

#[test]
fn a_torn_write_does_not_take_the_trace_of_damage_with_it() {
    let (world, bytes) = world_with_updates();
    let frames = frames(&bytes);
    for torn in [1, 63, 64, 100, 127] {
        let mut bytes = bytes[..frames[4].start + torn].to_vec();
        bytes[frames[3].start + 80] ^= 1;
        let vault = with_file(&world, &bytes);
        for vault in [vault, world.vault()] {
            assert_eq!(get(&vault, "b").unwrap_err(), ErrorCode::CorruptRecord, "{torn}");
            assert_eq!(get(&vault, "a").unwrap(), "1");
        }
    }
}

#[test]
fn a_write_that_counts_because_another_follows_counts_when_that_one_is_torn() {
    let world = World::new();
    let vault = world.vault();
    set(&vault, "a", "stale").unwrap();
    let batch = |values: [&str; 3]| {
        let records = [("a", values[0]), ("b", values[1]), ("c", values[2])];
        vault
            .set_many(&records.map(|(name, value)| record(name, value, None)))
            .unwrap();
    };
    batch(["1", "2", "3"]);
    batch(["4", "5", "6"]);
    let bytes = world.bytes();
    let frames = frames(&bytes);
    // The last frame of the first batch is missing, and the second batch ends early.
    let early = [
        &bytes[..frames[3].start],
        &bytes[frames[4].start..frames[6].start + 70],
    ]
    .concat();
    let answers = |vault: &dyn Vault| ["a", "b", "c"].map(|name| get(vault, name));
    let first = answers(&with_file(&world, &early));
    assert!(first.iter().all(|answer| *answer != Ok("stale".to_owned())));
    for _ in 0..3 {
        assert_eq!(answers(&world.vault()), first);
    }
}

#[test]
fn an_older_value_that_expires_does_not_hide_that_its_successor_is_damaged() {
    // The damaged frame says what it concerned, or nobody does.
    for places in [&[90][..], &[40, 62]] {
        let world = World::new();
        let vault = world.vault();
        let soon = strongroom_core::Expiry::After(1000);
        vault.set_many(&[record("a", "old", Some(soon))]).unwrap();
        set(&vault, "a", "new").unwrap();
        set(&vault, "c", "1").unwrap();
        set(&vault, "b", "1").unwrap();
        let mut bytes = world.bytes();
        let frames = frames(&bytes);
        for place in places {
            bytes[frames[1].start + place] ^= 1;
        }
        if places.len() > 1 {
            bytes[frames[2].start + 90] ^= 1;
        }
        let vault = with_file(&world, &bytes);
        world.clock.set(strongroom_testkit::NOW_MS + 2000);
        assert_eq!(get(&vault, "a").unwrap_err(), ErrorCode::CorruptRecord);
        set(&vault, "b", "2").unwrap();
        for vault in [vault, world.vault()] {
            assert_eq!(get(&vault, "a").unwrap_err(), ErrorCode::CorruptRecord);
        }
        assert!(world.events.take().is_empty(), "nobody knows whether it expired");
    }
}

#[test]
fn recovering_brings_back_no_older_value_of_a_damaged_record() {
    let (world, mut bytes) = world_with_updates();
    let frame = frames(&bytes)[3].clone();
    bytes[frame.start + 90] ^= 1;
    let vault = with_file(&world, &bytes);
    vault.reset().unwrap();
    let recovery = vault.recover().unwrap();
    assert_eq!((recovery.recovered, recovery.remaining), (2, 1));
    assert_eq!(get(&vault, "a").unwrap(), "1");
    assert_eq!(get(&vault, "b").unwrap_err(), ErrorCode::NotFound);
    assert_eq!(get(&vault, "c").unwrap(), "3");
}

#[test]
fn what_lies_behind_the_end_costs_no_record_when_more_is_written_behind_it() {
    let (world, bytes) = world_with_updates();
    let frame = frames(&bytes)[3].clone();
    let mut wordless = bytes[frame.clone()].to_vec();
    wordless[62] ^= 1;
    let stating = {
        let mut stating = bytes[frame].to_vec();
        stating[90] ^= 1;
        stating
    };
    for end in [
        [&wordless, &wordless, &wordless],
        [&stating, &wordless, &wordless],
    ] {
        let vault = with_file(
            &world,
            &[&bytes[..], &end.map(|part| &part[..]).concat()].concat(),
        );
        let answers = |vault: &dyn Vault| ["a", "b", "c", "d"].map(|name| get(vault, name));
        let before = answers(&vault);
        assert_eq!(before[0], Ok("1".to_owned()));
        set(&vault, "e", "5").unwrap();
        for vault in [vault, world.vault()] {
            assert_eq!(answers(&vault), before);
            assert_eq!(get(&vault, "e").unwrap(), "5");
        }
    }
}

#[test]
fn a_record_that_is_newer_than_all_damage_and_expires_is_certainly_gone() {
    let (world, mut bytes) = world_with_updates();
    let frames = frames(&bytes);
    for at in [frames[2].start + 62, frames[2].start + 90, frames[3].start + 20] {
        bytes[at] ^= 1;
    }
    let vault = with_file(&world, &bytes);
    let soon = strongroom_core::Expiry::After(1000);
    vault.set_many(&[record("d", "4", Some(soon))]).unwrap();
    world.clock.set(strongroom_testkit::NOW_MS + 2000);
    for vault in [vault, world.vault()] {
        assert_eq!(get(&vault, "a").unwrap_err(), ErrorCode::CorruptRecord);
        assert_eq!(get(&vault, "d").unwrap_err(), ErrorCode::NotFound);
        assert_eq!(get(&vault, "e").unwrap_err(), ErrorCode::CorruptRecord);
    }
}

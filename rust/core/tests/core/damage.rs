//! Bytes that are not what was written. Whatever happens to the file, what is returned was stored under that very name as
//! its latest value, or the answer is an error.

use strongroom_core::{ErrorCode, ResetReason, Vault};

use strongroom_testkit::layout::{frames, header_len};
use strongroom_testkit::{World, get, key, record, set};

/// Five records, one of them overwritten and one of them written in a batch; every frame is as small as frames get.
fn world_with_records() -> World {
    let world = World::new();
    let vault = world.vault();
    set(&vault, "a", "stale").unwrap();
    set(&vault, "b", "2").unwrap();
    set(&vault, "a", "1").unwrap();
    vault
        .set_many(&[record("c", "3", None), record("d", "4", None)])
        .unwrap();
    set(&vault, "e", "5").unwrap();
    world
}

const RECORDS: [(&str, &str); 5] = [("a", "1"), ("b", "2"), ("c", "3"), ("d", "4"), ("e", "5")];

pub(crate) fn with_file(world: &World, bytes: &[u8]) -> strongroom_core::SealedVault {
    for (name, _) in world.snapshot() {
        std::fs::remove_file(world.files().join(name)).unwrap();
    }
    std::fs::write(world.vault_path(), bytes).unwrap();
    world.vault()
}

#[test]
fn a_missing_a_repeated_and_a_swapped_frame_are_detected() {
    let world = world_with_records();
    let good = world.bytes();
    let frames = frames(&good);
    assert_eq!(frames.len(), 6);
    let rebuild = |order: &[usize]| {
        let mut bytes = good[..header_len(&good)].to_vec();
        for frame in order {
            bytes.extend_from_slice(&good[frames[*frame].clone()]);
        }
        bytes
    };
    for order in [
        vec![1, 2, 3, 4, 5],
        vec![0, 1, 3, 4, 5],
        vec![0, 1, 2, 3, 5],
        vec![0, 0, 1, 2, 3, 4, 5],
        vec![0, 1, 2, 0, 3, 4, 5],
        vec![1, 0, 2, 3, 4, 5],
        vec![0, 2, 1, 3, 4, 5],
        vec![5, 4, 3, 2, 1, 0],
    ] {
        let vault = with_file(&world, &rebuild(&order));
        assert!(
            vault.status().unwrap().damaged_records > 0,
            "{order:?} went unnoticed"
        );
        for (name, value) in RECORDS {
            match get(&vault, name) {
                Ok(found) => assert_eq!(found, value, "{order:?}: {name}"),
                Err(code) => assert_eq!(code, ErrorCode::CorruptRecord, "{order:?}: {name}"),
            }
        }
    }
}

/// `a` was set twice: its older value lies in the file, and must not pass for the current one when the newer is gone.
#[test]
fn an_older_value_never_takes_the_place_of_a_missing_or_damaged_one() {
    let world = world_with_records();
    let good = world.bytes();
    let newest = frames(&good)[2].clone();
    let removed = [&good[..newest.start], &good[newest.end..]].concat();
    let mut damaged = good.clone();
    damaged[newest.end - 1] ^= 1;
    // A frame says itself what it concerned, but it is not believed.
    let mut forged = damaged.clone();
    let other = frames(&good)[1].clone();
    forged.copy_within(other.start + 60..other.start + 80, newest.start + 60);
    let mut garbage = good.clone();
    garbage[newest.clone()].fill(0xa5);
    for bytes in [removed, damaged, forged, garbage] {
        let vault = with_file(&world, &bytes);
        assert_eq!(get(&vault, "a").unwrap_err(), ErrorCode::CorruptRecord);
        for (name, value) in &RECORDS[1..] {
            assert_eq!(get(&vault, name).unwrap(), *value);
        }
        assert_eq!(get(&vault, "none").unwrap_err(), ErrorCode::NotFound);
        assert_eq!(vault.status().unwrap().damaged_records, 1);
        // Nor does it come back by a detour.
        vault.reset().unwrap();
        let recovery = vault.recover().unwrap();
        assert_eq!((recovery.recovered, recovery.remaining), (4, 1));
        assert_eq!(get(&vault, "a").unwrap_err(), ErrorCode::NotFound);
    }
}

#[test]
fn where_it_cannot_be_known_what_was_lost_older_records_are_in_doubt() {
    let world = world_with_records();
    let good = world.bytes();
    let lost = frames(&good)[1].start..frames(&good)[3].end;
    let bytes = [&good[..lost.start], &good[lost.end..]].concat();
    let vault = with_file(&world, &bytes);
    // `a` is older than what is missing. `c`, the last of it, is known by the frame behind it.
    for name in ["a", "b", "c", "none"] {
        assert_eq!(get(&vault, name).unwrap_err(), ErrorCode::CorruptRecord, "{name}");
    }
    assert_eq!(get(&vault, "e").unwrap(), "5");

    set(&vault, "a", "new").unwrap();
    vault.remove(&key("none")).unwrap();
    for vault in [&vault, &world.vault()] {
        assert_eq!(get(vault, "a").unwrap(), "new");
        assert_eq!(get(vault, "none").unwrap_err(), ErrorCode::NotFound);
        assert_eq!(get(vault, "b").unwrap_err(), ErrorCode::CorruptRecord);
    }
}

#[test]
fn a_frame_of_another_branch_of_history_is_detected() {
    let world = world_with_records();
    let base = world.bytes();
    set(&world.vault(), "e", "branch one").unwrap();
    let one = world.bytes();
    let vault = with_file(&world, &base);
    set(&vault, "e", "branch two").unwrap();
    set(&vault, "f", "6").unwrap();
    drop(vault);
    let two = world.bytes();

    // The last but one write of branch two replaced by that of branch one: both are authentic, the chain is not.
    let last = frames(&two).last().unwrap().clone();
    let spliced = [&one[..], &two[last]].concat();
    let vault = with_file(&world, &spliced);
    assert!(vault.status().unwrap().damaged_records > 0);
    assert_eq!(get(&vault, "f").unwrap(), "6");
}

#[test]
fn frames_of_another_store_or_generation_are_not_accepted() {
    let world = world_with_records();
    let first = world.bytes();
    let vault = world.vault();
    vault.rotate_keys().unwrap();
    let second = world.bytes();
    let other = world_with_records().bytes();
    for foreign in [&first, &other] {
        let frame = frames(foreign)[0].clone();
        let spliced = [&second[..], &foreign[frame]].concat();
        let vault = with_file(&world, &spliced);
        assert_eq!(vault.status().unwrap().damaged_records, 1);
        assert_eq!(get(&vault, "a").unwrap(), "1");
    }
}

#[test]
fn a_whole_file_of_another_store_does_not_fit_the_key() {
    let (world, other) = (world_with_records(), world_with_records());
    // Even if its key had the very alias.
    world.keys.replace(&other.keys.alias(1));
    let vault = with_file(&world, &other.bytes());
    assert_eq!(
        vault.status().unwrap().last_reset.unwrap().reason,
        ResetReason::KeyMismatch
    );
}

#[test]
fn a_damaged_record_is_cured_by_setting_or_removing_it() {
    let world = world_with_records();
    let mut bytes = world.bytes();
    let frame = frames(&bytes)[1].clone();
    bytes[frame.start + 80] ^= 1;
    let vault = with_file(&world, &bytes);
    assert_eq!(get(&vault, "b").unwrap_err(), ErrorCode::CorruptRecord);
    assert_eq!(vault.has(&key("b")).unwrap_err().code(), ErrorCode::CorruptRecord);
    // A removal rewrites the file, which does not lose the trace of the damage.
    vault.remove(&key("e")).unwrap();
    assert_eq!(get(&world.vault(), "b").unwrap_err(), ErrorCode::CorruptRecord);

    set(&vault, "b", "new").unwrap();
    assert_eq!(get(&vault, "b").unwrap(), "new");
    assert_eq!(world.vault().status().unwrap().damaged_records, 0);
    vault.rotate_keys().unwrap();
    assert_eq!(get(&world.vault(), "b").unwrap(), "new");

    let mut bytes = world.bytes();
    let at = header_len(&bytes) + 80;
    bytes[at] ^= 1;
    let vault = with_file(&world, &bytes);
    // The order of the records in a rewritten file is random.
    let records = [("a", "1"), ("b", "new"), ("c", "3"), ("d", "4")];
    let lost = |(name, _): &(&str, &str)| get(&vault, name) == Err(ErrorCode::CorruptRecord);
    let (damaged, _) = records.into_iter().find(lost).unwrap();
    vault.remove(&key(damaged)).unwrap();
    for (name, value) in records {
        let found = get(&world.vault(), name);
        if name == damaged {
            assert_eq!(found.unwrap_err(), ErrorCode::NotFound);
        } else {
            assert_eq!(found.unwrap(), value);
        }
    }
}

#[test]
fn a_torn_write_is_cut_off_and_never_passes_for_damage() {
    let world = world_with_records();
    let good = world.bytes();
    let vault = world.vault();
    let big = "x".repeat(3000);
    vault
        .set_many(&[record("f", &big, None), record("a", &big, None)])
        .unwrap();
    drop(vault);
    let full = world.bytes();
    let first_sector = good.len() / 512 + 1;
    let sectors = (full.len() - 1) / 512 - first_sector + 1;
    assert!(sectors > 10, "{sectors}");
    // Any one sector that never reached the disk makes the whole write one that never happened.
    for missing in 0..sectors {
        let mut bytes = full.clone();
        let start = (first_sector + missing) * 512;
        let end = (start + 512).min(bytes.len());
        bytes[start..end].fill(0);
        let vault = with_file(&world, &bytes);
        assert_eq!(vault.status().unwrap().damaged_records, 0, "sector {missing}");
        assert_eq!(get(&vault, "f").unwrap_err(), ErrorCode::NotFound);
        assert_eq!(get(&vault, "a").unwrap(), "1");
        assert_eq!(world.bytes().len(), good.len());
    }
}

#[test]
fn a_lost_sector_in_the_middle_is_damage_and_not_a_torn_write() {
    let world = World::new();
    let vault = world.vault();
    set(&vault, "a", &"1".repeat(3000)).unwrap();
    set(&vault, "b", "2").unwrap();
    drop(vault);
    let mut bytes = world.bytes();
    bytes[1024..1536].fill(0);
    let vault = with_file(&world, &bytes);
    assert_eq!(get(&vault, "a").unwrap_err(), ErrorCode::CorruptRecord);
    assert_eq!(get(&vault, "b").unwrap(), "2");
}

/// The digest is not keyed: whoever changes the header can mend it. The key-encryption key vouches for every field.
#[test]
fn a_header_that_was_changed_with_its_digest_does_not_fit_the_key() {
    let world = world_with_records();
    let good = world.bytes();
    let alias_end = 87 + usize::from(good[86]);
    let wrapped_len = usize::from(u16::from_le_bytes([good[alias_end], good[alias_end + 1]]));
    for at in (12..86).chain(alias_end + 2..alias_end + 2 + wrapped_len + 16) {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        seal_header(&mut bytes);
        let vault = with_file(&world, &bytes);
        let reason = vault.status().unwrap().last_reset.unwrap().reason;
        // Where a field has few values, others are no header of this version at all.
        let few = (76..86).contains(&at) && reason == ResetReason::Corrupt;
        assert!(few || reason == ResetReason::KeyMismatch, "byte {at}: {reason:?}");
    }
}

fn seal_header(bytes: &mut [u8]) {
    use sha2::{Digest, Sha256};
    let header = header_len(bytes);
    let digest: [u8; 32] = Sha256::digest(&bytes[..header - 32]).into();
    bytes[header - 32..header].copy_from_slice(&digest);
}

#[test]
fn a_file_of_a_newer_version_is_refused_and_left_alone() {
    let world = world_with_records();
    let mut bytes = world.bytes();
    bytes[8] = 4;
    seal_header(&mut bytes);
    let vault = with_file(&world, &bytes);
    assert_eq!(get(&vault, "a").unwrap_err(), ErrorCode::NewerFormat);
    assert_eq!(set(&vault, "a", "x").unwrap_err().code(), ErrorCode::NewerFormat);
    assert_eq!(world.bytes(), bytes);
}

#[test]
fn a_lost_sector_at_the_end_of_a_rewritten_file_costs_the_last_record_only() {
    let world = World::new();
    let vault = world.vault();
    for name in ["a", "b", "c"] {
        set(&vault, name, &name.repeat(2000)).unwrap();
    }
    vault.rotate_keys().unwrap();
    drop(vault);
    let mut bytes = world.bytes();
    let last = (bytes.len() - 1) / 512 * 512;
    bytes[last..].fill(0);
    let vault = with_file(&world, &bytes);
    // The order is random, so the last one can be any.
    let found = ["a", "b", "c"].map(|name| get(&vault, name).map(|value| value == name.repeat(2000)));
    assert_eq!(found.iter().filter(|found| **found == Ok(true)).count(), 2);
    assert_eq!(found.iter().filter(|found| found.is_err()).count(), 1);
}

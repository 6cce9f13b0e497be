//! Damage outlives the file it was found in: what is in doubt stays so in every file that takes the place of that one, until it
//! is settled, and the file does not grow for it.

use strongroom_core::{ErrorCode, SealedVault, Vault};

use crate::damage::with_file;
use strongroom_testkit::layout::{frames, header_len};
use strongroom_testkit::{World, get, key, names, record, set};

/// The keys of a store that answer `CORRUPT_RECORD`, of those that the tests here use.
fn doubted(vault: &SealedVault) -> String {
    let all = ["a", "b", "c", "d", "e", "f", "lost", "none"];
    let doubted = all
        .into_iter()
        .filter(|name| get(vault, name) == Err(ErrorCode::CorruptRecord));
    doubted.collect::<Vec<_>>().join(" ")
}

fn listed(vault: &SealedVault) -> String {
    let keys = vault.damaged_keys().unwrap();
    let names: Vec<&str> = keys.iter().map(|key| key.as_str()).collect();
    names.join(" ")
}

/// Six keys, set twice each, and then two frames are lost: of the first of them nothing tells what it concerned.
fn world_with_two_lost_frames() -> (World, SealedVault) {
    let world = World::new();
    let vault = world.vault();
    for value in ["old", "new"] {
        for name in ["a", "b", "c", "d", "e", "f"] {
            set(&vault, name, value).unwrap();
        }
    }
    let bytes = world.bytes();
    let frames = frames(&bytes);
    let bytes = [&bytes[..frames[7].start], &bytes[frames[9].start..]].concat();
    let vault = with_file(&world, &bytes);
    (world, vault)
}

#[test]
fn after_two_lost_frames_the_store_is_mended_key_by_key_and_does_not_grow() {
    let (world, vault) = world_with_two_lost_frames();
    // `a` is older than what was lost, and `c` was lost. `b` as well, but nobody tells.
    assert_eq!(doubted(&vault), "a b c lost none");
    assert_eq!(listed(&vault), "a b c");
    assert_eq!(names(&vault), ["a", "b", "c", "d", "e", "f"]);
    vault.rotate_keys().unwrap();
    for vault in [&vault, &world.vault()] {
        assert_eq!(doubted(vault), "a b c lost none");
        assert_eq!(listed(vault), "a b c");
        assert_eq!(get(vault, "d").unwrap(), "new");
    }
    for name in ["a", "b", "c", "d", "e", "f"] {
        set(&vault, name, "again").unwrap();
    }
    for _ in 0..3 {
        vault.rotate_keys().unwrap();
        for vault in [&vault, &world.vault()] {
            assert_eq!(
                (listed(vault), doubted(vault)),
                (String::new(), "lost none".to_owned())
            );
            // The frame that could have concerned anything.
            assert_eq!(vault.status().unwrap().damaged_records, 1);
        }
    }
    vault.remove(&key("none")).unwrap();
    vault.rotate_keys().unwrap();
    assert_eq!(
        doubted(&world.vault()),
        "lost",
        "that absence is proven is not forgotten"
    );
    for number in 0..5000 {
        set(&vault, ["a", "b", "c"][number % 3], &number.to_string()).unwrap();
    }
    assert!(world.bytes().len() < 200_000, "{}", world.bytes().len());
    assert_eq!(doubted(&world.vault()), "lost");
}

/// What cannot be known by name is cured by a new file with what is certain.
#[test]
fn reset_and_recover_cure_what_no_name_is_known_of() {
    let (world, vault) = world_with_two_lost_frames();
    for name in ["a", "b", "c"] {
        set(&vault, name, "again").unwrap();
    }
    assert_eq!(
        vault.has(&key("none")).unwrap_err().code(),
        ErrorCode::CorruptRecord
    );
    vault.reset().unwrap();
    let recovery = vault.recover().unwrap();
    assert_eq!((recovery.recovered, recovery.remaining), (6, 1));
    for vault in [&vault, &world.vault()] {
        assert_eq!(vault.status().unwrap().damaged_records, 0);
        assert!(!vault.has(&key("none")).unwrap());
        assert_eq!(get(vault, "a").unwrap(), "again");
        assert_eq!(get(vault, "d").unwrap(), "new");
    }
    assert!(vault.get_or_create(record("none", "created", None)).unwrap().1);
    vault.rotate_keys().unwrap();
}

#[test]
fn a_lost_record_stays_in_doubt_over_many_rewrites_and_no_other_does() {
    let world = World::new();
    let vault = world.vault();
    for (name, value) in [("a", "old"), ("lost", "1"), ("b", "2"), ("a", "new"), ("c", "3")] {
        set(&vault, name, value).unwrap();
    }
    let mut bytes = world.bytes();
    let frames = frames(&bytes);
    // The only frame of one record, and the newest of another.
    bytes[frames[1].start + 90] ^= 1;
    bytes[frames[3].start + 90] ^= 1;
    let vault = with_file(&world, &bytes);
    for round in 0..12 {
        for vault in [&vault, &world.vault()] {
            assert_eq!(doubted(vault), "a lost", "{round}");
            assert_eq!((listed(vault), names(vault)), ("a".to_owned(), names(vault)));
            assert_eq!(vault.status().unwrap().damaged_records, 2, "{round}");
            assert_eq!(get(vault, "none").unwrap_err(), ErrorCode::NotFound);
        }
        vault.rotate_keys().unwrap();
    }
    set(&vault, "a", "again").unwrap();
    assert_eq!(doubted(&world.vault()), "lost");
    vault.remove(&key("lost")).unwrap();
    for vault in [&vault, &world.vault()] {
        assert_eq!(doubted(vault), "");
        assert_eq!(vault.status().unwrap().damaged_records, 0);
    }
    vault.rotate_keys().unwrap();
    assert_eq!(vault.status().unwrap().damaged_records, 0);
}

#[test]
fn new_damage_adds_to_what_is_in_doubt() {
    let world = World::new();
    let mut lost = Vec::new();
    // More files with lost records than keys are handed on.
    for round in 0..12 {
        let vault = world.vault();
        set(&vault, "a", "1").unwrap();
        let name = format!("lost {round}");
        set(&vault, &name, "1").unwrap();
        set(&vault, "b", "2").unwrap();
        let mut bytes = world.bytes();
        let frame = frames(&bytes).into_iter().rev().nth(1).unwrap();
        bytes[frame.start + 90] ^= 1;
        let vault = with_file(&world, &bytes);
        lost.push(name);
        vault.rotate_keys().unwrap();
        for vault in [&vault, &world.vault()] {
            for name in &lost {
                assert_eq!(
                    get(vault, name).unwrap_err(),
                    ErrorCode::CorruptRecord,
                    "{name} {round}"
                );
            }
            assert_eq!(get(vault, "a").unwrap(), "1");
            assert_eq!(get(vault, "b").unwrap(), "2");
            let other = get(vault, "none").unwrap_err();
            let expected = if round < 8 {
                ErrorCode::NotFound
            } else {
                ErrorCode::CorruptRecord
            };
            assert_eq!(other, expected, "{round}");
        }
    }
}

/// Whatever happens to a file that speaks of doubts, there are no fewer: no bit, no sector, no end of it hides one.
#[test]
fn damage_to_a_file_with_doubts_never_hides_one() {
    let world = World::new();
    let vault = world.vault();
    for (name, value) in [("a", "old"), ("lost", "1"), ("b", "2"), ("a", "new"), ("c", "3")] {
        set(&vault, name, value).unwrap();
    }
    let mut bytes = world.bytes();
    let places = frames(&bytes);
    bytes[places[1].start + 90] ^= 1;
    bytes[places[3].start + 90] ^= 1;
    let vault = with_file(&world, &bytes);
    vault.rotate_keys().unwrap();
    let good = world.bytes();
    let header = header_len(&good);
    let still_in_doubt = |bytes: &[u8], what: &str| {
        let vault = with_file(&world, bytes);
        let refused = |name| get(&vault, name) == Err(ErrorCode::CorruptRecord);
        assert!(["a", "lost"].into_iter().all(refused), "{what}");
        // A removal rewrites a small file, and leaves its key.
        let before = world.bytes()[..header].to_vec();
        set(&vault, "other", "1").unwrap();
        vault.remove(&key("other")).unwrap();
        assert_ne!(world.bytes()[..header], before);
        assert!(["a", "lost"].into_iter().all(refused), "{what}, rewritten");
    };
    for at in (header..good.len()).step_by(3) {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        still_in_doubt(&bytes, &format!("byte {at}"));
    }
    for length in (header..good.len()).step_by(7) {
        still_in_doubt(&good[..length], &format!("length {length}"));
    }
    for frame in frames(&good) {
        let without = [&good[..frame.start], &good[frame.end..]].concat();
        still_in_doubt(&without, &format!("without {frame:?}"));
    }
    for from in (header..good.len()).step_by(64) {
        let mut bytes = good.clone();
        let to = (from + 512).min(bytes.len());
        bytes[from..to].fill(0);
        still_in_doubt(&bytes, &format!("a sector at {from}"));
    }
}

#[test]
fn a_store_of_which_only_doubts_are_left_keeps_them() {
    let world = World::new();
    let vault = world.vault();
    set(&vault, "lost", "1").unwrap();
    let mut bytes = world.bytes();
    let at = header_len(&bytes) + 90;
    bytes[at] ^= 1;
    let vault = with_file(&world, &bytes);
    vault.rotate_keys().unwrap();
    assert_eq!(doubted(&world.vault()), "lost");
    let bytes = world.bytes();
    let header = header_len(&bytes);
    let mut zeros = bytes.clone();
    zeros[header..].fill(0);
    for bytes in [&bytes[..header], &zeros[..]] {
        assert_eq!(doubted(&with_file(&world, bytes)), doubted(&world.vault()));
        assert!(doubted(&world.vault()).contains("lost"));
    }
}

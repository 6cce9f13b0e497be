//! Bytes that someone changed: every bit, every length, and frames of this and of other files in every wrong place. Whatever is
//! answered for a key is its latest value, or an error.

use std::collections::BTreeSet;
use std::path::PathBuf;

use strongroom_core::{ErrorCode, ResetReason, SealedVault, Vault};
use strongroom_testkit::{MemoryFs, Row, get, key, record, scaled, set};

use super::stage::{Model, Stage, open, visible};
use strongroom_testkit::layout::{frames, header_len};

/// A store of exactly 4 KiB: 30 frames, as small as frames get, and what it held after each write.
struct Target {
    stage: Stage,
    bytes: Vec<u8>,
    history: Vec<Model>,
}

impl Target {
    fn new() -> Self {
        let stage = Stage::new(|config| config.limits.small_file = 0);
        let mut history = vec![Model::new()];
        let mut write = |names: &[&str], value: Option<&str>| {
            let mut model = history.last().unwrap().clone();
            if let Some(value) = value {
                let records: Vec<_> = names.iter().map(|name| record(name, value, None)).collect();
                stage.vault.set_many(&records).unwrap();
                model.extend(names.iter().map(|name| ((*name).to_owned(), value.to_owned())));
            } else {
                for name in names {
                    stage.vault.remove(&key(name)).unwrap();
                    model.remove(*name);
                }
            }
            history.push(model);
        };
        for name in ["a", "b", "c", "d", "e", "f", "g", "h"] {
            write(&[name], Some("old"));
        }
        for name in ["b", "d", "f"] {
            write(&[name], Some("new"));
        }
        write(&["i", "j", "a"], Some("bat"));
        write(&["g"], None);
        write(&["k", "l"], Some("two"));
        for name in ["m", "n", "o", "p", "q", "r", "s"] {
            write(&[name], Some("1"));
        }
        write(&["s"], None);
        for name in ["t", "u", "v", "w", "x"] {
            write(&[name], Some("2"));
        }
        let bytes = vault_bytes(&stage.disk);
        assert_eq!(bytes.len(), 4096);
        Self {
            stage,
            bytes,
            history,
        }
    }

    fn model(&self) -> &Model {
        self.history.last().unwrap()
    }

    fn with(&self, bytes: &[u8]) -> (MemoryFs, SealedVault) {
        let mut image = self.stage.disk.image();
        image.files.insert(vault_path(), bytes.to_vec());
        let disk = MemoryFs::from_image(&image);
        let vault = self.open(&disk);
        (disk, vault)
    }

    fn open(&self, disk: &MemoryFs) -> SealedVault {
        open(
            disk,
            self.stage.keys.clone(),
            &self.stage.clock,
            &self.stage.config,
        )
    }

    /// Every key answers its latest value, or that it is damaged. Answers how many records are.
    fn damaged(&self, vault: &SealedVault, what: &str) -> usize {
        let names: BTreeSet<&String> = self.history.iter().flat_map(|model| model.keys()).collect();
        names
            .into_iter()
            .filter(|name| match (get(vault, name), self.model().get(*name)) {
                (Err(ErrorCode::CorruptRecord), current) => current.is_some(),
                (Ok(found), Some(value)) if found == *value => false,
                (Err(ErrorCode::NotFound), None) => false,
                (answer, _) => panic!("{what}: a key answers {:?}", answer.map(|_| "another value")),
            })
            .count()
    }
}

#[test]
fn every_flipped_bit_is_detected_and_costs_one_record_at_most() {
    let target = Target::new();
    let header = header_len(&target.bytes);
    let mut row = Row::start("bit-flips");
    for bit in (0..target.bytes.len() * 8).step_by(scaled(11, 1)) {
        row.case();
        let mut bytes = target.bytes.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let (disk, vault) = target.with(&bytes);
        let status = vault.status().unwrap();
        if bit / 8 < header {
            assert_eq!(
                status.last_reset.unwrap().reason,
                ResetReason::Corrupt,
                "bit {bit}"
            );
            let aside = disk
                .image()
                .files
                .into_iter()
                .find(|(path, _)| *path != vault_path());
            assert_eq!(aside.unwrap().1, bytes, "quarantined byte for byte");
            continue;
        }
        assert_eq!(status.damaged_records, 1, "bit {bit} went unnoticed");
        let lost = target.damaged(&vault, &format!("bit {bit}"));
        assert!(lost <= 1, "bit {bit} cost {lost} records");
        drop(vault);
        assert_eq!(vault_bytes(&disk), bytes, "reading changes nothing");
    }
}

#[test]
fn every_truncation_gives_a_moment_of_history() {
    let target = Target::new();
    let header = header_len(&target.bytes);
    let mut row = Row::start("truncations");
    for length in (0..target.bytes.len()).step_by(scaled(5, 1)) {
        row.case();
        let (disk, vault) = target.with(&target.bytes[..length]);
        let status = vault.status().unwrap();
        if length < header {
            assert_eq!(
                status.last_reset.unwrap().reason,
                ResetReason::Corrupt,
                "length {length}"
            );
            continue;
        }
        assert_eq!(status.damaged_records, 0, "length {length}");
        let found = visible(&vault).unwrap();
        assert!(
            target.history.contains(&found),
            "length {length} gives a state that never was"
        );
        set(&vault, "again", "1").unwrap();
        assert_eq!(visible(&target.open(&disk)).unwrap().len(), found.len() + 1);
    }
}

#[test]
fn every_extension_costs_nothing() {
    let target = Target::new();
    let mut row = Row::start("extensions");
    let frames = frames(&target.bytes);
    let repeated = frames.iter().map(|frame| target.bytes[frame.clone()].to_vec());
    let padding = [0_u8, 0xff, b'S'].into_iter().flat_map(|byte| {
        let lengths = (1..=64).chain([65, 75, 76, 127, 128, 192, 511, 512, 1000, 4096]);
        lengths.map(move |length| vec![byte; length])
    });
    for extra in padding.chain(repeated) {
        row.case();
        let (disk, vault) = target.with(&[&target.bytes[..], &extra].concat());
        // What repeats an older frame says of itself that it concerns a record, and nothing speaks against it.
        assert!(target.damaged(&vault, "an extension") <= 1);
        set(&vault, "again", "1").unwrap();
        let vault = target.open(&disk);
        assert_eq!(get(&vault, "again").unwrap(), "1");
        assert!(target.damaged(&vault, "an extension") <= 1);
    }
}

/// Each frame in the place of each other one, of this file, of its next generation and of another store: removed, repeated,
/// replaced and swapped.
#[test]
fn frames_in_the_wrong_place_are_detected() {
    let target = Target::new();
    let other = Target::new().bytes;
    let rotated = Target::new();
    let elder = rotated.bytes.clone();
    rotated.stage.vault.rotate_keys().unwrap();
    let mut row = Row::start("splices");
    let step = scaled(3, 1);

    let splice = |target: &Target, own: &[u8], foreign: &[u8], row: &mut Row| {
        let (own_frames, foreign_frames) = (frames(own), frames(foreign));
        for (at, place) in own_frames.iter().enumerate() {
            for source in foreign_frames.iter().skip(at % step).step_by(step) {
                let piece = &foreign[source.clone()];
                let replaced = [&own[..place.start], piece, &own[place.end..]].concat();
                let inserted = [&own[..place.start], piece, &own[place.start..]].concat();
                for bytes in [replaced, inserted] {
                    if bytes == own {
                        continue;
                    }
                    row.case();
                    let (_, vault) = target.with(&bytes);
                    assert!(
                        vault.status().unwrap().damaged_records > 0,
                        "a splice went unnoticed"
                    );
                    if at + 1 < own_frames.len() {
                        target.damaged(&vault, "a splice");
                    }
                }
            }
        }
    };
    splice(&target, &target.bytes, &target.bytes, &mut row);
    splice(&target, &target.bytes, &other, &mut row);
    let younger = vault_bytes(&rotated.stage.disk);
    splice(&rotated, &younger, &elder, &mut row);

    let own = frames(&target.bytes);
    for first in 0..own.len() - 1 {
        row.case();
        let without = [&target.bytes[..own[first].start], &target.bytes[own[first].end..]].concat();
        let (_, vault) = target.with(&without);
        assert_eq!(
            vault.status().unwrap().damaged_records,
            1,
            "a missing frame went unnoticed"
        );
        assert!(target.damaged(&vault, "a missing frame") <= 1);
        for second in (first + 1..own.len() - 1).step_by(step) {
            row.case();
            let mut swapped = target.bytes.clone();
            swapped[own[first].clone()].copy_from_slice(&target.bytes[own[second].clone()]);
            swapped[own[second].clone()].copy_from_slice(&target.bytes[own[first].clone()]);
            let (_, vault) = target.with(&swapped);
            assert!(
                vault.status().unwrap().damaged_records > 0,
                "a swap went unnoticed"
            );
            target.damaged(&vault, "a swap");
        }
    }
}

#[test]
fn a_whole_file_of_another_store_does_not_open() {
    let (target, other) = (Target::new(), Target::new());
    // Even if its key had the very alias.
    let alias = other.stage.keys.keys.alias(1);
    target.stage.keys.keys.replace(&alias);
    let (_, vault) = target.with(&other.bytes);
    assert_eq!(
        vault.status().unwrap().last_reset.unwrap().reason,
        ResetReason::KeyMismatch
    );
}

fn vault_path() -> PathBuf {
    PathBuf::from("/data/strongroom/default.vault")
}

fn vault_bytes(disk: &MemoryFs) -> Vec<u8> {
    disk.image().files[&vault_path()].clone()
}

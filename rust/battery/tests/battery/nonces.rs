//! No nonce is used twice under one data key, and a data key is replaced long before random nonces may collide.

use std::collections::{BTreeMap, BTreeSet};

use strongroom_core::{SealedConfig, SealedVault, Vault};
use strongroom_testkit::{Row, World, get, key, names, record, scaled, set};

/// Seals after which the second test replaces a data key.
const FEW_SEALS: u64 = 64;

/// What the clear parts of a vault file say of its data key.
pub(super) struct SealsOfFile {
    pub(super) data_key_id: [u8; 16],
    pub(super) generation: u64,
    pub(super) nonces: Vec<[u8; 12]>,
}

impl SealsOfFile {
    /// Reads header and frames as `docs/internals/storage-format.md` lays them out.
    pub(super) fn read(file: &[u8]) -> Self {
        let number = |at: usize| usize::try_from(u32::from_le_bytes(array(file, at))).unwrap();
        let mut nonces = Vec::new();
        let mut frame = usize::from(u16::from_le_bytes(array(file, 10)));
        while frame < file.len() {
            nonces.push(array(file, frame + 44));
            frame += number(frame + 4);
        }
        Self {
            data_key_id: array(file, 28),
            generation: u64::from_le_bytes(array(file, 44)),
            nonces,
        }
    }

    pub(super) fn assert_no_repeat(&self) {
        let mut sorted = self.nonces.clone();
        sorted.sort_unstable();
        assert!(sorted.windows(2).all(|pair| pair[0] != pair[1]));
    }
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes[at..at + N].try_into().unwrap()
}

/// A rewrite for no other reason than the number of seals.
fn config(world: &World, seals: u64) -> SealedConfig {
    let mut config = world.config();
    config.limits.small_file = 0;
    config.limits.dead_bytes = u64::MAX;
    config.limits.seals = seals;
    config
}

#[test]
fn no_nonce_comes_twice_under_one_data_key() {
    let mut row = Row::start("nonces");
    let world = World::new();
    let vault = world.vault_with(config(&world, u64::MAX));
    let goal = scaled(20_000, 1_000_000);
    let mut sealed = 0;
    let mut round = 0;
    while sealed < goal {
        let records: Vec<_> = (0..1000)
            .map(|number| record(&format!("key {}", number % 250), &round.to_string(), None))
            .collect();
        vault.set_many(&records).unwrap();
        set(&vault, "one", &round.to_string()).unwrap();
        vault.remove(&key("one")).unwrap();
        sealed += records.len() + 2;
        round += 1;
    }
    let seals = SealsOfFile::read(&world.bytes());
    assert_eq!(seals.nonces.len(), sealed);
    assert_eq!(seals.generation, 1, "all under one data key");
    seals.assert_no_repeat();
    row.add(sealed as u64);
    // The nonces above are those of the frames that count.
    let vault = world.vault();
    assert_eq!(vault.status().unwrap().damaged_records, 0);
    assert_eq!(names(&vault).len(), 250);
    assert_eq!(get(&vault, "key 0").unwrap(), (round - 1).to_string());
}

#[test]
fn a_data_key_is_replaced_before_it_sealed_too_often() {
    type Load = fn(&dyn Vault, u64);
    let loads: [(&str, u64, Load); 3] = [
        ("set", 1, |vault, step| {
            set(vault, &format!("key {}", step % 5), &step.to_string()).unwrap();
        }),
        ("batch", 7, |vault, step| {
            let records: Vec<_> = (0..7)
                .map(|number| record(&format!("key {number}"), &step.to_string(), None))
                .collect();
            vault.set_many(&records).unwrap();
        }),
        ("compare and set", 1, |vault, step| {
            let current = get(vault, "counter").map_or(0, |value| value.parse().unwrap());
            assert_eq!(current, step);
            set(vault, "counter", &(current + 1).to_string()).unwrap();
        }),
    ];
    let mut row = Row::start("nonces-rotation");
    for (name, seals_per_call, load) in loads {
        let world = World::new();
        let handles: [SealedVault; 2] = std::array::from_fn(|_| world.vault_with(config(&world, FEW_SEALS)));
        let mut sealed_under: BTreeMap<u64, ([u8; 16], u64)> = BTreeMap::new();
        let calls = scaled(120, 2_000);
        for step in 0..calls {
            row.case();
            // Two processes take turns: the count of the file decides, not that of a process.
            let number = usize::try_from(step % 2).unwrap();
            load(&handles[number], step);
            let seals = SealsOfFile::read(&world.bytes());
            seals.assert_no_repeat();
            let frames = seals.nonces.len() as u64;
            assert!(frames < FEW_SEALS, "{name}: {frames} seals after {step} calls");
            let (id, most) = sealed_under
                .entry(seals.generation)
                .or_insert((seals.data_key_id, 0));
            assert_eq!(*id, seals.data_key_id, "{name}: the key of a generation changed");
            *most = frames.max(*most);
        }
        let ids: BTreeSet<_> = sealed_under.values().map(|(id, _)| *id).collect();
        assert_eq!(ids.len(), sealed_under.len(), "{name}: a data key came back");
        let (newest, _) = sealed_under.last_key_value().unwrap();
        assert_eq!(
            *newest,
            sealed_under.len() as u64,
            "{name}: a generation was skipped"
        );
        assert!(
            *newest > calls * seals_per_call / FEW_SEALS,
            "{name}: {newest} keys"
        );
    }
}

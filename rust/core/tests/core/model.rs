//! Random histories against a map, through two handles, restarts and a clock that jumps.

use std::collections::BTreeMap;

use proptest::prelude::*;
use strongroom_core::{Expiry, SealedVault, Vault};

use crate::world::{NOW_MS, World, key, names, record};

#[derive(Clone, Debug)]
enum Step {
    Set {
        handle: usize,
        key: u8,
        length: u16,
        ttl: Option<u16>,
    },
    Batch {
        handle: usize,
        keys: Vec<u8>,
    },
    Remove {
        handle: usize,
        key: u8,
    },
    Restart {
        handle: usize,
    },
    Rotate {
        handle: usize,
    },
    Clear {
        handle: usize,
    },
    Clock {
        ahead: u16,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let handle = 0..2_usize;
    let name = 0..12_u8;
    prop_oneof![
        8 => (handle.clone(), name.clone(), 0..3000_u16, proptest::option::weighted(0.3, 1..2000_u16))
            .prop_map(|(handle, key, length, ttl)| Step::Set { handle, key, length, ttl }),
        2 => (handle.clone(), proptest::collection::vec(name.clone(), 1..6))
            .prop_map(|(handle, keys)| Step::Batch { handle, keys }),
        3 => (handle.clone(), name).prop_map(|(handle, key)| Step::Remove { handle, key }),
        2 => handle.clone().prop_map(|handle| Step::Restart { handle }),
        1 => handle.clone().prop_map(|handle| Step::Rotate { handle }),
        1 => handle.prop_map(|handle| Step::Clear { handle }),
        2 => (1..1500_u16).prop_map(|ahead| Step::Clock { ahead }),
    ]
}

/// Key to value and the time it expires, 0 for never.
type Model = BTreeMap<String, (String, u64)>;

proptest! {
    #![proptest_config(ProptestConfig { cases: std::env::var("MODEL_CASES").map_or(64, |cases| cases.parse().unwrap()), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_store_is_a_map_that_survives(steps in proptest::collection::vec(step(), 1..50)) {
        let world = World::new();
        let mut handles = [world.vault(), world.vault()];
        let mut model = Model::new();
        let mut now_ms = NOW_MS;
        for (number, step) in steps.iter().enumerate() {
            run(step, number, &world, &mut handles, &mut model, &mut now_ms)?;
            model.retain(|_, (_, expires_ms)| *expires_ms == 0 || *expires_ms > now_ms);
            compare(&handles[number % 2], &model)?;
        }
        compare(&world.vault(), &model)?;
        let status = world.vault().status().unwrap();
        prop_assert_eq!(status.damaged_records, 0);
        prop_assert_eq!(status.last_reset, None);
    }
}

fn run(
    step: &Step,
    number: usize,
    world: &World,
    handles: &mut [SealedVault; 2],
    model: &mut Model,
    now_ms: &mut u64,
) -> Result<(), TestCaseError> {
    match step {
        Step::Set {
            handle,
            key,
            length,
            ttl,
        } => {
            let value = format!("{number} {}", "x".repeat(usize::from(*length)));
            let expiry = ttl.map(|ttl| Expiry::After(u64::from(ttl)));
            handles[*handle]
                .set_many(&[record(&name(*key), &value, expiry)])
                .unwrap();
            model.insert(name(*key), (value, ttl.map_or(0, |ttl| *now_ms + u64::from(ttl))));
        }
        Step::Batch { handle, keys } => {
            let records: Vec<_> = keys
                .iter()
                .map(|key| record(&name(*key), &format!("{number}"), None))
                .collect();
            handles[*handle].set_many(&records).unwrap();
            model.extend(keys.iter().map(|key| (name(*key), (format!("{number}"), 0))));
        }
        Step::Remove { handle, key: gone } => {
            let removed = handles[*handle].remove(&key(&name(*gone)));
            prop_assert_eq!(removed.is_ok(), model.remove(&name(*gone)).is_some());
        }
        Step::Restart { handle } => handles[*handle] = world.vault(),
        Step::Rotate { handle } => handles[*handle].rotate_keys().unwrap(),
        Step::Clear { handle } => {
            handles[*handle].clear().unwrap();
            model.clear();
        }
        Step::Clock { ahead } => {
            *now_ms += u64::from(*ahead);
            world.clock.set(*now_ms);
        }
    }
    Ok(())
}

fn compare(vault: &SealedVault, model: &Model) -> Result<(), TestCaseError> {
    prop_assert_eq!(names(vault), model.keys().cloned().collect::<Vec<_>>());
    for (name, (value, _)) in model {
        let found = vault.get(&key(name)).unwrap();
        prop_assert_eq!(found.expose(), value);
    }
    Ok(())
}

fn name(number: u8) -> String {
    format!("key {number}")
}

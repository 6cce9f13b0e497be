//! What `recover()` must not do: lose what is in quarantine, or bring back what was erased.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use strongroom_core::ports::{Clock, KeyError, KeyErrorKind};
use strongroom_core::{Edges, ErrorCode, SealedVault, StoreName, Vault};
use strongroom_testkit::{KeyOperation, NOW_MS, World, get, set};

use crate::hooked::HookedKeys;
use strongroom_testkit::layout::frames;

#[test]
fn the_quarantine_stays_while_it_is_in_doubt_what_the_store_holds() {
    let world = World::new();
    set(&world.vault(), "precious", "value").unwrap();
    world.vault().reset().unwrap();
    for number in 0..5 {
        set(&world.vault(), &format!("key {number}"), "x").unwrap();
    }
    let mut bytes = world.bytes();
    let lost = frames(&bytes)[1..3].to_vec();
    for frame in lost {
        bytes[frame].fill(0x55);
    }
    std::fs::write(world.vault_path(), bytes).unwrap();
    let vault = world.vault();
    let recovery = vault.recover().unwrap();
    assert_eq!((recovery.recovered, recovery.remaining), (0, 1));
    assert_eq!(vault.status().unwrap().quarantined, 1);
    // What docs/internals/storage-format.md names as the cure.
    vault.reset().unwrap();
    vault.recover().unwrap();
    assert_eq!(get(&vault, "precious").unwrap(), "value");
    assert_eq!(get(&vault, "key 4").unwrap(), "x");
}

#[test]
fn what_was_erased_while_it_is_brought_back_stays_erased() {
    let world = World::new();
    set(&world.vault(), "token", "old").unwrap();
    world.vault().reset().unwrap();
    let keys = Arc::new(HookedKeys::over(&world.keys));
    let edges = Edges {
        keys: keys.clone(),
        ..world.edges()
    };
    let recovering = SealedVault::new(edges, world.config(), StoreName::default());
    let other = Arc::new(world.vault());
    let (clearing, files) = (other.clone(), world.files());
    keys.before(KeyOperation::Unwrap, move || {
        thread::spawn(move || clearing.clear().unwrap());
        // In the end it waits for the keys lock, when the records are gone.
        let any = |name: &str| name.contains(".lost-") || name == "default.vault";
        while std::fs::read_dir(&files)
            .unwrap()
            .any(|entry| any(&entry.unwrap().file_name().to_string_lossy()))
        {
            thread::sleep(Duration::from_millis(1));
        }
    });
    assert_eq!(recovering.recover().unwrap().recovered, 0);
    assert!(keys.ran());
    for vault in [&recovering, &*other, &world.vault()] {
        assert_eq!(get(vault, "token").unwrap_err(), ErrorCode::NotFound);
    }
    assert!(world.snapshot().is_empty());
}

#[test]
fn files_whose_keys_do_not_answer_leave_time_for_the_others() {
    let world = World::new();
    set(&world.vault(), "precious", "value").unwrap();
    let good = world.keys.all();
    world.vault().reset().unwrap();
    for number in 0..20 {
        world.clock.set(NOW_MS + 1000 * (number + 1));
        set(&world.vault(), "later", "x").unwrap();
        world.vault().reset().unwrap();
    }
    let clock = world.clock.clone();
    let keys = HookedKeys::refusing(&world.keys, move |operation, alias, wait| {
        if operation == KeyOperation::Unwrap && !good.iter().any(|good| good == alias) {
            clock.elapse(wait);
            return Err(KeyError::new(KeyErrorKind::Timeout, "silent"));
        }
        Ok(())
    });
    let edges = Edges {
        keys: Arc::new(keys),
        ..world.edges()
    };
    let vault = SealedVault::new(edges, world.config(), StoreName::default());
    let began = world.clock.elapsed();
    let recovery = vault.recover().unwrap();
    assert_eq!((recovery.recovered, recovery.remaining), (1, 20));
    assert!(world.clock.elapsed() <= began + world.config().patience);
    assert_eq!(get(&vault, "precious").unwrap(), "value");
}

//! What `recover()` must not do: lose what was set aside, or bring back what was erased.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use strongroom_core::testing::KeyOperation;
use strongroom_core::{Edges, ErrorCode, SealedVault, StoreName, Vault};

use crate::hooked::HookedKeys;
use crate::layout::frames;
use crate::world::{World, get, set};

#[test]
fn what_was_set_aside_stays_while_it_is_in_doubt_what_the_store_holds() {
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
    // What docs/storage-format.md names as the cure.
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

//! Files written by released versions, opened by this one. `docs/storage-format.md` describes the same bytes.

use std::sync::Arc;

use strongroom_core::testing::BareKeys;
use strongroom_core::{Edges, SealedVault, StoreName, Vault};

use crate::world::{NOW_MS, World, get, names, record, set};

fn vault(world: &World) -> SealedVault {
    let edges = Edges {
        keys: Arc::new(BareKeys::default()),
        ..world.edges()
    };
    SealedVault::new(edges, world.config(), StoreName::default())
}

/// What `tests/golden/v1.vault` holds.
fn fill(vault: &dyn Vault) {
    set(vault, "token", "replaced").unwrap();
    set(vault, "token", "a token").unwrap();
    let expiry = strongroom_core::Expiry::At(NOW_MS + 1_000_000_000_000);
    vault
        .set_many(&[
            record("ключ:🔑", "значение", None),
            record("expires", "later", Some(expiry)),
        ])
        .unwrap();
    set(vault, "empty", "").unwrap();
    set(vault, "long", &"0123456789".repeat(100)).unwrap();
}

#[test]
fn a_file_of_version_1_opens() {
    let world = World::new();
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/v1.vault");
    if std::env::var_os("WRITE_GOLDEN").is_some() {
        fill(&vault(&world));
        std::fs::write(golden, world.bytes()).unwrap();
    }
    let bytes = std::fs::read(golden).unwrap();
    std::fs::create_dir_all(world.files()).unwrap();
    std::fs::write(world.vault_path(), &bytes).unwrap();

    let vault = vault(&world);
    assert_eq!(names(&vault), ["empty", "expires", "long", "token", "ключ:🔑"]);
    assert_eq!(get(&vault, "token").unwrap(), "a token");
    assert_eq!(get(&vault, "ключ:🔑").unwrap(), "значение");
    assert_eq!(get(&vault, "expires").unwrap(), "later");
    assert_eq!(get(&vault, "empty").unwrap(), "");
    assert_eq!(get(&vault, "long").unwrap(), "0123456789".repeat(100));
    assert_eq!(vault.status().unwrap().damaged_records, 0);
    assert_eq!(world.bytes(), bytes, "reading changes nothing");
}

#[test]
fn this_version_writes_the_shapes_of_version_1() {
    let world = World::new();
    fill(&vault(&world));
    let golden = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/v1.vault")).unwrap();
    let now = world.bytes();
    assert_eq!(now.len(), golden.len());
    // Magic and header length; the rest of the header up to the key holds random ids and the same times.
    assert_eq!(now[..8], golden[..8]);
    assert_eq!((now[8], golden[8]), (2, 1));
    assert_eq!(now[10..12], golden[10..12]);
    assert_eq!(now[44..114], golden[44..114]);
}

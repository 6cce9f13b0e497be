//! Files written by released versions, opened by this one. `docs/internals/storage-format.md` describes the same bytes.

use std::sync::Arc;

use strongroom_core::{Edges, ErrorCode, SealedVault, StoreName, Vault};
use strongroom_testkit::{BareKeys, NOW_MS, World, get, key, names, record, set};

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

/// What `tests/golden/v2.vault` holds: that, an older value of a record, and one of which only the hash of its name is known.
fn fill_with_doubts(world: &World) {
    use strongroom_testkit::layout::frames;
    let doubtful = |name| {
        set(&vault(world), name, "lost").unwrap();
        set(&vault(world), "empty", "").unwrap();
        let mut bytes = world.bytes();
        let frame = frames(&bytes).into_iter().rev().nth(1).unwrap();
        bytes[frame.start + 90] ^= 1;
        std::fs::write(world.vault_path(), bytes).unwrap();
    };
    fill(&vault(world));
    set(&vault(world), "doubted", "old").unwrap();
    doubtful("doubted");
    doubtful("lost");
    vault(world).rotate_keys().unwrap();
}

#[test]
fn a_file_of_version_2_opens() {
    let world = World::new();
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/v2.vault");
    if std::env::var_os("WRITE_GOLDEN").is_some() {
        fill_with_doubts(&world);
        std::fs::write(golden, world.bytes()).unwrap();
    }
    let bytes = std::fs::read(golden).unwrap();
    std::fs::create_dir_all(world.files()).unwrap();
    std::fs::write(world.vault_path(), &bytes).unwrap();

    let vault = vault(&world);
    let all = ["doubted", "empty", "expires", "long", "token", "ключ:🔑"];
    assert_eq!(names(&vault), all);
    assert_eq!(get(&vault, "token").unwrap(), "a token");
    assert_eq!(get(&vault, "long").unwrap(), "0123456789".repeat(100));
    for name in ["doubted", "lost"] {
        assert_eq!(get(&vault, name).unwrap_err(), ErrorCode::CorruptRecord);
    }
    assert_eq!(vault.damaged_keys().unwrap(), [key("doubted")]);
    assert_eq!(get(&vault, "none").unwrap_err(), ErrorCode::NotFound);
    assert_eq!(vault.status().unwrap().damaged_records, 2);
    assert_eq!(world.bytes(), bytes, "reading changes nothing");
}

#[test]
fn a_file_of_version_1_is_appended_to_and_becomes_version_2_when_it_is_rewritten() {
    let world = World::new();
    let golden = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/v1.vault")).unwrap();
    std::fs::create_dir_all(world.files()).unwrap();
    std::fs::write(world.vault_path(), &golden).unwrap();
    let vault = vault(&world);
    set(&vault, "new", "1").unwrap();
    let appended = world.bytes();
    assert_eq!(appended[..golden.len()], golden);
    assert_eq!(appended.len(), golden.len() + 128);
    vault.rotate_keys().unwrap();
    assert_eq!(world.bytes()[8], 2);
    for vault in [&vault, &self::vault(&world)] {
        assert_eq!(
            names(vault),
            ["empty", "expires", "long", "new", "token", "ключ:🔑"]
        );
        assert_eq!(get(vault, "token").unwrap(), "a token");
    }
}

#[test]
fn this_version_writes_the_shapes_of_version_1() {
    let world = World::new();
    fill(&vault(&world));
    let golden = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/v1.vault")).unwrap();
    let now = world.bytes();
    let header_len = |bytes: &[u8]| usize::from(u16::from_le_bytes([bytes[10], bytes[11]]));
    let (of_now, of_golden) = (header_len(&now), header_len(&golden));
    assert_eq!(now[of_now..].len(), golden[of_golden..].len());
    // The magic; then random ids, and the same times. The name of the key is longer.
    assert_eq!(now[..8], golden[..8]);
    assert_eq!((now[8], golden[8]), (2, 1));
    assert_eq!(now[44..86], golden[44..86]);
}

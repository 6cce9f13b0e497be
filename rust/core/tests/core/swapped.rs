//! A file that somebody changes under a store that has it open: what is read is checked against what is known.

use strongroom_core::{ErrorCode, Vault};

use strongroom_testkit::layout::frames;
use strongroom_testkit::{World, get, key, set};

/// Puts a frame over the last one of the file. Both are of the same length.
fn put_over_the_last(world: &World, frame: &[u8]) {
    let mut bytes = world.bytes();
    let last = frames(&bytes).pop().unwrap();
    assert_eq!(last.len(), frame.len());
    bytes[last].copy_from_slice(frame);
    std::fs::write(world.vault_path(), bytes).unwrap();
}

fn last_frame(world: &World) -> Vec<u8> {
    let bytes = world.bytes();
    bytes[frames(&bytes).pop().unwrap()].to_vec()
}

#[test]
fn an_older_frame_of_the_same_record_is_not_served() {
    let world = World::new();
    let vault = world.vault();
    set(&vault, "a", "stale").unwrap();
    let stale = last_frame(&world);
    set(&vault, "a", "fresh").unwrap();
    put_over_the_last(&world, &stale);
    assert_eq!(get(&vault, "a").unwrap_err(), ErrorCode::CorruptRecord);
}

#[test]
fn a_frame_of_another_branch_of_history_is_not_served_under_another_name() {
    let world = World::new();
    let vault = world.vault();
    for name in ["a", "b"] {
        set(&vault, name, "1").unwrap();
    }
    let before = world.bytes();
    set(&vault, "c", "2").unwrap();
    let (of_c, branch) = (last_frame(&world), world.bytes());
    // The same number, the same frame before, the same key: only the name differs.
    std::fs::write(world.vault_path(), &before).unwrap();
    let vault = world.vault();
    set(&vault, "d", "3").unwrap();
    assert_eq!(world.bytes().len(), branch.len());
    put_over_the_last(&world, &of_c);
    assert_eq!(get(&vault, "d").unwrap_err(), ErrorCode::CorruptRecord);
    assert_eq!(get(&vault, "a").unwrap(), "1");
}

#[test]
fn the_removal_of_a_record_is_not_served_as_its_value() {
    let world = World::new();
    // So many dead bytes that the removal does not rewrite the file.
    let mut config = world.config();
    config.limits.small_file = 0;
    let vault = world.vault_with(config.clone());
    for name in ["a", "b"] {
        set(&vault, name, "1").unwrap();
    }
    let before = world.bytes();
    vault.remove(&key("a")).unwrap();
    let removal = last_frame(&world);
    std::fs::write(world.vault_path(), &before).unwrap();
    let vault = world.vault_with(config);
    set(&vault, "a", "2").unwrap();
    put_over_the_last(&world, &removal);
    assert_eq!(get(&vault, "a").unwrap_err(), ErrorCode::CorruptRecord);
}

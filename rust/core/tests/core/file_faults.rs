//! A file system that fails: a full disk, errors at every operation, and syncs that cannot be trusted.

use strongroom_core::{ErrorCode, Vault};
use strongroom_testkit::{FsOperation, World, get, names, set};

const EIO: i32 = 5;
const EACCES: i32 = 13;
const ENOSPC: i32 = 28;

#[test]
fn a_full_disk_changes_nothing_and_clear_still_works() {
    let world = World::new();
    let vault = world.vault();
    set(&vault, "token", "value").unwrap();
    let before = world.snapshot();
    for operation in [FsOperation::Write, FsOperation::Create] {
        world.fs.fail(Some(operation), 0, usize::MAX, ENOSPC);
        if operation == FsOperation::Write {
            let error = set(&vault, "token", "new").unwrap_err();
            assert_eq!(error.code(), ErrorCode::StorageFull);
            assert!(error.retryable());
        }
        assert_eq!(world.snapshot(), before);
        assert_eq!(get(&vault, "token").unwrap(), "value");
        assert_eq!(get(&world.vault(), "token").unwrap(), "value");
    }
    world.fs.fail(None, 0, 0, ENOSPC);
    world.fs.fail(Some(FsOperation::Write), 0, usize::MAX, ENOSPC);
    vault.clear().unwrap();
    assert!(world.snapshot().is_empty());
}

#[test]
fn after_the_disk_has_room_again_the_same_handle_writes_on() {
    let world = World::new();
    let vault = world.vault();
    set(&vault, "a", "1").unwrap();
    world.fs.fail(Some(FsOperation::Write), 0, 1, ENOSPC);
    assert_eq!(
        set(&vault, "b", &"2".repeat(5000)).unwrap_err().code(),
        ErrorCode::StorageFull
    );
    set(&vault, "c", "3").unwrap();
    assert_eq!(names(&world.vault()), ["a", "c"]);
}

#[test]
fn a_failed_sync_fails_the_write_and_is_never_retried_on_the_same_file() {
    let world = World::new();
    let vault = world.vault();
    set(&vault, "token", "old").unwrap();
    let inode = inode(&world);
    world.fs.fail(Some(FsOperation::SyncData), 0, 1, EIO);
    assert_eq!(set(&vault, "token", "new").unwrap_err().code(), ErrorCode::Io);
    assert_eq!(get(&vault, "token").unwrap(), "old");
    set(&vault, "other", "1").unwrap();
    assert_ne!(self::inode(&world), inode, "the next write goes to a new file");
    assert_eq!(get(&world.vault(), "token").unwrap(), "old");
    assert_eq!(get(&world.vault(), "other").unwrap(), "1");
}

#[test]
fn a_write_that_fails_and_cannot_be_taken_back_leaves_nothing_for_later() {
    let world = World::new();
    let vault = world.vault();
    set(&vault, "token", "old").unwrap();
    let inode = inode(&world);
    let before = world.fs.log().len();
    set(&vault, "token", "new").unwrap();
    let operations = world.fs.log().split_off(before);
    let write = operations
        .iter()
        .position(|one| *one == FsOperation::Write)
        .unwrap();
    // The write, and the cut after it.
    world.fs.fail(None, write, 2, EIO);
    let long = "x".repeat(1000);
    assert_eq!(set(&vault, "long", &long).unwrap_err().code(), ErrorCode::Io);
    world.fs.heal();
    set(&vault, "short", "1").unwrap();
    assert_ne!(self::inode(&world), inode, "the next write goes to a new file");
    assert_eq!(names(&world.vault()), ["short", "token"]);
    assert_eq!(world.vault().status().unwrap().damaged_records, 0);
}

#[test]
fn a_file_that_cannot_be_opened_for_now_is_not_taken_for_none() {
    let world = World::new();
    set(&world.vault(), "token", "value").unwrap();
    for errno in [EIO, EACCES] {
        let vault = world.vault();
        world.fs.fail(Some(FsOperation::Open), 0, 1, errno);
        assert_eq!(get(&vault, "token").unwrap_err(), ErrorCode::Io);
        world.fs.fail(Some(FsOperation::Remove), 0, 1, errno);
        assert_eq!(get(&world.vault(), "token").unwrap_err(), ErrorCode::Io);
        world.fs.heal();
        assert_eq!(get(&vault, "token").unwrap(), "value");
    }
}

#[test]
fn no_key_is_destroyed_while_a_file_cannot_say_which_one_it_needs() {
    let world = World::new();
    set(&world.vault(), "token", "1").unwrap();
    let vault = world.vault();
    vault.reset().unwrap();
    set(&vault, "token", "2").unwrap();
    let keys = world.keys.all();
    assert_eq!(keys.len(), 2);
    for (operation, errno) in [(FsOperation::Open, EACCES), (FsOperation::Read, EIO)] {
        let vault = world.vault();
        assert_eq!(get(&vault, "token").unwrap(), "2");
        // Whatever it opens while it looks for keys that nobody needs.
        world.fs.fail(Some(operation), 0, usize::MAX, errno);
        let _ = vault.rotate_keys();
        world.fs.heal();
        assert!(
            keys.iter().all(|key| world.keys.all().contains(key)),
            "{operation:?}"
        );
        assert_eq!(get(&world.vault(), "token").unwrap(), "2");
    }
    assert_eq!(world.vault().recover().unwrap().remaining, 0);
}

#[test]
fn a_file_that_cannot_be_read_for_now_keeps_its_place_for_a_returning_key() {
    let world = World::new();
    set(&world.vault(), "token", "1").unwrap();
    world.keys.hide(&world.keys.alias(1));
    let vault = world.vault();
    assert_eq!(get(&vault, "token").unwrap_err(), ErrorCode::NotFound);
    world.fs.fail(Some(FsOperation::Read), 0, usize::MAX, EIO);
    assert_eq!(set(&vault, "token", "2").unwrap_err().code(), ErrorCode::Io);
    assert!(world.keys.all().is_empty());
    world.fs.heal();
    set(&vault, "other", "2").unwrap();
    world.keys.restore(&world.keys.alias(1));
    assert_eq!(world.vault().recover().unwrap().recovered, 1);
    assert_eq!(get(&world.vault(), "token").unwrap(), "1");
}

#[test]
fn clear_erases_what_it_can_and_the_quarantine_before_the_rest() {
    let world = World::new();
    let vault = world.vault();
    set(&vault, "token", "old").unwrap();
    vault.reset().unwrap();
    set(&vault, "token", "new").unwrap();
    world.fs.fail(Some(FsOperation::Remove), 0, 1, EIO);
    assert_eq!(vault.clear().unwrap_err().code(), ErrorCode::Io);
    assert!(!world.vault_path().exists());
    assert_eq!(
        world.snapshot().len(),
        1,
        "the first unlink was of what is in quarantine"
    );
    vault.clear().unwrap();
    assert!(world.snapshot().is_empty());
    assert!(world.keys.all().is_empty());
}

#[test]
fn what_a_crash_left_in_the_temporary_file_is_ignored() {
    let world = World::new();
    set(&world.vault(), "token", "value").unwrap();
    let temporary = world.files().join("default.tmp");
    std::fs::write(&temporary, b"half of a file").unwrap();
    assert_eq!(get(&world.vault(), "token").unwrap(), "value");
    assert!(!temporary.exists());
}

#[cfg(unix)]
#[test]
fn files_and_directory_are_for_this_user_only() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new();
    set(&world.vault(), "token", "value").unwrap();
    let mode = |path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(world.vault_path()), 0o600);
    assert_eq!(mode(world.files()), 0o700);
}

fn inode(world: &World) -> u64 {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(world.vault_path()).unwrap().ino()
}

//! Devices that are in a folder.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::Arc;

use strongroom_apple_fake::{Accessible, Auth, Calls, Effect, Lock, Row, World};
use tempfile::TempDir;

use crate::support::*;

#[test]
fn what_a_call_did_is_there_for_the_next_process() {
    let folder = TempDir::new().unwrap();
    let next_process = || World::open(folder.path()).unwrap();
    act(&next_process(), || assert_eq!(Words::adding("name").add(), 0));
    act(&next_process(), || {
        assert_eq!(Words::of("name").read().as_deref(), Ok(SECRET));
        let new = Words::default().data(b"new").text(k!(kSecAttrLabel), "label");
        assert_eq!(Words::of("name").update(&new), 0);
    });
    act(&next_process(), || {
        assert_eq!(Words::of("name").read().as_deref(), Ok(&b"new"[..]));
        assert_eq!(Words::of("name").delete(), 0);
    });
    assert!(next_process().rows().is_empty());
}

#[test]
fn two_worlds_of_a_folder_see_the_same() {
    let folder = TempDir::new().unwrap();
    let first = World::open(folder.path()).unwrap();
    first.put_row(&full_row("one"));
    first.put_row(&Row::new(SERVICE, "two", b""));
    let (second, third) = (
        World::open(folder.path()).unwrap(),
        World::open(folder.path()).unwrap(),
    );
    assert_eq!(second.rows(), first.rows());
    assert_eq!(third.rows(), first.rows());
}

#[test]
fn a_call_that_fails_after_its_work_has_saved_it() {
    let folder = TempDir::new().unwrap();
    let world = World::open(folder.path()).unwrap();
    act(&world, || {
        world.fail(1, -67_000, Effect::After);
        assert_eq!(Words::adding("after").add(), -67_000);
        world.fail(1, -67_000, Effect::Before);
        assert_eq!(Words::adding("before").add(), -67_000);
    });
    assert_eq!(accounts(&World::open(folder.path()).unwrap()), ["after"]);
}

#[test]
fn a_call_has_saved_before_anything_that_comes_after_it() {
    let folder = TempDir::new().unwrap();
    let world = World::open(folder.path()).unwrap();
    let path = folder.path().to_owned();
    let seen = Arc::new(std::sync::Mutex::new(Vec::new()));
    for number in 1..=2 {
        let (path, seen) = (path.clone(), seen.clone());
        let note = move |_: &World| seen.lock().unwrap().push(accounts(&World::open(&path).unwrap()));
        if number == 1 {
            world.suspend(1, note);
        } else {
            world.after(1, note);
        }
    }
    act(&world, || assert_eq!(Words::adding("name").add(), 0));
    assert_eq!(*seen.lock().unwrap(), [vec![], vec!["name".to_owned()]]);
}

#[test]
fn another_app_of_the_device_saves_its_rows_and_not_its_entitlements() {
    let folder = TempDir::new().unwrap();
    let world = World::open(folder.path()).unwrap();
    let entered = world.enter_as(&["TEAM.other"]);
    assert_eq!(Words::adding("theirs").add(), 0);
    drop(entered);
    let again = World::open(folder.path()).unwrap();
    assert_eq!(again.rows()[0].group, "TEAM.other");
    act(&again, || {
        assert_eq!(Words::of("theirs").read(), Err(NOT_FOUND));
        assert_eq!(Words::adding("ours").add(), 0);
    });
    assert_eq!(again.rows()[1].group, GROUP);
}

#[test]
fn locks_user_and_entitlements_stay_and_faults_and_counts_do_not() {
    let folder = TempDir::new().unwrap();
    let world = World::open(folder.path()).unwrap();
    world.put_row(&Row {
        access_control: Some(kSecAccessControlUserPresence),
        accessible: Accessible::AfterFirstUnlock,
        ..Row::new(SERVICE, "asks", SECRET)
    });
    world.set_entitled(&[GROUP, "TEAM.shared"]);
    world.set_authentication(Auth::Cancel);
    world.set_lock(Lock::Locked);
    act(&world, || drop(Words::of("asks").read()));
    world.fail(1, -67_000, Effect::Before);

    let again = World::open(folder.path()).unwrap();
    assert_eq!((again.calls(), again.prompts()), (Calls::default(), 0));
    act(&again, || {
        let shared = Words::adding("shared").text(k!(kSecAttrAccessGroup), "TEAM.shared");
        assert_eq!(shared.add(), INTERACTION_NOT_ALLOWED, "it is locked");
        assert_eq!(Words::of("asks").read(), Err(-128));
        again.set_lock(Lock::Unlocked);
        assert_eq!(shared.add(), 0);
    });
    again.set_passcode(false);
    let third = World::open(folder.path()).unwrap();
    act(&third, || {
        let class = k!(kSecAttrAccessibleWhenPasscodeSetThisDeviceOnly);
        assert_eq!(Words::adding("needs one").accessible(&class).add(), NOT_AVAILABLE);
    });
}

#[test]
fn an_enrolment_stays() {
    let folder = TempDir::new().unwrap();
    let row = Row {
        access_control: Some(kSecAccessControlBiometryCurrentSet),
        accessible: Accessible::WhenUnlocked,
        ..Row::new(SERVICE, "name", SECRET)
    };
    World::open(folder.path()).unwrap().put_row(&row);
    let read = || {
        let world = World::open(folder.path()).unwrap();
        act(&world, || Words::of("name").read())
    };
    assert_eq!(read().as_deref(), Ok(SECRET));
    World::open(folder.path()).unwrap().change_enrolment(NOT_FOUND);
    assert_eq!(read(), Err(NOT_FOUND));
}

#[test]
fn a_device_is_installed_restored_and_erased() {
    let folder = TempDir::new().unwrap();
    let world = World::open(folder.path()).unwrap();
    world.set_entitled(&["TEAM.one"]);
    world.set_lock(Lock::Locked);
    for (account, accessible) in [
        ("travels", Accessible::WhenUnlocked),
        ("stays", Accessible::AfterFirstUnlockThisDeviceOnly),
    ] {
        world.put_row(&Row {
            accessible,
            ..Row::new(SERVICE, account, SECRET)
        });
    }
    world.reinstall();
    let installed = World::open(folder.path()).unwrap();
    assert_eq!(accounts(&installed), ["travels", "stays"]);
    assert_eq!(installed.installation(), 1);
    installed.restore();
    let restored = World::open(folder.path()).unwrap();
    assert_eq!(
        (accounts(&restored), restored.installation()),
        (vec!["travels".to_owned()], 2)
    );
    act(&restored, || assert_eq!(Words::adding("unlocked").add(), 0));
    assert_eq!(restored.rows()[1].group, "TEAM.one", "it has the same app");
    restored.erase();
    let erased = World::open(folder.path()).unwrap();
    assert_eq!((erased.rows().len(), erased.installation()), (0, 3));
}

#[test]
fn a_damaged_file_is_an_error_and_stays_as_it_is() {
    let folder = TempDir::new().unwrap();
    World::open(folder.path()).unwrap().put_row(&full_row("name"));
    let file = file_in(&folder);
    let whole = fs::read(&file).unwrap();
    let mut changed = whole.clone();
    changed[whole.len() / 2] ^= 1;
    let longer = [&whole[..], b"\0"].concat();
    let half = &whole[..whole.len() / 2];
    for damaged in [&b""[..], half, &changed[..], &longer[..], b"another file"] {
        fs::write(&file, damaged).unwrap();
        let error = World::open(folder.path()).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::InvalidData);
        assert_eq!(fs::read(&file).unwrap(), damaged);
    }
    fs::write(&file, &whole).unwrap();
    assert_eq!(accounts(&World::open(folder.path()).unwrap()), ["name"]);
}

#[test]
fn what_a_process_left_half_written_is_no_part_of_the_device() {
    let folder = TempDir::new().unwrap();
    World::open(folder.path()).unwrap().put_row(&full_row("name"));
    let file = file_in(&folder);
    let whole = fs::read(&file).unwrap();
    let half = file.with_extension("new");
    fs::write(&half, &whole[..whole.len() / 2]).unwrap();
    let world = World::open(folder.path()).unwrap();
    assert_eq!(accounts(&world), ["name"]);
    world.put_row(&Row::new(SERVICE, "other", SECRET));
    assert_eq!(accounts(&World::open(folder.path()).unwrap()), ["name", "other"]);
    assert!(!half.exists());
}

#[test]
fn what_is_no_folder_is_an_error() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "text").unwrap();
    assert!(World::open(&file).is_err());
    assert_eq!(fs::read(&file).unwrap(), b"text");
    fs::create_dir(folder.path().join("keychain")).unwrap();
    assert!(World::open(folder.path()).is_err());
}

fn full_row(account: &str) -> Row {
    Row {
        generic: Some(b"tag".to_vec()),
        label: Some("label".to_owned()),
        group: "TEAM.other".to_owned(),
        synchronizable: true,
        accessible: Accessible::AfterFirstUnlock,
        ..Row::new(SERVICE, account, SECRET)
    }
}

fn act<R>(world: &Arc<World>, act: impl FnOnce() -> R) -> R {
    let _entered = world.enter();
    act()
}

fn accounts(world: &World) -> Vec<String> {
    world.rows().into_iter().map(|row| row.account).collect()
}

/// The only file of a device.
fn file_in(folder: &TempDir) -> PathBuf {
    let files = fs::read_dir(folder.path()).unwrap();
    let files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    assert_eq!(files.len(), 1);
    files[0].clone()
}

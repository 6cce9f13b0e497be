//! A device that obeys commands.

use std::env;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, ExitStatus};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use strongroom_apple_fake::{Accessible, Device, Row, World};
use tempfile::TempDir;

use crate::support::*;

const FAULT: i32 = -67_000;
const DIRECTORY: &str = "STRONGROOM_FAKE_DIRECTORY";
const KILL: &str = "STRONGROOM_FAKE_KILL";
const SIGKILL: i32 = 9;

#[test]
fn a_fault_is_of_a_call_an_effect_and_a_number_of_times() {
    let (_directory, device) = device();
    let _entered = device.world().enter();
    ok(
        &device,
        "fault",
        &json!({ "call": "copy", "status": FAULT, "skip": 1, "times": 2 }),
    );
    let read = || Words::of("name").read().err().unwrap_or(0);
    assert_eq!(Words::adding("name").add(), 0);
    assert_eq!([read(), read(), read(), read()], [0, FAULT, FAULT, 0]);
    ok(&device, "fault", &json!({ "status": FAULT, "effect": "after" }));
    assert_eq!(Words::adding("other").add(), FAULT);
    assert_eq!(device.world().rows().len(), 2);
    ok(
        &device,
        "fault",
        &json!({ "status": f64::from(FAULT), "times": -1 }),
    );
    assert_eq!([read(), Words::of("name").delete(), read()], [FAULT; 3]);
    ok(&device, "clearFaults", &json!({}));
    assert_eq!(read(), 0);
}

#[test]
fn calls_are_counted() {
    let (_directory, device) = device();
    let _entered = device.world().enter();
    Words::adding("name").add();
    drop(Words::of("name").read());
    drop(Words::of("name").read());
    let counts = json!({ "add": 1, "copy": 2, "update": 0, "delete": 0, "total": 3 });
    assert_eq!(ok(&device, "counts", &json!({})), counts);
    ok(&device, "resetCounts", &json!({}));
    assert_eq!(ok(&device, "counts", &json!({}))["total"], 0);
}

#[test]
fn device_and_user_do_what_they_are_told() {
    let (directory, device) = device();
    let _entered = device.world().enter();
    ok(&device, "lock", &json!({ "to": "beforeFirstUnlock" }));
    assert_eq!(Words::adding("name").add(), INTERACTION_NOT_ALLOWED);
    ok(&device, "lock", &json!({ "to": "unlocked" }));
    ok(&device, "groups", &json!({ "to": [GROUP, "TEAM.shared"] }));
    ok(&device, "authentication", &json!({ "answer": "cancel" }));
    device.world().put_row(&Row {
        access_control: Some(kSecAccessControlBiometryCurrentSet),
        ..Row::new(SERVICE, "asks", SECRET)
    });
    assert_eq!(Words::of("asks").read(), Err(-128));
    assert_eq!(ok(&device, "prompts", &json!({})), 1);
    ok(&device, "resetPrompts", &json!({}));
    assert_eq!(ok(&device, "prompts", &json!({})), 0);
    ok(&device, "enrol", &json!({ "status": PARAM }));
    assert_eq!(Words::of("asks").read(), Err(PARAM));
    ok(&device, "passcode", &json!({ "set": false }));
    let state = json!({
        "authentication": "cancel",
        "groups": [GROUP, "TEAM.shared"],
        "installation": 0,
        "lock": "unlocked",
        "passcode": false,
    });
    assert_eq!(ok(&device, "device", &json!({})), state);
    let next = Device::open(directory.path()).unwrap();
    assert_eq!(ok(&next, "device", &json!({})), state);
}

#[test]
fn rows_are_counted_and_not_shown() {
    let (_directory, device) = device();
    device.world().put_row(&Row::new("one", "name", SECRET));
    device.world().put_row(&Row::new("one", "other", SECRET));
    device.world().put_row(&Row {
        accessible: Accessible::WhenUnlocked,
        ..Row::new("two", "name", SECRET)
    });
    let rows = json!({
        "total": 3,
        "services": { "one": 2, "two": 1 },
        "classes": { "cku": 2, "ak": 1 },
    });
    assert_eq!(ok(&device, "rows", &json!({})), rows);
}

#[test]
fn what_is_misused_is_told() {
    let (_directory, device) = device();
    let _entered = device.world().enter();
    assert_eq!(ok(&device, "violations", &json!({})), json!([]));
    assert_eq!(Words::of("").delete(), NOT_FOUND);
    assert_eq!(
        ok(&device, "violations", &json!({})),
        json!(["empty account", "no access group"])
    );
    assert_eq!(ok(&device, "liveObjects", &json!({})), 0);
    let kept = Words::of("name");
    assert_ne!(ok(&device, "liveObjects", &json!({})), 0);
    drop(kept);
}

#[test]
fn an_app_that_is_deleted_loses_its_files_and_not_its_rows() {
    for (command, left) in [("reinstall", 2), ("restore", 1), ("erase", 0)] {
        let (directory, device) = device();
        ok(&device, command, &json!({}));
        let app = directory.path().join("app");
        fs::create_dir_all(app.join("Library/strongroom")).unwrap();
        fs::write(app.join("Library/strongroom/marker"), "text").unwrap();
        fs::write(app.join("file"), "text").unwrap();
        device.world().put_row(&Row {
            accessible: Accessible::WhenUnlocked,
            ..Row::new(SERVICE, "travels", SECRET)
        });
        device.world().put_row(&Row::new(SERVICE, "stays", SECRET));
        ok(&device, command, &json!({}));
        assert_eq!(fs::read_dir(&app).unwrap().count(), 0);
        let next = Device::open(directory.path()).unwrap();
        assert_eq!(next.world().rows().len(), left, "{command}");
        assert_eq!(ok(&next, "device", &json!({}))["installation"], 2);
    }
}

#[test]
fn calls_wait_where_they_are_suspended_until_they_may_go_on() {
    let (_directory, device) = device();
    let waiting = || ok(&device, "suspended", &json!({}));
    for last in ["continue", "clearFaults"] {
        ok(&device, "suspendAt", &json!({ "call": "add", "nth": 2 }));
        thread::scope(|scope| {
            let calls = scope.spawn(|| {
                let _entered = device.world().enter();
                [Words::adding(last).add(), Words::adding("suspended").add()]
            });
            while waiting() != 1 {
                thread::sleep(Duration::from_millis(1));
            }
            assert_eq!(device.world().delete_row(SERVICE, last), 1, "others go on");
            let went_on = ok(&device, last, &json!({}));
            assert_eq!(went_on, if last == "continue" { json!(1) } else { Value::Null });
            assert_eq!(calls.join().unwrap(), [0, 0]);
        });
        assert_eq!(waiting(), 0);
        assert_eq!(device.world().delete_row(SERVICE, "suspended"), 1);
    }
}

#[test]
fn what_is_cleared_does_not_come() {
    let (_directory, device) = device();
    let _entered = device.world().enter();
    ok(&device, "killAt", &json!({}));
    ok(&device, "suspendAt", &json!({}));
    ok(&device, "clearFaults", &json!({}));
    assert_eq!(Words::adding("name").add(), 0);
}

#[test]
fn a_process_is_killed_where_it_was_told() {
    if let (Ok(directory), Ok(kill)) = (env::var(DIRECTORY), env::var(KILL)) {
        return add_three(Path::new(&directory), &kill);
    }
    for (kill, left) in [
        (json!({}), 0),
        (json!({ "call": "add", "nth": 2 }), 1),
        (json!({ "call": "add", "nth": 2, "effect": "after" }), 2),
        (json!({ "nth": 3, "effect": "after" }), 3),
    ] {
        let directory = TempDir::new().unwrap();
        let status = process(directory.path(), &kill);
        assert_eq!(status.signal(), Some(SIGKILL), "{kill}");
        let world = World::open(&directory.path().join("device")).unwrap();
        assert_eq!(world.rows().len(), left, "{kill}");
    }
    let directory = TempDir::new().unwrap();
    let status = process(directory.path(), &json!({ "call": "delete" }));
    assert!(status.success());
}

#[test]
fn what_cannot_be_understood_is_refused_and_does_nothing() {
    let (_directory, device) = device();
    for (name, arguments) in [
        ("keychain.unknown", "{}"),
        ("rows", "{}"),
        ("keychain.rows", ""),
        ("keychain.rows", "[]"),
        ("keychain.rows", r#"{"of":"one"}"#),
        ("keychain.lock", "{}"),
        ("keychain.lock", r#"{"to":"open"}"#),
        ("keychain.lock", r#"{"to":1}"#),
        ("keychain.passcode", r#"{"set":1}"#),
        ("keychain.groups", r#"{"to":[1]}"#),
        ("keychain.fault", "{}"),
        ("keychain.fault", r#"{"status":1.5}"#),
        ("keychain.fault", r#"{"status":1e300}"#),
        ("keychain.fault", r#"{"status":-25308,"call":"SecItemAdd"}"#),
        ("keychain.fault", r#"{"status":-25308,"times":-2}"#),
        ("keychain.fault", r#"{"status":-25308,"skip":-1}"#),
        ("keychain.fault", r#"{"status":-25308,"effect":"never"}"#),
        ("keychain.killAt", r#"{"nth":0}"#),
        ("keychain.suspendAt", r#"{"nth":-1}"#),
    ] {
        let answer = parsed(&device.command(name, arguments));
        assert_eq!(answer["ok"], false, "{name} {arguments}");
        assert!(answer["error"].is_string());
    }
    let _entered = device.world().enter();
    assert_eq!(Words::adding("name").add(), 0);
}

/// The process that is killed.
fn add_three(directory: &Path, kill: &str) {
    let device = Device::open(directory).unwrap();
    let _entered = device.world().enter();
    assert_eq!(parsed(&device.command("keychain.killAt", kill))["ok"], true);
    for account in ["one", "two", "three"] {
        assert_eq!(Words::adding(account).add(), 0);
    }
}

fn process(directory: &Path, kill: &Value) -> ExitStatus {
    let test = "commands::a_process_is_killed_where_it_was_told";
    let mut child = Command::new(env::current_exe().unwrap());
    child.args(["--exact", test]).env(DIRECTORY, directory);
    child.env(KILL, kill.to_string()).output().unwrap().status
}

fn device() -> (TempDir, Device) {
    let directory = TempDir::new().unwrap();
    let device = Device::open(directory.path()).unwrap();
    (directory, device)
}

fn ok(device: &Device, command: &str, arguments: &Value) -> Value {
    let answer = parsed(&device.command(&format!("keychain.{command}"), &arguments.to_string()));
    assert_eq!(answer["ok"], true, "{command} {arguments}: {answer}");
    answer["value"].clone()
}

fn parsed(answer: &str) -> Value {
    serde_json::from_str(answer).unwrap()
}

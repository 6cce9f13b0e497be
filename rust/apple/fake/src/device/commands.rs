//! The commands, each with its arguments. `call` is one of `add`, `copy`, `update` and `delete`, or absent for any.

#![expect(
    clippy::unnecessary_wraps,
    reason = "all commands have one type, and some can fail"
)]

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::device::arguments::Arguments;
use crate::device::{Device, app, kill};
use crate::faults::{Effect, Kind, When};
use crate::row::{Accessible, name_of, value_of};
use crate::state::{AUTH_FAILED, Auth, Lock};

type Command = fn(&Device, &Arguments) -> Result<Value, String>;

/// Each command with the names of its arguments.
const COMMANDS: [(&str, (&[&str], Command)); 22] = [
    ("keychain.authentication", (&["answer"], authentication)),
    ("keychain.clearFaults", (&[], clear_faults)),
    ("keychain.continue", (&[], go_on)),
    ("keychain.counts", (&[], counts)),
    ("keychain.device", (&[], device)),
    ("keychain.enrol", (&["status"], enrol)),
    ("keychain.erase", (&[], erase)),
    (
        "keychain.fault",
        (&["call", "status", "effect", "skip", "times"], fault),
    ),
    ("keychain.groups", (&["to"], groups)),
    ("keychain.killAt", (&["call", "nth", "effect"], kill_at)),
    ("keychain.liveObjects", (&[], live_objects)),
    ("keychain.lock", (&["to"], lock)),
    ("keychain.passcode", (&["set"], passcode)),
    ("keychain.prompts", (&[], prompts)),
    ("keychain.reinstall", (&[], reinstall)),
    ("keychain.resetCounts", (&[], reset_counts)),
    ("keychain.resetPrompts", (&[], reset_prompts)),
    ("keychain.restore", (&[], restore)),
    ("keychain.rows", (&[], rows)),
    ("keychain.suspendAt", (&["call", "nth"], suspend_at)),
    ("keychain.suspended", (&[], suspended)),
    ("keychain.violations", (&[], violations)),
];

const KINDS: [(&str, Kind); 4] = [
    ("add", Kind::Add),
    ("copy", Kind::Copy),
    ("update", Kind::Update),
    ("delete", Kind::Delete),
];
const EFFECTS: [(&str, Effect); 2] = [("before", Effect::Before), ("after", Effect::After)];

/// Runs a command, unless it gets an argument that it does not know.
pub(super) fn run(name: &str, device: &Device, arguments: &str) -> Result<Value, String> {
    let (names, command) = value_of(&COMMANDS, name).ok_or("there is no such command")?;
    command(device, Arguments::parse(arguments)?.only(names)?)
}

/// `{call, status, effect: before (default) or after, skip: 0, times: 1, or -1 for ever}`
fn fault(device: &Device, arguments: &Arguments) -> Result<Value, String> {
    let status: i32 = arguments.number("status", None)?;
    let skip: u32 = arguments.number("skip", Some(0))?;
    let when = nth(arguments, u64::from(skip) + 1)?;
    let when = match arguments.number("times", Some(1_i64))? {
        -1 => when.for_ever(),
        times => when.times(usize::try_from(times).map_err(|_| "`times` is not a number in range")?),
    };
    device.world.fail(when, status, effect(arguments)?);
    Ok(Value::Null)
}

/// Also of kills and suspensions that did not come yet. Calls that are suspended go on.
fn clear_faults(device: &Device, _: &Arguments) -> Result<Value, String> {
    device.world.clear_faults();
    device.world.clear_actions();
    device.suspended.go_on();
    Ok(Value::Null)
}

/// `{call, nth: 1, effect: before (default) or after}`
fn kill_at(device: &Device, arguments: &Arguments) -> Result<Value, String> {
    let when = nth(arguments, arguments.number("nth", Some(1))?)?;
    match effect(arguments)? {
        Effect::Before => device.world.suspend(when, |_| kill::this_process()),
        Effect::After => device.world.after(when, |_| kill::this_process()),
    }
    Ok(Value::Null)
}

/// `{call, nth: 1}`
fn suspend_at(device: &Device, arguments: &Arguments) -> Result<Value, String> {
    let when = nth(arguments, arguments.number("nth", Some(1))?)?;
    let suspended = device.suspended.clone();
    device.world.suspend(when, move |_| suspended.wait());
    Ok(Value::Null)
}

/// The number of calls that are suspended.
fn suspended(device: &Device, _: &Arguments) -> Result<Value, String> {
    Ok(device.suspended.count().into())
}

/// The number of calls that go on.
fn go_on(device: &Device, _: &Arguments) -> Result<Value, String> {
    Ok(device.suspended.go_on().into())
}

fn counts(device: &Device, _: &Arguments) -> Result<Value, String> {
    let calls = device.world.calls();
    Ok(json!({
        "add": calls.add,
        "copy": calls.copy,
        "update": calls.update,
        "delete": calls.delete,
        "total": calls.total(),
    }))
}

fn reset_counts(device: &Device, _: &Arguments) -> Result<Value, String> {
    device.world.reset_calls();
    Ok(Value::Null)
}

/// `{to: unlocked, locked, beforeFirstUnlock or prewarmed}`
fn lock(device: &Device, arguments: &Arguments) -> Result<Value, String> {
    let lock = arguments.chosen("to", &Lock::NAMES)?;
    device.world.set_lock(lock);
    Ok(Value::Null)
}

/// `{set: boolean}`
fn passcode(device: &Device, arguments: &Arguments) -> Result<Value, String> {
    let set = arguments.boolean("set")?;
    device.world.set_passcode(set);
    Ok(Value::Null)
}

/// `{answer: success, cancel, fail or lockout}`
fn authentication(device: &Device, arguments: &Arguments) -> Result<Value, String> {
    let answer = arguments.chosen("answer", &Auth::NAMES)?;
    device.world.set_authentication(answer);
    Ok(Value::Null)
}

/// Biometry is enrolled again. `{status: of reading a row for the earlier enrolment, -25293}`
fn enrol(device: &Device, arguments: &Arguments) -> Result<Value, String> {
    let status = arguments.number("status", Some(AUTH_FAILED))?;
    device.world.change_enrolment(status);
    Ok(Value::Null)
}

/// The access groups of the app, its default first. `{to: […]}`
fn groups(device: &Device, arguments: &Arguments) -> Result<Value, String> {
    device.world.set_entitled(&arguments.texts("to")?);
    Ok(Value::Null)
}

/// How often the user was asked.
fn prompts(device: &Device, _: &Arguments) -> Result<Value, String> {
    Ok(device.world.prompts().into())
}

fn reset_prompts(device: &Device, _: &Arguments) -> Result<Value, String> {
    device.world.reset_prompts();
    Ok(Value::Null)
}

/// What the device is, without its rows.
fn device(device: &Device, _: &Arguments) -> Result<Value, String> {
    let state = device.world.state();
    Ok(json!({
        "authentication": name_of(&Auth::NAMES, &state.auth),
        "groups": state.groups,
        "installation": state.installation,
        "lock": name_of(&Lock::NAMES, &state.lock),
        "passcode": state.passcode,
    }))
}

/// How many rows there are, by their service and by their class. The name of a service contains that of a store, and
/// nothing of an item.
fn rows(device: &Device, _: &Arguments) -> Result<Value, String> {
    let mut services = BTreeMap::<String, usize>::new();
    let mut classes = BTreeMap::<&str, usize>::new();
    let state = device.world.state();
    for row in &state.rows {
        *services.entry(row.service.text()).or_default() += 1;
        *classes
            .entry(name_of(&Accessible::TEXTS, &row.protection.accessible))
            .or_default() += 1;
    }
    Ok(json!({ "total": state.rows.len(), "services": services, "classes": classes }))
}

/// The files of the app are deleted, and the Keychain stays. The app has to be started again.
fn reinstall(device: &Device, _: &Arguments) -> Result<Value, String> {
    device.world.reinstall();
    app::empty(&device.app)
}

/// The encrypted backup of the device, restored to a new one. Of the app's files, none is in the backup. The app has to
/// be started again.
fn restore(device: &Device, _: &Arguments) -> Result<Value, String> {
    device.world.restore();
    app::empty(&device.app)
}

/// The device is new, and has the same app. It has to be started again.
fn erase(device: &Device, _: &Arguments) -> Result<Value, String> {
    device.world.erase();
    app::empty(&device.app)
}

fn violations(device: &Device, _: &Arguments) -> Result<Value, String> {
    Ok(device.world.violations().into())
}

fn live_objects(device: &Device, _: &Arguments) -> Result<Value, String> {
    Ok(device.world.live_objects().into())
}

fn effect(arguments: &Arguments) -> Result<Effect, String> {
    Ok(arguments.choice("effect", &EFFECTS)?.unwrap_or(Effect::Before))
}

/// The `n`-th call from now on, of the kind that `call` names.
fn nth(arguments: &Arguments, n: u64) -> Result<When, String> {
    let n = usize::try_from(n).ok().filter(|n| *n > 0);
    let when = When::nth(n.ok_or("`nth` is not a number in range")?);
    let kind = arguments.choice("call", &KINDS)?;
    Ok(kind.map_or(when, |kind| when.of(kind)))
}

//! A process with the simulated device is killed. The next one finds what it stored.
#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

use std::env;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::{io, ptr, thread};

use strongroom::{Bridge, EventError, EventListener};
use tempfile::TempDir;

const DIRECTORY: &str = "STRONGROOM_FAKE_DIRECTORY";
const PROGRAM: &str = "STRONGROOM_FAKE_PROGRAM";
const SIGKILL: i32 = 9;
const ITEMS: usize = 10;
/// More than the Keychain calls of a batch.
const MANY: usize = 200;

type Start = unsafe extern "C" fn(*const c_char) -> *const c_char;
type Run = unsafe extern "C" fn(*const c_char, *const c_char) -> *mut c_char;
type Free = unsafe extern "C" fn(*mut c_char);

unsafe extern "C" {
    fn strongroom_fake_start(data_directory: *const c_char) -> *const c_char;
    fn strongroom_fake_command(name: *const c_char, arguments: *const c_char) -> *mut c_char;
    fn strongroom_fake_free(text: *mut c_char);
    fn dlopen(file: *const c_char, flags: c_int) -> *mut c_void;
    fn dlsym(library: *mut c_void, symbol: *const c_char) -> *mut c_void;
}

/// The functions of this program's library.
const OURS: Functions = Functions {
    start: strongroom_fake_start,
    command: strongroom_fake_command,
    free: strongroom_fake_free,
};

#[test]
fn a_process_that_is_killed_leaves_what_it_stored() {
    let directory = TempDir::new().unwrap();
    let mut child = process(directory.path(), "store");
    assert_eq!(said(&mut child), [r#"{"value":true}"#]);
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().signal(), Some(SIGKILL));
    let found = output(process(directory.path(), "read"));
    assert_eq!(found, [values("first")]);
}

#[test]
fn a_kill_at_every_call_of_a_batch_leaves_all_of_it_or_nothing() {
    for effect in ["before", "after"] {
        let mut outcomes = [0, 0];
        for nth in 1..MANY {
            let directory = TempDir::new().unwrap();
            output(process(directory.path(), "store and end"));
            let plan = format!(r#"{{"nth":{nth},"effect":"{effect}"}}"#);
            let batch = process(directory.path(), &format!("batch {plan}"));
            let killed = batch.wait_with_output().unwrap().status.signal() == Some(SIGKILL);
            let found = output(process(directory.path(), "read"));
            let outcome = [values("first"), values("second")];
            let outcome = outcome.iter().position(|values| *values == found[0]);
            outcomes[outcome.unwrap()] += 1;
            if !killed {
                assert_eq!(outcome, Some(1));
                break;
            }
        }
        let [nothing, all] = outcomes;
        assert!(nothing > 1 && all > 1 && nothing + all < MANY, "{outcomes:?}");
    }
}

#[test]
fn a_device_that_is_damaged_is_an_error_and_stays() {
    let directory = TempDir::new().unwrap();
    output(process(directory.path(), "store and end"));
    let file = directory.path().join("device/keychain");
    let whole = std::fs::read(&file).unwrap();
    let half = &whole[..whole.len() / 2];
    std::fs::write(&file, half).unwrap();
    let said = output(process(directory.path(), "read"));
    assert!(said[0].contains("damaged"), "{said:?}");
    assert_eq!(std::fs::read(&file).unwrap(), half);
}

#[test]
fn the_shared_library_sees_the_rows_of_a_killed_process_through_its_c_functions() {
    let directory = TempDir::new().unwrap();
    let mut child = process(directory.path(), "store");
    said(&mut child);
    child.kill().unwrap();
    child.wait().unwrap();
    let library = env::current_exe().unwrap();
    let library = library
        .parent()
        .unwrap()
        .join("../../ios-simulator/libstrongroom.so");
    let shared = Functions::of(&library);
    assert!(shared.run("keychain.rows", "{}").contains("not started"));
    assert_eq!(shared.start(directory.path()), None);
    // The items, and the header of the store.
    let counted =
        format!(r#""services":{{"dev.strongroom.default":{ITEMS},"dev.strongroom.default/state":1}}"#);
    let rows = shared.run("keychain.rows", "{}");
    assert!(rows.contains(r#""ok":true"#) && rows.contains(&counted), "{rows}");
    assert!(shared.run("keychain.unknown", "{}").contains(r#""ok":false"#));
}

#[test]
fn what_is_no_text_is_an_error() {
    const NOT_UTF8: &CStr = c"\xff";
    for text in [ptr::null(), NOT_UTF8.as_ptr()] {
        // SAFETY: null or a C string, and the answer is freed once.
        unsafe {
            assert!(!strongroom_fake_start(text).is_null());
            let answer = strongroom_fake_command(text, c"{}".as_ptr());
            assert!(
                CStr::from_ptr(answer)
                    .to_str()
                    .unwrap()
                    .starts_with(r#"{"ok":false"#)
            );
            strongroom_fake_free(answer);
            strongroom_fake_free(ptr::null_mut());
        }
    }
}

/// The program that the tests start.
#[test]
fn program() {
    let (Ok(directory), Ok(program)) = (env::var(DIRECTORY), env::var(PROGRAM)) else {
        return;
    };
    if let Some(error) = OURS.start(Path::new(&directory)) {
        return say(&error);
    }
    let config = format!(r#"{{"platform":"ios","markerDirectory":"{directory}/app"}}"#);
    let bridge = Bridge::new(&config, Arc::new(NoEvents)).unwrap();
    let store = |values: &str| bridge.handle("setMany", &items(values)).unwrap();
    match program.split_once(' ') {
        None if program == "read" => say(&bridge.handle("getMany", &keys()).unwrap()),
        None => {
            say(&store("first"));
            loop {
                thread::park();
            }
        }
        Some(("batch", plan)) => {
            assert!(OURS.run("keychain.killAt", plan).contains(r#""ok":true"#));
            store("second");
        }
        Some(_) => say(&store("first")),
    }
}

/// The C functions of a library.
#[derive(Clone, Copy)]
struct Functions {
    start: Start,
    command: Run,
    free: Free,
}

impl Functions {
    /// Those of a shared library that is loaded now.
    fn of(library: &Path) -> Self {
        const RTLD_NOW: c_int = 2;
        let path = CString::new(library.as_os_str().as_bytes()).unwrap();
        // SAFETY: a C string, and a library that may be loaded at any time.
        let library_handle = unsafe { dlopen(path.as_ptr(), RTLD_NOW) };
        assert!(
            !library_handle.is_null(),
            "{} is missing: scripts/dev/simulator_ios.sh builds it",
            library.display()
        );
        let symbol = |name: &CStr| {
            // SAFETY: a library that is loaded, and a C string.
            let symbol = unsafe { dlsym(library_handle, name.as_ptr()) };
            assert!(!symbol.is_null(), "{name:?}");
            symbol
        };
        // SAFETY: the library declares them so, in the header for Swift.
        unsafe {
            Self {
                start: std::mem::transmute::<*mut c_void, Start>(symbol(c"strongroom_fake_start")),
                command: std::mem::transmute::<*mut c_void, Run>(symbol(c"strongroom_fake_command")),
                free: std::mem::transmute::<*mut c_void, Free>(symbol(c"strongroom_fake_free")),
            }
        }
    }

    /// What is wrong, if anything.
    fn start(self, directory: &Path) -> Option<String> {
        let directory = CString::new(directory.as_os_str().as_bytes()).unwrap();
        // SAFETY: a C string.
        let error = unsafe { (self.start)(directory.as_ptr()) };
        // SAFETY: null, or a text that is never freed.
        (!error.is_null()).then(|| unsafe { CStr::from_ptr(error) }.to_str().unwrap().to_owned())
    }

    fn run(self, name: &str, arguments: &str) -> String {
        let (name, arguments) = (CString::new(name).unwrap(), CString::new(arguments).unwrap());
        // SAFETY: two C strings; the answer is read before it is freed, once.
        unsafe {
            let answer = (self.command)(name.as_ptr(), arguments.as_ptr());
            let text = CStr::from_ptr(answer).to_str().unwrap().to_owned();
            (self.free)(answer);
            text
        }
    }
}

struct NoEvents;

impl EventListener for NoEvents {
    fn on_event(&self, _: String, _: String) -> Result<(), EventError> {
        Ok(())
    }
}

const ANSWER: &str = "answer: ";

/// Past the test harness, which would keep what is printed.
fn say(answer: &str) {
    let mut out = io::stdout();
    writeln!(out, "\n{ANSWER}{answer}").unwrap();
    out.flush().unwrap();
}

fn process(directory: &Path, program: &str) -> Child {
    let mut child = Command::new(env::current_exe().unwrap());
    child.args(["--exact", "program"]).env(DIRECTORY, directory);
    child
        .env(PROGRAM, program)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The first answer of a process that goes on.
fn said(child: &mut Child) -> Vec<String> {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    lines
        .map_while(Result::ok)
        .find_map(|line| line.strip_prefix(ANSWER).map(str::to_owned))
        .into_iter()
        .collect()
}

/// The answers of a process that has to end by itself.
fn output(child: Child) -> Vec<String> {
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}");
    let answers = text.lines().filter_map(|line| line.strip_prefix(ANSWER));
    answers.map(str::to_owned).collect()
}

fn items(values: &str) -> String {
    let item = |number| format!(r#"{{"key":"{number}","value":"{values} {number}"}}"#);
    let items: Vec<_> = (0..ITEMS).map(item).collect();
    format!(r#"{{"items":[{}]}}"#, items.join(","))
}

fn keys() -> String {
    let keys: Vec<_> = (0..ITEMS).map(|number| format!(r#""{number}""#)).collect();
    format!(r#"{{"keys":[{}]}}"#, keys.join(","))
}

/// What `getMany` answers.
fn values(values: &str) -> String {
    let values: Vec<_> = (0..ITEMS)
        .map(|number| format!(r#""{values} {number}""#))
        .collect();
    format!(r#"{{"value":[{}]}}"#, values.join(","))
}

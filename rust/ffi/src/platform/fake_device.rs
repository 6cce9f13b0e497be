//! The device behind the fake Keychain, for the Swift half of the simulator: `simulator/ios/FakeDevice/FakeDevice.h`.

use std::ffi::{CStr, CString, c_char};
use std::panic::catch_unwind;
use std::path::Path;
use std::ptr;
use std::sync::{Arc, PoisonError, RwLock};

use strongroom_apple_fake::Device;

static DEVICE: RwLock<Option<Arc<Device>>> = RwLock::new(None);

/// Loads the device of a data directory, and makes its Keychain that of every thread. Returns null, or what is wrong; that
/// text is never freed.
///
/// # Safety
/// A C string.
#[unsafe(no_mangle)]
unsafe extern "C" fn strongroom_fake_start(data_directory: *const c_char) -> *const c_char {
    // SAFETY: the caller's promise.
    let directory = unsafe { text(data_directory) };
    let started = catch_unwind(|| start(directory?));
    match started.unwrap_or_else(|_| Err(BUG.to_owned())) {
        Ok(()) => ptr::null(),
        Err(error) => c_text(error),
    }
}

/// Runs a command. The caller has to free the answer with [`strongroom_fake_free`].
///
/// # Safety
/// Two C strings.
#[unsafe(no_mangle)]
unsafe extern "C" fn strongroom_fake_command(name: *const c_char, arguments: *const c_char) -> *mut c_char {
    // SAFETY: the caller's promise.
    let (name, arguments) = unsafe { (text(name), text(arguments)) };
    let answer = catch_unwind(|| command(name?, arguments?));
    let answer = answer.unwrap_or_else(|_| Err(BUG.to_owned()));
    c_text(answer.unwrap_or_else(|error| format!(r#"{{"ok":false,"error":"{error}"}}"#)))
}

/// # Safety
/// Null, or an answer that was not freed.
#[unsafe(no_mangle)]
unsafe extern "C" fn strongroom_fake_free(text: *mut c_char) {
    if !text.is_null() {
        // SAFETY: `c_text` made it, and the caller promises that nobody freed it.
        drop(unsafe { CString::from_raw(text) });
    }
}

/// In no need of escapes in JSON, as all errors of this file.
const BUG: &str = "there is a bug in the simulated device";

fn start(data_directory: &str) -> Result<(), String> {
    let device = Device::open(Path::new(data_directory)).map_err(|error| error.to_string())?;
    device.world().make_default();
    *DEVICE.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(device));
    Ok(())
}

fn command(name: &str, arguments: &str) -> Result<String, String> {
    let device = DEVICE.read().unwrap_or_else(PoisonError::into_inner).clone();
    let device = device.ok_or("the device was not started")?;
    Ok(device.command(name, arguments))
}

/// # Safety
/// Null, or a C string that lives as long as the result.
unsafe fn text<'a>(text: *const c_char) -> Result<&'a str, String> {
    if text.is_null() {
        return Err("a text is missing".to_owned());
    }
    // SAFETY: the caller's promise.
    let text = unsafe { CStr::from_ptr(text) };
    text.to_str().map_err(|_| "a text is not UTF-8".to_owned())
}

/// A text without its zero bytes, for C.
fn c_text(mut text: String) -> *mut c_char {
    text.retain(|character| character != '\0');
    CString::new(text).unwrap_or_default().into_raw()
}

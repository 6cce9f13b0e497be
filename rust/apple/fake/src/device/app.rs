//! The files of the app.

use std::fs;
use std::io;
use std::path::Path;

use serde_json::Value;

/// Deletes all files of the app. Their directory stays, because the process may have it open.
pub(super) fn empty(directory: &Path) -> Result<Value, String> {
    match remove_all_in(directory) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(format!(
            "the files of the app cannot be deleted: {}",
            error.kind()
        )),
        _ => Ok(Value::Null),
    }
}

fn remove_all_in(directory: &Path) -> io::Result<()> {
    for file in fs::read_dir(directory)? {
        let file = file?;
        if file.file_type()?.is_dir() {
            fs::remove_dir_all(file.path())?;
        } else {
            fs::remove_file(file.path())?;
        }
    }
    Ok(())
}

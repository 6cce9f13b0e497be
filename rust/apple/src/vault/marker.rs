//! The file that goes when the app is deleted, while the Keychain stays.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use strongroom_core::StoreName;
use strongroom_core::platform::FileSystem;

use super::header::Installation;

/// The marker of a store.
pub(super) struct Marker {
    directory: PathBuf,
    name: String,
}

impl Marker {
    pub(super) fn new(directory: PathBuf, store: &StoreName) -> Self {
        Self {
            directory,
            name: format!("{}.installed", store.as_str()),
        }
    }

    /// The installation that wrote the marker; `None` only if there is certainly no marker. What is no marker of ours is one of an
    /// unknown installation.
    pub(super) fn read(&self, fs: &dyn FileSystem) -> io::Result<Option<Installation>> {
        let file = match fs.open(&self.path()) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut text = [0; 2 * size_of::<Installation>()];
        match file.read_exact_at(&mut text, 0) {
            Ok(()) => Ok(Some(decoded(&text).unwrap_or_default())),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(Some(Installation::default())),
            Err(error) => Err(error),
        }
    }

    pub(super) fn write(&self, fs: &dyn FileSystem, installation: &Installation) -> io::Result<()> {
        fs.create_dir(&self.directory)?;
        let new = self.directory.join(format!("{}.new", self.name));
        remove_if_there(fs, &new)?;
        let file = fs.create_new(&new)?;
        file.write_all_at(encoded(installation).as_bytes(), 0)?;
        file.sync_data()?;
        fs.rename(&new, &self.path())?;
        fs.sync_dir(&self.directory)
    }

    pub(super) fn remove(&self, fs: &dyn FileSystem) -> io::Result<()> {
        if remove_if_there(fs, &self.path())? {
            fs.sync_dir(&self.directory)?;
        }
        Ok(())
    }

    fn path(&self) -> PathBuf {
        self.directory.join(&self.name)
    }
}

fn remove_if_there(fs: &dyn FileSystem, path: &Path) -> io::Result<bool> {
    match fs.remove(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

fn encoded(installation: &Installation) -> String {
    installation.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn decoded(text: &[u8]) -> Option<Installation> {
    let mut installation = Installation::default();
    for (byte, digits) in installation.iter_mut().zip(text.chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(installation)
}

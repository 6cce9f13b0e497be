//! The marker: a file that is deleted with the app, while the Keychain stays.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use strongroom_core::StoreName;
use strongroom_core::ports::FileSystem;

use super::header::Installation;
use super::place::Place;

const DIGITS: usize = 2 * size_of::<Installation>();
/// Longer than the name of any group.
const LONGEST: u64 = 4096;

/// The content of a marker: 32 hexadecimal digits, then the places, each after a line feed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) installation: Installation,
    /// Where rows of the store may be; empty if the marker does not say. The header row of the first place has that
    /// installation; rows were being moved to the others.
    pub(super) places: Vec<Place>,
}

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

    /// The content of the marker; `None` only if there is certainly no marker. A file that is not a valid marker counts
    /// as one of an unknown installation.
    pub(super) fn read(&self, fs: &dyn FileSystem) -> io::Result<Option<Mark>> {
        let file = match fs.open(&self.path()) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let length = file.identify()?.length.min(LONGEST);
        let mut text = vec![0; usize::try_from(length).unwrap_or(DIGITS)];
        match file.read_exact_at(&mut text, 0) {
            Ok(()) => Ok(Some(Mark::parse(&text))),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(Some(Mark::default())),
            Err(error) => Err(error),
        }
    }

    pub(super) fn write(&self, fs: &dyn FileSystem, mark: &Mark) -> io::Result<()> {
        fs.create_dir(&self.directory)?;
        let new = self.directory.join(format!("{}.new", self.name));
        remove_if_there(fs, &new)?;
        let file = fs.create_new(&new)?;
        file.write_all_at(mark.to_text().as_bytes(), 0)?;
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

impl Mark {
    fn to_text(&self) -> String {
        let digits = self.installation.iter().fold(String::new(), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        });
        self.places
            .iter()
            .fold(digits, |text, place| text + "\n" + &place.to_text())
    }

    fn parse(text: &[u8]) -> Self {
        let Some((digits, rest)) = text.split_at_checked(DIGITS) else {
            return Self::default();
        };
        let lines = std::str::from_utf8(rest).unwrap_or_default().split('\n').skip(1);
        decoded(digits).map_or_else(Self::default, |installation| Self {
            installation,
            places: lines.map_while(Place::parse).collect(),
        })
    }
}

fn decoded(text: &[u8]) -> Option<Installation> {
    let mut installation = Installation::default();
    for (byte, digits) in installation.iter_mut().zip(text.chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(installation)
}

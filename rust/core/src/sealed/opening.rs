//! Finding and beginning vault files. A file is written under a temporary name, and one rename makes it the vault file.

use std::io;
use std::path::Path;

use super::alias::Aliases;
use super::format::{Header, PREFIX_LEN};
use super::journal::Journal;
use super::life::NewKey;
use super::paths::Paths;
use crate::error::{Error, ErrorCode};
use crate::ports::{FileHandle, FileSystem, Random};

/// What opening needs of the world.
#[derive(Clone, Copy)]
pub(super) struct Opening<'a> {
    pub(super) fs: &'a dyn FileSystem,
    pub(super) paths: &'a Paths,
    pub(super) aliases: Aliases<'a>,
}

/// Which key a file needs.
pub(super) enum Named {
    /// There is no such file.
    Nothing,
    /// The key under this alias.
    Alias(String),
    /// Its header is damaged: it could be any.
    Unknown,
}

/// A file and its header.
type Found = (Box<dyn FileHandle>, Header);

impl Opening<'_> {
    /// The file at `path` and its header. `None` if there is no such file.
    pub(super) fn file(&self, path: &Path) -> Result<Option<Found>, Error> {
        let file = match self.fs.open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let header = read_header(&*file)?;
        if self.aliases.version(&header.fields.kek_alias).is_none() {
            return Err(Error::new(
                ErrorCode::KeyMismatch,
                "The file belongs to another store",
            ));
        }
        Ok(Some((file, header)))
    }

    /// The key that a file needs.
    pub(super) fn alias_of(&self, path: &Path) -> Result<Named, Error> {
        let file = match self.fs.open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Named::Nothing),
            Err(error) => return Err(error.into()),
        };
        match read_header(&*file) {
            Ok(header) => Ok(Named::Alias(header.fields.kek_alias)),
            Err(error) if matches!(error.code(), ErrorCode::Corrupt | ErrorCode::NewerFormat) => {
                Ok(Named::Unknown)
            }
            Err(error) => Err(error),
        }
    }

    /// Removes a temporary file that a crash left behind.
    pub(super) fn remove_temporary(&self) -> Result<(), Error> {
        match self.fs.remove(&self.paths.temporary()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Begins a new file beside the vault file. The caller holds the keys lock.
    pub(super) fn begin(&self, key: NewKey) -> Result<Journal, Error> {
        self.remove_temporary()?;
        let file = self.fs.create_new(&self.paths.temporary())?;
        file.write_all_at(&key.header_bytes, 0)?;
        Ok(Journal::new(file, key.header, key.cipher))
    }

    /// The commit: from here on the new file is the vault.
    pub(super) fn publish(&self) -> Result<(), Error> {
        self.fs
            .rename(&self.paths.temporary(), &self.paths.vault())
            .and_then(|()| self.fs.sync_dir(self.paths.directory()))
            .map_err(Error::from)
    }
}

fn read_header(file: &dyn FileHandle) -> Result<Header, Error> {
    let mut prefix = [0; PREFIX_LEN];
    read_or_corrupt(file, &mut prefix)?;
    let mut bytes = vec![0; Header::claimed_len(&prefix)?];
    read_or_corrupt(file, &mut bytes)?;
    Header::decode(&bytes)
}

/// A vault is complete before it gets its name, so a file that ends inside its header was damaged later.
fn read_or_corrupt(file: &dyn FileHandle, buffer: &mut [u8]) -> Result<(), Error> {
    file.read_exact_at(buffer, 0).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => Error::new(ErrorCode::Corrupt, "The store ends inside its header"),
        _ => error.into(),
    })
}

pub(super) fn random_id(random: &dyn Random) -> Result<[u8; 16], Error> {
    let mut id = [0; 16];
    random.fill(&mut id)?;
    Ok(id)
}

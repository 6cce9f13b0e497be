//! Finds and starts vault files. A file is written under a temporary name; one rename makes it the vault file.

use std::io;
use std::path::Path;

use super::store::Store;
use crate::error::{Error, ErrorCode};
use crate::ports::FileHandle;
use crate::sealed::format::{FileCipher, Header, PREFIX_LEN};
use crate::sealed::journal::Journal;

/// Which key a file needs.
pub(in crate::sealed) enum Named {
    /// There is no such file.
    Nothing,
    /// The key under this alias.
    Alias(String),
    /// Its header is damaged, so it could need any key.
    Unknown,
}

/// Everything that a new file starts with.
pub(in crate::sealed) struct NewKey {
    pub(super) header: Header,
    pub(super) header_bytes: Vec<u8>,
    pub(super) cipher: FileCipher,
}

/// A file and its header.
type Found = (Box<dyn FileHandle>, Header);

impl Store {
    /// The file at `path` and its header; `None` if there is no such file.
    pub(in crate::sealed) fn file(&self, path: &Path) -> Result<Option<Found>, Error> {
        let file = match self.edges.fs.open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let header = read_header(&*file)?;
        if self.aliases().version(&header.fields.kek_alias).is_none() {
            return Err(Error::new(
                ErrorCode::KeyMismatch,
                "The file belongs to another store: call `reset()` to start an empty store",
            ));
        }
        Ok(Some((file, header)))
    }

    /// Whether the file at `path` was that of a protected store, as far as its header can be read.
    pub(in crate::sealed) fn was_protected(&self, path: &Path) -> Result<bool, Error> {
        let file = match self.edges.fs.open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error.into()),
        };
        let mut prefix = [0; PREFIX_LEN];
        match read_or_corrupt(&*file, &mut prefix) {
            Ok(()) => Ok(Header::claims_protection(&prefix)),
            Err(error) if error.code() == ErrorCode::Corrupt => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The key that a file needs.
    pub(in crate::sealed) fn alias_of(&self, path: &Path) -> Result<Named, Error> {
        let file = match self.edges.fs.open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Named::Nothing),
            Err(error) => return Err(error.into()),
        };
        match read_header(&*file) {
            // What is no alias of this store says nothing about the key that the file needs.
            Ok(header) if self.aliases().version(&header.fields.kek_alias).is_none() => Ok(Named::Unknown),
            Ok(header) => Ok(Named::Alias(header.fields.kek_alias)),
            Err(error) if matches!(error.code(), ErrorCode::Corrupt | ErrorCode::NewerFormat) => {
                Ok(Named::Unknown)
            }
            Err(error) => Err(error),
        }
    }

    /// Removes a temporary file that a crash left.
    pub(in crate::sealed) fn remove_temporary(&self) -> Result<(), Error> {
        match self.edges.fs.remove(&self.paths.temporary()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Starts a new file beside the vault file. The caller holds the keys lock.
    pub(in crate::sealed) fn begin(&self, key: NewKey) -> Result<Journal, Error> {
        self.remove_temporary()?;
        let file = self.edges.fs.create_new(&self.paths.temporary())?;
        file.write_all_at(&key.header_bytes, 0)?;
        Ok(Journal::new(file, key.header, key.cipher))
    }

    /// The commit: from here on, the new file is the vault file.
    pub(in crate::sealed) fn publish(&self) -> Result<(), Error> {
        self.edges
            .fs
            .rename(&self.paths.temporary(), &self.paths.vault())
            .and_then(|()| self.edges.fs.sync_dir(self.paths.directory()))
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

/// A vault file is complete before it gets its name. So a file that ends inside its header was damaged later.
fn read_or_corrupt(file: &dyn FileHandle, buffer: &mut [u8]) -> Result<(), Error> {
    file.read_exact_at(buffer, 0).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => Error::new(
            ErrorCode::Corrupt,
            "The file ends inside its header: call `reset()` to start an empty store",
        ),
        _ => error.into(),
    })
}

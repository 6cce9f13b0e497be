//! Opening, creating and rewriting a vault file, always through a temporary file and one rename.

use std::io;
use std::path::Path;

use super::cipher::{FileCipher, key_check};
use super::copy::Copy;
use super::header::{Header, HeaderFields, PREFIX_LEN};
use super::journal::Journal;
use super::kek::KekStore;
use super::paths::Paths;
use crate::error::{Error, ErrorCode};
use crate::platform::{DataKey, FileHandle, FileSystem, Random, SecurityLevel};
use crate::vault::LastReset;

/// What opening needs of the world.
pub(super) struct Opening<'a> {
    pub(super) fs: &'a dyn FileSystem,
    pub(super) paths: &'a Paths,
    pub(super) kek: KekStore<'a>,
}

/// A key-encryption key to seal a file under.
pub(super) struct KekChoice {
    pub(super) alias: String,
    pub(super) level: SecurityLevel,
    pub(super) created_ms: u64,
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

impl Opening<'_> {
    /// Opens the file at `path` up to its key; its frames are not read yet. `None` if there is no such file.
    pub(super) fn open(&self, path: &Path) -> Result<Option<Journal>, Error> {
        let file = match self.fs.open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let header = read_header(&*file)?;
        if self.kek.version(&header.fields.kek_alias).is_none() {
            return Err(Error::new(
                ErrorCode::KeyMismatch,
                "The file belongs to another store",
            ));
        }
        let aad = header.fields.wrap_aad(self.kek.store.as_str());
        let store_id = header.fields.store_id;
        let data_key = self
            .kek
            .unwrap(&header.fields.kek_alias, &header.wrapped_key, &aad, |data_key| {
                key_check(data_key, &store_id).is_ok_and(|check| check == header.key_check)
            })?;
        let cipher = FileCipher::new(&data_key, &store_id)?;
        Ok(Some(Journal::new(file, header, cipher)))
    }

    /// Opens the vault with all its records, and makes durable what a process that died may have left undone.
    pub(super) fn open_vault(&self) -> Result<Option<Journal>, Error> {
        self.remove_temporary()?;
        let mut journal = self.open(&self.paths.vault())?;
        if let Some(journal) = &mut journal {
            journal.follow()?;
        }
        // A rename or an unlink of a call that failed half-way must not be undone by a crash when others have seen it.
        self.fs.sync_dir(self.paths.directory())?;
        Ok(journal)
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

    /// Writes the first file of a store.
    pub(super) fn create(&self, kek: KekChoice, last_reset: Option<LastReset>) -> Result<Journal, Error> {
        let now_ms = self.kek.clock.now_ms();
        let fields = HeaderFields {
            store_id: random_id(self.kek.random)?,
            data_key_id: random_id(self.kek.random)?,
            generation: 1,
            store_created_ms: now_ms,
            data_key_created_ms: now_ms,
            kek_created_ms: kek.created_ms,
            kek_level: kek.level,
            last_reset,
            kek_alias: kek.alias,
            doubts: false,
        };
        let mut journal = self.start_file(fields)?;
        journal.follow()?;
        self.publish()?;
        Ok(journal)
    }

    /// Writes all live records into a new file under a fresh data key, proves that they can be read, and puts it in place
    /// of the old one. `kek` replaces the key-encryption key, too.
    pub(super) fn rewrite(&self, old: &mut Journal, kek: Option<KekChoice>) -> Result<Journal, Error> {
        let now_ms = self.kek.clock.now_ms();
        let mut fields = HeaderFields {
            data_key_id: random_id(self.kek.random)?,
            generation: old.header.fields.generation.saturating_add(1),
            data_key_created_ms: now_ms,
            doubts: old.damage.any(),
            ..old.header.fields.clone()
        };
        if let Some(kek) = kek {
            fields.kek_alias = kek.alias;
            fields.kek_level = kek.level;
            fields.kek_created_ms = kek.created_ms;
        }
        let mut new = self.start_file(fields)?;
        let mut copy = Copy::begin(old, self.kek.random)?;
        copy.step(old, &mut new, usize::MAX, self.kek.random)?;
        // Read back by a journal that knows nothing of what was written.
        let mut new = Journal::new(new.file, new.header, new.cipher);
        new.follow()?;
        copy.catch_up(old, &mut new, self.kek.random)?;
        copy.verify(old, &new)?;
        self.publish()?;
        Ok(new)
    }

    /// Removes a temporary file that a crash left behind.
    pub(super) fn remove_temporary(&self) -> Result<(), Error> {
        match self.fs.remove(&self.paths.temporary()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    fn start_file(&self, fields: HeaderFields) -> Result<Journal, Error> {
        let data_key = DataKey::filled(|bytes| self.kek.random.fill(bytes))?;
        let aad = fields.wrap_aad(self.kek.store.as_str());
        let wrapped = self.kek.wrap(&fields.kek_alias, &data_key, &aad)?;
        let cipher = FileCipher::new(&data_key, &fields.store_id)?;
        let check = key_check(&data_key, &fields.store_id)?;
        let (header, bytes) = fields.encode(wrapped, check)?;
        self.remove_temporary()?;
        let file = self.fs.create_new(&self.paths.temporary())?;
        file.write_all_at(&bytes, 0)?;
        Ok(Journal::new(file, header, cipher))
    }

    /// The commit: from here on the new file is the vault.
    fn publish(&self) -> Result<(), Error> {
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

fn random_id(random: &dyn Random) -> Result<[u8; 16], Error> {
    let mut id = [0; 16];
    random.fill(&mut id)?;
    Ok(id)
}

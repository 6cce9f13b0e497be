use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use strongroom_core::policy::{KeyPolicy, SecurityLevel};
use strongroom_core::ports::{DataKey, KeyError, KeyErrorKind, KeyWrapper, OsRandom, Random};

const SEAL_LEN: usize = 32;

/// A key store that outlives its process: each key is a file in a directory, and appears and disappears at once, as in a
/// system's key store. It tells a key that does not fit, and protects nothing.
#[derive(Clone, Debug)]
pub struct DiskKeys(PathBuf);

impl DiskKeys {
    /// The keys in `directory`, which is created with the first of them.
    #[must_use]
    pub fn new(directory: PathBuf) -> Self {
        Self(directory)
    }

    fn path(&self, alias: &str) -> PathBuf {
        self.0.join(alias)
    }

    /// What only the holder of the key can say about a data key.
    fn seal(&self, alias: &str, data_key: &[u8; 32], aad: &[u8]) -> Result<[u8; SEAL_LEN], KeyError> {
        let key = fs::read(self.path(alias)).map_err(|error| failed(&error))?;
        let mut digest = Sha256::new();
        digest.update(key);
        digest.update(data_key);
        digest.update(aad);
        Ok(digest.finalize().into())
    }
}

impl KeyWrapper for DiskKeys {
    fn aliases(&self, prefix: &str, _: Duration) -> Result<Vec<String>, KeyError> {
        let entries = match fs::read_dir(&self.0) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed(&error)),
        };
        Ok(entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|alias| alias.starts_with(prefix))
            .collect())
    }

    fn create(&self, alias: &str, _: &KeyPolicy, _: Duration) -> Result<SecurityLevel, KeyError> {
        if self.path(alias).exists() {
            return Err(KeyError::new(KeyErrorKind::Exists, "alias taken"));
        }
        let mut key = Zeroizing::new([0; 32]);
        OsRandom::default()
            .fill(&mut *key)
            .map_err(|_| KeyError::new(KeyErrorKind::Unavailable, "random"))?;
        let unfinished = self.path("unfinished");
        fs::create_dir_all(&self.0)
            .and_then(|()| fs::write(&unfinished, *key))
            .and_then(|()| fs::rename(&unfinished, self.path(alias)))
            .map_err(|error| failed(&error))?;
        Ok(SecurityLevel::TrustedEnvironment)
    }

    fn wrap(&self, alias: &str, data_key: &[u8; 32], aad: &[u8], _: Duration) -> Result<Vec<u8>, KeyError> {
        let seal = self.seal(alias, data_key, aad)?;
        Ok([data_key.as_slice(), &seal].concat())
    }

    fn unwrap(&self, alias: &str, wrapped: &[u8], aad: &[u8], _: Duration) -> Result<DataKey, KeyError> {
        let mismatch = || KeyError::new(KeyErrorKind::Mismatch, "seal");
        let (data_key, seal) = wrapped.split_first_chunk::<32>().ok_or_else(mismatch)?;
        if self.seal(alias, data_key, aad)? != seal {
            return Err(mismatch());
        }
        DataKey::copied(data_key).ok_or_else(mismatch)
    }

    fn destroy(&self, alias: &str, _: Duration) -> Result<(), KeyError> {
        remove_if_there(&self.path(alias)).map_err(|error| failed(&error))
    }
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

fn failed(error: &io::Error) -> KeyError {
    match error.kind() {
        io::ErrorKind::NotFound => KeyError::new(KeyErrorKind::Absent, "no such alias"),
        _ => KeyError::new(KeyErrorKind::Unavailable, "disk"),
    }
}

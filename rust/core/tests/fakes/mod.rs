//! What the unit tests put in place of the ports. The fakes of `strongroom-testkit` do not fit: they implement the traits of the
//! library, which is another crate than the one under test.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

use std::io;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use crate::name::StoreName;
use crate::policy::{KeyPolicy, SecurityLevel};
use crate::ports::{Clock, DataKey, FileHandle, FileId, KeyError, KeyErrorKind, KeyWrapper};
use crate::vault::{Event, EventSink};

/// A key store that wraps nothing.
pub(crate) struct BareKeys;

impl KeyWrapper for BareKeys {
    fn aliases(&self, _: &str, _: Duration) -> Result<Vec<String>, KeyError> {
        Ok(Vec::new())
    }

    fn create(&self, _: &str, _: &KeyPolicy, _: Duration) -> Result<SecurityLevel, KeyError> {
        Ok(SecurityLevel::TrustedEnvironment)
    }

    fn wrap(&self, _: &str, data_key: &[u8; 32], _: &[u8], _: Duration) -> Result<Vec<u8>, KeyError> {
        Ok(data_key.to_vec())
    }

    fn unwrap(&self, _: &str, wrapped: &[u8], _: &[u8], _: Duration) -> Result<DataKey, KeyError> {
        DataKey::copied(wrapped).ok_or_else(|| KeyError::new(KeyErrorKind::Mismatch, "length"))
    }

    fn destroy(&self, _: &str, _: Duration) -> Result<(), KeyError> {
        Ok(())
    }
}

/// A clock that writes down how long it was asked to wait, and waits for nothing.
#[derive(Default)]
pub(crate) struct Waits(Mutex<Vec<Duration>>);

impl Waits {
    pub(crate) fn all(&self) -> Vec<Duration> {
        self.0.lock().unwrap().clone()
    }
}

impl Clock for Waits {
    fn now_ms(&self) -> u64 {
        1
    }

    fn sleep(&self, duration: Duration) {
        self.0.lock().unwrap().push(duration);
    }

    fn elapsed(&self) -> Duration {
        self.all().iter().sum()
    }
}

/// Nobody listens.
pub(crate) struct Unheard;

impl EventSink for Unheard {
    fn raise(&self, _: &StoreName, _: Event) {}
}

/// A file in memory. Its clones are handles of the same file.
#[derive(Clone, Default)]
pub(crate) struct MemoryFile(Arc<Mutex<Written>>);

#[derive(Default)]
struct Written {
    bytes: Vec<u8>,
    effects: usize,
}

impl MemoryFile {
    /// How often the file was written to, cut or synced.
    pub(crate) fn effects(&self) -> usize {
        self.lock().effects
    }

    fn lock(&self) -> MutexGuard<'_, Written> {
        self.0.lock().unwrap()
    }

    fn change(&self, change: impl FnOnce(&mut Vec<u8>)) {
        let mut file = self.lock();
        file.effects += 1;
        change(&mut file.bytes);
    }
}

impl FileHandle for MemoryFile {
    fn identify(&self) -> io::Result<FileId> {
        Ok(FileId::new((0, 0), self.lock().bytes.len() as u64))
    }

    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        let file = self.lock();
        let rest = file.bytes.get(index(offset)..);
        let bytes = rest.and_then(|rest| rest.get(..buffer.len()));
        buffer.copy_from_slice(bytes.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn write_all_at(&self, data: &[u8], offset: u64) -> io::Result<()> {
        let start = index(offset);
        let end = start + data.len();
        self.change(|bytes| {
            bytes.resize(bytes.len().max(end), 0);
            bytes[start..end].copy_from_slice(data);
        });
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.change(|bytes| bytes.resize(index(length), 0));
        Ok(())
    }

    fn reserve(&self, _: u64) -> io::Result<()> {
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        self.change(|_| ());
        Ok(())
    }
}

fn index(offset: u64) -> usize {
    usize::try_from(offset).unwrap()
}

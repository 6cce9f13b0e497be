use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::platform::{FileHandle, FileId, FileSystem, LockGuard, LockKind, OsFileSystem};

/// The real file system, with operations that fail on command.
#[derive(Clone, Default)]
pub struct FaultyFileSystem(Arc<Mutex<Inner>>);

/// An operation that changes something or makes a change durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FsOperation {
    /// Creating a file.
    Create,
    /// Unlinking a file.
    Remove,
    /// Renaming a file.
    Rename,
    /// Changing the length of a file.
    SetLen,
    /// Making data durable.
    SyncData,
    /// Making a directory durable.
    SyncDir,
    /// Writing.
    Write,
}

#[derive(Default)]
struct Inner {
    log: Vec<FsOperation>,
    fault: Option<Fault>,
    skips_syncs: bool,
}

struct Fault {
    operation: Option<FsOperation>,
    skip: usize,
    times: usize,
    errno: i32,
}

impl FaultyFileSystem {
    /// Lets `skip` operations of a kind (of any kind if `None`) pass, then fails `times` of them with `errno`.
    pub fn fail(&self, operation: Option<FsOperation>, skip: usize, times: usize, errno: i32) {
        self.inner().fault = Some(Fault {
            operation,
            skip,
            times,
            errno,
        });
    }

    /// No more faults.
    pub fn heal(&self) {
        self.inner().fault = None;
    }

    /// Logs and fails syncs, but makes nothing durable: for tests that end with their process, and have many cases.
    pub fn skip_syncs(&self) {
        self.inner().skips_syncs = true;
    }

    /// The operations so far, in order.
    #[must_use]
    pub fn log(&self) -> Vec<FsOperation> {
        self.inner().log.clone()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self, operation: FsOperation) -> io::Result<()> {
        let mut inner = self.inner();
        inner.log.push(operation);
        if let Some(fault) = &mut inner.fault
            && fault.operation.is_none_or(|on| on == operation)
        {
            if fault.skip > 0 {
                fault.skip -= 1;
            } else if fault.times > 0 {
                fault.times -= 1;
                return Err(io::Error::from_raw_os_error(fault.errno));
            }
        }
        Ok(())
    }
}

impl FileSystem for FaultyFileSystem {
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        OsFileSystem.create_dir(path)
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn FileHandle>> {
        Ok(Box::new(FaultyFile {
            inner: OsFileSystem.open(path)?,
            faults: self.clone(),
        }))
    }

    fn create_new(&self, path: &Path) -> io::Result<Box<dyn FileHandle>> {
        self.begin(FsOperation::Create)?;
        Ok(Box::new(FaultyFile {
            inner: OsFileSystem.create_new(path)?,
            faults: self.clone(),
        }))
    }

    fn lock(&self, path: &Path, kind: LockKind) -> io::Result<Box<dyn LockGuard>> {
        OsFileSystem.lock(path, kind)
    }

    fn identify(&self, path: &Path) -> io::Result<Option<FileId>> {
        OsFileSystem.identify(path)
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<String>> {
        OsFileSystem.list(directory)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.begin(FsOperation::Rename)?;
        OsFileSystem.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.begin(FsOperation::Remove)?;
        OsFileSystem.remove(path)
    }

    fn sync_dir(&self, directory: &Path) -> io::Result<()> {
        self.begin(FsOperation::SyncDir)?;
        if self.inner().skips_syncs {
            return Ok(());
        }
        OsFileSystem.sync_dir(directory)
    }
}

struct FaultyFile {
    inner: Box<dyn FileHandle>,
    faults: FaultyFileSystem,
}

impl FileHandle for FaultyFile {
    fn identify(&self) -> io::Result<FileId> {
        self.inner.identify()
    }

    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.inner.read_exact_at(buffer, offset)
    }

    fn write_all_at(&self, data: &[u8], offset: u64) -> io::Result<()> {
        if let Err(error) = self.faults.begin(FsOperation::Write) {
            // A full disk takes part of the data.
            let part = data.get(..data.len() / 2).unwrap_or_default();
            self.inner.write_all_at(part, offset)?;
            return Err(error);
        }
        self.inner.write_all_at(data, offset)
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.faults.begin(FsOperation::SetLen)?;
        self.inner.set_len(length)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.faults.begin(FsOperation::SyncData)?;
        if self.faults.inner().skips_syncs {
            return Ok(());
        }
        self.inner.sync_data()
    }
}

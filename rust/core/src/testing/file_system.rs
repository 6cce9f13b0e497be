use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::platform::{FileHandle, FileId, FileSystem, LockGuard, LockKind, OsFileSystem};

/// A file system with operations that fail on command; by default the real one.
#[derive(Clone)]
pub struct FaultyFileSystem {
    below: Arc<dyn FileSystem>,
    inner: Arc<Mutex<Inner>>,
}

/// An operation of [`FileSystem`] or [`FileHandle`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FsOperation {
    /// Creating a file.
    Create,
    /// Creating a directory.
    CreateDir,
    /// Asking which file a name or a descriptor stands for.
    Identify,
    /// Listing a directory.
    List,
    /// Taking a lock.
    Lock,
    /// Opening a file.
    Open,
    /// Reading.
    Read,
    /// Unlinking a file.
    Remove,
    /// Renaming a file.
    Rename,
    /// Taking space.
    Reserve,
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
}

struct Fault {
    operation: Option<FsOperation>,
    skip: usize,
    times: usize,
    errno: i32,
}

impl Default for FaultyFileSystem {
    fn default() -> Self {
        Self::over(Arc::new(OsFileSystem))
    }
}

impl FaultyFileSystem {
    /// Faults over another file system than the real one.
    #[must_use]
    pub fn over(below: Arc<dyn FileSystem>) -> Self {
        Self {
            below,
            inner: Arc::default(),
        }
    }

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

    /// The operations so far, in order.
    #[must_use]
    pub fn log(&self) -> Vec<FsOperation> {
        self.inner().log.clone()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
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
        self.begin(FsOperation::CreateDir)?;
        self.below.create_dir(path)
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn FileHandle>> {
        self.begin(FsOperation::Open)?;
        Ok(Box::new(FaultyFile {
            inner: self.below.open(path)?,
            faults: self.clone(),
        }))
    }

    fn create_new(&self, path: &Path) -> io::Result<Box<dyn FileHandle>> {
        self.begin(FsOperation::Create)?;
        Ok(Box::new(FaultyFile {
            inner: self.below.create_new(path)?,
            faults: self.clone(),
        }))
    }

    fn lock(&self, path: &Path, kind: LockKind) -> io::Result<Box<dyn LockGuard>> {
        self.begin(FsOperation::Lock)?;
        self.below.lock(path, kind)
    }

    fn identify(&self, path: &Path) -> io::Result<Option<FileId>> {
        self.begin(FsOperation::Identify)?;
        self.below.identify(path)
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<String>> {
        self.begin(FsOperation::List)?;
        self.below.list(directory)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.begin(FsOperation::Rename)?;
        self.below.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.begin(FsOperation::Remove)?;
        self.below.remove(path)
    }

    fn sync_dir(&self, directory: &Path) -> io::Result<()> {
        self.begin(FsOperation::SyncDir)?;
        self.below.sync_dir(directory)
    }
}

struct FaultyFile {
    inner: Box<dyn FileHandle>,
    faults: FaultyFileSystem,
}

impl FileHandle for FaultyFile {
    fn identify(&self) -> io::Result<FileId> {
        self.faults.begin(FsOperation::Identify)?;
        self.inner.identify()
    }

    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.faults.begin(FsOperation::Read)?;
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

    fn reserve(&self, length: u64) -> io::Result<()> {
        self.faults.begin(FsOperation::Reserve)?;
        self.inner.reserve(length)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.faults.begin(FsOperation::SyncData)?;
        self.inner.sync_data()
    }
}

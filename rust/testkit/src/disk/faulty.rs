use std::io;
use std::ops::Deref;
use std::path::Path;
use std::time::Duration;

use super::faults::{FsFaults, FsOperation};
use strongroom_core::ports::{FileHandle, FileId, FileSystem, LockGuard, LockKind, OsFileSystem};

/// The real file system, with operations that fail on command.
#[derive(Clone, Debug, Default)]
pub struct FaultyFileSystem {
    faults: FsFaults,
}

impl Deref for FaultyFileSystem {
    type Target = FsFaults;

    fn deref(&self) -> &FsFaults {
        &self.faults
    }
}

impl FileSystem for FaultyFileSystem {
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        self.faults.begin(FsOperation::CreateDir)?;
        OsFileSystem::default().create_dir(path)
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn FileHandle>> {
        self.faults.begin(FsOperation::Open)?;
        Ok(Box::new(FaultyFile {
            inner: OsFileSystem::default().open(path)?,
            faults: self.faults.clone(),
        }))
    }

    fn create_new(&self, path: &Path) -> io::Result<Box<dyn FileHandle>> {
        self.faults.begin(FsOperation::Create)?;
        Ok(Box::new(FaultyFile {
            inner: OsFileSystem::default().create_new(path)?,
            faults: self.faults.clone(),
        }))
    }

    fn lock(&self, path: &Path, kind: LockKind, wait: Duration) -> io::Result<Option<Box<dyn LockGuard>>> {
        self.faults.begin(FsOperation::Lock)?;
        OsFileSystem::default().lock(path, kind, wait)
    }

    fn identify(&self, path: &Path) -> io::Result<Option<FileId>> {
        self.faults.begin(FsOperation::Identify)?;
        OsFileSystem::default().identify(path)
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<String>> {
        self.faults.begin(FsOperation::List)?;
        OsFileSystem::default().list(directory)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.faults.begin(FsOperation::Rename)?;
        OsFileSystem::default().rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.faults.begin(FsOperation::Remove)?;
        OsFileSystem::default().remove(path)
    }

    fn sync_dir(&self, directory: &Path) -> io::Result<()> {
        self.faults.begin(FsOperation::SyncDir)?;
        if self.faults.skips_syncs() {
            return Ok(());
        }
        OsFileSystem::default().sync_dir(directory)
    }
}

struct FaultyFile {
    inner: Box<dyn FileHandle>,
    faults: FsFaults,
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
        if self.faults.skips_syncs() {
            return Ok(());
        }
        self.inner.sync_data()
    }
}

//! A disk in memory that can be full, fail, and crash.

mod crash;
mod disk;
mod file;
mod locks;
mod sync;

use std::io;
use std::ops::Deref;
use std::path::Path;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

pub use self::crash::CrashImage;
use self::crash::{Effect, images};
use self::disk::Disk;
use self::file::MemoryFile;
use self::locks::Locks;
use self::sync::{Mutex, MutexGuard};
use super::{FsFaults, FsOperation};
use strongroom_core::ports::{FileHandle, FileId, FileSystem, LockGuard, LockKind};

/// A file system in memory that remembers what was done to it, and what of that a crash could undo.
///
/// Its faults are those of [`FsFaults`]. A sync that fails drops what it should have made durable, as Linux does: no later
/// sync of the same file will make up for it.
#[derive(Clone, Default)]
pub struct MemoryFs {
    faults: FsFaults,
    disk: Arc<Mutex<Disk>>,
    locks: Arc<Locks>,
}

/// A step that a careless vault would leave out, to prove that it would be found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Omission {
    /// A torn or failed write is not cut off.
    Cut,
    /// A new file is copied over the old one instead of being renamed.
    Rename,
    /// Data is not synced.
    SyncData,
    /// Directories are not synced.
    SyncDir,
}

impl MemoryFs {
    /// A disk that holds what a crash left.
    #[must_use]
    pub fn from_image(image: &CrashImage) -> Self {
        let fs = Self::default();
        let mut disk = fs.disk();
        for (path, bytes) in &image.files {
            let inode = disk.create(path);
            disk.write(inode, bytes, 0);
        }
        drop(disk);
        fs.settle();
        fs
    }

    /// Limits the disk to `bytes`, in blocks of 4 KiB.
    pub fn set_capacity(&self, bytes: Option<u64>) {
        self.disk().capacity = bytes;
    }

    /// The bytes that files and reservations take.
    #[must_use]
    pub fn used(&self) -> u64 {
        self.disk().used()
    }

    /// From now on leaves out a step and says that it was done.
    pub fn omit(&self, omission: Omission) {
        self.disk().omission = Some(omission);
    }

    /// Makes everything so far durable, and forgets how it came about.
    pub fn settle(&self) {
        let mut disk = self.disk();
        disk.settle();
    }

    /// The number of effects since [`Self::settle`].
    #[must_use]
    pub fn effects(&self) -> usize {
        self.disk().log.len()
    }

    /// What a crash after the first `effects` effects could leave, in about `budget` variants, chosen by `seed` if there are more.
    #[must_use]
    pub fn crash_images(&self, effects: usize, budget: usize, seed: u64) -> Vec<CrashImage> {
        let disk = self.disk();
        images(
            &disk.settled,
            disk.log.get(..effects).unwrap_or_default(),
            budget,
            seed,
        )
    }

    /// What the files hold now.
    #[must_use]
    pub fn image(&self) -> CrashImage {
        let disk = self.disk();
        CrashImage::of(&disk.names, &disk.files)
    }

    fn disk(&self) -> MutexGuard<'_, Disk> {
        self.disk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn handle(&self, inode: u64) -> Box<dyn FileHandle> {
        Box::new(MemoryFile {
            fs: self.clone(),
            inode,
        })
    }
}

impl Deref for MemoryFs {
    type Target = FsFaults;

    fn deref(&self) -> &FsFaults {
        &self.faults
    }
}

impl FileSystem for MemoryFs {
    fn create_dir(&self, _: &Path) -> io::Result<()> {
        self.faults.begin(FsOperation::CreateDir)
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn FileHandle>> {
        self.faults.begin(FsOperation::Open)?;
        let inode = self.disk().names.get(path).copied();
        inode
            .map(|inode| self.handle(inode))
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn create_new(&self, path: &Path) -> io::Result<Box<dyn FileHandle>> {
        self.faults.begin(FsOperation::Create)?;
        let mut disk = self.disk();
        if disk.names.contains_key(path) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        Ok(self.handle(disk.create(path)))
    }

    fn lock(&self, path: &Path, kind: LockKind, wait: Duration) -> io::Result<Option<Box<dyn LockGuard>>> {
        self.faults.begin(FsOperation::Lock)?;
        let guard = Locks::take(&self.locks, path, kind, !wait.is_zero());
        Ok(guard.map(|guard| Box::new(guard) as Box<dyn LockGuard>))
    }

    fn identify(&self, path: &Path) -> io::Result<Option<FileId>> {
        self.faults.begin(FsOperation::Identify)?;
        let disk = self.disk();
        Ok(disk
            .names
            .get(path)
            .map(|inode| FileId::new((0, *inode), disk.length(*inode))))
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<String>> {
        self.faults.begin(FsOperation::List)?;
        let disk = self.disk();
        let inside = disk.names.keys().filter(|path| path.parent() == Some(directory));
        Ok(inside
            .filter_map(|path| path.file_name()?.to_str().map(str::to_owned))
            .collect())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.faults.begin(FsOperation::Rename)?;
        let mut disk = self.disk();
        let inode = disk.names.remove(from).ok_or(io::ErrorKind::NotFound)?;
        if disk.omission == Some(Omission::Rename) {
            let bytes = disk.files.get(&inode).cloned().unwrap_or_default();
            let target = disk.names.get(to).copied();
            let target = target.unwrap_or_else(|| disk.create(to));
            disk.set_len(target, 0);
            disk.write(target, &bytes, 0);
            disk.log.push(Effect::Name {
                path: from.to_owned(),
                inode: None,
            });
        } else {
            disk.names.insert(to.to_owned(), inode);
            disk.log.push(Effect::Rename {
                from: from.to_owned(),
                to: to.to_owned(),
                inode,
            });
        }
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.faults.begin(FsOperation::Remove)?;
        let mut disk = self.disk();
        disk.names.remove(path).ok_or(io::ErrorKind::NotFound)?;
        disk.log.push(Effect::Name {
            path: path.to_owned(),
            inode: None,
        });
        Ok(())
    }

    fn sync_dir(&self, directory: &Path) -> io::Result<()> {
        self.faults.begin(FsOperation::SyncDir)?;
        let mut disk = self.disk();
        if disk.omission != Some(Omission::SyncDir) {
            disk.log.push(Effect::SyncDir {
                directory: directory.to_owned(),
            });
        }
        Ok(())
    }
}

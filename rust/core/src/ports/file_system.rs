use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, OFlags, flock};
use rustix::io::Errno;

/// The pause between two attempts to take a lock that another process holds. It doubles from the shortest to the
/// longest.
const SHORTEST_PAUSE: Duration = Duration::from_micros(50);
const LONGEST_PAUSE: Duration = Duration::from_millis(10);

/// The file operations that a vault uses. A test can make each of them fail or stop half-way.
///
/// # Errors
/// Every method may fail with any error of the file system. A method lists only those errors that have a meaning of
/// their own.
#[expect(clippy::missing_errors_doc, reason = "said once, of all methods of the trait")]
pub trait FileSystem: Send + Sync {
    /// Creates a directory and its parents, for this user only. An existing directory is not an error.
    fn create_dir(&self, path: &Path) -> io::Result<()>;

    /// Opens an existing file for reading and writing.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] if there is none.
    fn open(&self, path: &Path) -> io::Result<Box<dyn FileHandle>>;

    /// Creates a file that must not exist yet, readable by this user only.
    fn create_new(&self, path: &Path) -> io::Result<Box<dyn FileHandle>>;

    /// Takes an advisory lock on `path`, and creates the file if there is none. Waits for up to `wait`, and returns
    /// `None` if another process held the lock all that time. Zero tries once.
    fn lock(&self, path: &Path, kind: LockKind, wait: Duration) -> io::Result<Option<Box<dyn LockGuard>>>;

    /// The identity of the file that `path` names now, or `None` if there is none.
    ///
    /// # Errors
    /// None for a file that is absent.
    fn identify(&self, path: &Path) -> io::Result<Option<FileId>>;

    /// The names of the regular files in a directory, in any order.
    fn list(&self, directory: &Path) -> io::Result<Vec<String>>;

    /// Renames atomically, replacing `to`. Durable only after [`sync_dir`](Self::sync_dir).
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Unlinks a file. Durable only after [`sync_dir`](Self::sync_dir).
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Makes renames and unlinks in a directory durable.
    fn sync_dir(&self, directory: &Path) -> io::Result<()>;
}

/// An open file.
///
/// # Errors
/// As those of [`FileSystem`].
#[expect(clippy::missing_errors_doc, reason = "said once, of all methods of the trait")]
pub trait FileHandle: Send {
    /// Which file this is, and its length now.
    fn identify(&self) -> io::Result<FileId>;

    /// Fills `buffer` from `offset`.
    ///
    /// # Errors
    /// [`io::ErrorKind::UnexpectedEof`] if the file ends first.
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()>;

    /// Writes all of `data` at `offset`.
    ///
    /// # Errors
    /// After any error, part of the data may have been written.
    fn write_all_at(&self, data: &[u8], offset: u64) -> io::Result<()>;

    /// Cuts or extends the file.
    fn set_len(&self, length: u64) -> io::Result<()>;

    /// Reserves the space that the file needs to grow to `length`, without changing its length.
    ///
    /// # Errors
    /// [`io::ErrorKind::StorageFull`] if there is not enough, [`io::ErrorKind::Unsupported`] where space cannot be
    /// reserved.
    fn reserve(&self, length: u64) -> io::Result<()>;

    /// Makes the data and the length durable (`fdatasync`, or `F_FULLFSYNC` on Apple systems).
    ///
    /// # Errors
    /// After any error, the state on disk is unknown.
    fn sync_data(&self) -> io::Result<()>;
}

/// Dropping it releases the lock.
pub trait LockGuard: Send {}

/// Whether others can hold the lock at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LockKind {
    /// Nobody else holds the lock.
    Exclusive,
    /// Others may hold it shared, too.
    Shared,
}

/// Tells one file from another, and a file that grew from one that was replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileId {
    /// Device and inode number.
    pub inode: (u64, u64),
    /// Length in bytes.
    pub length: u64,
}

impl FileId {
    /// An identity of both parts.
    #[must_use]
    pub fn new(inode: (u64, u64), length: u64) -> Self {
        Self { inode, length }
    }
}

/// The file system of the operating system.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct OsFileSystem;

impl FileSystem for OsFileSystem {
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn FileHandle>> {
        let file = options().read(true).write(true).open(path)?;
        Ok(Box::new(OsFile(file)))
    }

    fn create_new(&self, path: &Path) -> io::Result<Box<dyn FileHandle>> {
        let file = options()
            .read(true)
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        Ok(Box::new(OsFile(file)))
    }

    fn lock(&self, path: &Path, kind: LockKind, wait: Duration) -> io::Result<Option<Box<dyn LockGuard>>> {
        let operation = match kind {
            LockKind::Exclusive => FlockOperation::NonBlockingLockExclusive,
            LockKind::Shared => FlockOperation::NonBlockingLockShared,
        };
        let started = Instant::now();
        let mut pause = SHORTEST_PAUSE;
        let mut file = open_lock(path)?;
        loop {
            match rustix::io::retry_on_intr(|| flock(&file, operation)) {
                // Somebody may have deleted the file meanwhile: then others lock the file that replaced it.
                Ok(()) if still_named(&file, path)? => return Ok(Some(Box::new(OsLock(file)))),
                Ok(()) => {
                    file = open_lock(path)?;
                    continue;
                }
                Err(Errno::WOULDBLOCK) => {}
                Err(error) => return Err(error.into()),
            }
            let left = wait.saturating_sub(started.elapsed());
            if left.is_zero() {
                return Ok(None);
            }
            thread::sleep(pause.min(left));
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    fn identify(&self, path: &Path) -> io::Result<Option<FileId>> {
        match fs::symlink_metadata(path) {
            Ok(metadata) => Ok(Some(file_id(&metadata))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(directory)? {
            let entry = entry?;
            // A name that is not UTF-8 is not one of ours. A directory or a link is no file of ours, whatever its name.
            if entry.file_type().is_ok_and(|kind| kind.is_file())
                && let Ok(name) = entry.file_name().into_string()
            {
                names.push(name);
            }
        }
        Ok(names)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn sync_dir(&self, directory: &Path) -> io::Result<()> {
        File::open(directory)?.sync_all()
    }
}

struct OsFile(File);

impl FileHandle for OsFile {
    fn identify(&self) -> io::Result<FileId> {
        Ok(file_id(&self.0.metadata()?))
    }

    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.0.read_exact_at(buffer, offset)
    }

    fn write_all_at(&self, data: &[u8], offset: u64) -> io::Result<()> {
        self.0.write_all_at(data, offset)
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.0.set_len(length)
    }

    #[cfg(any(target_os = "android", target_os = "linux"))]
    fn reserve(&self, length: u64) -> io::Result<()> {
        use rustix::fs::{FallocateFlags, fallocate};
        rustix::io::retry_on_intr(|| fallocate(&self.0, FallocateFlags::KEEP_SIZE, 0, length))?;
        Ok(())
    }

    #[cfg(not(any(target_os = "android", target_os = "linux")))]
    fn reserve(&self, _: u64) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.sync_data()
    }
}

/// The lock is held as long as the file is open.
struct OsLock(#[expect(dead_code, reason = "held for its Drop")] File);

impl LockGuard for OsLock {}

fn open_lock(path: &Path) -> io::Result<File> {
    options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
}

fn still_named(file: &File, path: &Path) -> io::Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(named) => Ok(file_id(&named).inode == file_id(&file.metadata()?).inode),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    // The standard library sets O_CLOEXEC itself. A link that somebody put in place of a vault must not be followed.
    options.custom_flags(i32::try_from(OFlags::NOFOLLOW.bits()).unwrap_or_default());
    options
}

fn file_id(metadata: &fs::Metadata) -> FileId {
    FileId::new((metadata.dev(), metadata.ino()), metadata.len())
}

//! A disk that takes the new file of a rewrite for something else: the old file stays.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use strongroom_core::ports::{FileHandle, FileId, FileSystem, LockGuard, LockKind, OsFileSystem};
use strongroom_core::{Edges, ErrorCode, SealedVault, StoreName, Vault};

use strongroom_testkit::{World, get, set};

/// What becomes of a frame on its way to the disk.
#[derive(Clone, Copy, Debug)]
enum Lie {
    /// The last one never arrives.
    LastIsMissing,
    /// A bit changes where a frame is sealed.
    Sealed,
    /// A bit changes where it costs no record: in the hash of its name.
    NameHash,
}

#[test]
fn a_rewrite_that_does_not_read_back_leaves_the_old_file() {
    for lie in [Lie::LastIsMissing, Lie::Sealed, Lie::NameHash] {
        let world = World::new();
        for name in ["a", "b", "c"] {
            set(&world.vault(), name, "1").unwrap();
        }
        let before = world.bytes();
        let edges = Edges {
            fs: Arc::new(LyingDisk(lie)),
            ..world.edges()
        };
        let vault = SealedVault::new(edges, world.config(), StoreName::default());
        let error = vault.rotate_keys().unwrap_err();
        assert_eq!(error.code(), ErrorCode::Io, "{lie:?}");
        assert_eq!(world.bytes(), before, "{lie:?}");
        for vault in [vault, world.vault()] {
            assert_eq!(get(&vault, "c").unwrap(), "1", "{lie:?}");
        }
        world.vault().rotate_keys().unwrap();
        assert_eq!(get(&world.vault(), "c").unwrap(), "1");
    }
}

/// The real file system, but for the frames of temporary files.
struct LyingDisk(Lie);

impl FileSystem for LyingDisk {
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        OsFileSystem::default().create_dir(path)
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn FileHandle>> {
        OsFileSystem::default().open(path)
    }

    fn create_new(&self, path: &Path) -> io::Result<Box<dyn FileHandle>> {
        Ok(Box::new(LyingFile(
            OsFileSystem::default().create_new(path)?,
            self.0,
        )))
    }

    fn lock(&self, path: &Path, kind: LockKind, wait: Duration) -> io::Result<Option<Box<dyn LockGuard>>> {
        OsFileSystem::default().lock(path, kind, wait)
    }

    fn identify(&self, path: &Path) -> io::Result<Option<FileId>> {
        OsFileSystem::default().identify(path)
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<String>> {
        OsFileSystem::default().list(directory)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        OsFileSystem::default().rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        OsFileSystem::default().remove(path)
    }

    fn sync_dir(&self, directory: &Path) -> io::Result<()> {
        OsFileSystem::default().sync_dir(directory)
    }
}

struct LyingFile(Box<dyn FileHandle>, Lie);

impl FileHandle for LyingFile {
    fn identify(&self) -> io::Result<FileId> {
        self.0.identify()
    }

    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.0.read_exact_at(buffer, offset)
    }

    fn write_all_at(&self, data: &[u8], offset: u64) -> io::Result<()> {
        // The header goes first and is left alone; three frames of the smallest length follow with one call.
        let header = offset == 0;
        let mut data = data.to_vec();
        assert!(header || data.len() == 3 * 128);
        let bit = match self.1 {
            _ if header => None,
            Lie::LastIsMissing => {
                data.truncate(2 * 128);
                None
            }
            Lie::Sealed => Some(90),
            Lie::NameHash => Some(62),
        };
        if let Some(bit) = bit {
            data[bit] ^= 1;
        }
        self.0.write_all_at(&data, offset)
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.0.set_len(length)
    }

    fn reserve(&self, length: u64) -> io::Result<()> {
        self.0.reserve(length)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.sync_data()
    }
}

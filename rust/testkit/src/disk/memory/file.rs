use std::io;

use super::crash::Effect;
use super::{FsOperation, MemoryFs, Omission};
use strongroom_core::ports::{FileHandle, FileId};

pub(super) struct MemoryFile {
    pub(super) fs: MemoryFs,
    pub(super) inode: u64,
}

impl FileHandle for MemoryFile {
    fn identify(&self) -> io::Result<FileId> {
        self.fs.faults.begin(FsOperation::Identify)?;
        Ok(FileId::new((0, self.inode), self.fs.disk().length(self.inode)))
    }

    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.fs.faults.begin(FsOperation::Read)?;
        let disk = self.fs.disk();
        let bytes = usize::try_from(offset)
            .ok()
            .and_then(|start| disk.files.get(&self.inode)?.get(start..)?.get(..buffer.len()));
        buffer.copy_from_slice(bytes.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn write_all_at(&self, data: &[u8], offset: u64) -> io::Result<()> {
        let fault = self.fs.faults.begin(FsOperation::Write);
        let mut disk = self.fs.disk();
        let room = disk.room(self.inode).saturating_sub(offset);
        let fits = usize::try_from(room).unwrap_or(usize::MAX).min(data.len());
        // What fails has often written a part.
        let part = if fault.is_err() { fits / 2 } else { fits };
        disk.write(self.inode, data.get(..part).unwrap_or_default(), offset);
        fault?;
        if fits < data.len() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.fs.faults.begin(FsOperation::SetLen)?;
        let mut disk = self.fs.disk();
        if disk.omission != Some(Omission::Cut) {
            disk.set_len(self.inode, length);
        }
        Ok(())
    }

    fn reserve(&self, length: u64) -> io::Result<()> {
        self.fs.faults.begin(FsOperation::Reserve)?;
        let mut disk = self.fs.disk();
        if length > disk.room(self.inode) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let reserved = disk.reserved.entry(self.inode).or_default();
        *reserved = length.max(*reserved);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let fault = self.fs.faults.begin(FsOperation::SyncData);
        let mut disk = self.fs.disk();
        let durable = fault.is_ok();
        if disk.omission != Some(Omission::SyncData) || !durable {
            disk.log.push(Effect::SyncData {
                inode: self.inode,
                durable,
            });
        }
        fault
    }
}

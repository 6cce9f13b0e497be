use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::Omission;
use super::crash::{Base, Effect};

const BLOCK: u64 = 4096;

#[derive(Clone, Default)]
pub(super) struct Disk {
    pub(super) names: BTreeMap<PathBuf, u64>,
    pub(super) files: BTreeMap<u64, Vec<u8>>,
    pub(super) reserved: BTreeMap<u64, u64>,
    pub(super) next_inode: u64,
    pub(super) capacity: Option<u64>,
    pub(super) omission: Option<Omission>,
    pub(super) settled: Base,
    pub(super) log: Vec<Effect>,
}

impl Disk {
    pub(super) fn settle(&mut self) {
        self.settled = Base {
            names: self.names.clone(),
            files: self.files.clone(),
        };
        self.log.clear();
    }

    pub(super) fn used(&self) -> u64 {
        self.names.values().map(|inode| self.used_by(*inode)).sum()
    }

    pub(super) fn used_by(&self, inode: u64) -> u64 {
        let length = self.length(inode);
        let reserved = self.reserved.get(&inode).copied().unwrap_or_default();
        length.max(reserved).next_multiple_of(BLOCK)
    }

    pub(super) fn length(&self, inode: u64) -> u64 {
        self.files.get(&inode).map_or(0, |bytes| bytes.len() as u64)
    }

    /// How far a file can grow.
    pub(super) fn room(&self, inode: u64) -> u64 {
        self.capacity.map_or(u64::MAX, |capacity| {
            capacity.saturating_sub(self.used()) / BLOCK * BLOCK + self.used_by(inode)
        })
    }

    pub(super) fn create(&mut self, path: &Path) -> u64 {
        let inode = self.next_inode;
        self.next_inode += 1;
        self.names.insert(path.to_owned(), inode);
        self.files.insert(inode, Vec::new());
        self.log.push(Effect::Name {
            path: path.to_owned(),
            inode: Some(inode),
        });
        inode
    }

    pub(super) fn write(&mut self, inode: u64, data: &[u8], offset: u64) {
        let effect = Effect::Write {
            inode,
            offset,
            data: data.into(),
        };
        effect.apply(self.files.entry(inode).or_default());
        self.log.push(effect);
    }

    pub(super) fn set_len(&mut self, inode: u64, length: u64) {
        let effect = Effect::SetLen { inode, length };
        effect.apply(self.files.entry(inode).or_default());
        self.reserved.remove(&inode);
        self.log.push(effect);
    }
}

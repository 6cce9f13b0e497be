//! What the header of a vault says in the clear, at the places that `docs/internals/storage-format.md` gives.

use std::path::Path;

use strongroom_core::ports::FileSystem;

#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    /// 1, then one more with every rewrite.
    pub(super) generation: u64,
    /// The number of the key-encryption key.
    pub(super) key_version: u64,
}

impl Header {
    /// `None` if there is no such file.
    pub(super) fn read(fs: &dyn FileSystem, vault: &Path) -> Option<Self> {
        let file = fs.open(vault).ok()?;
        let mut bytes = [0; 192];
        file.read_exact_at(&mut bytes, 0).unwrap();
        let alias = &bytes[87..][..usize::from(bytes[86])];
        let (_, version) = std::str::from_utf8(alias).unwrap().rsplit_once(":v").unwrap();
        let (version, _) = version.split_once(':').unwrap();
        Some(Self {
            generation: u64::from_le_bytes(*bytes[44..].first_chunk().unwrap()),
            key_version: version.parse().unwrap(),
        })
    }
}

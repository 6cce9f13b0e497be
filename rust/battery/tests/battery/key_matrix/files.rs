//! What lies in the directory of a store.

/// Names and bytes.
pub(super) type Files = Vec<(String, Vec<u8>)>;

pub(super) fn vault_in(files: &Files) -> Option<&[u8]> {
    let vault = files.iter().find(|(name, _)| name == "default.vault");
    vault.map(|(_, bytes)| bytes.as_slice())
}

pub(super) fn aside(files: &Files) -> Vec<&[u8]> {
    let aside = files.iter().filter(|(name, _)| name.starts_with("default.lost-"));
    aside.map(|(_, bytes)| bytes.as_slice()).collect()
}

/// The alias that a header names, by docs/internals/storage-format.md.
pub(super) fn alias_in(file: &[u8]) -> String {
    let length = usize::from(file[86]);
    String::from_utf8(file[87..87 + length].to_vec()).unwrap()
}

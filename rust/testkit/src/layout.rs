//! Where things lie in a vault file, by `docs/internals/storage-format.md`.

/// The length of the header.
pub fn header_len(bytes: &[u8]) -> usize {
    usize::from(u16::from_le_bytes([bytes[10], bytes[11]]))
}

/// The frames, as their stored lengths say.
pub fn frames(bytes: &[u8]) -> Vec<std::ops::Range<usize>> {
    let mut frames = Vec::new();
    let mut start = header_len(bytes);
    while start < bytes.len() {
        let length = u32::from_le_bytes(bytes[start + 4..start + 8].try_into().unwrap());
        frames.push(start..start + usize::try_from(length).unwrap());
        start = frames.last().unwrap().end;
    }
    frames
}

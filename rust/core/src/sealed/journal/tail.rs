//! Where a file ends, and what the next frame is chained to.

use crate::sealed::format::{NameHash, TAG_LEN};

/// The bound for random 96-bit nonces under one key (NIST SP 800-38D, 8.3). A rewrite replaces the key long before.
pub(in crate::sealed) const MAX_SEALS: u64 = 1 << 32;

/// The end of the chain of frames.
#[derive(Clone, Copy)]
pub(in crate::sealed) struct Tail {
    /// The offset of the next frame.
    pub(in crate::sealed) offset: u64,
    pub(in crate::sealed) next_sequence: u64,
    pub(super) tag: [u8; TAG_LEN],
    /// The name hash of the last frame; zeros if it is not known.
    pub(super) name: NameHash,
    /// Up to this sequence number, the journal has decided which records the frames changed.
    pub(super) settled: u64,
}

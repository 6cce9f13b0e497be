//! The bytes of a vault file: its header, its frames, and their sealed content. This module does not read or write
//! files. See `docs/internals/storage-format.md`.

mod bytes;
mod cipher;
mod doubts;
mod frame;
mod gate;
mod header;

pub(super) use self::cipher::{FileCipher, NameHash, NameKey, TAG_LEN, key_check};
pub(super) use self::doubts::{Doubts, Elder};
pub(super) use self::frame::{
    CLEAR_LEN, Change, ClearPart, Content, FrameContext, Kind, Link, Opened, Place, Stated,
};
#[cfg(feature = "fuzzing")]
pub use self::frame::{FrameContent, FrameLink, FrameProbe};
pub(super) use self::gate::{GateFields, SessionKey, gate_message};
pub(super) use self::header::{ALIGNMENT, Header, HeaderDigest, HeaderFields, PREFIX_LEN};

//! The ports of the core: traits for what differs per platform or has to be made to fail in tests.

mod clock;
mod data_key;
mod file_system;
mod key_wrapper;
mod random;

pub use clock::{Clock, SystemClock};
pub use data_key::DataKey;
pub use file_system::{FileHandle, FileId, FileSystem, LockGuard, LockKind, OsFileSystem};
pub use key_wrapper::{KeyError, KeyErrorKind, KeyWrapper};
pub use random::{OsRandom, Random};

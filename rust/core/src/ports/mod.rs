//! The ports of the core: traits for everything that differs per platform or that tests must be
//! able to make fail.

mod clock;
mod data_key;
mod file_system;
mod gate;
mod key_wrapper;
mod random;
mod user;

pub use clock::{Clock, SystemClock};
pub use data_key::DataKey;
pub use file_system::{FileHandle, FileId, FileSystem, LockGuard, LockKind, OsFileSystem};
pub use gate::{GateKeys, Proof, Ticket};
pub use key_wrapper::{KeyError, KeyErrorKind, KeyWrapper};
pub use random::{OsRandom, Random};
pub use user::{AskRequest, Device, Prompt, Refusal, RefusalReason, User};

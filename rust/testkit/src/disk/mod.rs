//! File systems that can be told to fail: the real one, and one in memory that can crash.

mod faults;
mod faulty;
mod memory;

pub use self::faults::{FsFaults, FsOperation};
pub use self::faulty::FaultyFileSystem;
pub use self::memory::{CrashImage, MemoryFs, Omission};

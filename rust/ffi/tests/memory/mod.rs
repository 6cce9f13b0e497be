//! What the searches of the heap share. Each is a program of its own, because a program has one allocator.

pub(crate) mod life;
pub(crate) mod recorder;
pub(crate) mod store;
mod watch;

//! What the heap searches share. Each search is a program of its own, because a program has one allocator.

pub(crate) mod life;
pub(crate) mod recorder;
pub(crate) mod store;
mod watch;

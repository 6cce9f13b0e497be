//! The fuzz targets, and what must hold for every input. `fuzz_targets/` passes these functions to libFuzzer, and
//! `examples/write_corpus.rs` writes their seeds.
//!
//! A target must never print its input: a failed assertion says what was wrong, and the artifact of libFuzzer holds the
//! input.

#![forbid(unsafe_code)]

mod bridge_json;
mod corpus;
mod decode_frame;
mod input;
mod key_value;
mod open_file;
mod reference;
mod stage;

pub use bridge_json::bridge_json;
pub use corpus::{Seed, seeds};
pub use decode_frame::decode_frame;
pub use key_value::key_value;
pub use open_file::open_file;

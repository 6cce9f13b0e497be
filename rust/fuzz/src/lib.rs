//! What is fuzzed, and what must hold for every input. `fuzz_targets/` hands these functions to libFuzzer, `examples/write_corpus.rs`
//! writes what it starts from.
//!
//! A target must never print its input: a failed assertion says what was wrong, the artifact that libFuzzer writes says for what.

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

//! The seeds of fuzzing: the files of the tamper tests, the steps of `contract/behaviour.json`, and the bounds of each
//! format.

mod files;
mod texts;

/// A seed.
pub struct Seed {
    /// The target it is for.
    pub target: &'static str,
    /// The name of its file.
    pub name: String,
    /// The input.
    pub bytes: Vec<u8>,
}

/// All seeds, the same every time.
#[must_use]
pub fn seeds() -> Vec<Seed> {
    let mut seeds = files::open_file();
    seeds.extend(files::decode_frame());
    seeds.extend(texts::bridge_json());
    seeds.extend(texts::key_value());
    seeds
}

fn seed(target: &'static str, name: impl Into<String>, bytes: Vec<u8>) -> Seed {
    Seed {
        target,
        name: name.into(),
        bytes,
    }
}

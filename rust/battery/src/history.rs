//! What the program `writer` does to its store, and what the tests that kill it expect of that store.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use strongroom_core::ports::{OsFileSystem, OsRandom};
use strongroom_core::{
    Edges, Error, ErrorCode, ItemKey, NewItem, SealedConfig, SealedVault, Secret, StoreName, Vault,
};
use strongroom_testkit::{Dice, DiskKeys, ManualClock, RecordedEvents};

const NOW_MS: u64 = 1_790_000_000_000;
const NAMES: u64 = 12;
/// Small enough that a random history rewrites the file every few calls, and now and then is too large for that.
const SMALL_FILE: u64 = 16 * 1024;
const DEAD_BYTES: u64 = 8 * 1024;

/// A store in a directory, with keys that outlive the process.
pub struct Store {
    directory: PathBuf,
    pub vault: SealedVault,
}

impl Store {
    pub fn new(directory: &Path) -> Self {
        let edges = Edges {
            fs: Arc::new(OsFileSystem::default()),
            keys: Arc::new(DiskKeys::new(keys(directory))),
            clock: Arc::new(ManualClock::new(NOW_MS)),
            random: Arc::new(OsRandom::default()),
            events: Arc::new(RecordedEvents::default()),
        };
        let mut config = SealedConfig::new(files(directory));
        config.limits.small_file = SMALL_FILE;
        config.limits.dead_bytes = DEAD_BYTES;
        Self {
            directory: directory.to_owned(),
            vault: SealedVault::new(edges, config, StoreName::default()),
        }
    }

    /// Leaves behind what a process that died in the middle of a write and of a rewrite does, and opens the store again.
    fn wreck(&mut self) -> Result<(), Error> {
        let path = files(&self.directory).join("default.vault");
        let acknowledged = std::fs::metadata(&path)?.len();
        Call::set("torn", "never acknowledged").run(self)?;
        OpenOptions::new()
            .write(true)
            .open(&path)?
            .set_len(acknowledged + 100)?;
        File::create(files(&self.directory).join("default.tmp"))?;
        *self = Self::new(&self.directory);
        Ok(())
    }
}

pub fn files(directory: &Path) -> PathBuf {
    directory.join("files")
}

pub fn keys(directory: &Path) -> PathBuf {
    directory.join("keys")
}

/// One call on the store.
pub enum Call {
    Set(Vec<(String, String)>),
    Remove(String),
    RotateKeys,
    Clear,
    Reset,
    Recover,
    Read,
    Wreck,
}

impl Call {
    /// The call `number` of the history `seed`: the same in every process.
    pub fn nth(seed: u64, number: u64) -> Self {
        let mut dice = Dice::new(seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        match dice.below(100) {
            0..=49 => Self::Set(vec![entry(number, &mut dice)]),
            50..=64 => Self::Set((0..=dice.below(5)).map(|_| entry(number, &mut dice)).collect()),
            65..=91 => Self::Remove(name(&mut dice)),
            92..=97 => Self::RotateKeys,
            _ => Self::Clear,
        }
    }

    pub fn set(name: &str, value: &str) -> Self {
        Self::Set(vec![(name.to_owned(), value.to_owned())])
    }

    pub fn run(&self, store: &mut Store) -> Result<(), Error> {
        match self {
            Self::Set(entries) => {
                let records: Result<Vec<_>, Error> = entries.iter().map(record).collect();
                store.vault.set_many(&records?)
            }
            Self::Remove(name) => match store.vault.remove(&ItemKey::new(name)?) {
                Err(error) if error.code() == ErrorCode::NotFound => Ok(()),
                done => done,
            },
            Self::RotateKeys => store.vault.rotate_keys(),
            Self::Clear => store.vault.clear(),
            Self::Reset => store.vault.reset(),
            Self::Recover => store.vault.recover().map(|_| ()),
            Self::Read => store.vault.keys().map(|_| ()),
            Self::Wreck => store.wreck(),
        }
    }
}

/// What comes before the call, and the call, for each kind of write. `None` for an unknown kind.
pub fn kind(name: &str) -> Option<(Vec<Call>, Call)> {
    let large = "l".repeat(20 * 1024);
    let batch = [("one", "1"), ("large", &large), ("old 0", "2")];
    let batch = Call::Set(
        batch
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
    );
    let mut before: Vec<Call> = (0..4)
        .map(|number| Call::set(&format!("old {number}"), "value"))
        .collect();
    let call = match name {
        "first" => {
            before.clear();
            Call::set("new", "value")
        }
        "set" => Call::set("new", "value"),
        "overwrite" => Call::set("old 1", "another"),
        "batch" => batch,
        "remove" => Call::Remove("old 1".to_owned()),
        "remove without rewrite" => {
            before.push(Call::set("large", &large));
            Call::Remove("old 1".to_owned())
        }
        "set with rewrite" => {
            before.extend((0..2).map(|_| Call::set("old 1", &"d".repeat(4 * 1024))));
            Call::set("old 1", "small")
        }
        "rotate" => Call::RotateKeys,
        "clear" => {
            before.extend([Call::Reset, Call::set("after", "value")]);
            Call::Clear
        }
        "reset" => Call::Reset,
        "recover" => {
            before.extend([Call::Reset, Call::set("after", "value")]);
            Call::Recover
        }
        "open after a crash" => {
            before.push(Call::Wreck);
            Call::Read
        }
        "set after a crash" => {
            before.push(Call::Wreck);
            Call::set("new", "value")
        }
        _ => return None,
    };
    Some((before, call))
}

fn entry(number: u64, dice: &mut Dice) -> (String, String) {
    let length = match dice.below(40) {
        0..=28 => dice.below(300),
        29..=38 => dice.below(6_000),
        // So long that a kill can land inside of the write.
        _ => dice.below(300_000),
    };
    let filler = "x".repeat(usize::try_from(length).unwrap_or_default());
    (name(dice), format!("{number} {filler}"))
}

fn name(dice: &mut Dice) -> String {
    format!("key {}", dice.below(NAMES))
}

fn record((name, value): &(String, String)) -> Result<NewItem, Error> {
    Ok(NewItem {
        key: ItemKey::new(name)?,
        value: Secret::new(value.clone().into())?,
        expiry: None,
    })
}

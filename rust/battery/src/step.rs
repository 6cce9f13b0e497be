//! A call on a store as data, and what came of it, so that another process can make it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use strongroom_core::ports::{FileSystem, KeyWrapper, OsRandom};
use strongroom_core::{
    Edges, Error, Event, Expiry, ItemKey, NewItem, Replacement, SealedConfig, SealedVault, Secret, StoreName,
    Vault,
};
use strongroom_testkit::{ManualClock, RecordedEvents};

/// A call at some time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Request {
    pub now_ms: u64,
    pub step: Step,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Step {
    Clear,
    CompareAndSet {
        name: String,
        expected: Option<String>,
        replacement: Option<(String, When)>,
    },
    Get(String),
    GetMany(Vec<String>),
    GetOrCreate(Item),
    Has(String),
    /// Everything that can be read.
    Look,
    Recover,
    Remove(String),
    RemoveMany(Vec<String>),
    Reset,
    RotateKeys,
    SetMany(Vec<Item>),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Item {
    pub name: String,
    pub value: String,
    pub when: When,
}

/// When a record expires.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum When {
    Never,
    After(u64),
    At(u64),
}

/// What a call answered, and the events it raised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    pub answer: Answer,
    /// Sorted: a store tells of several records in the order in which they expired.
    pub heard: Vec<Heard>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    Count(u64),
    Created(String, bool),
    Done,
    Flag(bool),
    Recovery {
        recovered: u64,
        remaining: u64,
    },
    Refused(String),
    Seen {
        records: Vec<(String, Option<String>)>,
        counted: u64,
        damaged: u64,
        fresh: bool,
        last_reset_ms: Option<u64>,
        quarantined: u64,
    },
    Value(String),
    Values(Vec<Option<String>>),
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Heard {
    Expired(String),
    Reset(u64),
}

/// When a file is rewritten.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Habits {
    pub small_file: u64,
    pub dead_bytes: u64,
    pub seals: u64,
    pub rotate_after_ms: Option<u64>,
    pub rotate_kek_after_ms: Option<u64>,
}

/// One handle on a store.
pub struct Store {
    vault: SealedVault,
    clock: Arc<ManualClock>,
    events: Arc<RecordedEvents>,
}

impl Store {
    pub fn open(
        fs: Arc<dyn FileSystem>,
        keys: Arc<dyn KeyWrapper>,
        directory: PathBuf,
        habits: &Habits,
    ) -> Self {
        let clock = Arc::new(ManualClock::new(0));
        let events = Arc::new(RecordedEvents::default());
        let edges = Edges {
            fs,
            keys,
            clock: clock.clone(),
            random: Arc::new(OsRandom::default()),
            events: events.clone(),
        };
        let mut config = SealedConfig::new(directory);
        config.limits.small_file = habits.small_file;
        config.limits.dead_bytes = habits.dead_bytes;
        config.limits.seals = habits.seals;
        config.rotate_after = habits.rotate_after_ms.map(Duration::from_millis);
        config.rotate_kek_after = habits.rotate_kek_after_ms.map(Duration::from_millis);
        Self {
            vault: SealedVault::new(edges, config, StoreName::default()),
            clock,
            events,
        }
    }

    pub fn respond(&self, request: &Request) -> Response {
        self.clock.set(request.now_ms);
        let answer = request.step.call(&self.vault);
        let told = self.events.take().into_iter().map(|event| match event {
            Event::Expired(key) => Heard::Expired(key.as_str().to_owned()),
            Event::StoreReset(reset) => Heard::Reset(reset.at_ms),
            _ => panic!("an event that the model does not know"),
        });
        let mut heard: Vec<Heard> = told.collect();
        heard.sort();
        Response {
            answer: answer.unwrap_or_else(|error| Answer::Refused(error.code().as_str().to_owned())),
            heard,
        }
    }
}

impl Step {
    fn call(&self, vault: &dyn Vault) -> Result<Answer, Error> {
        Ok(match self {
            Self::Clear => vault.clear().map(|()| Answer::Done)?,
            Self::CompareAndSet {
                name,
                expected,
                replacement,
            } => {
                let expected = expected.as_deref().map(secret);
                let replacement = replacement.as_ref().map(|(value, when)| Replacement {
                    value: secret(value),
                    expiry: when.expiry(),
                });
                Answer::Flag(vault.compare_and_set(&key(name), expected.as_ref(), replacement)?)
            }
            Self::Get(name) => Answer::Value(text(&vault.get(&key(name))?)),
            Self::GetMany(names) => Answer::Values(values(vault, &keys(names))?),
            Self::GetOrCreate(item) => {
                let (value, created) = vault.get_or_create(item.record())?;
                Answer::Created(text(&value), created)
            }
            Self::Has(name) => Answer::Flag(vault.has(&key(name))?),
            Self::Look => look(vault)?,
            Self::Recover => {
                let recovery = vault.recover()?;
                Answer::Recovery {
                    recovered: recovery.recovered,
                    remaining: recovery.remaining,
                }
            }
            Self::Remove(name) => vault.remove(&key(name)).map(|()| Answer::Done)?,
            Self::RemoveMany(names) => Answer::Count(vault.remove_many(&keys(names))?),
            Self::Reset => vault.reset().map(|()| Answer::Done)?,
            Self::RotateKeys => vault.rotate_keys().map(|()| Answer::Done)?,
            Self::SetMany(items) => {
                let records: Vec<_> = items.iter().map(Item::record).collect();
                vault.set_many(&records).map(|()| Answer::Done)?
            }
        })
    }
}

impl Item {
    fn record(&self) -> NewItem {
        NewItem {
            key: key(&self.name),
            value: secret(&self.value),
            expiry: self.when.expiry(),
        }
    }
}

impl When {
    fn expiry(self) -> Option<Expiry> {
        match self {
            Self::Never => None,
            Self::After(ms) => Some(Expiry::After(ms)),
            Self::At(ms) => Some(Expiry::At(ms)),
        }
    }
}

fn look(vault: &dyn Vault) -> Result<Answer, Error> {
    let keys = vault.keys()?;
    let values = values(vault, &keys)?;
    let names = keys.iter().map(|key| key.as_str().to_owned());
    let status = vault.status()?;
    Ok(Answer::Seen {
        records: names.zip(values).collect(),
        counted: status.records,
        damaged: status.damaged_records,
        fresh: status.fresh,
        last_reset_ms: status.last_reset.map(|reset| reset.at_ms),
        quarantined: status.quarantined,
    })
}

fn values(vault: &dyn Vault, keys: &[ItemKey]) -> Result<Vec<Option<String>>, Error> {
    let values = vault.get_many(keys)?;
    Ok(values.iter().map(|value| value.as_ref().map(text)).collect())
}

fn keys(names: &[String]) -> Vec<ItemKey> {
    names.iter().map(|name| key(name)).collect()
}

fn key(name: &str) -> ItemKey {
    ItemKey::new(name).unwrap()
}

fn secret(value: &str) -> Secret {
    Secret::new(value.to_owned().into()).unwrap()
}

fn text(secret: &Secret) -> String {
    secret.expose().to_owned()
}

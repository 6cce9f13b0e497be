use std::collections::{BTreeMap, BTreeSet};

use strongroom_core::policy::OnKeyLoss;
use strongroom_core::{Error, ErrorCode, Replacement, SealedVault, Vault};

use crate::reference::{Header, Reading};
use crate::stage::{Stage, key, path, record, secret};

/// Calls on an open store, and what is known about its records.
pub(super) struct Process<'a> {
    stage: &'a Stage,
    on_key_loss: OnKeyLoss,
    vault: SealedVault,
    names: Vec<String>,
    /// The value of each name; `None` for one that is certainly absent. A damaged record is not in the map.
    known: BTreeMap<String, Option<String>>,
    /// Every value that was ever the newest one.
    ever: BTreeMap<String, BTreeSet<String>>,
    /// The data key may have reached its number of seals.
    worn_out: bool,
}

impl<'a> Process<'a> {
    pub(super) fn new(stage: &'a Stage, on_key_loss: OnKeyLoss, reading: &Reading) -> Self {
        let mut ever: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (name, value) in reading.full.iter().chain(&reading.cut) {
            ever.entry(name.clone()).or_default().insert(value.clone());
        }
        let names: BTreeSet<String> = ever
            .keys()
            .cloned()
            .chain(["a", "b", "new"].map(str::to_owned))
            .collect();
        let mut process = Self {
            stage,
            on_key_loss,
            vault: stage.vault(on_key_loss),
            names: names.into_iter().collect(),
            known: BTreeMap::new(),
            ever,
            worn_out: reading.last_sequence > u64::from(u32::MAX) - 100,
        };
        process.learn();
        // An older value of a damaged record must not come back.
        let known = &process.known;
        process.ever.retain(|name, _| known.contains_key(name));
        process
    }

    /// Notes a successful write by another process.
    pub(super) fn wrote(&mut self, name: &str, value: &str) {
        self.ever
            .entry(name.to_owned())
            .or_default()
            .insert(value.to_owned());
        self.known.insert(name.to_owned(), Some(value.to_owned()));
    }

    pub(super) fn run(&mut self, calls: &[(u8, u8)]) {
        for (number, (what, which)) in calls.iter().enumerate() {
            let name = self.names[usize::from(*which) % self.names.len()].clone();
            let before = self.stage.files();
            if let Err(error) = self.call(*what, &name, number) {
                self.expected(&error);
                assert!(self.stage.files() == before, "a failed call changed a file");
            }
            self.verify();
        }
        self.vault = self.stage.vault(self.on_key_loss);
        self.verify();
    }

    fn call(&mut self, what: u8, name: &str, number: usize) -> Result<(), Error> {
        let value = format!("call {number} {}", "x".repeat(usize::from(what >> 4) * 100));
        let vault = &self.vault;
        match what & 15 {
            0 => self.vault = self.stage.vault(self.on_key_loss),
            1..=3 => {
                vault.set_many(&[record(name, &value, None)])?;
                self.wrote(name, &value);
            }
            4 => {
                vault.set_many(&[record("new", &value, None), record(name, &value, None)])?;
                self.wrote("new", &value);
                self.wrote(name, &value);
            }
            5 | 6 => {
                vault.remove(&key(name))?;
                self.removed(name);
            }
            7 => {
                vault.remove_many(&[key(name), key("new"), key(name)])?;
                self.removed(name);
                self.removed("new");
            }
            8 => {
                let (found, created) = vault.get_or_create(record(name, &value, None))?;
                let known = self
                    .known
                    .get(name)
                    .cloned()
                    .expect("an answer about a damaged record");
                assert!(created == known.is_none(), "created what was there");
                assert!(
                    found.expose() == known.unwrap_or_else(|| value.clone()),
                    "a value nobody wrote last"
                );
                let found = found.expose().to_owned();
                self.wrote(name, &found);
            }
            9 => {
                let known = self.known.get(name).cloned().flatten();
                let new = Replacement {
                    value: secret(&value),
                    expiry: None,
                };
                let done =
                    vault.compare_and_set(&key(name), known.as_deref().map(secret).as_ref(), Some(new))?;
                assert!(
                    done && self.known.contains_key(name),
                    "it was equal and was not replaced"
                );
                self.wrote(name, &value);
            }
            10 => {
                let status = vault.status()?;
                let values = self.known.values().flatten().count() as u64;
                assert!(status.records >= values, "fewer records than can be read");
            }
            11 | 12 => vault.rotate_keys()?,
            13 => {
                vault.recover()?;
                self.learn();
            }
            14 => {
                vault.reset()?;
                self.all_absent();
            }
            _ => {
                vault.clear()?;
                self.all_absent();
                assert!(self.stage.files().is_empty(), "something is left after clear()");
            }
        }
        Ok(())
    }

    /// Without a fault of the disk or the key store, only damage and absence are reasons to fail.
    fn expected(&self, error: &Error) {
        let damage = self.vault.status().is_ok_and(|status| status.damaged_records > 0);
        let due = match error.code() {
            ErrorCode::NotFound => self.known.values().any(Option::is_none),
            ErrorCode::CorruptRecord => damage,
            ErrorCode::Unavailable => self.worn_out,
            _ => false,
        };
        assert!(due, "an error without a reason");
    }

    fn removed(&mut self, name: &str) {
        // If it is not known which frames are missing, no record is proven absent.
        match self.vault.get(&key(name)) {
            Err(error) if error.code() == ErrorCode::NotFound => self.known.insert(name.to_owned(), None),
            Err(error) if error.code() == ErrorCode::CorruptRecord => self.known.remove(name),
            _ => panic!("a removed record is there"),
        };
    }

    fn all_absent(&mut self) {
        self.known = self.names.iter().map(|name| (name.clone(), None)).collect();
        self.worn_out = false;
    }

    /// Reads everything again; what could be read must not have changed.
    fn learn(&mut self) {
        for name in &self.names {
            let before = self.known.get(name).cloned().flatten();
            let found = match self.vault.get(&key(name)) {
                Ok(value) => Some(Some(value.expose().to_owned())),
                Err(error) if error.code() == ErrorCode::NotFound => Some(None),
                Err(error) if error.code() == ErrorCode::CorruptRecord => None,
                Err(error) => panic!("get() answered {}", error.code().as_str()),
            };
            if let Some(Some(value)) = &found {
                let written = self.ever.get(name).is_some_and(|values| values.contains(value));
                assert!(written, "a value nobody wrote");
            }
            assert!(
                before.is_none() || found == Some(before),
                "a record changed by itself"
            );
            match found {
                Some(found) => self.known.insert(name.clone(), found),
                None => self.known.remove(name),
            };
        }
    }

    fn verify(&self) {
        for (name, value) in &self.known {
            let found = self.vault.get(&key(name));
            let right = match value {
                Some(value) => found.is_ok_and(|found| found.expose() == value),
                None => found.is_err_and(|error| error.code() == ErrorCode::NotFound),
            };
            assert!(right, "a record is not what was written last");
        }
        for (at, bytes) in self.stage.files() {
            let named = Header::read(&bytes).is_ok_and(|header| self.stage.keys.destroyed(&header.alias));
            assert!(!named, "the key of a file was destroyed");
            assert!(
                at == path("vault") || at.to_string_lossy().contains(".lost-"),
                "a file of no kind"
            );
        }
    }
}

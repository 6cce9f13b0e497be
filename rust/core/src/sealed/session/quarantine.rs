//! Quarantine: trying files again, and resetting a store on request.

use std::path::Path;

use super::Session;
use super::access::Access;
use super::handle::Handle;
use super::supply::{Permission, Supply};
use super::unlocked::{every_use, locked};
use crate::error::Error;
use crate::policy::GatePolicy;
use crate::sealed::files::{Budget, Quarantined};
use crate::sealed::format::{Change, Opened};
use crate::sealed::journal::Journal;
use crate::vault::{Recovery, ResetReason};

/// Restored records are appended in writes of about this size.
const RESTORE_CHUNK: usize = 1024 * 1024;

/// The result of restoring one file.
#[derive(Clone, Copy, Default)]
struct Restored {
    restored: u64,
    /// Not restored, because the state of the same record in the store is in doubt.
    withheld: u64,
}

impl Handle {
    /// Restores what can be opened now. A record that exists in the store stays: it is newer.
    pub(in crate::sealed) fn recover_quarantined(&self) -> Result<Recovery, Error> {
        let mut supply = Supply {
            user: Permission {
                locks: self.locks(),
                ..Permission::default()
            },
            ..Supply::default()
        };
        let header = self.header().ok().flatten();
        let quarantined = if header.is_some_and(|header| every_use(&header.fields)) {
            // Nobody is asked for nothing.
            self.store.paths.quarantined(&*self.store.edges.fs)?
        } else {
            self.supplied(Access::Write, self.store.budget(), &mut supply, |session| {
                session.store.paths.quarantined(&*session.store.edges.fs)
            })?
        };
        let mut recovery = Recovery {
            recovered: 0,
            remaining: 0,
        };
        if quarantined.is_empty() {
            return Ok(recovery);
        }
        // Nobody may destroy a key, or a file that names one, meanwhile.
        self.hold_keys(&mut supply, self.store.budget())?;
        // A lock waits for the turn.
        let turn = self.asking.turn();
        supply.user.quiet = true;
        let result = self.restore_all(quarantined, &mut recovery, &mut supply);
        self.close_own(&mut supply);
        drop(turn);
        self.collect_orphans(&supply, self.store.budget());
        drop(supply);
        self.arrange_upkeep();
        self.deliver();
        result.map(|()| recovery)
    }

    fn restore_all(
        &self,
        quarantined: Vec<Quarantined>,
        recovery: &mut Recovery,
        supply: &mut Supply,
    ) -> Result<(), Error> {
        let header = self.header().ok().flatten();
        if let Some(header) = header.filter(|header| every_use(&header.fields)) {
            supply.user.session = Some(self.ask(&header, &self.store.config.prompt, supply.user.locks)?);
            supply.user.call = Some(self.next_call());
        }
        let mut budget = self.store.budget();
        // The newest first, so that older files do not replace what it restores.
        let count = quarantined.len();
        for (number, file) in quarantined.into_iter().rev().enumerate() {
            // Files whose keys are lost must not use up the time of a file that can be opened.
            let source = match self.open_quarantined(&file.path, budget.share(count - number), supply) {
                Ok(Some(source)) => source,
                Ok(None) => continue,
                Err(_) => {
                    recovery.remaining += 1;
                    continue;
                }
            };
            if policy_of(&source).is_some() {
                // The time that the user took is not that of the call.
                budget = self.store.budget();
            }
            let Restored { restored, withheld } =
                self.supplied(Access::Write, budget, supply, |session| {
                    if !session.is_named(&file.path, &source)? {
                        // Another call erased it meanwhile: nothing of it may come back.
                        return Ok(Restored::default());
                    }
                    // The store may ask less than when the user was asked.
                    if session.asks_less_than(&source) {
                        return Ok(Restored {
                            restored: 0,
                            withheld: 1,
                        });
                    }
                    session.restore(&source)
                })?;
            recovery.recovered += restored;
            if source.damage.any() || withheld > 0 {
                // Some of its records cannot be read, or may be needed in place of records that are in doubt now.
                recovery.remaining += 1;
                continue;
            }
            self.supplied(Access::Bare, budget, supply, |session| {
                let fs = &*self.store.edges.fs;
                if session.is_named(&file.path, &source)? {
                    fs.remove(&file.path)?;
                }
                Ok(fs.sync_dir(self.store.paths.directory())?)
            })?;
            supply.superseded.push(source.header.fields.kek_alias.clone());
        }
        Ok(())
    }

    fn open_quarantined(
        &self,
        path: &Path,
        budget: Budget<'_>,
        supply: &mut Supply,
    ) -> Result<Option<Journal>, Error> {
        let Some((file, header)) = self.store.file(path)? else {
            return Ok(None);
        };
        let cipher = match &header.fields.gate {
            None => self.store.unwrap(&header, budget)?,
            Some(gate) => {
                // Items of a protected store never move into one that asks less.
                let into = self.supplied(Access::Write, self.store.budget(), supply, |session| {
                    Ok(session.journal().and_then(policy_of))
                })?;
                if into != Some(gate.policy) {
                    return Err(locked());
                }
                let prompt = &self.store.config.prompt;
                let unlocked = self.ask(&header, prompt, supply.user.locks)?;
                self.store.opened_by(&unlocked.key, &header)?
            }
        };
        let mut journal = Journal::new(file, header, cipher);
        journal.replay()?;
        journal.index.look_at(self.store.edges.clock.now_ms());
        Ok(Some(journal))
    }
}

fn policy_of(journal: &Journal) -> Option<GatePolicy> {
    journal.header.fields.gate.as_ref().map(|gate| gate.policy)
}

impl Session<'_> {
    /// Puts the vault file in quarantine, whether it can be read or not.
    pub(in crate::sealed) fn reset(&mut self) -> Result<(), Error> {
        let named = self.store.edges.fs.identify(&self.store.paths.vault())?;
        if named.is_some() {
            self.quarantine(ResetReason::Requested)?;
        }
        Ok(())
    }

    /// Whether the file that was opened is still the one with this name.
    fn is_named(&self, path: &Path, source: &Journal) -> Result<bool, Error> {
        let named = self.store.edges.fs.identify(path)?;
        let open = source.file.identify()?;
        Ok(named.is_some_and(|named| named.inode == open.inode))
    }

    fn asks_less_than(&self, source: &Journal) -> bool {
        let from = policy_of(source);
        from.is_some() && self.journal().and_then(policy_of) != from
    }

    fn restore(&mut self, source: &Journal) -> Result<Restored, Error> {
        let (mut restored, mut withheld) = (0, 0);
        let mut records = Vec::new();
        let mut bytes = 0;
        for (key, slot) in source.index.iter() {
            if source.doubtful(key)? {
                continue;
            }
            if let Some(journal) = self.journal() {
                // It is not known what the store holds for this record: it may be newer, or removed.
                if journal.doubtful(key)? {
                    withheld += 1;
                    continue;
                }
                if journal.index.get(key).is_some() {
                    continue;
                }
            }
            let record = source.read(key, slot)?;
            bytes += record.value().len();
            restored += 1;
            records.push(record);
            if bytes >= RESTORE_CHUNK {
                self.append_restored(&records)?;
                records.clear();
                bytes = 0;
            }
        }
        self.append_restored(&records)?;
        Ok(Restored { restored, withheld })
    }

    fn append_restored(&mut self, records: &[Opened]) -> Result<(), Error> {
        if records.is_empty() {
            return Ok(());
        }
        let changes: Vec<Change<'_>> = records.iter().map(Opened::as_change).collect();
        self.ensure_created()?;
        self.append(&changes)
    }
}

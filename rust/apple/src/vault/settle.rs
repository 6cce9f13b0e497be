//! What others left undone: finishing their batches, and taking away what will never be one.

use strongroom_core::Error;

use super::INTENT;
use super::aside::NUMBERS;
use super::intent::{Intent, Step};
use super::record::{self, BatchId, NO_VALUE};
use super::session::{Session, locked, overtaken};
use super::stage::{self, Stage};
use crate::sec_items::Service;

/// How often a claim is looked at before it is taken away.
const PATIENCE: u32 = 3;
/// How many batches of others a call waits for.
const OTHERS: u32 = 32;

impl Session<'_> {
    pub(super) fn shared(&self) -> bool {
        self.vault.config.shared()
    }

    /// Finishes what a batch left undone. Rows that others may change are looked at each time.
    pub(super) fn settle(&mut self) -> Result<(), Error> {
        if !self.state.settled {
            return self.settle_now();
        }
        if self.shared() && self.has_intent()? {
            return self.settle_now();
        }
        Ok(())
    }

    /// Whether there is an intent row, as far as the system shows.
    pub(super) fn has_intent(&self) -> Result<bool, Error> {
        Ok(self.items().attributes(&self.vault.state, INTENT)?.is_some())
    }

    /// Returns after a moment in which there was no intent row.
    pub(super) fn settle_now(&mut self) -> Result<(), Error> {
        let (vault, mut claim, mut looks) = (self.vault, None, 0);
        for _ in 0..OTHERS {
            let row = self.proven(|items| Ok(items.attributes(&vault.state, INTENT)?))?;
            let Some(row) = row else {
                self.state.settled = true;
                return Ok(());
            };
            let over = match stage::parse(&row.tag) {
                Some((id, Stage::Claimed)) => {
                    looks = if claim == Some(id) { looks + 1 } else { 1 };
                    claim = Some(id);
                    if self.shared() && looks <= PATIENCE {
                        vault.pause(looks);
                        continue;
                    }
                    self.items().delete(&vault.state, INTENT, Some(&row.tag))?
                }
                _ => self.help()?,
            };
            if over {
                self.state.settled = true;
                return Ok(());
            }
        }
        Err(overtaken())
    }

    /// Does what a decided batch is to do. False if the intent row is another one by now.
    fn help(&mut self) -> Result<bool, Error> {
        let (records, rows) = (&self.vault.records, &self.vault.state);
        let Some(row) = self.items().read(rows, INTENT)? else {
            return Ok(false);
        };
        let (intent, stage) = Intent::parse(&row)?;
        let taken = stage::tag(intent.id, Stage::Taken);
        match stage {
            Stage::Claimed => return Ok(false),
            Stage::Old => {
                // It is made one of this version before anything is done, so that a late step of it adds nothing, either.
                for step in intent.on_placeholders() {
                    let tag = record::placeholder(intent.id);
                    let placeholder = self.unguarded(&tag, NO_VALUE);
                    let _ = self.items().add(records, &step.account, &placeholder)?;
                }
                let data = intent.to_bytes()?;
                self.items()
                    .update(rows, INTENT, Some(&row.tag), &self.content(&taken, &data))?;
                return Ok(false);
            }
            // Whoever decided it may not take it back once somebody else began.
            Stage::Decided if self.shared() => {
                let content = self.content(&taken, &row.data);
                if !self.items().update(rows, INTENT, Some(&row.tag), &content)? {
                    return Ok(false);
                }
            }
            Stage::Decided | Stage::Taken => {}
        }
        for step in &intent.steps {
            if !self.apply(intent.id, step)? {
                return Ok(false);
            }
        }
        Ok(self.delete_intent(intent.id, Stage::Taken) || self.delete_intent(intent.id, Stage::Decided))
    }

    /// Makes a step unless it was made before, or its row was written since; false if the whole batch is over. What is "not found"
    /// for no visible reason is not believed.
    pub(super) fn apply(&mut self, id: BatchId, step: &Step) -> Result<bool, Error> {
        let vault = self.vault;
        for attempt in 0..2 {
            if self.step(&vault.records, step)? {
                return Ok(true);
            }
            let row = self.proven(|items| Ok(items.attributes(&vault.records, &step.account)?))?;
            let there = row.map(|row| row.tag);
            if there.as_ref() == Some(&step.before) {
                if attempt == 0 {
                    continue;
                }
                return Err(locked());
            }
            let made = there.is_some() && there.as_ref() == step.after.as_ref().map(|(tag, _)| tag);
            if made || !self.shared() {
                return Ok(true);
            }
            if self.stage_of(id)?.is_none() {
                return Ok(false);
            }
            // Somebody may have set the row aside since, or brought it back.
            for number in NUMBERS {
                if self.step(&vault.aside(number), step)? {
                    return Ok(true);
                }
            }
        }
        Ok(true)
    }

    fn step(&self, service: &Service, step: &Step) -> Result<bool, Error> {
        let (items, account, before) = (self.items(), &step.account, Some(&*step.before));
        Ok(match &step.after {
            Some((tag, data)) => items.update(service, account, before, &self.content(tag, data))?,
            None => items.delete(service, account, before)?,
        })
    }

    /// How far a batch is; `None` if it is over, or will never be.
    pub(super) fn stage_of(&mut self, id: BatchId) -> Result<Option<Stage>, Error> {
        let vault = self.vault;
        let row = self.proven(|items| Ok(items.attributes(&vault.state, INTENT)?))?;
        let there = row.and_then(|row| stage::parse(&row.tag));
        Ok(there.and_then(|(other, stage)| (other == id).then_some(stage)))
    }

    /// Takes away a placeholder unless its batch may still come to be. A batch that is over never comes back, so this may be late.
    pub(super) fn sweep(&mut self, service: &Service, account: &str, id: BatchId) {
        // It may be of a batch of another device, whose intent cannot be seen here.
        if self.vault.records.synchronizable() && *service == self.vault.records {
            return;
        }
        if matches!(self.stage_of(id), Ok(None)) {
            let _ = self
                .items()
                .delete(service, account, Some(&record::placeholder(id)));
        }
    }
}

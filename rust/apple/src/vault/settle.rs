//! Finishes the batches that others left unfinished, and deletes what is left of batches that will never be decided.

use strongroom_core::Error;

use super::INTENT;
use super::intent::{Intent, Step};
use super::quarantine::NUMBERS;
use super::record::{self, BatchId, NO_VALUE};
use super::session::{Session, locked, overtaken};
use super::stage::{self, Stage};
use crate::sec_items::Service;

/// How often a claim is checked before it is deleted.
const PATIENCE: u32 = 3;
/// How many batches of others a call waits for.
const OTHERS: u32 = 32;

impl Session<'_> {
    pub(super) fn shared(&self) -> bool {
        self.vault.config.shared()
    }

    /// Finishes an unfinished batch. If others can change the rows, it looks for one each time.
    pub(super) fn settle(&mut self) -> Result<(), Error> {
        if !self.state.settled {
            return self.settle_now();
        }
        if self.shared() && self.has_intent()? {
            return self.settle_now();
        }
        Ok(())
    }

    /// Whether the system shows an intent row.
    pub(super) fn has_intent(&self) -> Result<bool, Error> {
        Ok(self.items().attributes(&self.vault.state, INTENT)?.is_some())
    }

    /// Returns after a moment at which there was no intent row.
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

    /// Does the steps of a decided batch. False if the intent row has changed.
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
                // It becomes a batch of this version before any step is done, so that a late step of the old one adds
                // nothing either.
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
            // Once others have begun with the steps, the process that decided the batch must not withdraw it.
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

    /// Does a step, unless it was done before or its row was written since; false if the whole batch is over. "Not
    /// found" does not count if the header row cannot be seen.
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
            // Since then, the row may have gone into quarantine or come back.
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

    /// The stage of a batch; `None` if it is over or will never be decided.
    pub(super) fn stage_of(&mut self, id: BatchId) -> Result<Option<Stage>, Error> {
        let vault = self.vault;
        let row = self.proven(|items| Ok(items.attributes(&vault.state, INTENT)?))?;
        let there = row.and_then(|row| stage::parse(&row.tag));
        Ok(there.and_then(|(other, stage)| (other == id).then_some(stage)))
    }

    /// Deletes a placeholder, unless its batch may still be decided. A batch that is over never comes back, so this may
    /// happen late.
    pub(super) fn sweep(&mut self, service: &Service, account: &str, id: BatchId) {
        // It may belong to a batch of another device, whose intent cannot be seen here.
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

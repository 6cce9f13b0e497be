//! Writes several rows, all or none, because the Keychain has no transactions over several rows.
//!
//! The batch is written into one row, the intent, and whoever finds the intent finishes the batch. Each step names the
//! tag that its row had when the batch was decided. A tag is never used twice, so it does not matter how often, by how
//! many processes, or how late a step is done. If a row is absent, a placeholder is added first, so that the step can
//! name a tag: a step that adds a row would bring back what somebody removed.
//!
//! If others can change the rows, the intent row is claimed first. Every call looks for the intent row before anything
//! else, and deletes one that is only claimed. So if a claim can still become a decision, no call began meanwhile, and
//! all tags that were read meanwhile are of the same moment. There, every change that depends on what was read is a
//! batch, even a change of one row; only setting a value is not.

use std::collections::{BTreeMap, BTreeSet};

use strongroom_core::{Error, ItemKey};

use super::INTENT;
use super::intent::{CLAIM, Change, Intent, Step};
use super::record::{self, BatchId, NO_VALUE, TOKEN_BYTES};
use super::session::{ATTEMPTS, Session, overtaken};
use super::stage::{self, Stage};
use crate::sec_items::Added;

/// The tags of rows by their keys, without absent rows.
pub(super) type Tags = BTreeMap<ItemKey, Vec<u8>>;

impl Session<'_> {
    /// Makes all changes that `plan` returns for the rows of `keys`, or none, and returns how many. The batch counts
    /// once it is decided: if a step fails after that, it is repeated before the next call looks at the store.
    pub(super) fn commit(
        &mut self,
        keys: &BTreeSet<&ItemKey>,
        plan: impl Fn(&mut Self, &Tags) -> Result<Vec<Change>, Error>,
    ) -> Result<u64, Error> {
        for attempt in 0..ATTEMPTS {
            self.vault.pause(attempt);
            let mut id = [0; TOKEN_BYTES];
            self.vault.edges.random.fill(&mut id)?;
            if self.shared() && !self.claim(id)? {
                // This batch has to see what the batches of others do.
                self.settle_now()?;
                continue;
            }
            let mut intent = Intent {
                id,
                steps: Vec::new(),
            };
            match self.prepare(&mut intent, keys, &plan) {
                Ok(true) if !intent.steps.is_empty() => {
                    if self.decide(&intent)? {
                        let count = intent.steps.len() as u64;
                        return self.perform(&intent).map(|()| count);
                    }
                }
                undecided => {
                    self.release(&intent);
                    if undecided? {
                        return Ok(0);
                    }
                }
            }
        }
        // Rows that are not shown look like rows that others keep adding.
        self.prove_readable()?;
        Err(overtaken())
    }

    fn claim(&mut self, id: BatchId) -> Result<bool, Error> {
        let tag = stage::tag(id, Stage::Claimed);
        let claim = self.unguarded(&tag, CLAIM);
        match self.items().add(&self.vault.state, INTENT, &claim) {
            Ok(added) => Ok(added == Added::Yes),
            Err(status) => {
                // The row may have been added although the call failed.
                self.delete_intent(id, Stage::Claimed);
                Err(self.vault.refused(status))
            }
        }
    }

    /// Finds the steps, and adds placeholders for them. False if others were faster, so that the tags are not of one
    /// moment.
    fn prepare(
        &mut self,
        intent: &mut Intent,
        keys: &BTreeSet<&ItemKey>,
        plan: impl Fn(&mut Self, &Tags) -> Result<Vec<Change>, Error>,
    ) -> Result<bool, Error> {
        let mut tags = self.look(keys)?;
        let changes = plan(self, &tags)?;
        if !changes.is_empty() {
            self.note_use()?;
        }
        let mut absent: BTreeSet<&ItemKey> = keys
            .iter()
            .copied()
            .filter(|key| !tags.contains_key(key))
            .collect();
        for mut change in changes {
            let before = match change.before.take() {
                Some(tag) if record::batch(&tag).is_none() => tag,
                left => {
                    if !self.put_placeholder(intent.id, &change.account, left.as_deref())? {
                        return Ok(false);
                    }
                    record::placeholder(intent.id)
                }
            };
            let step = change.on(before);
            if let Some(key) = record::key(&step.account) {
                absent.remove(&key);
                tags.insert(key, step.before.clone());
            }
            intent.steps.push(step);
        }
        // Adding a placeholder proves that there was no row. For the other rows, the header row has to be shown in
        // between.
        if !absent.is_empty() {
            self.prove_readable()?;
        }
        let again = !absent.is_empty() || (self.shared() && keys.len() > 1);
        Ok(!again || self.look(keys)? == tags)
    }

    /// Adds a placeholder of a batch if there is no row, or replaces one that another batch left.
    fn put_placeholder(&mut self, id: BatchId, account: &str, left: Option<&[u8]>) -> Result<bool, Error> {
        // If the other batch is not over, it has deleted the claim of this one.
        if let Some(other) = left.and_then(record::batch)
            && self.stage_of(other)?.is_some()
        {
            return Ok(false);
        }
        let (records, tag) = (&self.vault.records, record::placeholder(id));
        let placeholder = self.unguarded(&tag, NO_VALUE);
        let put = match left {
            None => self
                .items()
                .add(records, account, &placeholder)
                .map(|added| added == Added::Yes),
            left => self.items().update(records, account, left, &placeholder),
        };
        put.map_err(|status| {
            // The row may have been added although the call failed.
            let _ = self.items().delete(records, account, Some(&tag));
            self.vault.refused(status)
        })
    }

    /// From here on, the batch is decided. False if somebody else deleted the claim.
    fn decide(&mut self, intent: &Intent) -> Result<bool, Error> {
        let claim = stage::tag(intent.id, Stage::Claimed);
        let tag = stage::tag(intent.id, Stage::Decided);
        let data = intent.to_bytes().inspect_err(|_| self.release(intent))?;
        let (content, state) = (self.content(&tag, &data), &self.vault.state);
        let decided = if self.shared() {
            self.items().update(state, INTENT, Some(&claim), &content)
        } else {
            self.items()
                .add(state, INTENT, &content)
                .map(|added| added == Added::Yes)
        };
        match decided {
            Ok(true) => Ok(true),
            Ok(false) => {
                self.state.settled = false;
                // The system may call the row a duplicate although it has just added it. Then others may finish this
                // batch, and need its placeholders.
                if self.is_decided(intent.id)? {
                    return Ok(true);
                }
                self.remove_placeholders(intent);
                self.settle_now()?;
                Ok(false)
            }
            Err(status) => {
                self.state.settled = false;
                // The row may have been written although the call failed.
                let undone =
                    [Stage::Claimed, Stage::Decided].map(|stage| self.delete_intent(intent.id, stage));
                if undone.contains(&true) {
                    self.remove_placeholders(intent);
                } else if matches!(self.is_decided(intent.id), Ok(true)) {
                    return Ok(true);
                }
                Err(self.vault.refused(status))
            }
        }
    }

    fn is_decided(&mut self, id: BatchId) -> Result<bool, Error> {
        Ok(matches!(self.stage_of(id)?, Some(Stage::Decided | Stage::Taken)))
    }

    fn perform(&mut self, intent: &Intent) -> Result<(), Error> {
        self.state.settled = false;
        for (index, step) in intent.steps.iter().enumerate() {
            match self.apply(intent.id, step) {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(error) => {
                    // The batch is withdrawn only if certainly nobody has done any step of it.
                    let undone =
                        index == 0 && self.untouched(step) && self.delete_intent(intent.id, Stage::Decided);
                    if !undone {
                        return Ok(());
                    }
                    self.remove_placeholders(intent);
                    return Err(error);
                }
            }
        }
        if self.delete_intent(intent.id, Stage::Decided) || self.delete_intent(intent.id, Stage::Taken) {
            self.state.settled = true;
        }
        Ok(())
    }

    /// Whether the row of a step is certainly still the one that the step replaces.
    fn untouched(&mut self, step: &Step) -> bool {
        let vault = self.vault;
        let row = self.proven(|items| Ok(items.attributes(&vault.records, &step.account)?));
        row.is_ok_and(|row| row.is_some_and(|row| row.tag == step.before))
    }

    /// Deletes what is left of a batch that will never be decided.
    fn release(&self, intent: &Intent) {
        if self.shared() {
            self.delete_intent(intent.id, Stage::Claimed);
        }
        self.remove_placeholders(intent);
    }

    fn remove_placeholders(&self, intent: &Intent) {
        let tag = record::placeholder(intent.id);
        for step in intent.steps.iter().filter(|step| step.before == tag) {
            // A row that stays is deleted by whoever finds it.
            let _ = self
                .items()
                .delete(&self.vault.records, &step.account, Some(&tag));
        }
    }

    /// Deletes the intent row of a batch at this stage, and returns whether it did.
    pub(super) fn delete_intent(&self, id: BatchId, stage: Stage) -> bool {
        self.items()
            .delete(&self.vault.state, INTENT, Some(&stage::tag(id, stage)))
            == Ok(true)
    }
}

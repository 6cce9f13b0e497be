//! Upkeep: rewrites the file under a new data key without blocking calls that read or write meanwhile.
//!
//! The new file grows beside the vault file while no lock but the keys lock is held. What others write meanwhile is
//! copied at the end, under the file lock, before the rename. See [`Copy`].

use std::sync::PoisonError;
use std::time::Duration;

use super::State;
use super::access::Access;
use super::debts::Retry;
use super::handle::Handle;
use super::supply::Supply;
use super::unlocked::{every_use, locked};
use crate::error::{Error, ErrorCode};
use crate::sealed::files::{Budget, KekChoice, NewGate, NewKey};
use crate::sealed::format::{HeaderDigest, HeaderFields};
use crate::sealed::journal::{Copy, Journal};
use crate::stack;

/// The number of records that are copied each time the state is locked.
const STEP: usize = 256;
/// The clock may differ by this much from what another process saw. A key with a later time is replaced.
const FUTURE: Duration = Duration::from_secs(24 * 60 * 60);
/// The number of steps that catch up before the last one, which copies the rest.
const CATCH_UPS: u32 = 64;
/// How long a call that asked the user waits for the keys lock, to erase what it removed.
const PATIENCE: Duration = Duration::from_secs(2);
/// The number of rewrites that are tried if the file is replaced or erased meanwhile.
const TRIES: u32 = 4;

/// What is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Due {
    kek: bool,
    data: bool,
}

/// What wraps the data key of a rewritten file.
pub(super) enum Lid {
    /// The same as before.
    Same,
    /// A new key-encryption key. Only of a store that is not protected.
    NewKek,
    /// A new key-encryption key in place of a gate.
    Unprotected,
    /// A new gate.
    Gate(NewGate),
}

/// What a rewrite starts with.
struct Plan {
    fields: HeaderFields,
    digest: HeaderDigest,
    copy: Copy,
}

impl Handle {
    /// Rewrites the file if it is due. Whatever fails is postponed.
    pub(in crate::sealed) fn do_upkeep(&self) {
        let due = {
            let mut state = self.state();
            state.debts.upkeep_at = None;
            self.due(&mut state)
        };
        if due.kek || due.data {
            self.attempt(due);
        }
        if self.upkeep.is_some() {
            // What is due later, what failed, and what came meanwhile.
            self.arrange_upkeep();
        }
    }

    fn attempt(&self, due: Due) {
        let budget = self.store.budget();
        // If another call or process holds the lock, it may be doing the same.
        let keys = self.store.keys_lock_if_free();
        let free = keys.is_some();
        let mut supply = Supply {
            keys,
            if_due: true,
            ..Supply::default()
        };
        // If the key store creates no new key, removed items must still be erased with a new data key.
        let rotated = free && due.kek && self.rewrite(&mut Lid::NewKek, budget, &mut supply).is_ok();
        let rewritten =
            rotated || free && due.data && self.rewrite(&mut Lid::Same, budget, &mut supply).is_ok();
        let now = self.store.edges.clock.elapsed();
        let mut state = self.state();
        let debts = &mut state.debts;
        if due.kek {
            debts.kek_retry.tried(rotated, now);
        }
        if due.data {
            debts.data_retry.tried(rewritten, now);
        }
        let collected = debts.orphans_collected;
        drop(state);
        if rewritten && !collected {
            self.collect_orphans(&supply, budget);
        }
    }

    /// Arranges that what is due is done.
    pub(super) fn arrange_upkeep(&self) {
        let after = match &self.upkeep {
            // The call has done its own work. It does not wait for another call that holds the state; that call comes
            // here, too.
            Some(_) => match self.state.try_lock() {
                Ok(mut state) => self.upkeep_after(&mut state),
                Err(_) => return,
            },
            None => self.upkeep_after(&mut self.state()),
        };
        match (&self.upkeep, after) {
            (Some(upkeep), Some(after)) => upkeep.wanted(&self.store.name, after),
            (None, Some(Duration::ZERO)) => stack::wiped(|| self.do_upkeep()),
            _ => {}
        }
    }

    /// How long until upkeep is due; `None` if there is nothing to request.
    fn upkeep_after(&self, state: &mut State) -> Option<Duration> {
        let wrote = std::mem::take(&mut state.debts.wrote);
        // If nobody does upkeep later, only a call that wrote does it.
        if self.upkeep.is_none() && !wrote {
            return None;
        }
        let (kek, data) = self.waits(state);
        let after = kek.into_iter().chain(data).min()?;
        if self.upkeep.is_some() {
            let at = self.store.edges.clock.elapsed().saturating_add(after);
            if state.debts.upkeep_at.is_some_and(|known| known <= at) {
                return None;
            }
            state.debts.upkeep_at = Some(at);
        }
        Some(after)
    }

    fn due(&self, state: &mut State) -> Due {
        let (kek, data) = self.waits(state);
        Due {
            kek: kek == Some(Duration::ZERO),
            data: data == Some(Duration::ZERO),
        }
    }

    /// How long a new key-encryption key, and a new data key, have to wait; `None` for one that is not due.
    fn waits(&self, state: &mut State) -> (Option<Duration>, Option<Duration>) {
        let erase = self.erase_after(state);
        let Some(journal) = &state.journal else {
            return (None, None);
        };
        let (config, limits) = (&self.store.config, &self.store.config.limits);
        let fields = &journal.header.fields;
        let now_ms = u128::from(self.store.edges.clock.now_ms());
        let old = |created_ms: u64, limit: Option<Duration>| {
            limit.is_some_and(|limit| {
                let created_ms = u128::from(created_ms);
                now_ms.saturating_sub(created_ms) > limit.as_millis()
                    || created_ms > now_ms + FUTURE.as_millis()
            })
        };
        let dead = journal.dead_bytes();
        let data = dead >= limits.dead_bytes && dead > journal.index.live_bytes()
            || journal.tail.next_sequence > limits.seals
            || journal.damage.rewrite_heals()
            || old(fields.data_key_created_ms, config.rotate_after);
        let data = if data { Some(Duration::ZERO) } else { erase };
        // Nobody is asked for the sake of upkeep.
        let kek = fields.gate.is_none() && old(fields.kek_created_ms, config.rotate_kek_after);
        let kek = kek.then_some(Duration::ZERO);
        // If nobody does upkeep later, retries count writes in place of time.
        let timed = self.upkeep.is_some();
        let now = self.store.edges.clock.elapsed();
        let wait = |wanted: Option<Duration>, retry: &Retry| Some(wanted?.max(retry.wait(now, timed)?));
        (
            wait(kek, &state.debts.kek_retry),
            wait(data, &state.debts.data_retry),
        )
    }

    /// How long until the bytes of removed records must be erased; `None` if there are none.
    fn erase_after(&self, state: &mut State) -> Option<Duration> {
        let journal = state.journal.as_ref()?;
        if !journal.holds_removed() {
            state.debts.removed_at = None;
            return None;
        }
        let now = self.store.edges.clock.elapsed();
        let since = *state.debts.removed_at.get_or_insert(now);
        let limits = &self.store.config.limits;
        let delay = if journal.tail.offset <= limits.small_file {
            Some(limits.erase_after)
        } else {
            limits.erase_large_after
        };
        Some(since.saturating_add(delay?).saturating_sub(now))
    }

    /// Seals everything under new keys.
    pub(in crate::sealed) fn renew_keys(&self) -> Result<(), Error> {
        // What cannot be read is no matter of a gate.
        let header = self.header().ok().flatten();
        if header.is_some_and(|header| header.fields.gate.is_some()) {
            return self.renew_gate();
        }
        let budget = self.store.budget();
        let mut supply = Supply::default();
        let exists = self.supplied(Access::Write, budget, &mut supply, |session| {
            Ok(session.journal().is_some())
        })?;
        if exists {
            self.hold_keys(&mut supply, budget)?;
            self.rewrite(&mut Lid::NewKek, budget, &mut supply)?;
        }
        drop(supply);
        self.arrange_upkeep();
        Ok(())
    }

    /// Erases what was removed, because nobody can do it after this call.
    pub(super) fn tidy(&self, budget: Budget<'_>, supply: &mut Supply) {
        let due = {
            let mut state = self.state();
            let removed = state.journal.as_ref().is_some_and(Journal::holds_removed);
            removed || self.due(&mut state).data
        };
        if !due {
            return;
        }
        if supply.keys.is_none() {
            // A call that has the lock may wait for this one, so this one does not wait for long.
            supply.keys = self.store.keys_lock_within(PATIENCE);
        }
        if supply.keys.is_some() {
            let _ = self.rewrite(&mut Lid::Same, budget, supply);
        }
    }

    /// Writes all live records into a new file under a new data key, checks that they can be read, and replaces the
    /// vault file with it. The caller holds the keys lock.
    pub(super) fn rewrite(
        &self,
        lid: &mut Lid,
        budget: Budget<'_>,
        supply: &mut Supply,
    ) -> Result<(), Error> {
        let rewriting = self.rewriting.lock().unwrap_or_else(PoisonError::into_inner);
        let mut rewritten = Err(overtaken());
        for _ in 0..TRIES {
            rewritten = self.rewrite_once(lid, budget, supply);
            if rewritten.is_ok() {
                break;
            }
            // If the file cannot be removed now, the next new file removes it.
            let _ = self.store.remove_temporary();
            let mut state = self.state();
            if matches!(&rewritten, Err(error) if error.code() == ErrorCode::CorruptRecord) {
                // A frame changed since it was read. Reading the file again shows what that means.
                state.journal = None;
                supply.overtaken = true;
            } else if let Some(journal) = &mut state.journal {
                Copy::abandon(journal);
            }
            drop(state);
            if !std::mem::take(&mut supply.overtaken) {
                break;
            }
        }
        drop(rewriting);
        if !matches!(lid, Lid::Same) {
            // Destroys the old key, or after a failure the new one.
            self.collect_orphans(supply, budget);
        }
        rewritten
    }

    fn rewrite_once(&self, lid: &mut Lid, budget: Budget<'_>, supply: &mut Supply) -> Result<(), Error> {
        let new_kek = matches!(lid, Lid::NewKek);
        let mut plan = self.supplied(Access::Replace, budget, supply, |session| {
            let due = self.due(session.state);
            if session.supply.if_due && !(if new_kek { due.kek } else { due.data }) {
                // Another process did it.
                return Ok(None);
            }
            let Some(journal) = session.state.journal.as_mut() else {
                // There is nothing left to rewrite.
                return Ok(None);
            };
            Ok(Some(Plan {
                fields: HeaderFields {
                    doubts: journal.damage.any(),
                    ..journal.header.fields.clone()
                },
                digest: journal.header.digest,
                copy: Copy::begin(journal, &*self.store.edges.random)?,
            }))
        })?;
        let Some(plan) = &mut plan else {
            return match lid {
                Lid::Same | Lid::NewKek => Ok(()),
                Lid::Unprotected | Lid::Gate(_) => Err(overtaken()),
            };
        };
        if matches!(&*lid, Lid::Gate(gate) if gate.store_id != plan.fields.store_id) {
            return Err(overtaken());
        }
        let protected = plan.fields.gate.is_some();
        if protected && new_kek {
            // Another process has protected it meanwhile.
            return Err(overtaken());
        }
        let kek = match (&supply.keys, &*lid) {
            (Some(keys), Lid::NewKek | Lid::Unprotected) => {
                Some(self.store.new_kek(keys, budget, &mut supply.superseded)?)
            }
            (_, Lid::Gate(gate)) => Some(gate.choice.clone()),
            _ => None,
        };
        let mut fields = self.next_fields(plan.fields.clone(), kek)?;
        match &*lid {
            Lid::Same | Lid::NewKek => {}
            Lid::Unprotected => fields.gate = None,
            Lid::Gate(gate) => fields.gate = Some(gate.fields.clone()),
        }
        let (old_alias, new_alias) = (plan.fields.kek_alias.clone(), fields.kek_alias.clone());
        let key = match &*lid {
            Lid::Gate(gate) => self.store.wrapped(fields, Some(&gate.key), budget)?,
            Lid::Same if protected => self.wrapped_by_session(fields, supply, budget)?,
            _ => self.store.wrapped(fields, None, budget)?,
        };
        let mut new = self.store.begin(key)?;
        while !self.step(plan, &mut new, supply)? {
            self.let_callers_pass();
        }
        // A journal that did not write the file reads it back.
        let mut new = Journal::new(new.file, new.header, new.cipher);
        new.follow()?;
        self.catch_up_in_steps(plan, &mut new, budget, supply)?;
        let mut new = Some(new);
        let old = self.supplied(Access::Replace, budget, supply, |session| {
            // The new file must not contain anything that expired.
            session.expire_at_most(usize::MAX);
            let state = &mut *session.state;
            let old = copied(state, session.supply, &plan.digest)?;
            let Some(mut journal) = new.take() else {
                session.supply.overtaken = true;
                return Err(overtaken());
            };
            journal.index.look_at(self.store.edges.clock.now_ms());
            let random = &*self.store.edges.random;
            while plan.copy.catch_up(old, &mut journal, STEP, random)? > 0 {}
            plan.copy.verify(old, &journal)?;
            if let Err(error) = self.store.publish() {
                let fs = &*self.store.edges.fs;
                let named = fs.identify(&self.store.paths.vault()).ok().flatten();
                let open = old.file.identify().ok();
                // If the rename happened, the old file descriptor is useless; the next call compares the file
                // identities.
                if named.is_none() || named.map(|id| id.inode) != open.map(|id| id.inode) {
                    state.distrust();
                }
                return Err(error);
            }
            state.debts.follow_file();
            state.debts.keep_expired_away(Some(&mut journal));
            state.distrusted = false;
            state.opened_for = session
                .supply
                .user
                .call
                .filter(|_| every_use(&journal.header.fields));
            Ok(state.journal.replace(journal))
        })?;
        // Freeing a large index takes time, and nobody has to wait for it.
        drop(old);
        supply.replaced(&new_alias, old_alias);
        Ok(())
    }

    /// A new data key, wrapped with the session key of the store.
    fn wrapped_by_session(
        &self,
        fields: HeaderFields,
        supply: &Supply,
        budget: Budget<'_>,
    ) -> Result<NewKey, Error> {
        let state = self.state();
        let mut known = supply.user.session.iter().chain(&state.unlocked);
        let unlocked = known
            .find(|unlocked| unlocked.opens(&fields))
            .ok_or_else(locked)?;
        self.store.wrapped(fields, Some(&unlocked.key), budget)
    }

    /// Copies some records, and returns whether that was all.
    fn step(&self, plan: &mut Plan, new: &mut Journal, supply: &mut Supply) -> Result<bool, Error> {
        let mut state = self.state();
        let old = copied(&mut state, supply, &plan.digest)?;
        plan.copy.step(old, new, STEP, &*self.store.edges.random)
    }

    /// Copies most of what changed meanwhile. Little is left for the last step, during which nobody can use the store.
    fn catch_up_in_steps(
        &self,
        plan: &mut Plan,
        new: &mut Journal,
        budget: Budget<'_>,
        supply: &mut Supply,
    ) -> Result<(), Error> {
        for _ in 0..CATCH_UPS {
            let left = self.supplied(Access::Replace, budget, supply, |session| {
                let old = copied(session.state, session.supply, &plan.digest)?;
                plan.copy.catch_up(old, new, STEP, &*self.store.edges.random)
            })?;
            if left == 0 {
                break;
            }
            self.let_callers_pass();
        }
        Ok(())
    }

    fn next_fields(&self, old: HeaderFields, kek: Option<KekChoice>) -> Result<HeaderFields, Error> {
        let mut fields = HeaderFields {
            data_key_id: self.store.random_id()?,
            generation: old.generation.saturating_add(1),
            data_key_created_ms: self.store.edges.clock.now_ms(),
            ..old
        };
        if let Some(kek) = kek {
            fields.kek_alias = kek.alias;
            fields.kek_level = kek.level;
            fields.kek_created_ms = kek.created_ms;
        }
        Ok(fields)
    }

    /// Destroys keys that are left over. If that fails, the next time does it.
    pub(super) fn collect_orphans(&self, supply: &Supply, budget: Budget<'_>) {
        if let Some(keys) = &supply.keys {
            // While it is not known which of two files a crash would leave, the keys of both are needed.
            let open = self.state().distrusted;
            let destroy = || self.store.destroy_orphans(keys, budget, &supply.superseded);
            let collected = !open && destroy().is_ok();
            self.state().debts.orphans_collected = collected;
        }
    }
}

/// The journal that is being copied. An error if it was replaced or read again since.
fn copied<'a>(
    state: &'a mut State,
    supply: &mut Supply,
    digest: &HeaderDigest,
) -> Result<&'a mut Journal, Error> {
    let journal = state.journal.as_mut();
    let old = journal.filter(|journal| journal.header.digest == *digest && journal.index.is_watched());
    supply.overtaken |= old.is_none();
    old.ok_or_else(overtaken)
}

fn overtaken() -> Error {
    Error::new(
        ErrorCode::Unavailable,
        "Another process changed the store meanwhile: try again later",
    )
}

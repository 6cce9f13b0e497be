//! Which locks a call holds, and how it gets what it needs without them.
//!
//! There are three locks, always taken in this order: the *keys lock*, a file lock that a process holds while it
//! creates or destroys keys or writes a new file; the mutex of this vault's state; the *file lock*, which guards the
//! vault file. The key store is called only while neither the mutex nor the file lock is held, so that a call which
//! does not need the key store never waits for it. A call that needs the key store releases its locks, gets what it
//! needs, and starts again from the beginning.

use std::sync::atomic::Ordering;

use super::Session;
use super::debts::EXPIRED_PER_CALL;
use super::handle::Handle;
use super::supply::{Need, Permission, Supply};
use super::unlocked::locked;
use super::unwrapping::Turn;
use super::upkeep::Lid;
use crate::error::{Error, ErrorCode};
use crate::ports::{LockGuard, LockKind};
use crate::sealed::files::{Budget, STORE_IS_BUSY, given};
use crate::sealed::format::Header;
use crate::sealed::journal::Journal;
use crate::stack;
use crate::vault::{Event, ResetReason};

/// How often a call starts again because others changed the store meanwhile.
const ROUNDS: u32 = 32;

/// What a call does with the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sealed) enum Access {
    /// It reads. While the file does not change, readers in several processes do not wait for each other.
    Read,
    /// It reads facts about the store. They can be returned even if the key of the store is too weak.
    Inspect,
    /// It changes records.
    Write,
    /// It replaces the vault file with another file.
    Replace,
    /// It does not need a file that can be read.
    Bare,
}

/// The right to raise events. It ends even if a listener panics.
struct Delivery<'a> {
    handle: &'a Handle,
    begun: bool,
}

impl Delivery<'_> {
    /// Some events for each caller that asked for it; `None` at the end.
    fn next_events(&mut self) -> Option<Vec<Event>> {
        let mut state = self.handle.state();
        if std::mem::replace(&mut self.begun, true) {
            state.deliveries -= 1;
        }
        if state.deliveries == 0 {
            self.begun = false;
            return None;
        }
        let count = state.events.len().min(EXPIRED_PER_CALL);
        Some(state.events.drain(..count).collect())
    }
}

impl Drop for Delivery<'_> {
    fn drop(&mut self) {
        if self.begun {
            self.handle.state().deliveries = 0;
        }
    }
}

/// What a call does while it has the locks.
type Round<'a> = &'a mut dyn FnMut(&mut Session<'_>) -> Result<(), Error>;

fn unanswered() -> Error {
    Error::new(ErrorCode::Internal, "The call ended without a result")
}

impl Handle {
    /// Runs a call again and again until nothing is missing.
    pub(in crate::sealed) fn call<R>(
        &self,
        access: Access,
        mut call: impl FnMut(&mut Session<'_>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let mut answer = None;
        self.called(access, &mut |session| {
            answer = Some(call(session)?);
            Ok(())
        })?;
        answer.ok_or_else(unanswered)
    }

    // The functions below are compiled once, not once per method, to keep the library small.

    fn called(&self, access: Access, call: Round<'_>) -> Result<(), Error> {
        let result = stack::wiped(|| {
            let budget = self.store.budget();
            let mut supply = Supply {
                user: Permission {
                    may_ask: matches!(access, Access::Read | Access::Write),
                    ..Permission::default()
                },
                ..Supply::default()
            };
            let mut result = self.rounds(access, budget, &mut supply, call);
            if let Some(header) = supply.user.wanted.take() {
                result = self.after_asking(access, &header, &mut supply, call);
            }
            if supply.new_key.is_some() || !supply.superseded.is_empty() && result.is_err() {
                self.collect_orphans(&supply, budget);
            }
            result
        });
        // A call that fails changes nothing.
        if result.is_ok() || self.upkeep.is_some() {
            self.arrange_upkeep();
        }
        result
    }

    /// Asks the user to open the store for this call alone, and runs the call again. Until what was opened is closed, the
    /// call has the turn to ask, so that a lock waits for it.
    fn after_asking(
        &self,
        access: Access,
        header: &Header,
        supply: &mut Supply,
        call: Round<'_>,
    ) -> Result<(), Error> {
        let turn = self.asking.turn();
        supply.user.quiet = true;
        // Another call may have changed the gate while this one waited.
        let current = self.header()?;
        let current = current.as_ref().filter(|current| current.fields.gate.is_some());
        let header = current.unwrap_or(header);
        let result = match self.ask(header, &self.store.config.prompt, supply.user.locks) {
            Ok(session) => {
                supply.user.session = Some(session);
                supply.user.call = Some(self.next_call());
                // The time that the user took is not that of the call.
                let budget = self.store.budget();
                let result = self.rounds(access, budget, supply, call);
                if result.is_ok() {
                    self.tidy(budget, supply);
                }
                self.close_own(supply);
                result
            }
            Err(error) => Err(error),
        };
        drop(turn);
        let result = match result {
            Err(error) if supply.user.call.is_none() => Err(self.judged(header, error)),
            result => result,
        };
        self.deliver();
        result
    }

    /// Raises the events that wait, in their order. The caller holds nothing. If another thread or a caller of this one is
    /// raising events, that one raises these, too.
    pub(super) fn deliver(&self) {
        let mut state = self.state();
        state.deliveries += 1;
        if state.deliveries > 1 {
            return;
        }
        drop(state);
        let mut delivery = Delivery {
            handle: self,
            begun: false,
        };
        while let Some(events) = delivery.next_events() {
            for event in events {
                self.store.edges.events.raise(&self.store.name, event);
            }
        }
    }

    /// Drops what the user opened for one call.
    pub(super) fn close_own(&self, supply: &mut Supply) {
        supply.user.session = None;
        let mut state = self.state();
        if supply.user.call.is_some() && state.opened_for == supply.user.call {
            state.close();
        }
    }

    /// Takes the keys lock for the rest of a call. A second attempt to take it would wait for the call itself.
    pub(super) fn hold_keys(&self, supply: &mut Supply, budget: Budget<'_>) -> Result<(), Error> {
        if supply.keys.is_none() {
            supply.keys = Some(self.store.keys_lock(budget)?);
        }
        Ok(())
    }

    /// Runs a call with what earlier rounds got, and gets what else it needs.
    pub(super) fn supplied<R>(
        &self,
        access: Access,
        budget: Budget<'_>,
        supply: &mut Supply,
        mut call: impl FnMut(&mut Session<'_>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let mut answer = None;
        self.rounds(access, budget, supply, &mut |session| {
            answer = Some(call(session)?);
            Ok(())
        })?;
        answer.ok_or_else(unanswered)
    }

    fn rounds(
        &self,
        access: Access,
        budget: Budget<'_>,
        supply: &mut Supply,
        call: Round<'_>,
    ) -> Result<(), Error> {
        let mut turn = None;
        for _ in 0..ROUNDS {
            let result = self.locked(access, budget, supply, turn, call);
            match supply.need.take() {
                None => return result,
                Some(need) => turn = self.provide(need, budget, supply)?,
            }
        }
        Err(Error::new(
            ErrorCode::Unavailable,
            "Other calls keep changing the store: try again later",
        ))
    }

    /// One round, under the locks. Events are raised after the locks are released, so that a listener cannot block the
    /// vault.
    fn locked(
        &self,
        access: Access,
        budget: Budget<'_>,
        supply: &mut Supply,
        turn: Option<Turn<'_>>,
        call: Round<'_>,
    ) -> Result<(), Error> {
        self.callers.fetch_add(1, Ordering::Relaxed);
        let mut state = self.state();
        self.callers.fetch_sub(1, Ordering::Relaxed);
        let mut session = Session {
            store: &self.store,
            budget,
            state: &mut state,
            supply,
        };
        let result = session.enter(access).and_then(|_lock| call(&mut session));
        let quiet = session.supply.user.quiet;
        if state.journal.as_ref().is_some_and(Journal::poisoned) {
            state.distrust();
        }
        // Events wait while a file is replaced, and while a call has the turn to ask.
        let tells = access != Access::Replace && !quiet && !state.events.is_empty();
        drop(state);
        drop(turn);
        if tells {
            self.deliver();
        }
        result
    }

    /// Gets what a call needs. No lock but the keys lock is held.
    fn provide(
        &self,
        need: Need,
        budget: Budget<'_>,
        supply: &mut Supply,
    ) -> Result<Option<Turn<'_>>, Error> {
        match need {
            Need::Unwrap(header) => {
                let unwrap = || {
                    let open = self.is_open(&header);
                    (!open).then(|| self.store.unwrap(&header, budget)).transpose()
                };
                match self.unwrapping.once(header.digest, unwrap) {
                    // Another thread opened the store meanwhile.
                    Ok((None, _)) => {}
                    Ok((Some(cipher), turn)) => {
                        supply.opened = Some((header.digest, Ok(cipher)));
                        return Ok(Some(turn));
                    }
                    Err(lost) if ResetReason::from_code(lost.code()).is_some() => {
                        supply.opened = Some((header.digest, Err(lost)));
                    }
                    Err(error) => return Err(error),
                }
            }
            // Another process may have been faster, which only the lock shows.
            Need::NewKey | Need::Rewrite { .. } if supply.keys.is_none() => {
                self.hold_keys(supply, budget)?;
            }
            Need::User(header) => {
                supply.user.wanted = Some(header);
                return Err(locked());
            }
            Need::NewKey => {
                if let Some(keys) = &supply.keys {
                    supply.new_key = Some(self.store.new_key(keys, budget, &mut supply.superseded)?);
                }
            }
            Need::Rewrite { new_kek } => {
                supply.strengthened |= new_kek;
                let mut lid = if new_kek { Lid::NewKek } else { Lid::Same };
                self.rewrite(&mut lid, budget, supply)?;
            }
        }
        Ok(None)
    }
}

impl Session<'_> {
    /// Takes the file lock and brings the state up to date with the file. `None` if there is nothing to lock.
    fn enter(&mut self, access: Access) -> Result<Option<Box<dyn LockGuard>>, Error> {
        let now = self.store.edges.clock.elapsed();
        let limit = self.store.config.lock_after_background;
        self.state.end_session_if_due(limit, now);
        if self.state.opened_for.is_some() && self.state.opened_for != self.supply.user.call {
            self.state.close();
        }
        if self.state.journal.is_none() {
            self.store.ready()?;
        }
        let lock = match access {
            Access::Bare => return self.lock(LockKind::Exclusive).map(Some),
            Access::Read | Access::Inspect => {
                if self.absent()? {
                    if access == Access::Read {
                        self.refuse_unprotected()?;
                    }
                    return Ok(None);
                }
                let shared = self.lock(LockKind::Shared)?;
                if self.is_current()? {
                    shared
                } else {
                    drop(shared);
                    let exclusive = self.lock(LockKind::Exclusive)?;
                    self.refresh()?;
                    exclusive
                }
            }
            Access::Write | Access::Replace => {
                let exclusive = self.lock(LockKind::Exclusive)?;
                if !self.is_current()? {
                    self.refresh()?;
                }
                exclusive
            }
        };
        if matches!(access, Access::Read | Access::Write) {
            self.refuse_unprotected()?;
            self.refuse_weak_key()?;
        }
        if access == Access::Write {
            self.regain_trust()?;
        }
        // Events are raised during the calls of the app.
        if access == Access::Replace {
            self.expire_at_most(0);
        } else {
            self.expire();
        }
        Ok(Some(lock))
    }

    /// Waits for the file lock. A directory that was deleted is created again.
    fn lock(&mut self, kind: LockKind) -> Result<Box<dyn LockGuard>, Error> {
        self.prepare()?;
        let path = self.store.paths.lock();
        let fs = &*self.store.edges.fs;
        let mut locked = fs.lock(&path, kind, self.budget.left());
        if matches!(&locked, Err(error) if error.kind() == std::io::ErrorKind::NotFound) {
            self.state.prepared = false;
            self.prepare()?;
            locked = fs.lock(&path, kind, self.budget.left());
        }
        given(locked?, STORE_IS_BUSY)
    }
}

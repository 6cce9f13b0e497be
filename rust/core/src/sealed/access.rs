//! Under which locks a call runs, and what it gets without them.
//!
//! Three locks, always taken in this order: the *keys lock*, a file lock that one process holds while it makes or destroys keys or
//! writes a new file; the mutex of this vault's state; the *file lock*, which guards the vault file. The key store is asked only
//! while neither the mutex nor the file lock is held, so that nobody who has what it needs waits for the key store. A call that
//! finds that it needs the key store gives its locks back, gets what it needs, and starts again from the beginning.

use std::sync::atomic::Ordering;

use super::SealedVault;
use super::debts::EXPIRED_PER_CALL;
use super::files::{Budget, KeysLock, NewKey, STORE_IS_BUSY, given};
use super::format::{FileCipher, Header, HeaderDigest};
use super::journal::Journal;
use super::session::{Session, State};
use crate::error::{Error, ErrorCode};
use crate::ports::{LockGuard, LockKind};
use crate::stack;
use crate::sync::{self, MutexGuard};
use crate::vault::ResetReason;

/// How often a call starts again because others changed the store meanwhile.
const ROUNDS: u32 = 32;

/// How many pauses are made for calls that wait, so that a stream of them does not stop the work of the whole store.
const PAUSES: u32 = 100;

/// What a call does with the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// It reads. While nothing changed in the file, readers of several processes do not wait for each other.
    Read,
    /// It reads facts about the store, which may be told of a store whose key is too weak.
    Inspect,
    /// It changes records.
    Write,
    /// It puts another file in place of the vault file.
    Replace,
    /// It needs no readable file.
    Bare,
}

/// What a call found missing.
pub(super) enum Need {
    /// The data key of a file with this header.
    Unwrap(Box<Header>),
    /// A key for the first file.
    NewKey,
    /// The file is to be written anew, under a new key-encryption key or the same.
    Rewrite { new_kek: bool },
}

/// What was got for a call while it held no locks.
#[derive(Default)]
pub(super) struct Supply {
    pub(super) need: Option<Need>,
    /// What the key store said of the file with this header: its cipher, or that its key is lost.
    pub(super) opened: Option<(HeaderDigest, Result<FileCipher, Error>)>,
    pub(super) keys: Option<KeysLock>,
    pub(super) new_key: Option<NewKey>,
    /// Keys that this call made or replaced, and that no file is to name in the end.
    pub(super) superseded: Vec<String>,
    /// The file is to be written anew only if it is still time when it was read.
    pub(super) if_due: bool,
    /// The file was replaced or erased while another one was written.
    pub(super) overtaken: bool,
    /// A stronger key was asked for already.
    pub(super) strengthened: bool,
}

impl Supply {
    /// A file that names the key `new` took the place of one that named `old`.
    pub(super) fn replaced(&mut self, new: &str, old: String) {
        if new != old {
            self.superseded.push(old);
        }
        self.superseded.retain(|alias| alias != new);
    }

    /// Says what is missing. The error only ends the call that found it.
    pub(super) fn ask(&mut self, need: Need) -> Error {
        self.need = Some(need);
        Error::new(ErrorCode::Internal, "The call has to be started again")
    }
}

/// What a call does while it has the locks.
type Round<'a> = &'a mut dyn FnMut(&mut Session<'_>) -> Result<(), Error>;

fn unanswered() -> Error {
    Error::new(ErrorCode::Internal, "The call ended without an answer")
}

impl SealedVault {
    /// Runs a call, as often as it takes until nothing is missing.
    pub(super) fn call<R>(
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

    // What follows is compiled once, not once for every method: a phone has to load it.

    fn called(&self, access: Access, call: Round<'_>) -> Result<(), Error> {
        let result = stack::wiped(|| {
            let budget = self.store.budget();
            let mut supply = Supply::default();
            let result = self.rounds(access, budget, &mut supply, call);
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

    /// Holds the keys lock for the rest of a call. To ask for it twice would be to wait for oneself.
    pub(super) fn hold_keys(&self, supply: &mut Supply, budget: Budget<'_>) -> Result<(), Error> {
        if supply.keys.is_none() {
            supply.keys = Some(self.store.keys_lock(budget)?);
        }
        Ok(())
    }

    /// Runs a call with what was got before, and gets what else it needs.
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
        for _ in 0..ROUNDS {
            let result = self.locked(access, budget, supply, call);
            match supply.need.take() {
                None => return result,
                Some(need) => self.provide(need, budget, supply)?,
            }
        }
        Err(Error::new(
            ErrorCode::Unavailable,
            "Others keep changing the store: try again",
        ))
    }

    /// One round, under the locks. Events are raised when the locks are released, so that a listener cannot hold the vault up.
    fn locked(
        &self,
        access: Access,
        budget: Budget<'_>,
        supply: &mut Supply,
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
        if state.journal.as_ref().is_some_and(Journal::poisoned) {
            state.distrust();
        }
        // A call tells of so many, however often it takes the locks.
        let at_most = if access == Access::Replace {
            0
        } else {
            EXPIRED_PER_CALL
        };
        let count = state.events.len().min(at_most);
        let events: Vec<_> = state.events.drain(..count).collect();
        drop(state);
        for event in events {
            self.store.edges.events.raise(&self.store.name, event);
        }
        result
    }

    /// Gets what a call needs. No lock but the keys lock is held.
    fn provide(&self, need: Need, budget: Budget<'_>, supply: &mut Supply) -> Result<(), Error> {
        match need {
            Need::Unwrap(header) => {
                let unwrap = || {
                    let open = self.is_open(&header);
                    (!open).then(|| self.store.unwrap(&header, budget)).transpose()
                };
                match self.unwrapping.once(header.digest, unwrap) {
                    // Another thread opened the store meanwhile.
                    Ok(None) => {}
                    Ok(Some(cipher)) => supply.opened = Some((header.digest, Ok(cipher))),
                    Err(lost) if ResetReason::from_code(lost.code()).is_some() => {
                        supply.opened = Some((header.digest, Err(lost)));
                    }
                    Err(error) => return Err(error),
                }
            }
            // Another process may have been faster, which is seen only with the lock.
            Need::NewKey | Need::Rewrite { .. } if supply.keys.is_none() => {
                self.hold_keys(supply, budget)?;
            }
            Need::NewKey => {
                if let Some(keys) = &supply.keys {
                    supply.new_key = Some(self.store.new_key(keys, budget, &mut supply.superseded)?);
                }
            }
            Need::Rewrite { new_kek } => {
                supply.strengthened |= new_kek;
                self.rewrite(new_kek, budget, supply)?;
            }
        }
        Ok(())
    }

    /// Whether another thread opened the file with this header meanwhile.
    fn is_open(&self, header: &Header) -> bool {
        let state = self.state();
        let digest = state.journal.as_ref().map(|journal| journal.header.digest);
        digest == Some(header.digest)
    }

    /// Waits a moment if calls wait for the state. The mutex is not fair: whoever gives it back and takes it again at once, many
    /// times, would have it before a call that waits for it wakes.
    pub(super) fn let_callers_pass(&self) {
        for _ in 0..PAUSES {
            if self.callers.load(Ordering::Relaxed) == 0 {
                break;
            }
            sync::pause();
        }
    }

    /// A panic in an earlier call leaves a state nobody vouches for: it is thrown away and read anew. What that call knew of a
    /// failed sync is not thrown away.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| {
            self.state.clear_poison();
            let mut state = poisoned.into_inner();
            *state = State {
                distrusted: state.distrusted || state.journal.as_ref().is_some_and(Journal::poisoned),
                ..State::default()
            };
            state
        })
    }
}

impl Session<'_> {
    /// Takes the file lock and makes the state that of the file. `None` if there is nothing to lock.
    fn enter(&mut self, access: Access) -> Result<Option<Box<dyn LockGuard>>, Error> {
        if self.state.journal.is_none() {
            self.store.ready()?;
        }
        let lock = match access {
            Access::Bare => return self.lock(LockKind::Exclusive).map(Some),
            Access::Read | Access::Inspect => {
                if self.absent()? {
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
            self.refuse_weak_key()?;
        }
        if access == Access::Write {
            self.regain_trust()?;
        }
        // Events belong to the calls of the app.
        if access == Access::Replace {
            self.expire_at_most(0);
        } else {
            self.expire();
        }
        Ok(Some(lock))
    }

    /// Waits for the file lock. A directory that was deleted is made again.
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

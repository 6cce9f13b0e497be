//! Under which lock a call runs.

use super::SealedVault;
use super::debts::EXPIRED_PER_CALL;
use super::journal::Journal;
use super::kek::KekStore;
use super::opening::Opening;
use super::session::{Session, State};
use crate::error::Error;
use crate::platform::{LockGuard, LockKind};
use crate::stack;
use crate::sync::MutexGuard;

impl SealedVault {
    /// Runs a call that changes nothing. While nothing changed in the file, readers of several processes do not wait for
    /// each other.
    pub(super) fn read<R>(
        &self,
        call: impl FnOnce(&mut Session<'_>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        self.run(|session| {
            session.prepare()?;
            let shared = self.lock(LockKind::Shared)?;
            let _lock = if session.is_current()? {
                shared
            } else {
                drop(shared);
                let exclusive = self.lock(LockKind::Exclusive)?;
                session.refresh()?;
                exclusive
            };
            session.expire();
            call(session)
        })
    }

    /// Runs a call that changes the file.
    pub(super) fn write<R>(
        &self,
        call: impl FnOnce(&mut Session<'_>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        self.exclusively(|session| {
            if !session.is_current()? {
                session.refresh()?;
            }
            session.regain_trust()?;
            session.expire();
            call(session)
        })
    }

    /// Runs a call that needs no readable file.
    pub(super) fn exclusively<R>(
        &self,
        call: impl FnOnce(&mut Session<'_>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        self.run(|session| {
            session.prepare()?;
            let _lock = self.lock(LockKind::Exclusive)?;
            call(session)
        })
    }

    /// Events are raised when the locks are released, so that a listener cannot hold the vault up.
    fn run<R>(&self, call: impl FnOnce(&mut Session<'_>) -> Result<R, Error>) -> Result<R, Error> {
        let mut state = self.state();
        let mut session = Session {
            vault: self,
            state: &mut state,
        };
        let result = stack::wiped(|| call(&mut session));
        if state.journal.as_ref().is_some_and(Journal::poisoned) {
            state.distrust();
        }
        let count = state.events.len().min(EXPIRED_PER_CALL);
        let events: Vec<_> = state.events.drain(..count).collect();
        drop(state);
        for event in events {
            self.edges.events.raise(&self.store, event);
        }
        result
    }

    fn lock(&self, kind: LockKind) -> Result<Box<dyn LockGuard>, Error> {
        self.edges.fs.lock(&self.paths.lock(), kind).map_err(Error::from)
    }

    /// A panic in an earlier call leaves a state nobody vouches for: it is thrown away and read anew.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| {
            self.state.clear_poison();
            let mut state = poisoned.into_inner();
            *state = State::default();
            state
        })
    }

    pub(super) fn opening(&self) -> Opening<'_> {
        Opening {
            fs: &*self.edges.fs,
            paths: &self.paths,
            kek: KekStore {
                keys: &*self.edges.keys,
                clock: &*self.edges.clock,
                random: &*self.edges.random,
                store: &self.store,
            },
        }
    }
}

//! Unlocks and locks a protected store.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use super::access::Access;
use super::handle::Handle;
use super::supply::Supply;
use super::unlocked::{Unlocked, every_use, locked};
use crate::error::{Error, ErrorCode};
use crate::ports::{Prompt, Ticket};
use crate::sealed::files::Question;
use crate::sealed::format::Header;
use crate::stack;
use crate::vault::{Event, LockTrigger, ResetReason, Status};

/// How often a call asks again because another process has changed how the store asks.
const TRIES: u32 = 2;

impl Handle {
    /// Asks the user, and opens the store until it is locked.
    pub(in crate::sealed) fn unlock(&self, prompt: &Prompt) -> Result<(), Error> {
        // Events are raised when nothing is held, so that a listener may lock the store.
        let opened = stack::wiped(|| self.open_session(prompt))?;
        if opened {
            self.store.edges.events.raise(&self.store.name, Event::Unlocked);
        }
        Ok(())
    }

    /// Locks the store. When this returns, no thread of this process holds its keys.
    pub(in crate::sealed) fn lock(&self, trigger: LockTrigger) {
        // A call that reads or writes holds the state.
        let mut state = self.state();
        state.end_session(trigger);
        let events = std::mem::take(&mut state.events);
        drop(state);
        let asked = *self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Some(ticket), Some(asking)) = (asked, &self.store.asking) {
            asking.user.dismiss(ticket);
        }
        // A thread that asks, or writes a new file, notices that the store was locked, and lets go of what it holds.
        drop(self.asking.turn());
        drop(self.rewriting.lock().unwrap_or_else(PoisonError::into_inner));
        for event in events {
            self.store.edges.events.raise(&self.store.name, event);
        }
    }

    pub(in crate::sealed) fn is_locked(&self) -> Result<bool, Error> {
        let Some(header) = self.header()? else {
            return Ok(self.store.config.gate.is_some());
        };
        let fields = &header.fields;
        let mut state = self.state();
        let now = self.store.edges.clock.elapsed();
        state.end_session_if_due(self.store.config.lock_after_background, now);
        let open = state
            .unlocked
            .as_ref()
            .is_some_and(|unlocked| unlocked.opens(fields));
        Ok(match &fields.gate {
            Some(_) => !open,
            None => self.store.config.gate.is_some(),
        })
    }

    /// The app went to the background, or came back.
    pub(in crate::sealed) fn set_visible(&self, visible: bool) {
        let now = self.store.edges.clock.elapsed();
        let mut state = self.state();
        if !visible {
            state.visibility.set(false, now);
        }
        state.end_session_if_due(self.store.config.lock_after_background, now);
        if visible {
            state.visibility.set(true, now);
        }
        let events = std::mem::take(&mut state.events);
        drop(state);
        for event in events {
            self.store.edges.events.raise(&self.store.name, event);
        }
    }

    /// Facts about the store. Those about its items are unknown while it is locked.
    pub(in crate::sealed) fn status(&self) -> Result<Status, Error> {
        let known = self.call(Access::Inspect, |session| session.status());
        let Err(error) = known else {
            return known;
        };
        let protected = self.header()?.filter(|header| header.fields.gate.is_some());
        let told = error.code() == ErrorCode::AuthRequired || ResetReason::from_code(error.code()).is_some();
        match protected {
            Some(header) if told => self.call(Access::Bare, |session| session.status_of(Some(&header))),
            _ => Err(error),
        }
    }

    /// The header of the vault file, read without a lock: a file that has its name is complete.
    pub(super) fn header(&self) -> Result<Option<Header>, Error> {
        self.store.ready()?;
        Ok(self
            .store
            .file(&self.store.paths.vault())?
            .map(|(_, header)| header))
    }

    /// Asks the user to open the file with this header. The caller has the turn to ask.
    pub(super) fn ask(&self, header: &Header, prompt: &Prompt) -> Result<Unlocked, Error> {
        let key = self.questioned(prompt, |question| {
            let mut doubt = self.doubt.lock().unwrap_or_else(PoisonError::into_inner);
            self.store.session_key(header, question, &mut doubt)
        });
        let unlocked = Unlocked::by(key?, &header.fields).ok_or_else(locked)?;
        self.state().verdict = None;
        Ok(unlocked)
    }

    /// What becomes of a store that could not be opened. If its gate is lost for good, the file goes into quarantine, or
    /// calls reject until a reset. It raises events, so the caller must not have the turn to ask.
    pub(super) fn judged(&self, header: &Header, error: Error) -> Error {
        if ResetReason::from_code(error.code()).is_none() {
            return error;
        }
        let judged = self.supplied(
            Access::Bare,
            self.store.budget(),
            &mut Supply::default(),
            |session| {
                match session.store.file(&session.store.paths.vault())? {
                    Some((_, found)) if found.digest == header.digest => session.answer_loss(error.clone()),
                    // It was not the gate of the store any more.
                    _ => Err(overtaken()),
                }
            },
        );
        match judged {
            Ok(()) => error,
            Err(judged) if judged.code() == error.code() => {
                self.state().verdict = Some((header.fields.kek_alias.clone(), error.clone()));
                error
            }
            Err(judged) => judged,
        }
    }

    /// Runs `ask` while [`Handle::lock`] can end its prompt.
    pub(super) fn questioned<T>(
        &self,
        prompt: &Prompt,
        ask: impl FnOnce(Question<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let locks = {
            let mut state = self.state();
            state.visibility.prompts += 1;
            state.locks
        };
        let announce = |ticket: Ticket| {
            *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = Some(ticket);
            // A lock from now on finds the ticket.
            self.unless_locked_since(locks)
        };
        let question = Question {
            prompt,
            again: false,
            announce: &announce,
        };
        let result = ask(question);
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let now = self.store.edges.clock.elapsed();
        self.state().visibility.prompt_ended(now);
        let answer = result?;
        self.unless_locked_since(locks)?;
        Ok(answer)
    }

    pub(super) fn next_call(&self) -> u64 {
        self.calls.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn unless_locked_since(&self, locks: u64) -> Result<(), Error> {
        if self.state().locks == locks {
            return Ok(());
        }
        Err(Error::new(
            ErrorCode::AuthCancelled,
            "The store was locked meanwhile",
        ))
    }

    /// Returns whether it was locked before.
    fn open_session(&self, prompt: &Prompt) -> Result<bool, Error> {
        for _ in 0..TRIES {
            let header = self
                .header()?
                .ok_or_else(|| not_protected("There is no store yet"))?;
            if header.fields.gate.is_none() {
                return Err(not_protected("The store is not protected"));
            }
            if every_use(&header.fields) {
                return Err(Error::new(
                    ErrorCode::InvalidArgument,
                    "The store asks its user in each call: it cannot be unlocked",
                ));
            }
            let open = || {
                if self.is_unlocked(&header) {
                    return Ok(false);
                }
                let locks = self.state().locks;
                let unlocked = self.ask(&header, prompt)?;
                let mut state = self.state();
                if state.locks != locks {
                    return Err(Error::new(
                        ErrorCode::AuthCancelled,
                        "The store was locked meanwhile",
                    ));
                }
                state.unlocked = Some(unlocked);
                Ok(true)
            };
            let (asked, turn) = match self.asking.once(header.digest, open) {
                Ok(opened) => opened,
                Err(error)
                    if ResetReason::from_code(error.code()).is_some() && !self.is_current(&header)? =>
                {
                    continue;
                }
                Err(error) => return Err(self.judged(&header, error)),
            };
            // Opens the file, which raises no event.
            let opened = self.supplied(
                Access::Replace,
                self.store.budget(),
                &mut Supply::default(),
                |_| Ok(()),
            );
            drop(turn);
            match opened {
                Ok(()) => return Ok(asked),
                // Another process has changed how the store asks.
                Err(error) if error.code() == ErrorCode::AuthRequired => {}
                Err(error) => {
                    self.state().end_session(LockTrigger::Invalidated);
                    return Err(error);
                }
            }
        }
        Err(overtaken())
    }

    /// Whether no other process has replaced the file since.
    fn is_current(&self, header: &Header) -> Result<bool, Error> {
        Ok(self.header()?.is_some_and(|found| found.digest == header.digest))
    }

    fn is_unlocked(&self, header: &Header) -> bool {
        let mut state = self.state();
        let now = self.store.edges.clock.elapsed();
        state.end_session_if_due(self.store.config.lock_after_background, now);
        state
            .unlocked
            .as_ref()
            .is_some_and(|unlocked| unlocked.opens(&header.fields))
    }
}

fn overtaken() -> Error {
    Error::new(
        ErrorCode::Unavailable,
        "Another process has changed how the store asks its user: try again",
    )
}

fn not_protected(what: &'static str) -> Error {
    Error::new(
        ErrorCode::InvalidArgument,
        format!("{what}, so it cannot be unlocked: call `protect()`"),
    )
}

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
        let opened = stack::wiped(|| self.open_session(prompt));
        // What was removed before the store was locked is still to be erased.
        self.arrange_upkeep();
        // Events are raised when nothing is held, so that a listener may lock the store.
        self.deliver();
        opened
    }

    /// Locks the store. When this returns, no thread of this process holds its keys.
    pub(in crate::sealed) fn lock(&self, trigger: LockTrigger) {
        self.locking.fetch_add(1, Ordering::SeqCst);
        // A call that reads or writes holds the state.
        self.state().end_session(trigger);
        let asked = *self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Some(ticket), Some(asking)) = (asked, &self.store.asking) {
            asking.user.dismiss(ticket);
        }
        // A thread that asks, or writes a new file, notices that the store was locked, and lets go of what it holds.
        drop(self.asking.turn());
        drop(self.rewriting.lock().unwrap_or_else(PoisonError::into_inner));
        self.locking.fetch_sub(1, Ordering::SeqCst);
        self.deliver();
    }

    pub(in crate::sealed) fn is_locked(&self) -> Result<bool, Error> {
        let Some(header) = self.header()? else {
            return Ok(self.store.config.gate.is_some());
        };
        let open = self.is_unlocked(&header);
        self.deliver();
        Ok(match &header.fields.gate {
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
        drop(state);
        self.deliver();
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
    pub(super) fn ask(&self, header: &Header, prompt: &Prompt, locks: u64) -> Result<Unlocked, Error> {
        let key = self.questioned(prompt, locks, |question| {
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
        locks: u64,
        ask: impl FnOnce(Question<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.unless_locked_since(locks)?;
        let mut prompting = Prompting::begin(self);
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
        let answer = ask(question)?;
        prompting.authorised = true;
        drop(prompting);
        self.unless_locked_since(locks)?;
        Ok(answer)
    }

    pub(super) fn next_call(&self) -> u64 {
        self.calls.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(super) fn unless_locked_since(&self, locks: u64) -> Result<(), Error> {
        // While a lock waits for others, nobody asks.
        if self.state().locks == locks && self.locking.load(Ordering::SeqCst) == 0 {
            return Ok(());
        }
        Err(locked_meanwhile())
    }

    fn open_session(&self, prompt: &Prompt) -> Result<(), Error> {
        let locks = self.locks();
        for _ in 0..TRIES {
            let header = self.session_header()?;
            self.unless_locked_since(locks)?;
            let open = || {
                if self.is_unlocked(&header) {
                    return Ok(Some(false));
                }
                // Another call may have changed the gate while this one waited.
                if !self.is_current(&header)? {
                    return Ok(None);
                }
                let unlocked = self.ask(&header, prompt, locks)?;
                let mut state = self.state();
                if state.locks != locks {
                    return Err(locked_meanwhile());
                }
                state.unlocked = Some(unlocked);
                Ok(Some(true))
            };
            let (asked, turn) = match self.asking.once(header.digest, open) {
                Ok((Some(asked), turn)) => (asked, turn),
                Ok((None, _)) => continue,
                Err(error)
                    if ResetReason::from_code(error.code()).is_some() && !self.is_current(&header)? =>
                {
                    continue;
                }
                Err(error) => return Err(self.judged(&header, error)),
            };
            let opened = self.open_file_of_session(asked);
            drop(turn);
            match opened {
                // Another process has changed how the store asks.
                Err(error) if error.code() == ErrorCode::AuthRequired => {}
                opened => return opened,
            }
        }
        Err(overtaken())
    }

    /// The header of a store that can be unlocked.
    fn session_header(&self) -> Result<Header, Error> {
        let header = self.header()?;
        let header = header.ok_or_else(|| not_protected("There is no store yet"))?;
        if header.fields.gate.is_none() {
            return Err(not_protected("The store is not protected"));
        }
        if every_use(&header.fields) {
            return Err(Error::new(
                ErrorCode::InvalidArgument,
                "The store asks its user in each call: it cannot be unlocked",
            ));
        }
        Ok(header)
    }

    /// Opens the file with the session key. If the user was just asked and the file does not open, the session ends
    /// without a word, because nobody was told that it began.
    fn open_file_of_session(&self, asked: bool) -> Result<(), Error> {
        let mut supply = Supply::default();
        let opened = self.supplied(Access::Replace, self.store.budget(), &mut supply, |session| {
            let journal = session.journal();
            if journal.is_none_or(|journal| journal.header.fields.gate.is_none()) {
                return Err(overtaken());
            }
            if asked && session.state.unlocked.is_some() {
                session.raise(Event::Unlocked);
            }
            Ok(())
        });
        if opened.is_err() && asked {
            self.state().unlocked = None;
        }
        opened
    }

    /// Whether no other process has replaced the file since.
    fn is_current(&self, header: &Header) -> Result<bool, Error> {
        Ok(self.header()?.is_some_and(|found| found.digest == header.digest))
    }

    /// How often the store was locked so far, also by the time that it was in the background.
    pub(super) fn locks(&self) -> u64 {
        let mut state = self.state();
        let now = self.store.edges.clock.elapsed();
        state.end_session_if_due(self.store.config.lock_after_background, now);
        state.locks
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

pub(super) fn overtaken() -> Error {
    Error::new(
        ErrorCode::Unavailable,
        "Another process has changed how the store asks its user: try again",
    )
}

fn locked_meanwhile() -> Error {
    Error::new(ErrorCode::AuthCancelled, "The store was locked meanwhile")
}

/// A prompt that is shown. If the platform panics, it has ended, too.
struct Prompting<'a> {
    handle: &'a Handle,
    authorised: bool,
}

impl<'a> Prompting<'a> {
    fn begin(handle: &'a Handle) -> Self {
        let now = handle.store.edges.clock.elapsed();
        handle.state().visibility.prompt_begins(now);
        Self {
            handle,
            authorised: false,
        }
    }
}

impl Drop for Prompting<'_> {
    fn drop(&mut self) {
        *self.handle.asked.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let now = self.handle.store.edges.clock.elapsed();
        let visibility = &mut self.handle.state().visibility;
        visibility.prompt_ended(self.authorised, now);
    }
}

fn not_protected(what: &'static str) -> Error {
    Error::new(
        ErrorCode::InvalidArgument,
        format!("{what}, so it cannot be unlocked: call `protect()`"),
    )
}

//! The system's prompts: one at a time, each with one answer.

use std::collections::VecDeque;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use crate::policy::UserAuthentication;
use crate::ports::{AskRequest, Clock, Device, Prompt, Proof, Refusal, RefusalReason, Ticket, User};
use crate::sync::{Condvar, Mutex, MutexGuard};

/// How long a prompt for biometry may stay without an answer. A system that never calls back must not keep a call waiting
/// for ever.
const BIOMETRY: Duration = Duration::from_secs(60);
/// A passcode takes longer to type.
const CREDENTIAL: Duration = Duration::from_secs(180);
/// How often a waiting thread looks at the clock.
const LOOK: Duration = Duration::from_millis(250);
/// The uses whose dismissal is remembered before they are asked for.
const REMEMBERED: usize = 16;

/// The code of the platform that shows a prompt.
pub trait PromptScreen: Send + Sync {
    /// Begins to show a prompt, and returns at once. [`Prompts::answer`] brings its end.
    ///
    /// # Errors
    /// Why nothing is shown.
    fn show(&self, prompt: &ShownPrompt<'_>) -> Result<(), Refusal>;

    /// Takes a prompt away, if it is still shown.
    fn hide(&self, ticket: Ticket);

    /// What could be asked now.
    fn device(&self) -> Device;
}

/// A prompt to be shown.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct ShownPrompt<'a> {
    /// Comes back with the answer.
    pub ticket: Ticket,
    /// How the user has to authenticate.
    pub authentication: UserAuthentication,
    /// What it says.
    pub prompt: &'a Prompt,
    /// Whether the user is asked for the second time in one call.
    pub again: bool,
}

/// The user behind the prompts of the system. Whatever the platform calls back, how often and how late: each question has
/// one answer.
pub struct Prompts {
    screen: Arc<dyn PromptScreen>,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    shown: Option<Shown>,
    dismissed: VecDeque<Ticket>,
}

struct Shown {
    ticket: Ticket,
    answer: Option<Result<Proof, Refusal>>,
}

impl Prompts {
    /// Prompts on this screen. The clock measures how long they may stay.
    #[must_use]
    pub fn new(screen: Arc<dyn PromptScreen>, clock: Arc<dyn Clock>) -> Self {
        Self {
            screen,
            clock,
            state: Mutex::new(State::default()),
            changed: Condvar::new(),
        }
    }

    /// The answer to the prompt for this use. It counts if the prompt is the one that is shown and has no answer yet.
    pub fn answer(&self, ticket: Ticket, answer: Result<Proof, Refusal>) {
        let mut state = self.state();
        if let Some(shown) = &mut state.shown
            && shown.ticket == ticket
            && shown.answer.is_none()
        {
            shown.answer = Some(answer);
            self.changed.notify_all();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        let waited = self.changed.wait_timeout(state, LOOK);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    /// Waits until no other prompt is shown, and takes its place.
    fn take_turn(&self, ticket: Ticket) -> Result<(), Refusal> {
        let mut state = self.state();
        loop {
            if let Some(position) = state.dismissed.iter().position(|known| *known == ticket) {
                state.dismissed.remove(position);
                return Err(dismissed());
            }
            if state.shown.is_none() {
                state.shown = Some(Shown { ticket, answer: None });
                return Ok(());
            }
            state = self.wait(state);
        }
    }

    /// `None` if there was no answer in time.
    fn wait_for_answer(&self, limit: Duration) -> Option<Result<Proof, Refusal>> {
        let until = self.clock.elapsed().saturating_add(limit);
        let mut state = self.state();
        loop {
            if let Some(answer) = state.shown.as_mut()?.answer.take() {
                return Some(answer);
            }
            if self.clock.elapsed() >= until {
                return None;
            }
            state = self.wait(state);
        }
    }
}

impl User for Prompts {
    fn ask(&self, request: &AskRequest<'_>) -> Result<Proof, Refusal> {
        let ticket = request.ticket;
        self.take_turn(ticket)?;
        // The next prompt has its turn even if the platform panics.
        let turn = Turn {
            prompts: self,
            ticket,
        };
        self.screen.show(&ShownPrompt {
            ticket,
            authentication: request.authentication,
            prompt: request.prompt,
            again: request.again,
        })?;
        let limit = match request.authentication {
            UserAuthentication::Biometry => BIOMETRY,
            UserAuthentication::BiometryOrDeviceCredential | UserAuthentication::DeviceCredential => {
                CREDENTIAL
            }
        };
        let answer = self.wait_for_answer(limit).unwrap_or_else(|| {
            self.screen.hide(ticket);
            Err(Refusal::new(RefusalReason::TimedOut, ""))
        });
        drop(turn);
        answer
    }

    fn dismiss(&self, ticket: Ticket) {
        let mut state = self.state();
        let shown = match &mut state.shown {
            Some(shown) if shown.ticket == ticket => {
                shown.answer.get_or_insert_with(|| Err(dismissed()));
                true
            }
            _ => {
                state.dismissed.push_back(ticket);
                if state.dismissed.len() > REMEMBERED {
                    state.dismissed.pop_front();
                }
                false
            }
        };
        self.changed.notify_all();
        drop(state);
        if shown {
            self.screen.hide(ticket);
        }
    }

    fn device(&self) -> Device {
        self.screen.device()
    }
}

/// The right to show a prompt.
struct Turn<'a> {
    prompts: &'a Prompts,
    ticket: Ticket,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut state = self.prompts.state();
        if state
            .shown
            .as_ref()
            .is_some_and(|shown| shown.ticket == self.ticket)
        {
            state.shown = None;
            self.prompts.changed.notify_all();
        }
    }
}

fn dismissed() -> Refusal {
    Refusal::new(RefusalReason::Dismissed, "")
}

//! Prompts whose platform calls back twice, late, for another prompt, or never.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use strongroom_core::policy::UserAuthentication;
use strongroom_core::ports::{AskRequest, Device, Prompt, Proof, Refusal, RefusalReason, Ticket, User};
use strongroom_core::{PromptScreen, Prompts, ShownPrompt};
use strongroom_testkit::ManualClock;

/// Tells what was shown and hidden.
struct Screen {
    told: Mutex<Sender<Told>>,
    refuses: Mutex<Option<RefusalReason>>,
    panics: bool,
}

#[derive(Debug, PartialEq, Eq)]
enum Told {
    Shown(Ticket),
    Hidden(Ticket),
}

impl PromptScreen for Screen {
    fn show(&self, prompt: &ShownPrompt<'_>) -> Result<(), Refusal> {
        assert!(!self.panics, "as told");
        if let Some(reason) = *self.refuses.lock().unwrap() {
            return Err(Refusal::new(reason, "injected"));
        }
        self.told
            .lock()
            .unwrap()
            .send(Told::Shown(prompt.ticket))
            .unwrap();
        Ok(())
    }

    fn hide(&self, ticket: Ticket) {
        self.told.lock().unwrap().send(Told::Hidden(ticket)).unwrap();
    }

    fn device(&self) -> Device {
        Device {
            secure: true,
            enrolled: true,
            biometry: true,
        }
    }
}

struct Stage {
    prompts: Arc<Prompts>,
    screen: Arc<Screen>,
    clock: Arc<ManualClock>,
    told: Receiver<Told>,
}

impl Stage {
    fn new(panics: bool) -> Self {
        let (sender, told) = channel();
        let screen = Arc::new(Screen {
            told: Mutex::new(sender),
            refuses: Mutex::new(None),
            panics,
        });
        let clock = Arc::new(ManualClock::new(1));
        Self {
            prompts: Arc::new(Prompts::new(screen.clone(), clock.clone())),
            screen,
            clock,
            told,
        }
    }

    /// Asks on a thread of its own. The answer comes over the channel.
    fn ask(&self, ticket: u64, authentication: UserAuthentication) -> Receiver<Result<Proof, RefusalReason>> {
        let (sender, answer) = channel();
        let prompts = self.prompts.clone();
        thread::spawn(move || {
            let answer = prompts.ask(&AskRequest {
                ticket: Ticket(ticket),
                authentication,
                prompt: &Prompt::default(),
                again: false,
            });
            sender.send(answer.map_err(|refusal| refusal.reason)).unwrap();
        });
        answer
    }

    fn biometry(&self, ticket: u64) -> Receiver<Result<Proof, RefusalReason>> {
        self.ask(ticket, UserAuthentication::Biometry)
    }

    fn refuse(&self, ticket: u64, reason: RefusalReason) {
        self.prompts
            .answer(Ticket(ticket), Err(Refusal::new(reason, "injected")));
    }
}

#[test]
fn the_first_answer_counts_and_no_other() {
    let stage = Stage::new(false);
    let answer = stage.biometry(1);
    assert_eq!(stage.told.recv().unwrap(), Told::Shown(Ticket(1)));
    stage.refuse(7, RefusalReason::Cancelled);
    stage.prompts.answer(Ticket(1), Ok(Proof(5)));
    stage.refuse(1, RefusalReason::Cancelled);
    assert_eq!(answer.recv().unwrap(), Ok(Proof(5)));
    stage.prompts.answer(Ticket(1), Ok(Proof(6)));
    let answer = stage.biometry(2);
    assert_eq!(stage.told.recv().unwrap(), Told::Shown(Ticket(2)));
    stage.prompts.answer(Ticket(1), Ok(Proof(7)));
    stage.refuse(2, RefusalReason::Lockout);
    assert_eq!(answer.recv().unwrap(), Err(RefusalReason::Lockout));
    assert!(stage.told.try_recv().is_err());
}

#[test]
fn one_prompt_is_shown_at_a_time() {
    let stage = Stage::new(false);
    let first = stage.biometry(1);
    assert_eq!(stage.told.recv().unwrap(), Told::Shown(Ticket(1)));
    let second = stage.biometry(2);
    thread::sleep(Duration::from_millis(50));
    assert!(stage.told.try_recv().is_err());
    stage.prompts.answer(Ticket(2), Ok(Proof(2)));
    stage.prompts.answer(Ticket(1), Ok(Proof(1)));
    assert_eq!(first.recv().unwrap(), Ok(Proof(1)));
    assert_eq!(stage.told.recv().unwrap(), Told::Shown(Ticket(2)));
    stage.prompts.answer(Ticket(2), Ok(Proof(3)));
    assert_eq!(
        second.recv().unwrap(),
        Ok(Proof(3)),
        "what came before it was shown does not count"
    );
}

#[test]
fn a_dismissal_ends_a_prompt_that_is_shown_waits_or_comes() {
    let stage = Stage::new(false);
    stage.prompts.dismiss(Ticket(3));
    assert_eq!(stage.biometry(3).recv().unwrap(), Err(RefusalReason::Dismissed));
    let shown = stage.biometry(1);
    assert_eq!(stage.told.recv().unwrap(), Told::Shown(Ticket(1)));
    let waiting = stage.biometry(2);
    stage.prompts.dismiss(Ticket(2));
    assert_eq!(waiting.recv().unwrap(), Err(RefusalReason::Dismissed));
    stage.prompts.dismiss(Ticket(1));
    assert_eq!(shown.recv().unwrap(), Err(RefusalReason::Dismissed));
    assert_eq!(stage.told.recv().unwrap(), Told::Hidden(Ticket(1)));
    assert!(
        stage.told.try_recv().is_err(),
        "what was never shown is not hidden"
    );
}

#[test]
fn a_platform_that_never_calls_back_keeps_nobody_waiting() {
    for (authentication, seconds) in [
        (UserAuthentication::Biometry, 60),
        (UserAuthentication::DeviceCredential, 180),
    ] {
        let stage = Stage::new(false);
        let answer = stage.ask(1, authentication);
        assert_eq!(stage.told.recv().unwrap(), Told::Shown(Ticket(1)));
        thread::sleep(Duration::from_millis(50));
        stage.clock.elapse(Duration::from_secs(seconds - 1));
        assert!(answer.recv_timeout(Duration::from_millis(600)).is_err());
        stage.clock.elapse(Duration::from_secs(1));
        assert_eq!(answer.recv().unwrap(), Err(RefusalReason::TimedOut));
        assert_eq!(stage.told.recv().unwrap(), Told::Hidden(Ticket(1)));
    }
}

#[test]
fn a_platform_that_shows_nothing_or_panics_lets_the_next_prompt_be_shown() {
    let stage = Stage::new(false);
    *stage.screen.refuses.lock().unwrap() = Some(RefusalReason::NotVisible);
    assert_eq!(stage.biometry(1).recv().unwrap(), Err(RefusalReason::NotVisible));
    *stage.screen.refuses.lock().unwrap() = None;
    let answer = stage.biometry(2);
    assert_eq!(stage.told.recv().unwrap(), Told::Shown(Ticket(2)));
    stage.prompts.answer(Ticket(2), Ok(Proof(1)));
    assert_eq!(answer.recv().unwrap(), Ok(Proof(1)));
    let stage = Stage::new(true);
    for ticket in 1..3 {
        assert!(
            stage.biometry(ticket).recv().is_err(),
            "the thread is gone, and no other waits for it"
        );
    }
}

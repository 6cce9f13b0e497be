//! The way from a question of the core to the system's prompt, and back.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use strongroom_core::Prompts;
use strongroom_core::policy::UserAuthentication;
use strongroom_core::ports::{Device, Proof, Refusal, RefusalReason, SystemClock, Ticket};

use crate::platform;

/// Shows the system's prompt. The plugin's own Kotlin and Swift implement it. It decides nothing: it passes on what the
/// system says, by [`prompt_ended`].
#[uniffi::export(foreign)]
pub trait PromptScreen: Send + Sync {
    /// Begins to show a prompt, and returns at once.
    ///
    /// # Errors
    /// Why nothing is shown.
    fn show(&self, question: PromptQuestion) -> Result<(), PromptError>;

    /// Takes a prompt away, if it is still shown.
    ///
    /// # Errors
    /// It failed; the question has ended anyway.
    fn hide(&self, ticket: i64) -> Result<(), PromptError>;

    /// What could be asked now.
    ///
    /// # Errors
    /// Nothing could be found out.
    fn device(&self) -> Result<PromptDevice, PromptError>;
}

/// What to ask.
#[derive(uniffi::Record)]
#[non_exhaustive]
pub struct PromptQuestion {
    /// Comes back with the end of the prompt.
    pub ticket: i64,
    /// Whether biometry may authorise it.
    pub biometry: bool,
    /// Whether the passcode of the device may authorise it.
    pub device_credential: bool,
    /// Whether the user is asked for the second time in one call.
    pub again: bool,
    /// What the app wants, in one line; none for the text of the system.
    pub title: Option<String>,
    /// A second line.
    pub subtitle: Option<String>,
    /// More about it.
    pub description: Option<String>,
    /// The button that ends the prompt.
    pub cancel: Option<String>,
    /// The button for the passcode, on iOS.
    pub fallback: Option<String>,
}

/// What the device could ask.
#[derive(Clone, Copy, uniffi::Record)]
#[expect(clippy::exhaustive_structs, reason = "Kotlin and Swift make it")]
pub struct PromptDevice {
    /// Whether there is a passcode.
    pub secure: bool,
    /// Whether the system names at least one enrolment of strong biometry.
    pub enrolled: bool,
    /// Whether there is a sensor for strong biometry that can be used.
    pub biometry: bool,
}

/// How a prompt ended.
#[derive(Clone, Copy, Debug, uniffi::Enum)]
#[expect(clippy::exhaustive_enums, reason = "Kotlin and Swift make it")]
pub enum PromptEnd {
    /// The user authorised the use.
    Authorised {
        /// What the system gave back for it; 0 on Android.
        proof: i64,
    },
    /// The system reported an error of `BiometricPrompt` or `LAError`.
    Failed {
        /// Its number.
        code: i32,
    },
    /// The user chose the button that the app named.
    OtherButton,
    /// What showed the prompt is gone.
    Gone,
}

/// Why nothing is shown.
#[derive(Debug, thiserror::Error, uniffi::Error)]
#[non_exhaustive]
pub enum PromptError {
    /// The app is not visible.
    #[error("the app is not visible")]
    NotVisible,
    /// The system cannot show it.
    #[error("the prompt cannot be shown")]
    Impossible,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for PromptError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Impossible
    }
}

/// Shows all prompts of this process on `screen` from now on; on none, if there is none.
#[uniffi::export]
pub fn show_prompts_on(screen: Option<Arc<dyn PromptScreen>>) {
    *SCREEN.lock().unwrap_or_else(PoisonError::into_inner) = screen;
}

/// The end of a prompt. The first one counts, if the question has not ended before.
#[uniffi::export]
pub fn prompt_ended(ticket: i64, end: PromptEnd) {
    let answer = match end {
        PromptEnd::Authorised { proof } => Ok(Proof(proof.cast_unsigned())),
        PromptEnd::Failed { code } => Err(Refusal::new(platform::reason_of(code), format!("code {code}"))),
        PromptEnd::OtherButton => Err(Refusal::new(RefusalReason::Fallback, "")),
        PromptEnd::Gone => Err(Refusal::new(RefusalReason::System, "the screen is gone")),
    };
    prompts().answer(Ticket(ticket.cast_unsigned()), answer);
}

/// The prompts of this process.
pub(crate) fn prompts() -> Arc<Prompts> {
    static PROMPTS: LazyLock<Arc<Prompts>> =
        LazyLock::new(|| Arc::new(Prompts::new(Arc::new(Screen), Arc::new(SystemClock::default()))));
    Arc::clone(&PROMPTS)
}

static SCREEN: Mutex<Option<Arc<dyn PromptScreen>>> = Mutex::new(None);

/// Whatever screen there is when a prompt is to be shown.
struct Screen;

impl Screen {
    fn current() -> Result<Arc<dyn PromptScreen>, Refusal> {
        let screen = SCREEN.lock().unwrap_or_else(PoisonError::into_inner).clone();
        screen.ok_or_else(|| Refusal::new(RefusalReason::NotVisible, "no screen"))
    }
}

impl strongroom_core::PromptScreen for Screen {
    fn show(&self, prompt: &strongroom_core::ShownPrompt<'_>) -> Result<(), Refusal> {
        let texts = prompt.prompt.clone();
        let question = PromptQuestion {
            ticket: prompt.ticket.0.cast_signed(),
            biometry: prompt.authentication != UserAuthentication::DeviceCredential,
            device_credential: prompt.authentication != UserAuthentication::Biometry,
            again: prompt.again,
            title: texts.title,
            subtitle: texts.subtitle,
            description: texts.description,
            cancel: texts.cancel,
            fallback: texts.fallback,
        };
        Self::current()?.show(question).map_err(|error| match error {
            PromptError::NotVisible => Refusal::new(RefusalReason::NotVisible, "hidden"),
            PromptError::Impossible => Refusal::new(RefusalReason::Unavailable, "not shown"),
        })
    }

    fn hide(&self, ticket: Ticket) {
        if let Ok(screen) = Self::current() {
            // The question has ended, whether the prompt goes or not.
            let _ = screen.hide(ticket.0.cast_signed());
        }
    }

    fn device(&self) -> Device {
        // If nobody knows, nothing is lost: a gate counts as lost only on a device that can ask.
        let unknown = PromptDevice {
            secure: true,
            enrolled: false,
            biometry: false,
        };
        let screen = Self::current().ok();
        let known = screen.and_then(|screen| screen.device().ok()).unwrap_or(unknown);
        Device {
            secure: known.secure,
            enrolled: known.enrolled,
            biometry: known.biometry,
        }
    }
}

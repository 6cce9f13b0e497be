use std::borrow::Cow;

use super::gate::{Proof, Ticket};
use crate::policy::UserAuthentication;

/// The user, whom the system asks in its own prompt.
pub trait User: Send + Sync {
    /// Shows the prompt and waits until it has ended. It shows one prompt at a time. If the app is not visible, it shows
    /// nothing and refuses with [`RefusalReason::NotVisible`].
    ///
    /// # Errors
    /// Why the use was not authorised.
    fn ask(&self, request: &AskRequest<'_>) -> Result<Proof, Refusal>;

    /// Ends the prompt for this use, or the wait for it, with [`RefusalReason::Dismissed`].
    fn dismiss(&self, ticket: Ticket);

    /// What could be asked now. It shows nothing.
    fn device(&self) -> Device;
}

/// What to ask.
#[derive(Clone, Copy)]
pub struct AskRequest<'a> {
    /// The use to authorise.
    pub ticket: Ticket,
    /// How the user has to authenticate.
    pub authentication: UserAuthentication,
    /// What the prompt says.
    pub prompt: &'a Prompt,
    /// Whether the user is asked for the second time in one call.
    pub again: bool,
}

/// The texts of a prompt. The platform has its own in place of those that are missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Prompt {
    /// What the app wants, in one line.
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

/// Why a use was not authorised.
#[derive(Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The reason.
    pub reason: RefusalReason,
    /// The number that the system gave, and what it counts.
    pub detail: Cow<'static, str>,
}

impl Refusal {
    /// A refusal with a detail of the system: a name and a number, never its text.
    pub fn new(reason: RefusalReason, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            reason,
            detail: detail.into(),
        }
    }
}

/// The reasons of a [`Refusal`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "each reason needs a code")]
pub enum RefusalReason {
    /// The user ended the prompt.
    Cancelled,
    /// The user chose the button for another way.
    Fallback,
    /// The system ended the prompt.
    System,
    /// There was no answer in time.
    TimedOut,
    /// The store was locked meanwhile.
    Dismissed,
    /// The attempts failed, and the prompt has ended.
    Failed,
    /// Too many attempts failed; some time later they count again.
    Lockout,
    /// Too many attempts failed; the device has to be unlocked with its passcode first.
    LockoutPermanent,
    /// No biometry is enrolled.
    NotEnrolled,
    /// The sensor is missing, off, or not allowed.
    Unavailable,
    /// The device has no passcode.
    NoDeviceCredential,
    /// The app is not visible, so nothing was shown.
    NotVisible,
}

/// What the device could ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "a platform has to answer every question"
)]
pub struct Device {
    /// Whether there is a passcode.
    pub secure: bool,
    /// Whether the system names at least one enrolment of strong biometry. A sensor that is silent names none.
    pub enrolled: bool,
    /// Whether there is a sensor for strong biometry that can be used.
    pub biometry: bool,
}

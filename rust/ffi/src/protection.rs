//! How a store asks its user, for the app's own native code.

use strongroom_core::policy::{GateMode, GatePolicy, OnEnrolmentChange};
use strongroom_core::ports::Prompt;
use strongroom_core::{Error, ErrorCode, LockTrigger, policy};

use crate::error::{StorageError, guard};
use crate::secure_storage::SecureStorage;
use crate::stores::stores;

/// How a store asks its user.
#[derive(uniffi::Record)]
#[expect(clippy::exhaustive_structs, reason = "Kotlin and Swift make it")]
pub struct Protection {
    /// How the user has to authenticate.
    pub authentication: UserAuthentication,
    /// Whether a change of the enrolled biometry makes the store unreadable for good. Without it, `Biometry` alone does
    /// so, and the others do not. A store that a passcode opens cannot.
    #[uniffi(default = None)]
    pub invalidated_by_enrolment: Option<bool>,
    /// Whether the user is asked in each call, and not once for a session.
    #[uniffi(default = false)]
    pub every_use: bool,
}

/// How the user has to authenticate.
#[derive(Clone, Copy, Debug, uniffi::Enum)]
#[expect(clippy::exhaustive_enums, reason = "Kotlin and Swift make it")]
pub enum UserAuthentication {
    /// Strong biometry.
    Biometry,
    /// Strong biometry, or the passcode of the device.
    BiometryOrDeviceCredential,
    /// The passcode of the device.
    DeviceCredential,
}

/// What a prompt says. The system has texts of its own in place of those that are missing.
#[derive(uniffi::Record)]
#[expect(clippy::exhaustive_structs, reason = "Kotlin and Swift make it")]
pub struct PromptTexts {
    /// What the app wants, in one line.
    #[uniffi(default = None)]
    pub title: Option<String>,
    /// A second line.
    #[uniffi(default = None)]
    pub subtitle: Option<String>,
    /// More about it.
    #[uniffi(default = None)]
    pub description: Option<String>,
    /// The button that ends the prompt.
    #[uniffi(default = None)]
    pub cancel: Option<String>,
    /// The button for the passcode, on iOS.
    #[uniffi(default = None)]
    pub fallback: Option<String>,
}

#[uniffi::export]
impl SecureStorage {
    /// Makes the store ask its user as `wanted` says before it opens; or never again, if that is none. A store that is
    /// protected so already does not change. A new store asks once, one that holds items twice before they move, and one
    /// that is protected in another way has to be unlocked and asks once. Afterwards the store is unlocked.
    ///
    /// # Errors
    /// Those of `unlock`, `INVALID_ARGUMENT`, and `INSUFFICIENT_SECURITY` if this device cannot ask so; then nothing
    /// changed. On iOS, `UNSUPPORTED`.
    pub fn protect(&self, wanted: Option<Protection>, prompt: PromptTexts) -> Result<(), StorageError> {
        guard(|| {
            let wanted = wanted.map(GatePolicy::try_from).transpose()?;
            self.vault.protect(wanted, &Prompt::from(prompt), true)
        })
    }

    /// Asks the user, and opens the store until it is locked. A store that is open asks nobody.
    ///
    /// # Errors
    /// `AUTH_REQUIRED` if the app is not visible, the codes for an authentication that failed, and `INVALID_ARGUMENT` if
    /// the store is not protected or asks at every use.
    pub fn unlock(&self, prompt: PromptTexts) -> Result<(), StorageError> {
        guard(|| self.vault.unlock(&Prompt::from(prompt)))
    }

    /// Locks the store in this process, whoever else has it open. Its keys are gone from memory when this returns. Do not
    /// call it on the thread on which a prompt is shown: it waits until calls that run have ended.
    ///
    /// # Errors
    /// `INTERNAL` only.
    pub fn lock(&self) -> Result<(), StorageError> {
        guard(|| {
            stores().lock(&self.store, LockTrigger::Manual);
            Ok(())
        })
    }

    /// Whether calls fail with `AUTH_REQUIRED` until `unlock` or `protect`.
    ///
    /// # Errors
    /// The documented codes.
    pub fn is_locked(&self) -> Result<bool, StorageError> {
        guard(|| self.vault.is_locked())
    }
}

impl TryFrom<Protection> for GatePolicy {
    type Error = Error;

    fn try_from(wanted: Protection) -> Result<Self, Error> {
        let authentication = match wanted.authentication {
            UserAuthentication::Biometry => policy::UserAuthentication::Biometry,
            UserAuthentication::BiometryOrDeviceCredential => {
                policy::UserAuthentication::BiometryOrDeviceCredential
            }
            UserAuthentication::DeviceCredential => policy::UserAuthentication::DeviceCredential,
        };
        let change = wanted.invalidated_by_enrolment.map(|invalidated| {
            if invalidated {
                OnEnrolmentChange::Invalidate
            } else {
                OnEnrolmentChange::Keep
            }
        });
        let mode = if wanted.every_use {
            GateMode::EveryUse
        } else {
            GateMode::Session
        };
        Self::new(authentication, change, mode).ok_or_else(|| {
            Error::new(
                ErrorCode::InvalidArgument,
                "A store that a passcode opens cannot be invalidated by a change of the biometry",
            )
        })
    }
}

impl From<PromptTexts> for Prompt {
    fn from(texts: PromptTexts) -> Self {
        let mut prompt = Self::default();
        prompt.title = texts.title;
        prompt.subtitle = texts.subtitle;
        prompt.description = texts.description;
        prompt.cancel = texts.cancel;
        prompt.fallback = texts.fallback;
        prompt
    }
}

//! Asking the user: what is believed of a gate, and what its answer opens.

use std::time::Duration;

use super::budget::Budget;
use super::life::KekChoice;
use super::locks::KeysLock;
use super::store::{Asking, Store};
use crate::error::{Error, ErrorCode};
use crate::policy::{GatePolicy, UserAuthentication};
use crate::ports::{
    AskRequest, DataKey, Device, GateKeys, KeyErrorKind, Prompt, Proof, Refusal, RefusalReason, Ticket,
};
use crate::sealed::format::{
    FileCipher, GateFields, Header, HeaderFields, SessionKey, gate_message, key_check,
};

/// How often one call asks, if the key store does not know of the authentication or drops the use of the gate.
const ASKS: u32 = 2;
/// Only a sign of a lost gate that is seen again after this time counts. A sensor may be silent for a moment.
const LATER: Duration = Duration::from_secs(10);

/// What to ask the user, and for which gate.
#[derive(Clone, Copy)]
pub(in crate::sealed) struct Question<'a> {
    pub(in crate::sealed) prompt: &'a Prompt,
    /// Whether the user is asked for the second time in one call.
    pub(in crate::sealed) again: bool,
    /// Is told of a use before the user is asked to authorise it. An error ends the question.
    pub(in crate::sealed) announce: &'a dyn Fn(Ticket) -> Result<(), Error>,
}

/// A gate that was created, with the session key that it wraps.
pub(in crate::sealed) struct NewGate {
    pub(in crate::sealed) choice: KekChoice,
    pub(in crate::sealed) fields: GateFields,
    pub(in crate::sealed) key: SessionKey,
    /// The store whose message it answered.
    pub(in crate::sealed) store_id: [u8; 16],
}

/// A first sign that the gate of a file is lost. It counts if the same sign comes again in a later call.
pub(in crate::sealed) struct Doubt {
    alias: String,
    sign: Sign,
    seen: Duration,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Invalidated,
    /// Its answer does not open the session key. Equal answers have equal checks.
    OtherAnswer([u8; 16]),
}

/// Ends the use of a gate that nobody finishes, so that the key store has room for others.
struct Use<'a> {
    gates: &'a dyn GateKeys,
    ticket: Option<Ticket>,
}

impl Drop for Use<'_> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.gates.abandon(ticket);
        }
    }
}

impl Store {
    pub(in crate::sealed) fn asking(&self) -> Result<&Asking, Error> {
        self.asking.as_ref().ok_or_else(|| {
            Error::new(
                ErrorCode::Unsupported,
                "The user cannot be asked here: open the store from the app",
            )
        })
    }

    /// Asks the user to open the file with this header.
    pub(in crate::sealed) fn session_key(
        &self,
        header: &Header,
        question: Question<'_>,
        doubt: &mut Option<Doubt>,
    ) -> Result<SessionKey, Error> {
        let fields = &header.fields;
        let Some(gate) = &fields.gate else {
            return Err(Error::new(ErrorCode::Internal, "The store is not protected"));
        };
        let begun = std::cell::Cell::new(false);
        let announce = |ticket| {
            begun.set(true);
            (question.announce)(ticket)
        };
        let question = Question {
            announce: &announce,
            ..question
        };
        let answer = self.answer(&fields.kek_alias, gate.policy, &fields.store_id, question);
        // A gate that can be used is not invalidated, whatever the user does then.
        if begun.get() && matches!(doubt, Some(known) if known.sign == Sign::Invalidated) {
            *doubt = None;
        }
        let answer = match answer {
            Err(error) if error.code() == ErrorCode::KeyInvalidated => {
                return Err(self.invalidated(gate.policy, &fields.kek_alias, error, doubt));
            }
            answer => answer?,
        };
        let aad = fields.session_aad(self.name.as_str(), gate.policy);
        if let Some(key) = SessionKey::open(&answer, &fields.store_id, &aad, &gate.session_key)? {
            *doubt = None;
            return Ok(key);
        }
        let sign = Sign::OtherAnswer(key_check(&answer, &fields.store_id)?);
        Err(if self.confirms(doubt, &fields.kek_alias, sign) {
            Error::new(
                ErrorCode::KeyMismatch,
                "The key that asks the user does not fit the store: call `reset()` to start an empty store",
            )
        } else {
            Error::new(
                ErrorCode::Unavailable,
                "The key that asks the user gave another answer than before: try again later",
            )
        })
    }

    /// A new gate that the user has used once; or twice, with equal answers.
    pub(in crate::sealed) fn new_gate(
        &self,
        keys: &KeysLock,
        fields: &HeaderFields,
        policy: GatePolicy,
        question: Question<'_>,
        confirm: bool,
        superseded: &mut Vec<String>,
    ) -> Result<NewGate, Error> {
        let choice = self.new_gate_key(keys, policy, self.budget(), superseded)?;
        let ask = |again| {
            self.answer(
                &choice.alias,
                policy,
                &fields.store_id,
                Question { again, ..question },
            )
        };
        let answer = ask(question.again).map_err(no_verdict)?;
        if confirm && ask(true).map_err(no_verdict)?.expose() != answer.expose() {
            return Err(Error::new(
                ErrorCode::InsufficientSecurity,
                "The key that asks the user gives different answers on this device: nothing was changed",
            ));
        }
        let named = HeaderFields {
            kek_alias: choice.alias.clone(),
            ..fields.clone()
        };
        let aad = named.session_aad(self.name.as_str(), policy);
        let (key, session_key) = SessionKey::create(&answer, &fields.store_id, &aad, &*self.edges.random)?;
        Ok(NewGate {
            choice,
            fields: GateFields { policy, session_key },
            key,
            store_id: fields.store_id,
        })
    }

    /// The cipher of a file whose data key this session key wraps.
    pub(in crate::sealed) fn opened_by(
        &self,
        key: &SessionKey,
        header: &Header,
    ) -> Result<FileCipher, Error> {
        let fields = &header.fields;
        let aad = fields.wrap_aad(self.name.as_str())?;
        let data_key = key.unwrap(&header.wrapped_key, &aad);
        let fits = |data_key: &DataKey| {
            key_check(data_key, &fields.store_id).is_ok_and(|check| check == header.key_check)
        };
        match data_key.filter(fits) {
            Some(data_key) => FileCipher::new(&data_key, &fields.store_id),
            None => Err(Error::new(
                ErrorCode::KeyMismatch,
                "The key of the session does not fit the file: call `reset()` to start an empty store",
            )),
        }
    }

    /// The answer of a gate, after the user has authorised it.
    fn answer(
        &self,
        alias: &str,
        policy: GatePolicy,
        store_id: &[u8; 16],
        question: Question<'_>,
    ) -> Result<DataKey, Error> {
        let Asking { gates, user } = self.asking()?;
        let message = gate_message(self.name.as_str(), store_id);
        let mut asked = 0;
        loop {
            let budget = self.budget();
            let begin = |wait| gates.begin(alias, wait);
            let ticket = self.kek(budget).patiently(alias, begin)?;
            let mut usage = Use {
                gates: &**gates,
                ticket: Some(ticket),
            };
            (question.announce)(ticket)?;
            let request = AskRequest {
                ticket,
                authentication: policy.authentication,
                prompt: question.prompt,
                again: question.again,
            };
            let proof = user.ask(&request).map_err(|refusal| refused(&refusal))?;
            usage.ticket = None;
            asked += 1;
            // The time that the user took is not the key store's.
            match self.finish(&**gates, ticket, proof, &message, self.budget())? {
                Ok(answer) => return Ok(answer),
                Err(error) if asked >= ASKS => return Err(error),
                Err(_) => {}
            }
        }
    }

    /// The inner error is one that another question may cure.
    fn finish(
        &self,
        gates: &dyn GateKeys,
        ticket: Ticket,
        proof: Proof,
        message: &[u8],
        budget: Budget<'_>,
    ) -> Result<Result<DataKey, Error>, Error> {
        let kek = self.kek(budget);
        match gates.finish(ticket, proof, message, kek.attempt_time()?) {
            Ok(answer) => Ok(Ok(answer)),
            // What it says now is no verdict. If it is true, the next question shows it before the user is asked.
            Err(error)
                if matches!(
                    error.kind(),
                    KeyErrorKind::Absent | KeyErrorKind::Invalidated | KeyErrorKind::Mismatch
                ) =>
            {
                Ok(Err(Error::new(
                    ErrorCode::Unavailable,
                    format!(
                        "The key that asks the user failed ({}): try again later",
                        error.detail()
                    ),
                )))
            }
            Err(error) => {
                let curable = matches!(
                    error.kind(),
                    KeyErrorKind::NotAuthorised | KeyErrorKind::Pruned | KeyErrorKind::Unavailable
                );
                let error = super::kek::coded(&error);
                if curable { Ok(Err(error)) } else { Err(error) }
            }
        }
    }

    /// What it means that the system calls a gate invalidated. The system decides it from the enrolments that its
    /// sensors name at this moment, and a silent sensor names none.
    fn invalidated(&self, policy: GatePolicy, alias: &str, error: Error, doubt: &mut Option<Doubt>) -> Error {
        let device = match self.asking() {
            Ok(asking) => asking.user.device(),
            Err(error) => return error,
        };
        if let Some(error) = lacking(device, policy) {
            *doubt = None;
            return error;
        }
        if self.confirms(doubt, alias, Sign::Invalidated) {
            return error;
        }
        Error::new(
            ErrorCode::BiometryUnavailable,
            "The system says for the first time that the key of the store was invalidated: try again later",
        )
    }

    /// Whether the same sign was seen before, long enough ago.
    fn confirms(&self, doubt: &mut Option<Doubt>, alias: &str, sign: Sign) -> bool {
        let now = self.edges.clock.elapsed();
        match doubt {
            Some(known) if known.alias == alias && known.sign == sign => {
                now >= known.seen.saturating_add(LATER)
            }
            _ => {
                *doubt = Some(Doubt {
                    alias: alias.to_owned(),
                    sign,
                    seen: now,
                });
                false
            }
        }
    }
}

/// What the device lacks to ask the user in this way.
fn lacking(device: Device, policy: GatePolicy) -> Option<Error> {
    if !device.secure {
        return Some(Error::new(
            ErrorCode::InsufficientSecurity,
            "The device has no passcode: tell the user",
        ));
    }
    if policy.authentication != UserAuthentication::Biometry || device.enrolled {
        return None;
    }
    Some(if device.biometry {
        Error::new(
            ErrorCode::BiometryNotEnrolled,
            "The device has no enrolled biometry: tell the user",
        )
    } else {
        Error::new(
            ErrorCode::BiometryUnavailable,
            "Biometry cannot be used at the moment: try again later",
        )
    })
}

/// A new gate that fails says nothing about the store.
fn no_verdict(error: Error) -> Error {
    match error.code() {
        ErrorCode::KeyLost | ErrorCode::KeyInvalidated | ErrorCode::KeyMismatch => Error::new(
            ErrorCode::Unavailable,
            "The new key that asks the user does not work: try again later",
        ),
        _ => error,
    }
}

fn refused(refusal: &Refusal) -> Error {
    let (code, what) = match refusal.reason {
        RefusalReason::Cancelled => (ErrorCode::AuthCancelled, "The user ended the prompt"),
        RefusalReason::Fallback => (
            ErrorCode::AuthCancelled,
            "The user chose the other button of the prompt",
        ),
        RefusalReason::System => (ErrorCode::AuthCancelled, "The system ended the prompt"),
        RefusalReason::TimedOut => (ErrorCode::AuthCancelled, "The prompt got no answer in time"),
        RefusalReason::Dismissed => (ErrorCode::AuthCancelled, "The store was locked meanwhile"),
        RefusalReason::Failed => (ErrorCode::AuthFailed, "The user could not be authenticated"),
        RefusalReason::Lockout => (
            ErrorCode::BiometryLockout,
            "Too many attempts failed: try again in half a minute",
        ),
        RefusalReason::LockoutPermanent => (
            ErrorCode::BiometryLockout,
            "Too many attempts failed: the user has to unlock the device with its passcode first",
        ),
        RefusalReason::NotEnrolled => (
            ErrorCode::BiometryNotEnrolled,
            "The device has no enrolled biometry: tell the user",
        ),
        RefusalReason::Unavailable => (
            ErrorCode::BiometryUnavailable,
            "Biometry cannot be used at the moment: try again later",
        ),
        RefusalReason::NoDeviceCredential => (
            ErrorCode::InsufficientSecurity,
            "The device has no passcode: tell the user",
        ),
        RefusalReason::NotVisible => (
            ErrorCode::AuthRequired,
            "The app is not visible, so the user was not asked: call `unlock()` when it is",
        ),
    };
    if refusal.detail.is_empty() {
        return Error::new(code, what);
    }
    Error::new(code, format!("{what} ({})", refusal.detail))
}

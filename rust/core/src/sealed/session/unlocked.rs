//! What a process holds while a protected store is unlocked, and when it lets go of it.

use std::time::Duration;

use super::{Session, State};
use crate::error::{Error, ErrorCode};
use crate::policy::GateMode;
use crate::sealed::files::NewGate;
use crate::sealed::format::{FileCipher, GateFields, Header, HeaderFields, SessionKey};
use crate::sealed::session::supply::Need;
use crate::vault::{Event, LockTrigger};

/// If the app is still in the background when its own prompt ends, it may come back within this time.
const AFTER_PROMPT: Duration = Duration::from_secs(2);

/// A session key, and the gate that it belongs to.
pub(super) struct Unlocked {
    alias: String,
    gate: GateFields,
    pub(super) key: SessionKey,
}

/// Whether the app can be seen, and since when it cannot.
#[derive(Default)]
pub(super) struct Visibility {
    hidden: Option<Duration>,
    /// When a prompt began while the app was visible. The app is hidden by it on some systems.
    prompting: Option<Duration>,
    /// When the last such prompt ended. The time that it took does not count.
    prompted: Option<Duration>,
}

impl Unlocked {
    pub(super) fn by(key: SessionKey, fields: &HeaderFields) -> Option<Self> {
        fields.gate.clone().map(|gate| Self {
            alias: fields.kek_alias.clone(),
            gate,
            key,
        })
    }

    pub(super) fn by_new(new: NewGate) -> Self {
        Self {
            alias: new.choice.alias,
            gate: new.fields,
            key: new.key,
        }
    }

    /// Whether this is the key of a file with these fields. A rewrite under the same gate changes nothing about that.
    pub(super) fn opens(&self, fields: &HeaderFields) -> bool {
        self.alias == fields.kek_alias && fields.gate.as_ref() == Some(&self.gate)
    }
}

impl Visibility {
    pub(super) fn set(&mut self, visible: bool, now: Duration) {
        if visible {
            self.hidden = None;
        } else {
            self.hidden.get_or_insert(now);
        }
    }

    pub(super) fn prompt_begins(&mut self, now: Duration) {
        // A question that is refused because the app is hidden must not prolong its time.
        self.prompting = self.hidden.is_none().then_some(now);
    }

    /// A user who authenticates sees the app.
    pub(super) fn prompt_ended(&mut self, authorised: bool, now: Duration) {
        if self.prompting.take().is_some() || authorised {
            self.prompted = Some(now);
        }
    }

    /// Whether the app has been in the background for at least `limit`.
    fn exceeds(&self, limit: Duration, now: Duration) -> bool {
        let Some(hidden) = self.hidden else {
            return false;
        };
        if self.prompting.is_some() {
            return false;
        }
        match self.prompted {
            Some(prompted) if prompted >= hidden => now >= prompted.saturating_add(limit.max(AFTER_PROMPT)),
            _ => now >= hidden.saturating_add(limit),
        }
    }
}

impl State {
    /// Lets go of everything that can open the store.
    pub(super) fn end_session(&mut self, trigger: LockTrigger) {
        self.locks += 1;
        let protected = self
            .journal
            .as_ref()
            .is_some_and(|journal| journal.header.fields.gate.is_some());
        if protected {
            self.close();
        }
        self.forget_session(trigger);
    }

    /// Lets go of the session key. What was authorised for it counts no more.
    pub(super) fn forget_session(&mut self, trigger: LockTrigger) {
        if self.unlocked.take().is_some() {
            self.events.push(Event::Locked(trigger));
        }
    }

    /// Drops the file with its keys. What is owed to it is found again when it is opened.
    pub(super) fn close(&mut self) {
        self.journal = None;
        self.opened_for = None;
        self.debts.follow_file();
    }

    /// Locks the store if the app was in the background for too long.
    pub(super) fn end_session_if_due(&mut self, limit: Option<Duration>, now: Duration) {
        if self.unlocked.is_some() && limit.is_some_and(|limit| self.visibility.exceeds(limit, now)) {
            self.end_session(LockTrigger::Background);
        }
    }
}

impl Session<'_> {
    /// The cipher of a protected file, if this call or this process may open it.
    pub(super) fn session_cipher(&mut self, header: Header) -> Result<(Header, FileCipher), Error> {
        let fields = &header.fields;
        if self.supply.user.session.is_some() && self.supply.user.locks != self.state.locks {
            self.supply.user.session = None;
            return Err(Error::new(
                ErrorCode::AuthCancelled,
                "The store was locked meanwhile",
            ));
        }
        if let Some(own) = self.supply.user.session.as_ref().filter(|own| own.opens(fields)) {
            let cipher = self.store.opened_by(&own.key, &header)?;
            self.state.opened_for = self.supply.user.call;
            return Ok((header, cipher));
        }
        if let Some(unlocked) = &self.state.unlocked {
            if unlocked.opens(fields) {
                let cipher = self.store.opened_by(&unlocked.key, &header)?;
                self.state.opened_for = None;
                return Ok((header, cipher));
            }
            self.state.end_session(LockTrigger::Invalidated);
        }
        if every_use(fields) && self.supply.user.may_ask {
            self.supply.user.locks = self.state.locks;
            return Err(self.supply.ask(Need::User(Box::new(header))));
        }
        Err(match &self.state.verdict {
            Some((alias, verdict)) if *alias == fields.kek_alias => verdict.clone(),
            _ => locked(),
        })
    }

    /// A store that must ask its user holds no item before it does.
    pub(super) fn refuse_unprotected(&self) -> Result<(), Error> {
        let Some(wanted) = &self.store.config.gate else {
            return Ok(());
        };
        match self
            .journal()
            .and_then(|journal| journal.header.fields.gate.as_ref())
        {
            Some(gate) if gate.policy == *wanted => Ok(()),
            Some(_) => Err(Error::new(
                ErrorCode::InsufficientSecurity,
                "The store asks its user in another way than required: call `protect()`",
            )),
            None => Err(Error::new(
                ErrorCode::AuthRequired,
                "The store is not protected yet: call `protect()`",
            )),
        }
    }
}

/// Whether the store asks in each call, and stays closed between them.
pub(super) fn every_use(fields: &HeaderFields) -> bool {
    fields
        .gate
        .as_ref()
        .is_some_and(|gate| gate.policy.mode == GateMode::EveryUse)
}

pub(super) fn locked() -> Error {
    Error::new(ErrorCode::AuthRequired, "The store is locked: call `unlock()`")
}

//! Changes how a store asks its user. A new gate and a new file come first, the old key goes last.

use std::sync::PoisonError;

use super::access::Access;
use super::handle::Handle;
use super::supply::{Permission, Supply};
use super::unlock::overtaken;
use super::unlocked::{Unlocked, every_use};
use super::upkeep::Lid;
use crate::error::{Error, ErrorCode};
use crate::policy::GatePolicy;
use crate::ports::Prompt;
use crate::sealed::files::{KekChoice, NewGate, Question};
use crate::sealed::format::{Header, HeaderFields};
use crate::stack;
use crate::vault::{Event, LockTrigger};

/// What the store has to become.
#[derive(Clone, Copy)]
struct Wanted {
    policy: Option<GatePolicy>,
    /// Whether items move only after two equal answers of the new gate.
    confirm: bool,
    /// Whether a gate that is as wanted is replaced, too.
    renew: bool,
}

impl Wanted {
    fn is_met(self, header: Option<&Header>) -> bool {
        let present = header.and_then(|header| header.fields.gate.as_ref());
        let met = present.map(|gate| gate.policy) == self.policy;
        !self.renew && met && (header.is_some() || self.policy.is_none())
    }
}

impl Handle {
    /// Makes the store ask its user as `policy` says; or never, if that is `None`.
    pub(in crate::sealed) fn protect(
        &self,
        policy: Option<GatePolicy>,
        prompt: &Prompt,
        confirm: bool,
    ) -> Result<(), Error> {
        if self
            .store
            .config
            .gate
            .is_some_and(|required| policy != Some(required))
        {
            return Err(Error::new(
                ErrorCode::InvalidArgument,
                "The configuration says that the store asks its user in another way",
            ));
        }
        self.change(
            Wanted {
                policy,
                confirm,
                renew: false,
            },
            prompt,
        )
    }

    /// Replaces the gate by a new one that asks in the same way.
    pub(super) fn renew_gate(&self) -> Result<(), Error> {
        let wanted = Wanted {
            policy: None,
            confirm: false,
            renew: true,
        };
        self.change(wanted, &self.store.config.prompt)
    }

    fn change(&self, wanted: Wanted, prompt: &Prompt) -> Result<(), Error> {
        let locks = self.locks();
        let mut supply = Supply {
            user: Permission {
                locks,
                call: Some(self.next_call()),
                ..Permission::default()
            },
            ..Supply::default()
        };
        let changed = stack::wiped(|| {
            let changed = self.change_in_turn(wanted, prompt, &mut supply);
            if changed.is_err() {
                self.collect_orphans(&supply, self.store.budget());
            }
            changed
        });
        let doomed = supply.user.wanted.take();
        drop(supply);
        self.arrange_upkeep();
        // Events are raised when nothing is held, so that a listener may lock the store.
        self.deliver();
        changed.map_err(|error| match doomed {
            Some(header) => self.judged(&header, error),
            None => error,
        })
    }

    /// Takes the keys lock, so that nobody else replaces the file, and then the turn to ask, which a lock waits for.
    fn change_in_turn(&self, wanted: Wanted, prompt: &Prompt, supply: &mut Supply) -> Result<(), Error> {
        if wanted.policy.is_some() {
            self.store.asking()?;
        }
        if wanted.is_met(self.header()?.as_ref()) {
            return Ok(());
        }
        // Makes the directory, which holds the keys lock, too.
        self.supplied(Access::Bare, self.store.budget(), supply, |_| Ok(()))?;
        self.hold_keys(supply, self.store.budget())?;
        let turn = self.asking.turn();
        supply.user.quiet = true;
        let changed = self.change_gate(wanted, prompt, supply);
        self.close_own(supply);
        drop(turn);
        changed
    }

    fn change_gate(&self, wanted: Wanted, prompt: &Prompt, supply: &mut Supply) -> Result<(), Error> {
        // Another call may have done it while this one waited.
        let header = self.header()?;
        if wanted.is_met(header.as_ref()) {
            return Ok(());
        }
        let existed = header.is_some();
        if let Some(header) = header.filter(|header| every_use(&header.fields)) {
            match self.ask(&header, prompt, supply.user.locks) {
                Ok(session) => supply.user.session = Some(session),
                Err(error) => {
                    supply.user.wanted = Some(Box::new(header));
                    return Err(error);
                }
            }
        }
        let fields = self.supplied(Access::Replace, self.store.budget(), supply, |session| {
            Ok(session.journal().map(|journal| journal.header.fields.clone()))
        })?;
        match fields {
            Some(fields) => self.change_file(wanted, &fields, prompt, supply),
            // It went into quarantine just now, or another process took it away.
            None if existed => Err(overtaken()),
            None => match wanted.policy {
                Some(policy) => self.begin_protected(policy, prompt, supply),
                None => Ok(()),
            },
        }
    }

    fn change_file(
        &self,
        wanted: Wanted,
        fields: &HeaderFields,
        prompt: &Prompt,
        supply: &mut Supply,
    ) -> Result<(), Error> {
        let present = fields.gate.as_ref().map(|gate| gate.policy);
        let policy = if wanted.renew { present } else { wanted.policy };
        let Some(policy) = policy else {
            let mut lid = match present {
                Some(_) => Lid::Unprotected,
                // Another call has ended the protection.
                None => Lid::NewKek,
            };
            self.rewrite(&mut lid, self.store.budget(), supply)?;
            // The store stays open, and has no session any more.
            self.state().unlocked = None;
            return Ok(());
        };
        let confirm = wanted.confirm && present.is_none();
        let new = self.questioned(prompt, supply.user.locks, |question| {
            self.asked_gate(fields, policy, question, confirm, supply)
        })?;
        let mut lid = Lid::Gate(new);
        self.rewrite(&mut lid, self.store.budget(), supply)?;
        match lid {
            Lid::Gate(new) => self.begin_session(new, supply),
            _ => return Err(Error::new(ErrorCode::Internal, "The new gate is gone")),
        }
        Ok(())
    }

    fn begin_protected(&self, policy: GatePolicy, prompt: &Prompt, supply: &mut Supply) -> Result<(), Error> {
        let fields = self.store.first_fields(KekChoice::default())?;
        let new = self.questioned(prompt, supply.user.locks, |question| {
            self.asked_gate(&fields, policy, question, false, supply)
        })?;
        let new = self.create(&fields, new, supply)?;
        self.begin_session(new, supply);
        Ok(())
    }

    /// The user has authorised the new gate: the store is unlocked, unless it was locked meanwhile or asks at every use.
    fn begin_session(&self, new: NewGate, supply: &Supply) {
        let unlocked = Unlocked::by_new(new);
        let mut state = self.state();
        let was_open = state.unlocked.take().is_some();
        let opens = state.journal.as_ref().is_some_and(|journal| {
            unlocked.opens(&journal.header.fields) && !every_use(&journal.header.fields)
        });
        if opens && state.locks == supply.user.locks {
            state.unlocked = Some(unlocked);
        } else {
            state.close();
        }
        match (was_open, state.unlocked.is_some()) {
            (false, true) => state.events.push(Event::Unlocked),
            (true, false) => state.events.push(Event::Locked(LockTrigger::Manual)),
            _ => {}
        }
    }

    fn asked_gate(
        &self,
        fields: &HeaderFields,
        policy: GatePolicy,
        question: Question<'_>,
        confirm: bool,
        supply: &mut Supply,
    ) -> Result<NewGate, Error> {
        let Some(keys) = &supply.keys else {
            return Err(Error::new(ErrorCode::Internal, "The keys lock is not held"));
        };
        let superseded = &mut supply.superseded;
        self.store
            .new_gate(keys, fields, policy, question, confirm, superseded)
    }

    /// Writes the first file of a store that asks its user.
    fn create(&self, fields: &HeaderFields, new: NewGate, supply: &mut Supply) -> Result<NewGate, Error> {
        let budget = self.store.budget();
        let fields = HeaderFields {
            kek_alias: new.choice.alias.clone(),
            kek_level: new.choice.level,
            kek_created_ms: new.choice.created_ms,
            gate: Some(new.fields.clone()),
            ..fields.clone()
        };
        let every_use = every_use(&fields);
        supply.new_key = Some(self.store.wrapped(fields, Some(&new.key), budget)?);
        let _rewriting = self.rewriting.lock().unwrap_or_else(PoisonError::into_inner);
        self.supplied(Access::Replace, budget, supply, |session| {
            session.ensure_created()?;
            if session
                .journal()
                .is_none_or(|journal| journal.header.fields.kek_alias != new.choice.alias)
            {
                return Err(overtaken());
            }
            if every_use {
                session.state.opened_for = session.supply.user.call;
            }
            Ok(())
        })?;
        Ok(new)
    }
}

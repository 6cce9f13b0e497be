//! Changes how a store asks its user. A new gate and a new file come first, the old key goes last.

use std::sync::PoisonError;

use super::access::Access;
use super::handle::Handle;
use super::supply::{Permission, Supply};
use super::unlocked::{Unlocked, every_use};
use super::upkeep::Lid;
use crate::error::{Error, ErrorCode};
use crate::policy::GatePolicy;
use crate::ports::Prompt;
use crate::sealed::files::{KekChoice, NewGate, Question};
use crate::sealed::format::HeaderFields;
use crate::stack;
use crate::vault::Event;

/// What there is before a change.
enum Found {
    /// The store is as wanted.
    AsWanted,
    /// There is no file.
    Nothing,
    /// A file with these fields.
    File(HeaderFields),
}

/// What the store has to become.
#[derive(Clone, Copy)]
struct Wanted {
    policy: Option<GatePolicy>,
    /// Whether items move only after two equal answers of the new gate.
    confirm: bool,
    /// Whether a gate that is as wanted is replaced, too.
    renew: bool,
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
        let policy = self
            .header()?
            .and_then(|header| header.fields.gate)
            .map(|gate| gate.policy);
        let wanted = Wanted {
            policy,
            confirm: false,
            renew: true,
        };
        self.change(wanted, &self.store.config.prompt)
    }

    fn change(&self, wanted: Wanted, prompt: &Prompt) -> Result<(), Error> {
        let mut supply = Supply {
            user: Permission {
                call: Some(self.next_call()),
                ..Permission::default()
            },
            ..Supply::default()
        };
        let changed = stack::wiped(|| {
            let changed = self.opened(wanted, prompt, &mut supply).and_then(|found| {
                let fields = match found {
                    Found::AsWanted => return Ok(false),
                    Found::Nothing => None,
                    Found::File(fields) => Some(fields),
                };
                let turn = self.asking.turn();
                let changed = self.change_gate(wanted, fields, prompt, &mut supply);
                drop(turn);
                changed
            });
            self.close_own(&mut supply);
            if changed.is_err() {
                self.collect_orphans(&supply, self.store.budget());
            }
            changed
        });
        drop(supply);
        self.arrange_upkeep();
        if changed? {
            self.store.edges.events.raise(&self.store.name, Event::Unlocked);
        }
        Ok(())
    }

    /// Opens what is there, and takes the keys lock.
    fn opened(&self, wanted: Wanted, prompt: &Prompt, supply: &mut Supply) -> Result<Found, Error> {
        if wanted.policy.is_some() {
            self.store.asking()?;
        }
        let header = self.header()?;
        let present = header.as_ref().and_then(|header| header.fields.gate.as_ref());
        if present.map(|gate| gate.policy) == wanted.policy && !wanted.renew {
            return Ok(Found::AsWanted);
        }
        if let Some(header) = header.filter(|header| every_use(&header.fields)) {
            let turn = self.asking.turn();
            let asked = self.ask(&header, prompt);
            drop(turn);
            supply.user.session = Some(asked.map_err(|error| self.judged(&header, error))?);
        }
        // Makes the directory, which holds the keys lock, too.
        self.supplied(Access::Bare, self.store.budget(), supply, |_| Ok(()))?;
        // Before the file is read: from here on, nobody else replaces it.
        self.hold_keys(supply, self.store.budget())?;
        let fields = self.supplied(Access::Replace, self.store.budget(), supply, |session| {
            Ok(session.journal().map(|journal| journal.header.fields.clone()))
        })?;
        Ok(match fields {
            Some(fields) => Found::File(fields),
            None if wanted.policy.is_none() => Found::AsWanted,
            None => Found::Nothing,
        })
    }

    /// Returns whether the store was locked or not protected before, and is unlocked now.
    fn change_gate(
        &self,
        wanted: Wanted,
        fields: Option<HeaderFields>,
        prompt: &Prompt,
        supply: &mut Supply,
    ) -> Result<bool, Error> {
        let locks = self.state().locks;
        let was_protected = fields.as_ref().is_some_and(|fields| fields.gate.is_some());
        let Some(policy) = wanted.policy else {
            self.rewrite(&mut Lid::Unprotected, self.store.budget(), supply)?;
            self.state().unlocked = None;
            return Ok(false);
        };
        let confirm = wanted.confirm && fields.is_some() && !was_protected;
        let first = fields.is_none();
        let fields = match fields {
            Some(fields) => fields,
            None => self.store.first_fields(KekChoice::default())?,
        };
        let new = self.questioned(prompt, |question| {
            self.asked_gate(&fields, policy, question, confirm, supply)
        })?;
        let new = if first {
            self.create(&fields, new, supply)?
        } else {
            let mut lid = Lid::Gate(new);
            self.rewrite(&mut lid, self.store.budget(), supply)?;
            let Lid::Gate(new) = lid else {
                return Err(Error::new(ErrorCode::Internal, "The new gate is gone"));
            };
            new
        };
        let unlocked = Unlocked::by_new(new);
        let mut state = self.state();
        let kept = state.journal.as_ref().is_some_and(|journal| {
            unlocked.opens(&journal.header.fields) && !every_use(&journal.header.fields)
        });
        if kept && state.locks == locks {
            state.unlocked = Some(unlocked);
            return Ok(!was_protected);
        }
        state.unlocked = None;
        state.close();
        Ok(false)
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
            if every_use {
                session.state.opened_for = session.supply.user.call;
            }
            Ok(())
        })?;
        Ok(new)
    }
}

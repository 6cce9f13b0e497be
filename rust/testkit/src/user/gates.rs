use std::time::Duration;

use sha2::{Digest, Sha256};
use strongroom_core::policy::{GatePolicy, KeyPolicy, OnEnrolmentChange, SecurityLevel, UserAuthentication};
use strongroom_core::ports::{
    DataKey, GateKeys, KeyError, KeyErrorKind, KeyWrapper, OsRandom, Proof, Random, Ticket,
};

use super::{Bound, GateEffect, GateOperation, Inner, ScriptedDevice, Usage};

impl Inner {
    fn effect(&mut self, operation: GateOperation) -> Option<GateEffect> {
        let position = self.faults.iter().position(|(on, ..)| *on == operation)?;
        let (_, effect, times) = self.faults.get_mut(position)?;
        let effect = *effect;
        *times -= 1;
        if *times == 0 {
            self.faults.remove(position);
        }
        Some(effect)
    }

    fn binding(&self, policy: GatePolicy) -> Bound {
        if policy.on_enrolment_change == OnEnrolmentChange::Invalidate {
            Bound::Enrolled(self.enrolled.clone())
        } else {
            Bound::Root(self.root)
        }
    }

    fn is_valid(&self, bound: &Bound) -> bool {
        match bound {
            Bound::Root(root) => *root == self.root,
            Bound::Enrolled(ids) => *ids == self.enrolled,
        }
    }
}

impl GateKeys for ScriptedDevice {
    fn create(
        &self,
        alias: &str,
        gate: GatePolicy,
        keys: &KeyPolicy,
        wait: Duration,
    ) -> Result<SecurityLevel, KeyError> {
        let mut inner = self.inner();
        if let Some(GateEffect::Fail(kind)) = inner.effect(GateOperation::Create) {
            return Err(KeyError::new(kind, "injected"));
        }
        let biometry = gate.authentication == UserAuthentication::Biometry;
        if inner.root == 0 || biometry && inner.enrolled.is_empty() {
            return Err(KeyError::new(
                KeyErrorKind::InsufficientSecurity,
                "nothing to ask for",
            ));
        }
        let bound = inner.binding(gate);
        inner.bound.insert(alias.to_owned(), bound);
        drop(inner);
        KeyWrapper::create(&*self.keys, alias, keys, wait)
    }

    fn begin(&self, alias: &str, _: Duration) -> Result<Ticket, KeyError> {
        let there = self.keys.key(alias).is_some();
        let mut inner = self.inner();
        if let Some(GateEffect::Fail(kind)) = inner.effect(GateOperation::Begin) {
            return Err(KeyError::new(kind, "injected"));
        }
        let bound = inner.bound.get(alias).filter(|_| there);
        let bound = bound.ok_or_else(|| KeyError::new(KeyErrorKind::Absent, "no such alias"))?;
        if !inner.is_valid(bound) {
            return Err(KeyError::new(KeyErrorKind::Invalidated, "enrolment"));
        }
        inner.next += 1;
        let ticket = Ticket(inner.next);
        let alias = alias.to_owned();
        inner.uses.insert(ticket, Usage { alias });
        Ok(ticket)
    }

    fn finish(&self, ticket: Ticket, proof: Proof, message: &[u8], _: Duration) -> Result<DataKey, KeyError> {
        let mut inner = self.inner();
        let usage = inner.uses.remove(&ticket);
        let usage = usage.ok_or_else(|| KeyError::new(KeyErrorKind::Pruned, "no such use"))?;
        let authorised = inner.authorised.remove(&ticket) && proof == Proof(ticket.0);
        let effect = inner.effect(GateOperation::Finish);
        drop(inner);
        if let Some(GateEffect::Fail(kind)) = effect {
            return Err(KeyError::new(kind, "injected"));
        }
        if !authorised {
            return Err(KeyError::new(KeyErrorKind::NotAuthorised, "no token"));
        }
        let key = self.keys.key(&usage.alias);
        let mut key = key.ok_or_else(|| KeyError::new(KeyErrorKind::Absent, "no such alias"))?;
        match effect {
            Some(GateEffect::OtherAnswer) => key[0] ^= 1,
            Some(GateEffect::RandomAnswer) => OsRandom::default()
                .fill(&mut key)
                .map_err(|_| KeyError::new(KeyErrorKind::Unavailable, "random"))?,
            _ => {}
        }
        DataKey::filled(|answer| {
            let mut digest = Sha256::new();
            digest.update(key);
            digest.update(message);
            *answer = digest.finalize().into();
            Ok(())
        })
    }

    fn abandon(&self, ticket: Ticket) {
        let mut inner = self.inner();
        inner.uses.remove(&ticket);
        inner.authorised.remove(&ticket);
        inner.dismissed.remove(&ticket);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_gate_is_bound_to_all_enrolments_and_to_no_other() {
        let device = ScriptedDevice::new(
            std::sync::Arc::default(),
            std::sync::Arc::new(crate::ManualClock::new(1)),
        );
        let inner = device.inner();
        let both = Bound::Enrolled(BTreeSet::from([1, 2]));
        assert!(!inner.is_valid(&both));
        assert!(inner.is_valid(&Bound::Enrolled(BTreeSet::from([1]))));
        assert!(!inner.is_valid(&Bound::Root(2)));
    }
}

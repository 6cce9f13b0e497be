//! Every way the key store can fail, at every call of it, as often as it may.

mod faults;
mod files;
mod rule;
mod scenarios;

use strongroom_core::policy::OnKeyLoss;
use strongroom_core::{ErrorCode, Event, ResetReason, SealedVault, Vault};
use strongroom_testkit::{KeyEffect, KeyFault, KeyOperation, Row, World, get, key, scaled, set};

use self::faults::{concerns, faults_at};
use self::files::{Files, alias_in, aside, vault_in};
use self::rule::{Answer, code_of, code_of_loss, loss};
use self::scenarios::{BOTH, Expected, Kind, SCENARIOS, Scenario};

#[test]
fn every_failure_at_every_call_ends_in_a_documented_state_and_loses_nothing() {
    let mut row = Row::start("key-faults-core");
    let cases: Vec<_> = SCENARIOS
        .iter()
        .flat_map(|scenario| {
            let faults = faults_at(&Case::new(scenario, None).calls());
            faults.into_iter().map(move |fault| (scenario, fault))
        })
        .collect();
    for (number, (scenario, fault)) in cases.into_iter().enumerate().step_by(scaled(71, 1)) {
        row.case();
        Case::new(scenario, Some(fault)).run(number);
    }
}

/// A scenario in a world of its own, with a fault in it.
struct Case {
    scenario: &'static Scenario,
    fault: Option<KeyFault>,
    world: World,
    /// The key of the store is not there.
    hidden: bool,
    label: String,
}

/// What became of a call.
struct Outcome {
    done: bool,
    loss: Option<ResetReason>,
    /// The handle holds the store open now.
    opened: bool,
    /// A recovery set the store aside itself, and restored an older one. What is present then, stays.
    overtaken: bool,
}

impl Case {
    fn new(scenario: &'static Scenario, fault: Option<KeyFault>) -> Self {
        let world = World::new();
        world.fs.skip_syncs();
        (scenario.prepare)(&world);
        world.events.take();
        if let Some(fault) = fault {
            world.keys.arm(fault);
        }
        Self {
            scenario,
            fault,
            hidden: !world.snapshot().is_empty() && !world.keys.versions().contains(&1),
            world,
            label: format!("{}, {fault:?}", scenario.name),
        }
    }

    fn vault(&self) -> SealedVault {
        let mut config = self.world.config();
        config.on_key_loss = self.scenario.on_key_loss;
        self.world.vault_with(config)
    }

    /// What the call asks of the key store if nothing fails.
    fn calls(&self) -> Vec<Answer> {
        let made = self.world.keys.answers().len();
        let _ = (self.scenario.call)(&self.vault());
        self.world.keys.answers().split_off(made)
    }

    fn run(&self, number: usize) {
        let vault = self.vault();
        let made = self.world.keys.answers().len();
        let mut outcome = self.attempt(&vault, false);
        if let Some(fault) = self.fault {
            let calls = self.world.keys.answers().split_off(made);
            let reached = calls.iter().filter(|call| concerns(fault.operation, **call));
            assert!(reached.count() > fault.skip, "{}: never struck", self.label);
            // What lasts meets the app when it tries again, and when it is started again.
            let lasts = fault.times == usize::MAX;
            let repeatable = !matches!(self.scenario.kind, Kind::Reset | Kind::Clear);
            for (vault, open) in [(&vault, outcome.opened), (&self.vault(), false)] {
                if lasts && repeatable && !outcome.done && outcome.loss.is_none() {
                    outcome = self.attempt(vault, open);
                }
            }
        }
        self.world.keys.heal();
        self.world.keys.restore(&self.world.keys.alias(1));
        self.check_records(&vault, &outcome);
        self.check_records(&self.vault(), &outcome);
        // A handle that was told that all is done, does not look again.
        let lied_to = self.fault.is_some_and(|fault| fault.effect == KeyEffect::Lie);
        let handle = if number.is_multiple_of(2) && !lied_to {
            vault
        } else {
            self.vault()
        };
        self.recover(&handle);
        self.close(&handle, number % 4 < 2);
        self.expect(&self.vault(), self.final_records(&outcome));
    }

    /// Makes the call, and checks what there is to see of it.
    fn attempt(&self, vault: &SealedVault, open: bool) -> Outcome {
        let world = &self.world;
        let before = world.snapshot();
        let alias = vault_in(&before).map(alias_in);
        let listed = alias
            .as_ref()
            .is_some_and(|alias| world.keys.all().contains(alias));
        let made = world.keys.answers().len();
        let result = (self.scenario.call)(vault);
        let answers = world.keys.answers().split_off(made);
        let outcome = Outcome {
            done: result.as_ref().is_ok_and(|done| *done),
            loss: alias.filter(|_| !open).and_then(|_| loss(&answers, listed)),
            opened: answers.contains(&(KeyOperation::Unwrap, None)),
            overtaken: self.scenario.kind == Kind::Recover
                && aside(&world.snapshot()) == Vec::from_iter(vault_in(&before)),
        };
        self.check_result(result.map_err(|error| error.code()), &outcome, &answers);
        self.check_events(&outcome);
        self.check_files(&before, &outcome);
        self.check_keys();
        outcome
    }

    fn quarantined(&self, outcome: &Outcome) -> bool {
        outcome.loss.is_some() && self.scenario.on_key_loss == OnKeyLoss::Quarantine
    }

    fn check_result(&self, result: Result<bool, ErrorCode>, outcome: &Outcome, answers: &[Answer]) {
        if let Some(reason) = outcome.loss.filter(|_| !self.quarantined(outcome)) {
            assert_eq!(result, Err(code_of_loss(reason)), "{}", self.label);
        } else if let Err(code) = result {
            let failed = |(_, failure): &Answer| failure.is_some_and(|kind| code_of(kind) == code);
            let absent = self.quarantined(outcome) && code == ErrorCode::NotFound;
            assert!(absent || answers.iter().any(failed), "{}: {code:?}", self.label);
        }
    }

    fn check_events(&self, outcome: &Outcome) {
        let reason = |event: &Event| match event {
            Event::StoreReset(reset) => Some(reset.reason),
            _ => None,
        };
        let raised: Vec<_> = self.world.events.take().iter().filter_map(reason).collect();
        let requested = (self.scenario.kind == Kind::Reset).then_some(ResetReason::Requested);
        let expected = outcome.loss.filter(|_| self.quarantined(outcome)).or(requested);
        assert_eq!(raised, Vec::from_iter(expected), "{}", self.label);
    }

    fn check_files(&self, before: &Files, outcome: &Outcome) {
        let after = self.world.snapshot();
        let label = &self.label;
        match self.scenario.kind {
            Kind::Recover if self.quarantined(outcome) => {}
            kind if kind == Kind::Reset || self.quarantined(outcome) => {
                assert_eq!(
                    aside(&after),
                    [vault_in(before).unwrap()],
                    "{label}: not byte for byte"
                );
            }
            Kind::Clear => assert!(after.is_empty(), "{label}: left a file"),
            Kind::Recover if outcome.done => assert!(aside(&after).is_empty(), "{label}"),
            Kind::Write if outcome.done => {}
            _ => assert_eq!(&after, before, "{label}: changed a file"),
        }
    }

    /// Every key that a file names is there.
    fn check_keys(&self) {
        let keys = self.world.keys.all();
        for (_, bytes) in self.world.snapshot() {
            let alias = alias_in(&bytes);
            let hidden = self.hidden && alias == self.world.keys.alias(1);
            assert!(
                hidden || keys.contains(&alias),
                "{}: destroyed {alias}",
                self.label
            );
        }
    }

    fn check_records(&self, vault: &dyn Vault, outcome: &Outcome) {
        if self.quarantined(outcome) {
            let status = vault.status().unwrap();
            let reason = status.last_reset.map(|reset| reset.reason);
            // A recovery may have succeeded with the file that was just quarantined.
            assert!(
                reason == outcome.loss || self.scenario.kind == Kind::Recover,
                "{}",
                self.label
            );
        } else if outcome.done {
            self.expect(vault, self.scenario.done);
        } else {
            self.expect(vault, self.scenario.undone);
        }
    }

    fn expect(&self, vault: &dyn Vault, records: Expected) {
        for (name, value) in records {
            let expected = value.map(str::to_owned).ok_or(ErrorCode::NotFound);
            assert_eq!(get(vault, name), expected, "{}: {name}", self.label);
        }
    }

    /// The faults are over, and the keys are there: what is in quarantine comes back.
    fn recover(&self, vault: &dyn Vault) {
        let asides = aside(&self.world.snapshot()).len();
        if asides > 0 {
            assert_eq!(vault.recover().unwrap().remaining, 0, "{}", self.label);
        }
    }

    /// The next writes leave no key that no file names.
    fn close(&self, vault: &dyn Vault, rotating: bool) {
        // Large enough that a rewrite is tried again that failed before.
        set(vault, "last", &"x".repeat(20_000)).unwrap();
        if rotating {
            vault.rotate_keys().unwrap();
            self.check_orphans();
        }
        vault.remove(&key("last")).unwrap();
        self.check_orphans();
    }

    fn check_orphans(&self) {
        let files = self.world.snapshot();
        let named: Vec<_> = files.iter().map(|(_, bytes)| alias_in(bytes)).collect();
        assert_eq!(self.world.keys.all(), named, "{}: orphans", self.label);
    }

    fn final_records(&self, outcome: &Outcome) -> Expected {
        let scenario = self.scenario;
        if outcome.overtaken {
            return BOTH;
        }
        let aside = self.quarantined(outcome) || matches!(scenario.kind, Kind::Recover | Kind::Reset);
        match (outcome.done, aside) {
            (true, true) => scenario.done_and_recovered,
            (true, false) => scenario.done,
            (false, true) => scenario.undone_and_recovered,
            (false, false) => scenario.undone,
        }
    }
}

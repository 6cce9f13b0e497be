//! Every state of a store that asks its user × every call × everything that can happen to the prompt, the gate, the device, the
//! disk and the process meanwhile.

mod events;
mod states;

use std::collections::BTreeSet;

use strongroom_core::ports::Prompt;
use strongroom_core::{Error, ErrorCode, Vault};
use strongroom_testkit::{Row, World, get};

use self::events::{EVENTS, Occurrence};
use self::states::{CALLS, Call, Made, STATES, State, VALUE};

#[test]
fn no_cell_loses_opens_weakens_or_asks_what_it_should_not() {
    let mut row = Row::start("gate-matrix");
    let (mut codes, mut failed) = (BTreeSet::new(), 0);
    for state in STATES {
        for call in CALLS {
            for event in EVENTS.iter().copied().flatten() {
                row.case();
                let cell = std::panic::AssertUnwindSafe(|| Cell { state, call, event }.run());
                match std::panic::catch_unwind(cell) {
                    Ok(code) => codes.extend(code),
                    Err(_) => failed += 1,
                }
            }
        }
    }
    assert_eq!(failed, 0, "of {} cells", row.cases());
    // A matrix that never gets to these shows nothing.
    for code in [
        ErrorCode::AuthCancelled,
        ErrorCode::AuthFailed,
        ErrorCode::AuthRequired,
        ErrorCode::BiometryLockout,
        ErrorCode::BiometryNotEnrolled,
        ErrorCode::BiometryUnavailable,
        ErrorCode::InsufficientSecurity,
        ErrorCode::KeyInvalidated,
        ErrorCode::KeyLost,
        ErrorCode::KeyMismatch,
        ErrorCode::Locked,
        ErrorCode::StorageFull,
        ErrorCode::Unavailable,
    ] {
        assert!(codes.contains(code.as_str()), "{} never came", code.as_str());
    }
}

/// Without the file that a failed call left behind, which is no copy of anything.
fn files(snapshot: Vec<(String, Vec<u8>)>) -> Vec<(String, Vec<u8>)> {
    let mut files = snapshot;
    files.retain(|(name, _)| name != "default.tmp");
    files
}

struct Cell {
    state: &'static State,
    call: &'static Call,
    event: &'static Occurrence,
}

impl Cell {
    fn run(&self) -> Option<&'static str> {
        let label = format!("{}, {}, {}", self.state.name, self.call.name, self.event.name);
        let world = World::new();
        world.fs.skip_syncs();
        let vault = (self.state.prepare)(&world);
        world.device.shown();
        world.events.take();
        let gate = vault.status().unwrap().gate;
        let before = (world.snapshot(), world.keys.all());
        (self.event.arm)(&world, &vault);
        let locked = vault.is_locked().unwrap();
        assert!(
            world.device.shown().is_empty(),
            "{label}: a prompt without a call"
        );
        let result = (self.call.make)(&*vault);
        let prompts = world.device.shown().len();
        assert_eq!(world.device.open_uses(), 0, "{label}: a use of the gate is left");
        if !self.event.other_process {
            self.check_prompts(&result, prompts, locked, &label);
        }
        if let Err(error) = &result {
            self.check_error(error, locked, &label);
            assert_eq!(error.retryable(), error.code().retryable());
        }
        if let Ok(Made::Read(value)) = &result {
            let open = !locked || self.state.asks_each_time;
            assert!(open, "{label}: a read while the store was locked");
            assert!(
                value == VALUE || self.event.changes_items,
                "{label}: another value"
            );
        }
        let known = (self.event.heal)(&world);
        world.fs.heal();
        world.device.heal();
        self.check_rest(&world, result.as_ref().ok(), gate, &before, known, &label);
        result.err().map(|error| error.code().as_str())
    }

    fn check_prompts(&self, result: &Result<Made, Error>, prompts: usize, locked: bool, label: &str) {
        let usual = (self.call.prompts)(self.state, locked);
        // A use that the key store knows nothing of is asked for once more, with each gate.
        let most = if self.event.asks_again { usual * 2 } else { usual };
        assert!(prompts <= most, "{label}: {prompts} prompts");
        if result.is_ok() && !self.event.asks_again && !self.event.changes_items {
            assert_eq!(prompts, usual, "{label}");
        }
    }

    fn check_error(&self, error: &Error, locked: bool, label: &str) {
        let code = error.code();
        let expected = self.event.codes.contains(&code)
            || self.state.codes.contains(&code)
            || locked && code == ErrorCode::AuthRequired
            || self.call.codes.contains(&code);
        assert!(expected, "{label}: {error}");
    }

    /// What the next process finds once the cause is gone.
    fn check_rest(
        &self,
        world: &World,
        made: Option<&Made>,
        gate: Option<strongroom_core::policy::GatePolicy>,
        before: &(Vec<(String, Vec<u8>)>, Vec<String>),
        known: bool,
        label: &str,
    ) {
        if self.event.changes_items {
            return;
        }
        let changed = matches!(made, Some(Made::Changed | Made::Written));
        let wanted = match made {
            Some(Made::Changed) => (self.call.policy)(gate),
            _ => gate,
        };
        let next = world.vault();
        let status = next.status().unwrap();
        assert_eq!(status.quarantined, 0, "{label}: the file was set aside");
        assert_eq!(status.gate, wanted, "{label}: another policy");
        if !changed && !self.event.other_process {
            assert!(
                files(world.snapshot()) == files(before.0.clone()),
                "{label}: a file has changed"
            );
        }
        if made.is_none() && !self.event.other_process {
            let lost: Vec<_> = before
                .1
                .iter()
                .filter(|key| !world.keys.all().contains(key))
                .collect();
            assert!(lost.is_empty() || !known, "{label}: {} keys are gone", lost.len());
        }
        if !known || !self.state.has_items {
            return;
        }
        if wanted.is_some() && !(self.call.asks_each_time)(wanted) {
            next.unlock(&Prompt::default())
                .unwrap_or_else(|error| panic!("{label}: {error}"));
        }
        assert_eq!(
            get(&next, "token").as_deref(),
            Ok(VALUE),
            "{label}: it does not open any more"
        );
    }
}

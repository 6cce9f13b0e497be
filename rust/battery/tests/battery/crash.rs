//! Crash points: whatever a crash leaves of the effects that no sync has made durable, the store opens, holds all that was
//! acknowledged, nothing by half, and works on.

use std::collections::BTreeSet;
use std::sync::Arc;

use strongroom_core::Vault;
use strongroom_testkit::{CrashImage, MemoryFs, Omission, Row, SoftwareKeys, scaled};

use super::scripts::SCRIPTS;
use super::stage::{Model, Stage, open, visible, works_on};

const EIO: i32 = 5;

#[test]
fn no_crash_loses_what_was_acknowledged() {
    let mut row = Row::start("crash-states");
    for script in SCRIPTS {
        let mut stage = (script.prepare)();
        stage.begin();
        (script.play)(&mut stage);
        let mut crash = Crash::of(&stage, scaled(150, 4000));
        crash.twice_in = scaled(16, 1);
        let outcome = crash.everywhere();
        row.add(crash.cases);
        outcome.unwrap_or_else(|failure| panic!("{}: {failure}", script.name));
    }
}

/// An operation fails, the call with it, and then the disk crashes at any later point, while the store works on.
#[test]
fn no_crash_after_a_failure_loses_what_was_acknowledged() {
    let mut row = Row::start("crash-after-failure");
    let stride = scaled(23, 1);
    for (start, script) in SCRIPTS.iter().enumerate() {
        for skip in (start % stride..).step_by(stride) {
            let mut stage = (script.prepare)();
            stage.begin();
            let before = stage.disk.log().len();
            stage.disk.fail(None, skip, 1, EIO);
            (script.play)(&mut stage);
            if stage.disk.log().len() - before <= skip {
                break;
            }
            let mut crash = Crash::of(&stage, scaled(8, 24));
            let outcome = crash.everywhere();
            row.add(crash.cases);
            outcome
                .unwrap_or_else(|failure| panic!("{}, failing at operation {skip}: {failure}", script.name));
        }
    }
}

/// The battery is worth something only if a vault that leaves out a step does not pass it.
#[test]
fn a_vault_that_leaves_out_a_step_is_found_out() {
    let mut row = Row::start("crash-mutants");
    for omission in [
        Omission::Cut,
        Omission::Rename,
        Omission::SyncData,
        Omission::SyncDir,
    ] {
        row.case();
        let passes = SCRIPTS.iter().all(|script| {
            let mut stage = (script.prepare)();
            stage.begin();
            stage.disk.omit(omission);
            (script.play)(&mut stage);
            let mut crash = Crash::of(&stage, 100);
            crash.omission = Some(omission);
            crash.everywhere().is_ok()
        });
        assert!(!passes, "a vault without {omission:?} passes");
    }
}

/// Crashes of one stage, of which the first failure is told.
struct Crash<'a> {
    stage: &'a Stage,
    omission: Option<Omission>,
    /// About how many variants are tried after each effect.
    budget: usize,
    /// Of how many states one crashes a second time.
    twice_in: usize,
    cases: u64,
}

impl<'a> Crash<'a> {
    fn of(stage: &'a Stage, budget: usize) -> Self {
        Self {
            stage,
            omission: None,
            budget,
            twice_in: 16,
            cases: 0,
        }
    }

    /// Crashes after each effect, and of each so many once more while the store is opened after that.
    fn everywhere(&mut self) -> Result<(), String> {
        let stage = self.stage;
        if visible(&stage.vault)? != stage.model {
            return Err("not even without a crash".to_owned());
        }
        let mut seen = BTreeSet::new();
        for effects in 0..=stage.disk.effects() {
            let allowed = stage.allowed(effects);
            for keys in stage.keys.at(effects) {
                for image in stage.disk.crash_images(effects, self.budget, effects as u64) {
                    if seen.insert((image.clone(), keys.all(), allowed.clone())) {
                        let twice = (seen.len() - 1) % self.twice_in == 0;
                        self.check(&image, &keys, &allowed, twice)
                            .map_err(|failure| format!("after {effects} effects: {failure}"))?;
                    }
                }
            }
        }
        Ok(())
    }

    fn check(
        &mut self,
        image: &CrashImage,
        keys: &SoftwareKeys,
        allowed: &[&Model],
        twice: bool,
    ) -> Result<(), String> {
        self.cases += 1;
        let disk = MemoryFs::from_image(image);
        if let Some(omission) = self.omission {
            disk.omit(omission);
        }
        let survivors = Arc::new(keys.fork());
        let vault = open(&disk, survivors.clone(), &self.stage.clock, &self.stage.config);
        let found = visible(&vault)?;
        if !allowed.contains(&&found) {
            return Err(format!("{} records, which was never promised", found.len()));
        }
        let status = vault.status().map_err(|error| error.to_string())?;
        if status.damaged_records > 0 {
            return Err("a crash passes for damage".to_owned());
        }
        if self.stage.set_aside.is_empty() && status.last_reset.is_some() {
            return Err("a crash passes for a lost key".to_owned());
        }
        if twice {
            for effects in 0..=disk.effects() {
                for image in disk.crash_images(effects, scaled(20, 60), 1) {
                    self.check(&image, &survivors, allowed, false)?;
                }
            }
        }
        works_on(self.stage, &disk, &survivors, found)
    }
}

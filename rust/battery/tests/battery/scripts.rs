//! What a store does when the disk crashes under it: every kind of call that writes.

use std::time::Duration;

use strongroom_core::policy::OnKeyLoss;
use strongroom_core::{Error, ErrorCode, Expiry, Replacement, SealedVault, Secret, Vault};

use super::stage::{Model, Stage};
use strongroom_testkit::{NOW_MS, key, record, set};

pub(super) struct Script {
    pub(super) name: &'static str,
    /// A store as it is before the calls, none of which the disk can lose.
    pub(super) prepare: fn() -> Stage,
    pub(super) play: fn(&mut Stage),
}

const ERASE_AFTER: Duration = Duration::from_secs(2);
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

pub(super) const SCRIPTS: &[Script] = &[
    script("first open and set", fresh, |stage| put(stage, "a", 10)),
    script("set", stocked, |stage| put(stage, "d", 40)),
    script("set over several sectors", stocked, |stage| put(stage, "d", 3000)),
    script("overwrite", stocked, |stage| put(stage, "a", 700)),
    script("remove, with the rewrite", stocked, |stage| take(stage, "b")),
    script("remove, without", stocked_and_large, |stage| take(stage, "b")),
    script("removals, and upkeep after their time", unhurried, |stage| {
        take(stage, "b");
        take(stage, "a");
        stage.clock.elapse(ERASE_AFTER);
        upkeep(stage);
        put(stage, "d", 40);
        take(stage, "c");
        stage.clock.elapse(ERASE_AFTER);
        stage.restart();
        upkeep(stage);
    }),
    script("upkeep of two processes", unhurried, |stage| {
        take(stage, "b");
        let other = stage.reopened();
        stage.clock.elapse(ERASE_AFTER);
        upkeep(stage);
        other.maintain();
        put(stage, "b", 20);
        let same = stage.model.clone();
        stage.call(|_| other.rotate_keys(), same);
    }),
    script("batch", stocked, |stage| batch(stage, &["a", "d", "e", "f"], 700)),
    script("batch of twelve", stocked, |stage| {
        let names = ["a", "b", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m"];
        batch(stage, &names, 500);
    }),
    script("a long value", stocked, |stage| put(stage, "a", 9000)),
    script("removal of many", stocked, |stage| {
        let after = without(&stage.model, &["a", "b"]);
        stage.call(
            |vault| vault.remove_many(&[key("a"), key("b"), key("none")]).map(|_| ()),
            after,
        );
    }),
    script("compare and set, get or create", stocked, |stage| {
        let after = with(&stage.model, &["a"], 20);
        let (expected, new) = (stage.model["a"].clone(), after["a"].clone());
        stage.call(|vault| swap(vault, "a", &expected, Some(&new)), after);
        let after = with(&stage.model, &["d"], 30);
        let new = after["d"].clone();
        stage.call(
            |vault| vault.get_or_create(record("d", &new, None)).map(|_| ()),
            after,
        );
        if stage.model.contains_key("d") {
            let after = without(&stage.model, &["d"]);
            stage.call(|vault| swap(vault, "d", &new, None), after);
        }
    }),
    script("clear, then set", stocked, |stage| {
        stage.call(|vault| vault.clear(), Model::new());
        put(stage, "a", 10);
    }),
    script("compaction by dead bytes", compacting, |stage| {
        for length in [300, 301, 302, 303] {
            put(stage, "a", length);
        }
    }),
    script("data key grown old", stocked, |stage| {
        stage.clock.set(NOW_MS + 91 * DAY_MS);
        put(stage, "a", 10);
    }),
    script("key-encryption key grown old", stocked, |stage| {
        stage.clock.set(NOW_MS + 181 * DAY_MS);
        put(stage, "a", 10);
    }),
    script("rotation on request", stocked, |stage| {
        let same = stage.model.clone();
        stage.call(|vault| vault.rotate_keys(), same);
    }),
    script("expiry", expiring, |stage| {
        stage.clock.set(NOW_MS + 2000);
        stage.model.remove("short");
        stage.promises.push((0, vec![stage.model.clone()]));
        put(stage, "a", 10);
    }),
    script("quarantine, then set", key_lost, |stage| {
        stage.restart();
        let lost = std::mem::take(&mut stage.model);
        stage.set_aside.extend(lost);
        stage.promises = vec![(0, vec![Model::new()])];
        stage.call(|vault| vault.keys().map(|_| ()), Model::new());
        put(stage, "z", 10);
    }),
    script("reset, then set", stocked, |stage| {
        stage.set_aside.extend(stage.model.clone());
        stage.call(|vault| vault.reset(), Model::new());
        put(stage, "z", 10);
    }),
    script("recovery", set_aside, |stage| {
        let mut after = stage.set_aside.clone();
        after.extend(stage.model.clone());
        stage.call(recover_all, after);
    }),
    script("many expire", many_expiring, |stage| {
        stage.clock.set(NOW_MS + 2000);
        stage.model.retain(|name, _| !name.starts_with("short"));
        stage.promises.push((0, vec![stage.model.clone()]));
        put(stage, "a", 10);
        take(stage, "b");
    }),
    script("rotation of many", stocked_with_many, |stage| {
        let same = stage.model.clone();
        stage.call(|vault| vault.rotate_keys(), same);
    }),
    script("a history", compacting, |stage| {
        for (number, name) in ["d", "a", "e", "d", "f"].iter().enumerate() {
            put(stage, name, number * 400);
            batch(stage, &["b", name], 60 + number);
            take(stage, name);
        }
    }),
    script("several handles", stocked, |stage| {
        put(stage, "d", 10);
        stage.restart();
        put(stage, "e", 600);
        take(stage, "a");
        stage.restart();
        put(stage, "a", 10);
    }),
    script("a full disk", nearly_full, |stage| {
        batch(stage, &["d", "e"], 9000);
        take(stage, "a");
        take(stage, "b");
        stage.disk.set_capacity(None);
        put(stage, "d", 100);
    }),
];

const fn script(name: &'static str, prepare: fn() -> Stage, play: fn(&mut Stage)) -> Script {
    Script { name, prepare, play }
}

fn fresh() -> Stage {
    Stage::new(|_| {})
}

fn stocked() -> Stage {
    filled(fresh())
}

fn filled(mut stage: Stage) -> Stage {
    put(&mut stage, "a", 10);
    put(&mut stage, "b", 900);
    put(&mut stage, "c", 100);
    stage
}

fn stocked_with_many() -> Stage {
    let mut stage = stocked();
    for number in 0..12 {
        put(&mut stage, &format!("many {number}"), number * 90);
    }
    stage
}

/// So large that a removal does not rewrite it at once.
fn stocked_and_large() -> Stage {
    filled(Stage::new(|config| config.limits.small_file = 0))
}

fn compacting() -> Stage {
    filled(Stage::new(|config| config.limits.dead_bytes = 1024))
}

fn expiring() -> Stage {
    let mut stage = stocked();
    let after = with(&stage.model, &["short"], 300);
    let value = after["short"].clone();
    let soon = Some(Expiry::After(1000));
    stage.call(|vault| vault.set_many(&[record("short", &value, soon)]), after);
    stage
}

fn many_expiring() -> Stage {
    let mut stage = stocked();
    let names: Vec<String> = (0..8).map(|number| format!("short {number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let after = with(&stage.model, &names, 200);
    let soon = Some(Expiry::After(1000));
    let records: Vec<_> = names
        .iter()
        .map(|name| record(name, &after[*name], soon))
        .collect();
    stage.call(|vault| vault.set_many(&records), after);
    stage
}

fn key_lost() -> Stage {
    let stage = filled(Stage::new(|config| config.on_key_loss = OnKeyLoss::Quarantine));
    stage.keys.keys.hide(&stage.keys.keys.alias(1));
    stage
}

fn set_aside() -> Stage {
    let mut stage = stocked();
    stage.set_aside = std::mem::take(&mut stage.model);
    stage.vault.reset().unwrap();
    put(&mut stage, "z", 10);
    stage
}

/// Upkeep waits for its time.
fn unhurried() -> Stage {
    filled(Stage::new(|config| config.limits.erase_after = ERASE_AFTER))
}

fn upkeep(stage: &mut Stage) {
    let same = stage.model.clone();
    let maintained = |vault: &SealedVault| {
        vault.maintain();
        Ok(())
    };
    stage.call(maintained, same);
}

fn nearly_full() -> Stage {
    let mut stage = stocked();
    stage.disk.set_capacity(Some(stage.disk.used()));
    stage.full = Some(ErrorCode::StorageFull);
    stage
}

fn put(stage: &mut Stage, name: &str, length: usize) {
    let after = with(&stage.model, &[name], length);
    let value = after[name].clone();
    stage.call(|vault| set(vault, name, &value), after);
}

fn batch(stage: &mut Stage, names: &[&str], length: usize) {
    let after = with(&stage.model, names, length);
    let records: Vec<_> = names
        .iter()
        .map(|name| record(name, &after[*name], None))
        .collect();
    stage.call(|vault| vault.set_many(&records), after);
}

fn take(stage: &mut Stage, name: &str) {
    let after = without(&stage.model, &[name]);
    stage.call(|vault| vault.remove(&key(name)), after);
}

/// The code of this script, and of no call, for what could not be opened for now.
pub(super) const LEFT: ErrorCode = ErrorCode::Unavailable;

fn recover_all(vault: &SealedVault) -> Result<(), Error> {
    match vault.recover()?.remaining {
        0 => Ok(()),
        _ => Err(Error::new(LEFT, "some are left")),
    }
}

fn swap(vault: &SealedVault, name: &str, expected: &str, new: Option<&str>) -> Result<(), Error> {
    let secret = |text: &str| Secret::new(text.to_owned().into()).unwrap();
    let replacement = new.map(|new| Replacement {
        value: secret(new),
        expiry: None,
    });
    let swapped = vault.compare_and_set(&key(name), Some(&secret(expected)), replacement)?;
    assert!(swapped);
    Ok(())
}

fn with(model: &Model, names: &[&str], length: usize) -> Model {
    let mut after = model.clone();
    for name in names {
        after.insert(
            (*name).to_owned(),
            format!("{name}{length}").repeat(length / 4 + 1),
        );
    }
    after
}

fn without(model: &Model, names: &[&str]) -> Model {
    let mut after = model.clone();
    after.retain(|name, _| !names.contains(&name.as_str()));
    after
}

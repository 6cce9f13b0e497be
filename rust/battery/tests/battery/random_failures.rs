//! A random number generator that fails: the call fails closed, or needed no randomness for what it promised.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use strongroom_core::policy::{KeyPolicy, SecurityLevel};
use strongroom_core::ports::{DataKey, KeyError, KeyErrorKind, KeyWrapper, OsRandom, Random};
use strongroom_core::{Edges, Error, ErrorCode, ResetReason, SealedVault, StoreName, Vault};
use strongroom_testkit::{KeyOperation, Row, SoftwareKeys, World, get, key, names, record, scaled, set};

use super::nonces::SealsOfFile;

/// What a failing generator leaves in the buffer: nobody may use it.
const DEBRIS: u8 = 0xee;

/// The system's generator, until it fails: some calls, or all from one on.
#[derive(Default)]
struct FailingRandom {
    calls: AtomicUsize,
    fail_from: AtomicUsize,
    fail_to: AtomicUsize,
}

impl FailingRandom {
    fn fail(&self, skip: usize, times: usize) {
        let from = self.calls.load(Ordering::SeqCst) + skip;
        self.fail_from.store(from, Ordering::SeqCst);
        self.fail_to.store(from.saturating_add(times), Ordering::SeqCst);
    }

    /// No more failures. Whether there was one.
    fn heal(&self) -> bool {
        self.fail_to.store(0, Ordering::SeqCst);
        self.calls.load(Ordering::SeqCst) > self.fail_from.load(Ordering::SeqCst)
    }
}

impl Random for FailingRandom {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), Error> {
        let number = self.calls.fetch_add(1, Ordering::SeqCst);
        let failing = self.fail_from.load(Ordering::SeqCst)..self.fail_to.load(Ordering::SeqCst);
        if failing.contains(&number) {
            buffer.fill(DEBRIS);
            return Err(Error::new(ErrorCode::Unavailable, "injected"));
        }
        OsRandom::default().fill(buffer)
    }
}

/// A generator that says it is well and always gives the same bytes.
struct StuckRandom;

impl Random for StuckRandom {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), Error> {
        buffer.fill(0x55);
        Ok(())
    }
}

/// A key store that looks at what it is to wrap.
struct WatchfulKeys(Arc<SoftwareKeys>);

impl KeyWrapper for WatchfulKeys {
    fn ready(&self) -> Result<(), KeyError> {
        self.0.ready()
    }

    fn aliases(&self, prefix: &str, wait: Duration) -> Result<Vec<String>, KeyError> {
        self.0.aliases(prefix, wait)
    }

    fn create(&self, alias: &str, policy: &KeyPolicy, wait: Duration) -> Result<SecurityLevel, KeyError> {
        self.0.create(alias, policy, wait)
    }

    fn wrap(
        &self,
        alias: &str,
        data_key: &[u8; 32],
        aad: &[u8],
        wait: Duration,
    ) -> Result<Vec<u8>, KeyError> {
        assert_ne!(*data_key, [DEBRIS; 32]);
        self.0.wrap(alias, data_key, aad, wait)
    }

    fn unwrap(&self, alias: &str, wrapped: &[u8], aad: &[u8], wait: Duration) -> Result<DataKey, KeyError> {
        self.0.unwrap(alias, wrapped, aad, wait)
    }

    fn destroy(&self, alias: &str, wait: Duration) -> Result<(), KeyError> {
        self.0.destroy(alias, wait)
    }
}

type Call = fn(&dyn Vault) -> Result<(), Error>;

/// Every method of a vault, and every kind of write. Each starts with a store of four records, but for the first.
const CALLS: [(&str, Call); 14] = [
    ("first set", |vault| set(vault, "new", "value")),
    ("set", |vault| set(vault, "new", "value")),
    ("overwrite", |vault| set(vault, "old 1", "another")),
    ("set with rewrite", |vault| set(vault, "filler", "small")),
    ("batch", |vault| {
        vault.set_many(&[record("new", "value", None), record("old 1", "another", None)])
    }),
    ("remove", |vault| vault.remove(&key("old 1"))),
    ("clear", |vault| vault.clear()),
    ("reset", |vault| vault.reset()),
    ("recover", |vault| vault.recover().map(|_| ())),
    ("rotate", |vault| vault.rotate_keys()),
    ("get", |vault| vault.get(&key("old 1")).map(|_| ())),
    ("has", |vault| vault.has(&key("old 1")).map(|_| ())),
    ("keys", |vault| vault.keys().map(|_| ())),
    ("status", |vault| vault.status().map(|_| ())),
];

#[derive(Debug, PartialEq, Eq)]
struct Seen {
    records: BTreeMap<String, String>,
    last_reset: Option<ResetReason>,
    damaged: u64,
}

#[test]
fn a_failing_generator_changes_nothing_and_seals_nothing() {
    let mut row = Row::start("random-failure");
    // A warm handle, and a cold one, whose call has to open the store while the key store is slow to answer.
    let all = [
        (false, usize::MAX),
        (true, 1),
        (false, 1),
        (false, 2),
        (true, 2),
        (true, usize::MAX),
    ];
    for (name, call) in CALLS {
        let (old, new) = expected(name, call);
        for (cold, times) in all.into_iter().take(scaled(2, all.len())) {
            let mut skip = 0;
            while disturbed(name, call, cold, (skip, times), [&old, &new]) {
                row.case();
                skip += 1;
            }
        }
    }
    assert!(row.cases() > 50, "only {} cases", row.cases());
}

/// Runs one call while the generator fails; `false` if the call did not get that far.
fn disturbed(
    name: &str,
    call: Call,
    cold: bool,
    (skip, times): (usize, usize),
    [old, new]: [&Seen; 2],
) -> bool {
    let place = format!("{name}, cold: {cold}, failing from {skip}, {times} times");
    let (world, random) = (World::new(), Arc::new(FailingRandom::default()));
    let mut vault = handle(&world, random.clone());
    prepare(name, &vault);
    if cold {
        vault = handle(&world, random.clone());
        world
            .keys
            .fail(KeyOperation::Unwrap, KeyErrorKind::Unavailable, 1);
    }
    let files = world.snapshot();
    random.fail(skip, times);
    let outcome = call(&vault);
    let reached = random.heal();
    world.keys.heal();

    let state = match outcome {
        Ok(()) => new,
        Err(error) => {
            assert_eq!(error.code(), ErrorCode::Unavailable, "{place}");
            assert!(reached, "{place}: failed without a cause");
            // A store that has to be created first may be there, empty.
            if !matches!(name, "first set" | "recover") {
                assert!(world.snapshot() == files, "{place}: a file changed");
            }
            old
        }
    };
    assert_eq!(look(&vault), *state, "{place}");
    let other = world.vault();
    assert_eq!(look(&other), *state, "{place}");
    assert_nothing_unfit(&world);
    // What was put off is made up for, and the store works on.
    set(&vault, "probe", "later").unwrap();
    vault.rotate_keys().unwrap();
    assert_eq!(get(&other, "probe").unwrap(), "later");
    assert_nothing_unfit(&world);
    let aside = usize::try_from(other.status().unwrap().quarantined).unwrap();
    assert_eq!(
        world.keys.all().len(),
        1 + aside,
        "{place}: keys that nothing names"
    );
    reached
}

/// No file holds what a failing generator left, and no nonce comes twice under one data key.
fn assert_nothing_unfit(world: &World) {
    for (name, bytes) in world.snapshot() {
        assert!(!bytes.windows(12).any(|window| window == [DEBRIS; 12]), "{name}");
        SealsOfFile::read(&bytes).assert_no_repeat();
    }
}

/// What is seen before and after the call while the generator is well.
fn expected(name: &str, call: Call) -> (Seen, Seen) {
    let world = World::new();
    let vault = world.vault();
    prepare(name, &vault);
    let old = look(&vault);
    call(&vault).unwrap();
    (old, look(&vault))
}

fn prepare(name: &str, vault: &SealedVault) {
    if name == "first set" {
        return;
    }
    let old: Vec<_> = (0..4)
        .map(|number| record(&format!("old {number}"), "value", None))
        .collect();
    vault.set_many(&old).unwrap();
    match name {
        "set with rewrite" => {
            set(vault, "filler", &"f".repeat(70 * 1024)).unwrap();
        }
        "recover" => vault.reset().unwrap(),
        _ => {}
    }
}

fn handle(world: &World, random: Arc<dyn Random>) -> SealedVault {
    let edges = Edges {
        random,
        keys: Arc::new(WatchfulKeys(world.keys.clone())),
        ..world.edges()
    };
    SealedVault::new(edges, world.config(), StoreName::default())
}

fn look(vault: &SealedVault) -> Seen {
    let status = vault.status().unwrap();
    Seen {
        records: names(vault)
            .into_iter()
            .map(|name| {
                let value = get(vault, &name).unwrap();
                (name, value)
            })
            .collect(),
        last_reset: status.last_reset.map(|reset| reset.reason),
        damaged: status.damaged_records,
    }
}

/// Nothing tells a stuck generator from a good one, so nothing of what is sealed with it is secret. What can be asked for is
/// that no call hangs, and that the store reads what it wrote.
#[test]
fn a_stuck_generator_goes_unnoticed_and_loses_no_record() {
    for (name, call) in CALLS {
        let (_, new) = expected(name, call);
        let world = World::new();
        let vault = handle(&world, Arc::new(StuckRandom));
        prepare(name, &vault);
        call(&vault).unwrap();
        assert_eq!(look(&vault), new, "{name}");
        assert_eq!(look(&handle(&world, Arc::new(StuckRandom))), new, "{name}");
    }
}

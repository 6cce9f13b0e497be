//! What a removal costs, when its bytes are erased, and what others may do while the file is rewritten.

use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use strongroom_core::ports::KeyErrorKind;
use strongroom_core::{Edges, ErrorCode, SealedConfig, SealedVault, StoreName, Upkeep, Vault};
use strongroom_testkit::{KeyOperation, Row, World, get, key, names, record, scaled, set};

use crate::hooked::HookedKeys;

const SOON: Duration = Duration::from_secs(2);
const LATER: Duration = Duration::from_secs(600);

/// What vaults ask for.
#[derive(Default)]
struct Wishes(Mutex<Vec<Duration>>);

impl Upkeep for Wishes {
    fn wanted(&self, _: &StoreName, after: Duration) {
        self.0.lock().unwrap().push(after);
    }
}

impl Wishes {
    fn take(&self) -> Vec<Duration> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// As apps have it.
fn config(world: &World) -> SealedConfig {
    let mut config = world.config();
    config.limits.erase_after = SOON;
    config.limits.erase_large_after = Some(LATER);
    config
}

fn open(world: &World) -> (SealedVault, Arc<Wishes>) {
    let wishes = Arc::new(Wishes::default());
    (
        world.vault_with(config(world)).with_upkeep(wishes.clone()),
        wishes,
    )
}

fn data_key_id(world: &World) -> Vec<u8> {
    world.bytes()[28..44].to_vec()
}

fn fill(vault: &dyn Vault, count: usize) {
    let records: Vec<_> = (0..count)
        .map(|number| record(&format!("key {number}"), &"v".repeat(64), None))
        .collect();
    vault.set_many(&records).unwrap();
}

#[test]
fn a_removal_costs_no_more_than_a_set_whatever_the_store_holds() {
    let mut row = Row::start("removals");
    for count in [10, 100, 200, 400, 800, 1000] {
        let world = World::new();
        let (vault, _) = open(&world);
        fill(&vault, count);
        let cost = |call: &dyn Fn(usize)| {
            let before = (world.fs.log().len(), world.keys.log().len(), world.bytes().len());
            (0..count).for_each(call);
            let after = (world.fs.log().len(), world.keys.log().len(), world.bytes().len());
            (after.0 - before.0, after.1 - before.1, after.2 - before.2)
        };
        let sets = cost(&|number| set(&vault, &format!("key {number}"), &"w".repeat(64)).unwrap());
        let removals = cost(&|number| vault.remove(&key(&format!("key {number}"))).unwrap());
        assert!(removals.0 <= 3 * sets.0, "{count}: operations of the file system");
        assert_eq!((sets.1, removals.1), (0, 0), "{count}: calls of the key store");
        assert!(removals.2 <= 3 * sets.2, "{count}: bytes");
        row.add(count as u64);
        // All of them together cost one wrap.
        world.clock.elapse(SOON);
        vault.maintain();
        let wraps = world
            .keys
            .log()
            .iter()
            .filter(|call| **call == KeyOperation::Wrap)
            .count();
        assert_eq!(wraps, 2, "{count}: one for the store, one for the upkeep");
        assert!(world.bytes().len() < 1000, "{count}: nothing is left");
    }
}

#[test]
fn what_was_removed_is_erased_after_its_time_and_not_before() {
    let world = World::new();
    let (vault, wishes) = open(&world);
    fill(&vault, 5);
    assert!(wishes.take().is_empty());
    let before = data_key_id(&world);
    vault.remove(&key("key 0")).unwrap();
    world.clock.elapse(SOON / 2);
    vault.remove(&key("key 1")).unwrap();
    assert_eq!(wishes.take(), [SOON], "told once, for the first of them");
    vault.maintain();
    assert_eq!(data_key_id(&world), before, "too soon");
    world.clock.elapse(SOON / 2);
    vault.maintain();
    assert_ne!(data_key_id(&world), before);
    assert_eq!(names(&vault), ["key 2", "key 3", "key 4"]);
    assert_eq!(names(&world.vault()), ["key 2", "key 3", "key 4"]);
}

#[test]
fn what_a_process_did_not_live_to_erase_the_next_one_does() {
    let world = World::new();
    let (vault, _) = open(&world);
    fill(&vault, 5);
    vault.remove(&key("key 0")).unwrap();
    drop(vault);
    let before = data_key_id(&world);
    let (next, wishes) = open(&world);
    assert_eq!(get(&next, "key 1").unwrap(), "v".repeat(64));
    assert_eq!(wishes.take(), [SOON], "a read is enough to see it");
    world.clock.elapse(SOON);
    next.maintain();
    assert_ne!(data_key_id(&world), before);
}

#[test]
fn a_large_file_is_rewritten_less_often() {
    let world = World::new();
    let (vault, wishes) = open(&world);
    let large = "v".repeat(300 * 1024);
    set(&vault, "large", &large).unwrap();
    set(&vault, "goes", "x").unwrap();
    let before = data_key_id(&world);
    vault.remove(&key("goes")).unwrap();
    assert_eq!(wishes.take(), [LATER]);
    world.clock.elapse(SOON);
    vault.maintain();
    assert_eq!(data_key_id(&world), before);
    world.clock.elapse(LATER);
    vault.maintain();
    assert_ne!(data_key_id(&world), before);
    // What is due sooner is told sooner.
    vault.remove(&key("large")).unwrap();
    assert_eq!(wishes.take().last(), Some(&Duration::ZERO), "most of it is dead");
}

#[test]
fn upkeep_that_fails_is_asked_for_again_and_not_with_every_call() {
    let world = World::new();
    let (vault, wishes) = open(&world);
    fill(&vault, 5);
    vault.remove(&key("key 0")).unwrap();
    world.clock.elapse(SOON);
    wishes.take();
    world
        .keys
        .fail(KeyOperation::Wrap, KeyErrorKind::Unavailable, usize::MAX);
    vault.maintain();
    let again = wishes.take();
    assert_eq!(again, [Duration::from_secs(60)]);
    // With each failure the time doubles, up to an hour or so, however much is written meanwhile.
    for minutes in [1, 2, 4, 8, 16, 32, 64, 64] {
        for number in 0..100 {
            set(&vault, &format!("later {number}"), "x").unwrap();
            assert_eq!(get(&vault, "key 1").unwrap(), "v".repeat(64));
        }
        assert!(wishes.take().is_empty());
        let asked = world.keys.log().len();
        vault.maintain();
        assert_eq!(world.keys.log().len(), asked, "too soon");
        wishes.take();
        world.clock.elapse(Duration::from_secs(60 * minutes));
        vault.maintain();
        assert!(world.keys.log().len() > asked);
        let next = Duration::from_secs(60 * (2 * minutes).min(64));
        assert_eq!(wishes.take(), [next]);
    }
    world.keys.heal();
    let before = data_key_id(&world);
    world.clock.elapse(Duration::from_secs(60 * 64));
    vault.maintain();
    assert_ne!(data_key_id(&world), before);
}

/// A key store that makes no new key once stopped erasing for all that the store grew until then.
#[test]
fn removals_continue_to_erase_after_a_rotation_that_failed() {
    let world = World::new();
    let mut config = config(&world);
    config.rotate_kek_after = Some(Duration::from_millis(1));
    config.rotate_after = None;
    let wishes = Arc::new(Wishes::default());
    let vault = world.vault_with(config).with_upkeep(wishes);
    fill(&vault, 50);
    world.clock.set(strongroom_testkit::NOW_MS + 1000);
    world
        .keys
        .fail(KeyOperation::Create, KeyErrorKind::Unavailable, usize::MAX);
    for number in 0..50 {
        let before = data_key_id(&world);
        vault.remove(&key(&format!("key {number}"))).unwrap();
        world.clock.elapse(SOON);
        vault.maintain();
        assert_ne!(data_key_id(&world), before, "removal {number} erased nothing");
    }
}

/// An old copy of the file opens with the key it names for as long as that lives. Renewing the key ends it.
#[test]
fn an_old_copy_opens_until_its_key_is_renewed_or_the_store_is_cleared() {
    for renews in [
        (|vault| vault.rotate_keys().unwrap()) as fn(&SealedVault),
        |vault| vault.clear().unwrap(),
    ] {
        let world = World::new();
        let (vault, _) = open(&world);
        fill(&vault, 3);
        let copy = world.bytes();
        vault.remove(&key("key 0")).unwrap();
        world.clock.elapse(SOON);
        vault.maintain();
        let now = world.bytes();
        // SECURITY.md says so: it takes the use of the key, and an old copy.
        std::fs::write(world.vault_path(), &copy).unwrap();
        assert!(get(&world.vault(), "key 0").is_ok());
        std::fs::write(world.vault_path(), &now).unwrap();
        renews(&vault);
        std::fs::write(world.vault_path(), &copy).unwrap();
        assert_eq!(get(&world.vault(), "key 0").unwrap_err(), ErrorCode::NotFound);
    }
}

/// The medium changed a bit under a store that is open.
#[test]
fn a_frame_that_changes_under_an_open_store_does_not_end_upkeep() {
    let world = World::new();
    let (vault, _) = open(&world);
    fill(&vault, 20);
    let mut bytes = world.bytes();
    let frame = strongroom_testkit::layout::frames(&bytes)[3].clone();
    bytes[frame.start + 90] ^= 1;
    std::fs::write(world.vault_path(), &bytes).unwrap();
    assert_eq!(get(&vault, "key 3").unwrap_err(), ErrorCode::CorruptRecord);
    vault.remove(&key("key 0")).unwrap();
    let before = data_key_id(&world);
    // The file is read again when the damage is met, and the time of what was removed begins again.
    for _ in 0..2 {
        world.clock.elapse(SOON);
        vault.maintain();
    }
    assert_ne!(data_key_id(&world), before, "what was removed is erased");
    vault.rotate_keys().unwrap();
    assert_eq!(get(&vault, "key 3").unwrap_err(), ErrorCode::CorruptRecord);
    assert_eq!(get(&vault, "key 4").unwrap(), "v".repeat(64));
    assert_eq!(vault.status().unwrap().damaged_records, 1);
}

/// Each of several processes sees that something is due; one of them does it.
#[test]
fn what_one_process_did_no_other_one_does_again() {
    let world = World::new();
    let all: Vec<_> = (0..4).map(|_| open(&world).0).collect();
    fill(&all[0], 5);
    for vault in &all {
        assert_eq!(names(vault).len(), 5);
    }
    all[0].remove(&key("key 0")).unwrap();
    for vault in &all {
        assert_eq!(names(vault).len(), 4);
    }
    world.clock.elapse(SOON);
    let wraps = || {
        world
            .keys
            .log()
            .iter()
            .filter(|call| **call == KeyOperation::Wrap)
            .count()
    };
    let before = wraps();
    for vault in &all {
        vault.maintain();
    }
    assert_eq!(wraps(), before + 1);
}

/// What another handle, or another thread with the same one, does to a store.
type History = fn(&Arc<SealedVault>);

const HISTORIES: [(&str, History); 10] = [
    ("nothing", |_| {}),
    ("a new record", |vault| set(&**vault, "new", "1").unwrap()),
    ("another value", |vault| set(&**vault, "key 1", "other").unwrap()),
    ("a removal", |vault| vault.remove(&key("key 1")).unwrap()),
    ("a removal and the same again", |vault| {
        vault.remove(&key("key 1")).unwrap();
        set(&**vault, "key 1", "again").unwrap();
    }),
    ("all of it, many times", |vault| {
        for number in 0..600 {
            set(&**vault, &format!("key {}", number % 30), &number.to_string()).unwrap();
        }
        for number in 0..20 {
            vault.remove(&key(&format!("key {number}"))).unwrap();
        }
    }),
    // It waits for the keys lock in the end, when the records are gone. The directory may be gone before it gets it.
    ("clearing", |vault| {
        let clearing = vault.clone();
        thread::spawn(move || drop(clearing.clear()));
        while !vault.status().unwrap().fresh {
            thread::sleep(Duration::from_millis(1));
        }
    }),
    ("setting it aside", |vault| vault.reset().unwrap()),
    ("many removals", |vault| {
        let all: Vec<_> = (0..30).map(|number| key(&format!("key {number}"))).collect();
        vault.remove_many(&all).unwrap();
    }),
    ("reading", |vault| assert_eq!(names(&**vault).len(), 60)),
];

#[test]
fn whatever_others_do_while_the_file_is_rewritten_stays_done() {
    let mut row = Row::start("meanwhile");
    for (label, history) in HISTORIES {
        for same_handle in [true, false] {
            for (operation, rotates) in [
                (KeyOperation::Aliases, true),
                (KeyOperation::Create, true),
                (KeyOperation::Wrap, true),
                (KeyOperation::Destroy, true),
                (KeyOperation::Wrap, false),
            ] {
                row.case();
                let label = format!("{label}, same handle: {same_handle}, {operation:?}, rotates: {rotates}");
                let came = meanwhile(&label, history, same_handle, Moment::Key(operation), rotates);
                assert!(came, "{label}: the key store was not asked");
            }
        }
    }
}

/// The same, begun in front of each operation of the file system, on a thread of its own.
#[test]
fn whatever_others_do_from_any_operation_on_stays_done() {
    let mut row = Row::start("meanwhile");
    // What takes many calls is tried in front of the calls of the key store.
    let short = HISTORIES
        .iter()
        .filter(|(label, _)| *label != "all of it, many times");
    for (label, history) in short {
        for same_handle in [true, false] {
            for rotates in [true, false] {
                let step = scaled(31, 3);
                for skip in (0..).step_by(step) {
                    row.case();
                    let label =
                        format!("{label}, same handle: {same_handle}, operation {skip}, rotates: {rotates}");
                    let moment = Moment::File { skip };
                    if !meanwhile(&label, *history, same_handle, moment, rotates) {
                        break;
                    }
                }
            }
        }
    }
}

/// Stores too much for one step of a copy.
fn fill_for_steps(vault: &dyn Vault) {
    fill(vault, 30);
    for number in 0..30 {
        set(vault, &format!("large {number}"), &"v".repeat(12 * 1024)).unwrap();
    }
}

/// When something else happens.
#[derive(Clone, Copy)]
enum Moment {
    Key(KeyOperation),
    File { skip: usize },
}

/// Runs `history` while a file is rewritten, and answers whether that moment came.
fn meanwhile(label: &str, history: History, same_handle: bool, moment: Moment, rotates: bool) -> bool {
    let world = World::new();
    world.fs.skip_syncs();
    let mut config = config(&world);
    let system: Arc<dyn strongroom_core::ports::Clock> =
        Arc::new(strongroom_core::ports::SystemClock::default());
    let edges = |keys| Edges {
        keys,
        clock: system.clone(),
        ..world.edges()
    };
    let keys = Arc::new(HookedKeys::over(&world.keys));
    config.limits.erase_after = Duration::ZERO;
    config.limits.erase_large_after = Some(Duration::ZERO);
    let upkeep = || Arc::new(Wishes::default());
    let vault = Arc::new(
        SealedVault::new(edges(keys.clone()), config.clone(), StoreName::default()).with_upkeep(upkeep()),
    );
    let other = Arc::new(
        SealedVault::new(edges(world.keys.clone()), config, StoreName::default()).with_upkeep(upkeep()),
    );
    fill_for_steps(&*other);
    set(&*other, "goes", "x").unwrap();
    other.remove(&key("goes")).unwrap();
    assert_eq!(names(&*vault).len(), 60);

    // The same on a store that nobody rewrites meanwhile.
    let model = World::new();
    model.fs.skip_syncs();
    fill_for_steps(&model.vault());
    history(&Arc::new(model.vault()));

    let actor = if same_handle { vault.clone() } else { other.clone() };
    let acting = Arc::new(Mutex::new(None));
    match moment {
        Moment::Key(operation) => keys.before(operation, move || history(&actor)),
        Moment::File { skip } => {
            let acting = acting.clone();
            world.fs.interrupt(skip, move || {
                let (done, is_done) = mpsc::channel();
                *acting.lock().unwrap() = Some(thread::spawn(move || {
                    history(&actor);
                    let _ = done.send(());
                }));
                // It may need a lock that is held here.
                let _ = is_done.recv_timeout(Duration::from_millis(20));
            });
        }
    }
    let outcome = if rotates {
        vault.rotate_keys()
    } else {
        vault.maintain();
        Ok(())
    };
    let came = match moment {
        Moment::Key(_) => keys.ran(),
        Moment::File { .. } => match acting.lock().unwrap().take() {
            Some(acting) => {
                acting.join().unwrap();
                true
            }
            None => false,
        },
    };
    if !came {
        return false;
    }
    assert!(outcome.is_ok(), "{label}: {outcome:?}");
    let contents = |vault: &dyn Vault| -> Vec<(String, String)> {
        let value = |name: String| (get(vault, &name).unwrap(), name);
        names(vault).into_iter().map(value).collect()
    };
    let expected = contents(&model.vault());
    for vault in [&*vault, &*other, &world.vault()] {
        assert!(contents(vault) == expected, "{label}");
        assert_eq!(vault.status().unwrap().damaged_records, 0, "{label}");
    }
    let leftovers = world.snapshot();
    assert!(
        leftovers.iter().all(|(name, _)| !name.ends_with("tmp")),
        "{label}"
    );
    // No key is left that no file names, and none is missing.
    set(&*other, "last", "1").unwrap();
    other.rotate_keys().unwrap();
    assert_eq!(world.keys.all().len(), world.snapshot().len(), "{label}");
    true
}

//! Checks that the Keychain layer wipes the values and names that it held, without an allocator that does it. It cannot
//! see the strings of CoreFoundation: the fake wipes its own.

#![cfg(not(target_vendor = "apple"))]
#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

#[path = "../../ffi/tests/memory/recorder.rs"]
mod recorder;

use std::sync::Arc;

use recorder::{Recorder, look_at_freed, look_at_live, unlisted};
use strongroom_apple::keychain::Keychain;
use strongroom_apple::{KeychainConfig, KeychainEdges, KeychainVault, StoreStates};
use strongroom_apple_fake::{Effect, Kind, When, World};
use strongroom_core::policy::VaultOptions;
use strongroom_core::ports::{OsFileSystem, OsRandom, SystemClock};
use strongroom_core::{ItemKey, NewItem, Replacement, Secret, StoreName, Vault};
use strongroom_testkit::{Needles, RecordedEvents, SecretText};

#[global_allocator]
static ALLOCATOR: Recorder = Recorder;

const VALUES: [usize; 5] = [16, 63, 300, 5000, 100_000];

static NAME: SecretText = SecretText::new(77, 40);

/// One test only, so that no other thread writes to memory during the search.
#[test]
fn no_block_of_the_heap_holds_a_secret_that_a_call_is_done_with() {
    let world = World::new();
    let _entered = world.enter();
    let values =
        std::array::from_fn::<_, { VALUES.len() }, _>(|index| SecretText::new(index as u64, VALUES[index]));
    let needles = unlisted(|| {
        let mut needles = Needles::default();
        for text in values.iter().chain([&NAME]) {
            needles.add_text(text.bytes());
        }
        needles
    });
    let mut searches = 0;
    let mut nothing_left = |after: &str| {
        let (mut freed, mut live) = (0, 0);
        look_at_freed(|memory| needles.search(memory, |_, _| freed += 1));
        look_at_live(|memory| needles.search(memory, |_, _| live += 1));
        searches += 1;
        assert_eq!((freed, live), (0, 0), "after {after}");
    };
    let store = vault();
    let record = |name: &str, value: SecretText| NewItem {
        key: key(name),
        value: Secret::new(value.text()).unwrap(),
        expiry: None,
    };
    let several = || values.map(|value| record(&format!("of {} bytes", value.bytes().count()), value));
    for value in values {
        store.set_many(&[record("a", value)]).unwrap();
        nothing_left("set");
        assert!(value.is(store.get(&key("a")).unwrap().expose()));
        nothing_left("get");
        drop(store.get_or_create(record("a", value)).unwrap());
        drop(store.get_or_create(record("new", value)).unwrap());
        nothing_left("get_or_create");
        store.set_many(&several()).unwrap();
        nothing_left("set of several");
        drop(store.get_many(&[key("a"), key("new")]).unwrap());
        nothing_left("get_many");
        let expected = Secret::new(value.text()).unwrap();
        let replacement = Replacement::of(Some(Secret::new(values[0].text()).unwrap()), None).unwrap();
        assert!(
            store
                .compare_and_set(&key("new"), Some(&expected), replacement)
                .unwrap()
        );
        drop(expected);
        nothing_left("compare_and_set");
        store.rotate_keys().unwrap();
        nothing_left("rotate_keys");
        // The batch stops half-way, and another process finishes it.
        world.fail(When::nth(2).of(Kind::Update).for_ever(), -25291, Effect::Before);
        let _ = store.set_many(&several());
        world.clear_faults();
        nothing_left("half a batch");
        drop(vault().keys().unwrap());
        nothing_left("the rest of a batch");
        for number in [-25308, -26275, -25300] {
            world.fail(1, number, Effect::After);
            let _ = store.get(&key("a"));
            world.fail(1, number, Effect::After);
            let _ = store.set_many(&[record("a", value)]);
            world.clear_faults();
            nothing_left("calls that failed");
        }
        store.remove(&key("new")).unwrap();
        nothing_left("remove");
    }
    assert_eq!(searches, values.len() * 13);

    // The control: the search finds a copy that nobody wipes, while it is in use and after it was freed.
    let leaked = String::from(values[0].text().as_str());
    let (mut freed, mut live) = (0, 0);
    look_at_live(|memory| needles.search(memory, |_, _| live += 1));
    drop(leaked);
    look_at_freed(|memory| needles.search(memory, |_, _| freed += 1));
    assert!(live > 0 && freed > 0);
}

fn vault() -> KeychainVault {
    let edges = KeychainEdges {
        groups: Arc::new(Keychain),
        fs: Arc::new(OsFileSystem::default()),
        clock: Arc::new(SystemClock::default()),
        random: Arc::new(OsRandom::default()),
        events: Arc::new(RecordedEvents::default()),
        states: StoreStates::default(),
    };
    let options = VaultOptions::default();
    KeychainVault::new(edges, KeychainConfig::from(&options), StoreName::default())
}

/// `a` is a name that the search looks for; the other names do not matter.
fn key(name: &str) -> ItemKey {
    match name {
        "a" => ItemKey::new(&NAME.text()).unwrap(),
        other => ItemKey::new(other).unwrap(),
    }
}

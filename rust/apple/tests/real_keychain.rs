//! The Keychain of the system itself, where there is one; the fake only models it. It needs a process with an
//! application identifier, which `.github/workflows/ios.yml` gives it. Without one, the system returns -34018.

#![cfg(target_vendor = "apple")]
#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

use std::sync::Arc;

use strongroom_apple::keychain::Keychain;
use strongroom_apple::{KeychainConfig, KeychainEdges, KeychainVault, StoreStates};
use strongroom_core::policy::VaultOptions;
use strongroom_core::ports::{OsFileSystem, OsRandom, SystemClock};
use strongroom_core::{ErrorCode, ItemKey, NewItem, Replacement, Secret, StoreName, Vault};
use strongroom_testkit::RecordedEvents;

const CLASSES: [&str; 4] = [
    "afterFirstUnlockThisDeviceOnly",
    "afterFirstUnlock",
    "whenUnlockedThisDeviceOnly",
    "whenUnlocked",
];

/// One test, because all rows belong to the process.
#[test]
fn the_system_keeps_rows_as_the_fake_does() {
    let store = format!("test-{}", std::process::id());
    let markers = tempfile::tempdir().unwrap();
    let start = |class: &str| {
        let mut options =
            VaultOptions::parse(&format!(r#"{{"ios":{{"accessibility":"{class}"}}}}"#)).unwrap();
        options.marker_directory = Some(markers.path().to_owned());
        let edges = KeychainEdges {
            groups: Arc::new(Keychain),
            fs: Arc::new(OsFileSystem::default()),
            clock: Arc::new(SystemClock::default()),
            random: Arc::new(OsRandom::default()),
            events: Arc::new(RecordedEvents::default()),
            states: StoreStates::default(),
        };
        KeychainVault::new(
            edges,
            KeychainConfig::from(&options),
            StoreName::new(&store).unwrap(),
        )
    };
    let vault = start(CLASSES[0]);
    vault.clear().unwrap();
    assert_eq!(vault.get(&key("a")).err().unwrap().code(), ErrorCode::NotFound);
    assert!(vault.status().unwrap().fresh);
    for (name, value) in [
        ("a", "1"),
        ("a", "2"),
        ("nul\0", ""),
        ("e\u{301}", "decomposed"),
        ("\u{e9}", "composed"),
    ] {
        vault.set_many(&[record(name, value)]).unwrap();
    }
    assert_eq!(get(&vault, "a"), "2");
    assert_eq!(get(&vault, "nul\0"), "");
    assert_eq!(get(&vault, "e\u{301}"), "decomposed");
    assert_eq!(get(&vault, "\u{e9}"), "composed");
    assert_eq!(vault.keys().unwrap().len(), 4);

    // By tag, and by uniqueness.
    let new = || Replacement::of(Some(secret("3")), None).unwrap();
    assert!(
        !vault
            .compare_and_set(&key("a"), Some(&secret("1")), new())
            .unwrap()
    );
    assert!(
        vault
            .compare_and_set(&key("a"), Some(&secret("2")), new())
            .unwrap()
    );
    assert!(!vault.compare_and_set(&key("a"), None, new()).unwrap());
    let (value, created) = vault.get_or_create(record("a", "4")).unwrap();
    assert_eq!((value.expose(), created), ("3", false));

    vault
        .set_many(&[record("a", "5"), record("b", "6"), record("c", "7")])
        .unwrap();
    assert_eq!(vault.remove_many(&[key("c"), key("none")]).unwrap(), 1);
    vault.rotate_keys().unwrap();

    for class in CLASSES {
        let vault = start(class);
        assert_eq!(get(&vault, "b"), "6", "{class}");
        vault.reset().unwrap();
        assert!(vault.keys().unwrap().is_empty());
        assert_eq!(vault.recover().unwrap().recovered, 5);
        assert_eq!(get(&vault, "a"), "5", "{class}");
    }
    let large = "v".repeat(Secret::MAX_BYTES);
    vault.set_many(&[record("large", &large)]).unwrap();
    assert_eq!(get(&vault, "large"), large);
    vault.clear().unwrap();
    assert!(vault.keys().unwrap().is_empty());
    vault.clear().unwrap();
}

fn key(name: &str) -> ItemKey {
    ItemKey::new(name).unwrap()
}

fn secret(value: &str) -> Secret {
    Secret::new(value.to_owned().into()).unwrap()
}

fn record(name: &str, value: &str) -> NewItem {
    NewItem {
        key: key(name),
        value: secret(value),
        expiry: None,
    }
}

fn get(vault: &dyn Vault, name: &str) -> String {
    vault.get(&key(name)).unwrap().expose().to_owned()
}

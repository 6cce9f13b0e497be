//! The life of keys: who may destroy which, and when. See `docs/internals/keys.md`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use strongroom_core::policy::KeyPolicy;
use strongroom_core::ports::{KeyError, KeyErrorKind, KeyWrapper, OsRandom};
use strongroom_core::{Edges, ErrorCode, SealedVault, StoreName, Vault};
use strongroom_testkit::{
    Dice, FaultyFileSystem, KeyEffect, KeyFault, KeyOperation, ManualClock, NOW_MS, RecordedEvents, Row,
    SoftwareKeys, World, get, key, scaled, set,
};
use tempfile::TempDir;

use crate::hooked::HookedKeys;

const EIO: i32 = 5;

#[test]
fn a_key_that_is_made_after_its_caller_gave_up_takes_nobody_s_place() {
    let world = World::new();
    let late = Arc::new(OnceLock::new());
    let first = late.clone();
    // The first key is made only after its caller has given up.
    let keys = HookedKeys::refusing(&world.keys, move |operation, alias, _| {
        if operation == KeyOperation::Create && first.set(alias.to_owned()).is_ok() {
            return Err(KeyError::new(KeyErrorKind::Timeout, "slow"));
        }
        Ok(())
    });
    let edges = Edges {
        keys: Arc::new(keys),
        ..world.edges()
    };
    let slow = SealedVault::new(edges, world.config(), StoreName::default());
    assert_eq!(
        set(&slow, "token", "1").unwrap_err().code(),
        ErrorCode::Unavailable
    );
    let other = world.vault();
    set(&other, "token", "2").unwrap();
    // The key store gets round to it only now. A key under a name that is in use is replaced.
    world.keys.replace(late.get().unwrap());
    for vault in [&slow, &other, &world.vault()] {
        assert_eq!(get(vault, "token").unwrap(), "2");
    }
    other.rotate_keys().unwrap();
    assert_eq!(world.keys.all().len(), 1, "nothing is left of it");
    assert_eq!(get(&world.vault(), "token").unwrap(), "2");
}

/// One user ID, one key store, two directories.
#[test]
fn two_apps_with_one_key_store_leave_each_other_s_keys_alone() {
    let keys = Arc::new(SoftwareKeys::default());
    let apps = [App::new("org.one", &keys), App::new("org.two", &keys)];
    set(&apps[0].open(), "token", "one").unwrap();
    assert_eq!(get(&apps[1].open(), "token").unwrap_err(), ErrorCode::NotFound);
    assert_eq!(get(&apps[0].open(), "token").unwrap(), "one");
    set(&apps[1].open(), "token", "two").unwrap();
    apps[1].open().rotate_keys().unwrap();
    assert_eq!(get(&apps[0].open(), "token").unwrap(), "one");
    apps[1].open().clear().unwrap();
    assert_eq!(get(&apps[0].open(), "token").unwrap(), "one");
    apps[0].open().clear().unwrap();
    assert!(keys.all().is_empty());
}

#[test]
fn a_file_that_was_quarantined_unreadable_keeps_its_key_and_no_later_one() {
    let world = World::new();
    let vault = world.vault();
    set(&vault, "token", "1").unwrap();
    let mut bytes = world.bytes();
    bytes[20] ^= 1;
    std::fs::write(world.vault_path(), &bytes).unwrap();
    let vault = world.vault();
    assert_eq!(get(&vault, "token").unwrap_err(), ErrorCode::NotFound);
    set(&vault, "token", "2").unwrap();
    let copy = world.bytes();
    for _ in 0..3 {
        vault.rotate_keys().unwrap();
    }
    assert_eq!(
        world.keys.versions(),
        [1, 5],
        "the one it may need, and the one in use"
    );
    std::fs::write(world.vault_path(), &copy).unwrap();
    assert_eq!(
        get(&world.vault(), "token").unwrap_err(),
        ErrorCode::NotFound,
        "a rotated key opens nothing"
    );
}

#[test]
fn whatever_somebody_puts_into_the_directory_ends_nothing() {
    for plant in [
        (|path| std::fs::write(path, b"x").unwrap()) as fn(&Path),
        |path| std::fs::create_dir(path).unwrap(),
        |path| std::os::unix::fs::symlink("/nowhere", path).unwrap(),
    ] {
        let world = World::new();
        let vault = world.vault();
        set(&vault, "token", "1").unwrap();
        plant(&world.files().join("default.lost-1-5"));
        for _ in 0..3 {
            vault.rotate_keys().unwrap();
        }
        assert!(world.keys.all().len() <= 2, "{:?}", world.keys.versions());
        set(&vault, "token", "2").unwrap();
        assert_eq!(get(&world.vault(), "token").unwrap(), "2");
        vault.clear().unwrap();
        assert!(world.keys.all().is_empty());
        set(&vault, "token", "3").unwrap();
        assert_eq!(get(&world.vault(), "token").unwrap(), "3");
    }
}

/// The files of format version 1 name their keys without their app.
#[test]
fn only_a_key_that_a_file_of_the_store_named_is_destroyed_without_its_app_in_the_name() {
    let keys = Arc::new(SoftwareKeys::default());
    let stranger = "dev.strongroom.default.v7";
    keys.create(stranger, &KeyPolicy::default(), Duration::ZERO)
        .unwrap();
    let app = App::new("org.one", &keys);
    let vault = app.open();
    set(&vault, "token", "1").unwrap();
    vault.rotate_keys().unwrap();
    vault.clear().unwrap();
    assert_eq!(keys.all(), [stranger]);
}

/// Histories of two apps with one key store, of two handles each, in which anything fails, comes late, or is put in the way: no key
/// is destroyed that a file names, no other app's, and in the end none is left over.
#[test]
fn no_history_destroys_a_key_that_is_needed_or_leaves_one_that_is_not() {
    let mut row = Row::start("life-of-keys");
    for seed in 0..scaled(200, 5000) {
        row.case();
        history(seed);
    }
}

fn history(seed: u64) {
    let mut dice = Dice::new(seed);
    let keys = Arc::new(SoftwareKeys::default());
    let apps = [App::new("org.one", &keys), App::new("org.two", &keys)];
    let mut handles: Vec<SealedVault> = (0..4).map(|number| apps[number / 2].open()).collect();
    let mut hidden = BTreeSet::new();
    let mut trace = Vec::new();
    for _ in 0..30 {
        let at = usize::try_from(dice.below(4)).unwrap();
        let app = &apps[at / 2];
        let vault = &handles[at];
        let action = dice.below(17);
        trace.push((at, action));
        match action {
            0..=3 => drop(set(vault, "token", "value")),
            4 => drop(vault.remove(&key("token"))),
            5..=6 => drop(vault.rotate_keys()),
            7 => drop(vault.clear()),
            8 => drop(vault.reset()),
            9 => drop(vault.recover()),
            // Another process takes over.
            10 => handles[at] = app.open(),
            11 => {
                let all = keys.all();
                if !all.is_empty() {
                    let alias = &all[usize::try_from(dice.below(all.len() as u64)).unwrap()];
                    keys.hide(alias);
                    hidden.insert(alias.clone());
                }
            }
            12 => hidden.iter().for_each(|alias| keys.restore(alias)),
            13 => app.damage_a_header(&mut dice),
            14 => app.plant(&mut dice),
            15 => keys.arm(KeyFault {
                operation: Some(
                    [
                        KeyOperation::Create,
                        KeyOperation::Destroy,
                        KeyOperation::Wrap,
                        KeyOperation::Aliases,
                    ][usize::try_from(dice.below(4)).unwrap()],
                ),
                effect: if dice.below(2) == 0 {
                    KeyEffect::FailLate(KeyErrorKind::Timeout)
                } else {
                    KeyEffect::Fail(KeyErrorKind::Unavailable)
                },
                skip: usize::try_from(dice.below(2)).unwrap(),
                times: 1 + usize::try_from(dice.below(8)).unwrap(),
            }),
            _ => {
                // A call is cut short, and its process ends.
                app.fs
                    .fail(None, usize::try_from(dice.below(40)).unwrap(), usize::MAX, EIO);
                drop(if dice.below(2) == 0 {
                    vault.rotate_keys()
                } else {
                    set(vault, "token", "value")
                });
                app.fs.heal();
                handles[at] = app.open();
            }
        }
        for app in &apps {
            app.assert_keys_are_there(&keys, &hidden, &format!("seed {seed}, {trace:?}"));
        }
    }
    keys.heal();
    for alias in &hidden {
        keys.restore(alias);
    }
    for app in &apps {
        let vault = app.open();
        set(&vault, "last", "1").unwrap();
        vault.clear().unwrap();
        let prefix = format!("dev.strongroom:{}:", app.name);
        let left = keys
            .all()
            .into_iter()
            .filter(|alias| alias.starts_with(&prefix))
            .count();
        assert_eq!(left, 0, "seed {seed}: {} left a key", app.name);
    }
}

struct App {
    name: &'static str,
    directory: TempDir,
    keys: Arc<SoftwareKeys>,
    fs: FaultyFileSystem,
}

impl App {
    fn new(name: &'static str, keys: &Arc<SoftwareKeys>) -> Self {
        let fs = FaultyFileSystem::default();
        fs.skip_syncs();
        Self {
            name,
            directory: TempDir::new().unwrap(),
            keys: keys.clone(),
            fs,
        }
    }

    fn open(&self) -> SealedVault {
        let edges = Edges {
            fs: Arc::new(self.fs.clone()),
            keys: self.keys.clone(),
            clock: Arc::new(ManualClock::new(NOW_MS)),
            random: Arc::new(OsRandom::default()),
            events: Arc::new(RecordedEvents::default()),
        };
        let mut config = strongroom_core::SealedConfig::new(self.directory.path().to_owned());
        self.name.clone_into(&mut config.app);
        SealedVault::new(edges, config, StoreName::default())
    }

    fn files(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.directory.path()).unwrap();
        let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        // A temporary file is never the only copy of anything.
        let counts = |path: &Path| {
            path.extension()
                .is_none_or(|extension| extension != "lock" && extension != "tmp")
        };
        files.retain(|path| path.is_file() && counts(path));
        files.sort();
        files
    }

    fn damage_a_header(&self, dice: &mut Dice) {
        let files = self.files();
        if files.is_empty() {
            return;
        }
        let path = &files[usize::try_from(dice.below(files.len() as u64)).unwrap()];
        let mut bytes = std::fs::read(path).unwrap();
        if bytes.len() > 60 {
            bytes[50] ^= 1;
            std::fs::write(path, bytes).unwrap();
        }
    }

    fn plant(&self, dice: &mut Dice) {
        let path = self
            .directory
            .path()
            .join(format!("default.lost-{}-5", dice.below(3)));
        if path.exists() {
            return;
        }
        match dice.below(2) {
            0 => std::fs::write(path, b"x").unwrap(),
            _ => std::fs::create_dir(path).unwrap(),
        }
    }

    /// Of every file whose header is whole, by docs/internals/storage-format.md.
    fn assert_keys_are_there(&self, keys: &SoftwareKeys, hidden: &BTreeSet<String>, label: &str) {
        use sha2::{Digest, Sha256};
        for path in self.files() {
            let bytes = std::fs::read(&path).unwrap();
            let length = bytes.get(10..12).map_or(0, |length| {
                usize::from(u16::from_le_bytes([length[0], length[1]]))
            });
            let Some(header) = bytes.get(..length).filter(|header| header.len() > 128) else {
                continue;
            };
            let (content, digest) = header.split_at(length - 32);
            if Sha256::digest(content).as_slice() != digest {
                continue;
            }
            let alias = std::str::from_utf8(&header[87..87 + usize::from(header[86])]).unwrap();
            assert!(
                keys.all().iter().any(|there| there == alias) || hidden.contains(alias),
                "{label}: {} needs a key that was destroyed",
                self.name
            );
        }
    }
}

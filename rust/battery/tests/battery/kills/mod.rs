//! A real process that is killed while it writes to a real directory: at random moments, and at every system call.

mod random;
mod syscalls;

use std::collections::BTreeMap;
use std::path::Path;

use strongroom_battery::history::{Call, Store, files, keys};
use strongroom_core::{ResetReason, Vault};

type Records = BTreeMap<String, String>;

/// All that an app can see of a store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Seen {
    records: Records,
    last_reset: Option<ResetReason>,
    quarantined: u64,
}

impl Seen {
    /// All of it but what is in quarantine.
    fn same_records(&self, other: &Self) -> bool {
        self.records == other.records && self.last_reset == other.last_reset
    }
}

/// Reads a store as a new process does, which must find nothing wrong with it.
fn look(directory: &Path) -> Seen {
    let vault = Store::new(directory).vault;
    let records = vault.keys().unwrap().into_iter().map(|key| {
        let value = vault.get(&key).unwrap().expose().to_owned();
        (key.as_str().to_owned(), value)
    });
    let records: Records = records.collect();
    let status = vault.status().unwrap();
    assert_eq!(status.damaged_records, 0);
    assert_eq!(status.records, records.len() as u64);
    Seen {
        records,
        last_reset: status.last_reset.map(|reset| reset.reason),
        quarantined: status.quarantined,
    }
}

/// A store that was opened again takes writes, leaves no unfinished file, and loses the keys that no file names.
fn assert_usable(directory: &Path) {
    let mut store = Store::new(directory);
    Call::set("probe", "new").run(&mut store).unwrap();
    Call::RotateKeys.run(&mut store).unwrap();
    assert_eq!(look(directory).records.get("probe").unwrap(), "new");
    let named = list(&files(directory));
    assert!(!named.iter().any(|name| name == "default.tmp"), "{named:?}");
    let files_with_keys = named
        .iter()
        .filter(|name| {
            Path::new(name)
                .extension()
                .is_none_or(|extension| extension != "lock")
        })
        .count();
    let keys = list(&keys(directory));
    let keys = keys.iter().filter(|name| *name != "unfinished");
    // The first store and one in quarantine share no key.
    assert_eq!(keys.count(), files_with_keys);
}

fn list(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for part in [files, keys] {
        if !part(from).exists() {
            continue;
        }
        std::fs::create_dir(part(to)).unwrap();
        for name in list(&part(from)) {
            std::fs::copy(part(from).join(&name), part(to).join(&name)).unwrap();
        }
    }
}

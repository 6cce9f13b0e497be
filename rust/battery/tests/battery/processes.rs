//! Several processes that change one record at the same time, while its file is rewritten and its keys are rotated.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use strongroom_core::ports::KeyWrapper;
use strongroom_core::{Edges, SealedVault, StoreName, Vault};
use strongroom_testkit::{DiskKeys, Row, World, get, scaled};

use super::header::Header;

const PROCESSES: u64 = 4;

#[test]
fn processes_that_count_together_lose_no_increment() {
    let mut row = Row::start("processes");
    let world = World::new();
    let times: u64 = scaled(100, 1000);
    let counting: Vec<Child> = (0..PROCESSES)
        .map(|_| count(world.directory.path(), times))
        .collect();
    let mut reached = Vec::new();
    for process in counting {
        let done = process.wait_with_output().unwrap();
        let complaint = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{complaint}");
        let report = String::from_utf8(done.stdout).unwrap();
        let numbers: Vec<u64> = report.lines().map(|line| line.parse().unwrap()).collect();
        assert!(numbers.is_sorted(), "a process saw the counter go back");
        row.add(numbers.len() as u64);
        reached.extend(numbers);
    }
    reached.sort_unstable();
    assert!(
        reached.iter().copied().eq(1..=PROCESSES * times),
        "two processes made the same increment, or one was lost"
    );

    let keys = DiskKeys::new(world.directory.path().join("keys"));
    let edges = Edges {
        keys: Arc::new(keys.clone()),
        ..world.edges()
    };
    let vault = SealedVault::new(edges, world.config(), StoreName::default());
    assert_eq!(get(&vault, "counter").unwrap(), (PROCESSES * times).to_string());
    let status = vault.status().unwrap();
    assert_eq!(
        (status.damaged_records, status.quarantined, status.last_reset),
        (0, 0, None)
    );
    let header = Header::read(&world.fs, &world.vault_path()).unwrap();
    // One rotation for every 50 increments, and in between rewrites: one is due after 20 seals.
    assert_eq!(header.key_version, 1 + PROCESSES * times / 50);
    assert!(header.generation > header.key_version);
    assert_eq!(keys.aliases("", Duration::ZERO).unwrap().len(), 1);
}

fn count(directory: &Path, times: u64) -> Child {
    Command::new(env!("CARGO_BIN_EXE_counter"))
        .args([directory.as_os_str(), times.to_string().as_ref()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

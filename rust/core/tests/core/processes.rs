//! Several threads and several processes on one store.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use strongroom_core::testing::BareKeys;
use strongroom_core::{Edges, SealedVault, StoreName, Vault};

use crate::world::{World, get, names, set};

#[test]
fn threads_on_one_handle_and_handles_on_one_file_lose_nothing() {
    let world = World::new();
    let shared = world.vault();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (shared, world) = (&shared, &world);
            scope.spawn(move || {
                let own = world.vault();
                let vault: &dyn Vault = if thread % 2 == 0 { shared } else { &own };
                for round in 0..50 {
                    set(vault, &format!("{thread}/{round}"), &format!("value {round}")).unwrap();
                    assert_eq!(
                        get(vault, &format!("{thread}/{round}")).unwrap(),
                        format!("value {round}")
                    );
                }
            });
        }
    });
    assert_eq!(names(&world.vault()).len(), 200);
}

/// A process that is killed at any moment leaves a store that holds every write it reported.
#[test]
fn a_killed_process_leaves_every_write_it_reported() {
    let world = World::new();
    for kill_after in [1, 7, 40] {
        let mut child = Command::new(example("endless_writer"))
            .arg(world.files())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let reported: Vec<String> = lines.take(kill_after).map(Result::unwrap).collect();
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(reported.len(), kill_after);

        let edges = Edges {
            keys: Arc::new(BareKeys::default()),
            ..world.edges()
        };
        let vault = SealedVault::new(edges, world.config(), StoreName::new("killed").unwrap());
        for number in reported {
            assert_eq!(get(&vault, &format!("key {number}")).unwrap(), number);
        }
    }
}

/// Cargo builds the examples of a crate along with its tests.
pub(crate) fn example(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.parent()
        .and_then(Path::parent)
        .unwrap()
        .join("examples")
        .join(name)
}

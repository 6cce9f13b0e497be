//! Several threads and several processes on one store.

use std::process::{Command, Stdio};

use strongroom_core::Vault;

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

/// A process that is killed between two writes leaves a store that holds every write it reported.
#[test]
fn a_killed_process_leaves_every_write_it_reported() {
    use std::io::{BufRead, BufReader};
    let world = World::new();
    set(&world.vault(), "first", "0").unwrap();
    for kill_after in [1, 7, 40] {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--ignored",
                "--exact",
                "processes::writes_until_it_is_killed",
                "--nocapture",
            ])
            .env("STRONGROOM_TEST_DIRECTORY", world.directory.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut reported = Vec::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            if let Some((_, number)) = line.split_once("stored ") {
                reported.push(number.trim().to_owned());
            }
            if reported.len() == kill_after {
                child.kill().unwrap();
                break;
            }
        }
        child.wait().unwrap();
        assert_eq!(reported.len(), kill_after);
        let stored = BareHost::open(world.directory.path());
        for number in reported {
            assert_eq!(get(&stored, &format!("key {number}")).unwrap(), number);
        }
    }
}

#[test]
#[ignore = "the body of the process that the test above kills"]
fn writes_until_it_is_killed() {
    use std::io::Write;
    let Some(directory) = std::env::var_os("STRONGROOM_TEST_DIRECTORY") else {
        return;
    };
    let vault = BareHost::open(directory.as_ref());
    for number in 0_u32.. {
        set(&vault, &format!("key {number}"), &number.to_string()).unwrap();
        // Straight to the pipe: the line is out before the next write begins.
        writeln!(std::io::stdout(), "stored {number}").unwrap();
        std::io::stdout().flush().unwrap();
    }
}

/// A vault whose keys outlive the process: they are derived from the alias.
struct BareHost;

impl BareHost {
    fn open(directory: &std::path::Path) -> strongroom_core::SealedVault {
        use std::sync::Arc;

        use strongroom_core::platform::{OsFileSystem, OsRandom, SystemClock};
        use strongroom_core::testing::RecordedEvents;
        use strongroom_core::{Edges, SealedConfig, SealedVault, StoreName};

        let edges = Edges {
            fs: Arc::new(OsFileSystem::default()),
            keys: Arc::new(crate::golden::BareKeys),
            clock: Arc::new(SystemClock::default()),
            random: Arc::new(OsRandom::default()),
            events: Arc::new(RecordedEvents::default()),
        };
        let store = StoreName::new("killed").unwrap();
        SealedVault::new(edges, SealedConfig::new(directory.join("strongroom")), store)
    }
}

//! A process that keeps secrets, does with them what its standard input says, and lives on, so that its memory can be searched.
//! Names and values follow from numbers, so that none is ever passed to it or printed by it.

use std::fmt::Write as _;
use std::io::{BufRead, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use strongroom_core::ports::{OsFileSystem, OsRandom, SystemClock};
use strongroom_core::{Asking, Edges, SealedConfig, SealedVault, StoreName};
use strongroom_testkit::{
    ManualClock, NOW_MS, RecordedEvents, ScriptedDevice, SecretText, WitnessGates, WitnessKeys,
};
use zeroize::Zeroizing;

/// What a record is made of, by the numbers that its texts follow from.
pub struct Record {
    pub name: SecretText,
    pub value: SecretText,
}

/// Obeys until its standard input ends. `call` carries out what is asked of a store.
pub fn keep<S>(open: impl Fn(SealedVault) -> S, call: impl Fn(&S, &str, &[Record])) {
    let directory = PathBuf::from(std::env::args_os().nth(1).unwrap());
    let keys = Arc::<WitnessKeys>::default();
    let clock = Arc::new(ManualClock::new(NOW_MS));
    let device = Arc::new(ScriptedDevice::new(keys.inner().clone(), clock));
    let gates = Arc::new(WitnessGates::new(device.clone()));
    let asking = Asking {
        gates: gates.clone(),
        user: device,
    };
    let mut store = None;
    let mut leaked: Option<Zeroizing<String>> = None;
    let mut report = std::io::stdout();
    let (mut reported, mut answered) = (0, 0);
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let mut words = line.split(' ');
        let command = words.next().unwrap();
        let numbers: Vec<u64> = words.map(|word| word.parse().unwrap()).collect();
        let records: Vec<Record> = numbers.chunks_exact(3).map(record).collect();
        match command {
            "open" => store = Some(open(vault(directory.clone(), keys.clone(), asking.clone()))),
            "drop" => store = None,
            "leak" => leaked = records.first().map(|record| record.value.text()),
            "mend" => drop(leaked.take()),
            _ => call(store.as_ref().unwrap(), command, &records),
        }
        let mut answer = String::from("done");
        let seen = keys.seen();
        for byte in seen.iter().skip(reported).flat_map(|key| key.to_bytes()) {
            write!(answer, " {byte}").unwrap();
        }
        reported = seen.len();
        write!(answer, " answers").unwrap();
        let seen = gates.seen();
        for byte in seen.iter().skip(answered).flat_map(|answer| answer.to_bytes()) {
            write!(answer, " {byte}").unwrap();
        }
        answered = seen.len();
        writeln!(report, "{answer}").unwrap();
    }
}

/// The numbers of a name and of a value, and the length of the value.
fn record(numbers: &[u64]) -> Record {
    Record {
        name: SecretText::new(numbers[0], 30),
        value: SecretText::new(numbers[1], usize::try_from(numbers[2]).unwrap()),
    }
}

fn vault(directory: PathBuf, keys: Arc<WitnessKeys>, asking: Asking) -> SealedVault {
    let edges = Edges {
        fs: Arc::new(OsFileSystem::default()),
        keys,
        clock: Arc::new(SystemClock::default()),
        random: Arc::new(OsRandom::default()),
        events: Arc::new(RecordedEvents::default()),
    };
    let mut config = SealedConfig::new(directory);
    config.lock_after_background = Some(Duration::ZERO);
    SealedVault::new(edges, config, StoreName::default()).with_asking(asking)
}

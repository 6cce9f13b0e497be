//! A process that keeps secrets, and the search of its memory.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use strongroom_testkit::{KeyNeedles, Needles, ProtectedFile, SecretText, SeenAnswer, SeenKey};
use tempfile::TempDir;

use super::process_image::{mappings, read, registers};

/// The place of what is found in the registers of a dumped process.
pub(crate) const REGISTERS: &str = "registers";

/// More than the longest window of a needle.
const OVERLAP: usize = 64;

pub(crate) struct Keeper {
    process: Child,
    commands: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    directory: TempDir,
    needles: Needles,
    kinds: Vec<Kind>,
    gate_answers: Vec<SeenAnswer>,
    /// The answers whose session keys, and the data keys of protected files, that are looked for.
    sessions: Vec<[u8; 32]>,
    data_keys: Vec<[u8; 32]>,
}

/// What a needle is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// A data key, or what is extracted from it, or a value: nothing needs them between calls.
    DataKey,
    Value(SecretText),
    /// The keys that an open store works with, by the number of their data key.
    Subkey(usize),
    /// The answer of a gate, or what follows from it, before the session key: nothing needs them between calls.
    Answer,
    /// What opens a protected store while it is unlocked.
    Session,
    Name(SecretText),
}

/// What was found, and in which mapping.
pub(crate) type Found = BTreeSet<(Kind, String)>;

impl Keeper {
    pub(crate) fn start(program: &Path) -> Self {
        let directory = TempDir::new().unwrap();
        let mut process = Command::new("sh")
            .args(["-c", r#"ulimit -c unlimited || true; exec "$0" "$PWD/store""#])
            .arg(program)
            .current_dir(&directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            commands: process.stdin.take().unwrap(),
            answers: BufReader::new(process.stdout.take().unwrap()).lines(),
            process,
            directory,
            needles: Needles::default(),
            kinds: Vec::new(),
            gate_answers: Vec::new(),
            sessions: Vec::new(),
            data_keys: Vec::new(),
        }
    }

    /// Has a command of `examples/keeper` carried out.
    pub(crate) fn tell(&mut self, command: &str) {
        let numbers: Vec<u64> = command
            .split(' ')
            .skip(1)
            .map(|number| number.parse().unwrap())
            .collect();
        for record in numbers.chunks_exact(3) {
            self.look_for(Kind::Name(SecretText::new(record[0], 30)));
            let length = usize::try_from(record[2]).unwrap();
            self.look_for(Kind::Value(SecretText::new(record[1], length)));
        }
        writeln!(self.commands, "{command}").unwrap();
        let answer = self.answers.next().expect("the process died").unwrap();
        let (keys, answers) = answer.split_once(" answers").unwrap();
        let bytes = |text: &str| -> Vec<u8> {
            let numbers = text.split(' ').skip(1);
            numbers.map(|byte| byte.parse().unwrap()).collect()
        };
        for key in bytes(keys).chunks_exact(48) {
            let generation = self.kinds.len();
            let added = SeenKey::from_bytes(key.try_into().unwrap()).add_to(&mut self.needles);
            self.look_for_keys(generation, added.data_key);
        }
        for answer in bytes(answers).chunks_exact(32) {
            self.gate_answers
                .push(SeenAnswer::from_bytes(answer.try_into().unwrap()));
        }
        self.look_for_session();
    }

    fn look_for_keys(&mut self, generation: usize, first: usize) {
        assert_eq!(first, generation);
        let subkey = Kind::Subkey(generation);
        self.kinds.extend([Kind::DataKey, Kind::DataKey, subkey, subkey]);
    }

    /// The keys of a protected file are known by the answers of its gate.
    fn look_for_session(&mut self) {
        let Ok(file) = std::fs::read(self.directory.path().join("store/default.vault")) else {
            return;
        };
        for answer in self.gate_answers.clone() {
            let answer = answer.expose();
            let Some(opened) = ProtectedFile::open(&file, "default", &answer) else {
                continue;
            };
            if !self.sessions.contains(&answer) {
                let added = opened.add_session(&mut self.needles, &answer);
                assert_eq!(added.answer, self.kinds.len());
                self.kinds.extend([Kind::Answer, Kind::Session]);
                self.sessions.push(answer);
            }
            if !self.data_keys.contains(&opened.data_key) {
                let generation = self.kinds.len();
                let added = KeyNeedles::add(&mut self.needles, &opened.data_key, &opened.store_id);
                self.look_for_keys(generation, added.data_key);
                self.data_keys.push(opened.data_key);
            }
        }
    }

    fn look_for(&mut self, kind: Kind) {
        if let Kind::Name(text) | Kind::Value(text) = kind
            && !self.kinds.contains(&kind)
        {
            self.needles.add_text(text.bytes());
            self.kinds.push(kind);
        }
    }

    /// The number of secrets that a search looks for.
    pub(crate) fn needles(&self) -> u64 {
        self.needles.len() as u64
    }

    /// What the secrets are.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = &Kind> {
        self.kinds.iter()
    }

    /// Searches the memory of the process.
    pub(crate) fn search(&self, only_writable: bool) -> Found {
        let process = self.process.id();
        let mut found = Found::new();
        let mut names = BTreeSet::new();
        for mapping in mappings(process, only_writable) {
            read(process, &mapping, OVERLAP, |memory| {
                self.needles.search(memory, |needle, _| {
                    found.insert((self.kinds[needle], mapping.name.clone()));
                });
            });
            names.insert(mapping.name);
        }
        assert!(names.contains("[heap]") && names.contains("[stack]"));
        found
    }

    /// Has the process killed so that the system writes down its memory and its registers, and searches that. `None` if the system
    /// does not write to where the process is.
    pub(crate) fn search_core_dump(mut self) -> Option<Found> {
        let kill = format!("kill -ABRT {}", self.process.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        assert!(!self.process.wait().unwrap().success());
        let dump = std::fs::read_dir(&self.directory)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .find(|path| path.is_file())?;
        let dump = std::fs::read(dump).unwrap();
        let registers = registers(&dump);
        let mut found = Found::new();
        self.needles.search(&dump, |needle, at| {
            let place = if registers.contains(&at) {
                REGISTERS
            } else {
                "dumped memory"
            };
            found.insert((self.kinds[needle], place.to_owned()));
        });
        Some(found)
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

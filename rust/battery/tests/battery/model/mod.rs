//! A store is a map that survives: random sequences of calls, through two handles or two processes, restarts, rewrites, and a
//! clock that jumps back and forth.

mod driven;
mod map;
mod moves;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use strongroom_battery::step::{Habits, Heard, Request, Response, Step, Store};
use strongroom_core::ports::{FileSystem, KeyWrapper, OsFileSystem};
use strongroom_testkit::{DiskKeys, MemoryFs, NOW_MS, Row, SoftwareKeys, scaled};
use tempfile::TempDir;

use self::driven::Driven;
use self::map::Map;
use self::moves::{Action, Clock, Move, habits, moves};
use super::header::Header;

const STEPS: usize = 50;

#[test]
fn two_handles_do_what_a_map_does() {
    let row = RefCell::new(Row::start("model"));
    let tally = RefCell::new(Tally::default());
    check(scaled(150, 10_000), |habits, moves| {
        row.borrow_mut().case();
        let disk = MemoryFs::default();
        let keys = Arc::new(SoftwareKeys::default());
        let directory = PathBuf::from("/data/strongroom");
        let open = |_| -> Box<dyn Handle> {
            let fs = Arc::new(disk.clone());
            Box::new(Store::open(fs, keys.clone(), directory.clone(), habits))
        };
        let mut play = Play::new(&disk, &directory, &open, &tally);
        play.all(moves)?;
        play.leaves_no_key_over(&*keys)
    });
    tally.borrow().assert_complete();
}

#[test]
fn two_processes_do_what_a_map_does() {
    let row = RefCell::new(Row::start("model-processes"));
    let tally = RefCell::new(Tally::default());
    check(scaled(5, 200), |habits, moves| {
        row.borrow_mut().case();
        let disk = OsFileSystem::default();
        let directory = TempDir::new().unwrap();
        let files = directory.path().join("strongroom");
        let keys = Arc::new(DiskKeys::new(directory.path().join("keys")));
        let open = |handle| -> Box<dyn Handle> {
            if handle == 1 {
                return Box::new(Driven::start(directory.path(), habits));
            }
            let fs = Arc::new(disk);
            Box::new(Store::open(fs, keys.clone(), files.clone(), habits))
        };
        let mut play = Play::new(&disk, &files, &open, &tally);
        play.all(moves)?;
        play.leaves_no_key_over(&*keys)
    });
}

fn check(cases: u32, test: impl Fn(&Habits, &[Move]) -> Result<(), TestCaseError>) {
    let config = ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    TestRunner::new(config)
        .run(&(habits(), moves(STEPS)), |(habits, moves)| test(&habits, &moves))
        .unwrap_or_else(|failure| panic!("{failure}"));
}

trait Handle {
    fn respond(&mut self, request: &Request) -> Response;
}

impl Handle for Store {
    fn respond(&mut self, request: &Request) -> Response {
        Self::respond(self, request)
    }
}

/// What happened in all sequences: a model that meets nothing proves nothing.
#[derive(Debug, Default)]
struct Tally {
    expired: u64,
    key_rotations_by_age: u64,
    resets: u64,
    rewrites: u64,
    /// One handle had seen a record expire that the other one still had.
    views_apart: u64,
}

impl Tally {
    fn assert_complete(&self) {
        let counts = [
            self.expired,
            self.key_rotations_by_age,
            self.resets,
            self.rewrites,
            self.views_apart,
        ];
        assert!(!counts.contains(&0), "{self:?}");
    }
}

/// A sequence, played on a store and on the map.
struct Play<'a> {
    fs: &'a dyn FileSystem,
    vault: PathBuf,
    open: &'a dyn Fn(usize) -> Box<dyn Handle>,
    handles: [Box<dyn Handle>; 2],
    map: Map,
    now_ms: u64,
    /// No two calls are made at the same time, or else a record could not be told from one that was set again.
    past: BTreeSet<u64>,
    tally: &'a RefCell<Tally>,
}

impl<'a> Play<'a> {
    fn new(
        fs: &'a dyn FileSystem,
        directory: &Path,
        open: &'a dyn Fn(usize) -> Box<dyn Handle>,
        tally: &'a RefCell<Tally>,
    ) -> Self {
        Self {
            fs,
            vault: directory.join("default.vault"),
            open,
            handles: [open(0), open(1)],
            map: Map::new(2),
            now_ms: NOW_MS,
            past: BTreeSet::new(),
            tally,
        }
    }

    fn all(&mut self, moves: &[Move]) -> Result<(), TestCaseError> {
        for (number, Move { handle, action }) in moves.iter().enumerate() {
            match action {
                Action::Clock(Clock::By(ms)) => self.now_ms = self.now_ms.saturating_add_signed(*ms),
                Action::Clock(Clock::To(ms)) => self.now_ms = *ms,
                Action::Restart => {
                    self.handles[*handle] = (self.open)(*handle);
                    self.map.restart(*handle);
                }
                _ => {}
            }
            if let Some(step) = action.step(number, self.now_ms, *handle, &self.map) {
                self.call(*handle, step)?;
            }
            // Looking is a call, too: whoever looks sees what expired.
            if number % 3 == 0 {
                self.call(number / 3 % 2, Step::Look)?;
            }
        }
        self.call(0, Step::Look)?;
        self.call(1, Step::Look)
    }

    fn call(&mut self, handle: usize, step: Step) -> Result<(), TestCaseError> {
        while !self.past.insert(self.now_ms) {
            self.now_ms += 1;
        }
        let now_ms = self.now_ms;
        let request = Request { now_ms, step };
        let before = self.header();
        let expected = self.map.respond(handle, &request);
        let response = self.handles[handle].respond(&request);
        prop_assert_eq!(
            &response,
            &expected,
            "handle {} answered otherwise to {:?}",
            handle,
            request
        );
        let after = self.header();
        let (generation, version) = before.map_or((1, 1), |header| (header.generation, header.key_version));
        let mut tally = self.tally.borrow_mut();
        if let Some(after) = after.filter(|after| after.generation > generation) {
            self.map.rewrite(handle);
            tally.rewrites += 1;
            let by_age =
                before.is_some() && after.key_version > version && !matches!(request.step, Step::RotateKeys);
            tally.key_rotations_by_age += u64::from(by_age);
        }
        for heard in &response.heard {
            match heard {
                Heard::Expired(_) => tally.expired += 1,
                Heard::Reset(_) => tally.resets += 1,
            }
        }
        tally.views_apart += u64::from(self.map.views_differ(now_ms));
        Ok(())
    }

    fn leaves_no_key_over(&mut self, keys: &dyn KeyWrapper) -> Result<(), TestCaseError> {
        self.call(0, Step::Recover)?;
        self.call(0, Step::RotateKeys)?;
        let keys = keys.aliases("", Duration::ZERO).expect("a list of the keys");
        prop_assert_eq!(keys.len(), usize::from(self.header().is_some()));
        Ok(())
    }

    fn header(&self) -> Option<Header> {
        Header::read(self.fs, &self.vault)
    }
}

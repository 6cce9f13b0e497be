//! How much a battery of tests does, and the account of what it did.

use std::io::Write;
use std::time::Instant;

/// The number of cases to run: `quick` with every test run, `long` when `STRONGROOM_BATTERY=long`.
#[must_use]
pub fn scaled<T>(quick: T, long: T) -> T {
    match std::env::var("STRONGROOM_BATTERY").as_deref() {
        Ok("long") => long,
        _ => quick,
    }
}

/// One row of the account: counts cases, and when dropped appends a line of JSON to the file that `STRONGROOM_PROOF` names.
/// A panic while it lives is its failure.
#[derive(Debug)]
pub struct Row {
    name: &'static str,
    cases: u64,
    notes: Vec<String>,
    started: Instant,
}

impl Row {
    /// Starts the row `name`, as `rust/battery/rows.json` lists it.
    #[must_use]
    pub fn start(name: &'static str) -> Self {
        Self {
            name,
            cases: 0,
            notes: Vec::new(),
            started: Instant::now(),
        }
    }

    /// One more case is about to be tried.
    pub fn case(&mut self) {
        self.cases += 1;
    }

    /// So many more cases.
    pub fn add(&mut self, cases: u64) {
        self.cases += cases;
    }

    /// Figures that stand beside the row, in plain text.
    pub fn note(&mut self, figures: String) {
        self.notes.push(figures);
    }

    /// The cases so far.
    #[must_use]
    pub fn cases(&self) -> u64 {
        self.cases
    }
}

impl Drop for Row {
    fn drop(&mut self) {
        let Some(path) = std::env::var_os("STRONGROOM_PROOF") else {
            return;
        };
        let line = format!(
            "{{\"row\":\"{}\",\"cases\":{},\"failures\":{},\"seconds\":{:.1},\"notes\":{:?}}}\n",
            self.name,
            self.cases,
            u8::from(std::thread::panicking()),
            self.started.elapsed().as_secs_f64(),
            self.notes,
        );
        // A missing row fails the account.
        let file = std::fs::OpenOptions::new().create(true).append(true).open(path);
        let _ = file.and_then(|mut file| file.write_all(line.as_bytes()));
    }
}

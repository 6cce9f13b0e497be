use std::io::{BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use strongroom_battery::step::{Habits, Request, Response};

use super::Handle;

/// A handle in a process of its own. Dropping it kills the process.
pub(super) struct Driven {
    process: Child,
    requests: ChildStdin,
    responses: Lines<BufReader<ChildStdout>>,
}

impl Driven {
    pub(super) fn start(directory: &Path, habits: &Habits) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_model_process"))
            .arg(directory)
            .arg(serde_json::to_string(habits).unwrap())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            requests: process.stdin.take().unwrap(),
            responses: BufReader::new(process.stdout.take().unwrap()).lines(),
            process,
        }
    }
}

impl Handle for Driven {
    fn respond(&mut self, request: &Request) -> Response {
        writeln!(self.requests, "{}", serde_json::to_string(request).unwrap()).unwrap();
        let line = self.responses.next().expect("the process is there").unwrap();
        serde_json::from_str(&line).unwrap()
    }
}

impl Drop for Driven {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

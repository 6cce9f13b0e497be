//! The one thread that calls the Keystore.
//!
//! The Keystore daemon loops inside a call as long as all its operation slots are taken, and no interrupt reaches it
//! there. So a call cannot be cancelled: the caller stops waiting, and the worker continues. The worker gets a job only
//! when it is idle. A caller that gives up before that leaves nothing to do later.
//!
//! A job that still runs after its caller has given up is *overdue*. It may never end. So nobody waits for it: until it
//! ends, every other call fails at once.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SendError, Sender, SyncSender};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use strongroom_core::wiped;

/// Runs one job at a time on a thread of its own.
#[derive(Default)]
pub(crate) struct Worker {
    turn: Mutex<Turn>,
    idle: Condvar,
}

/// Until when the caller of a job waits for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline(Instant);

/// Why there is no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WorkerError {
    /// An earlier job is overdue. This one did not start.
    Overdue,
    /// The job panicked; the worker continues.
    Panicked,
    /// The system could not start a thread.
    Spawn,
    /// Not finished in time. The job may still be running.
    Timeout,
}

impl Worker {
    /// Runs `job`, and waits up to `wait` until the worker is idle and has finished the job. A result that comes too
    /// late is dropped on the worker.
    pub(crate) fn run<T, F>(&'static self, wait: Duration, job: F) -> Result<T, WorkerError>
    where
        T: Send + 'static,
        F: FnOnce(Deadline) -> T + Send + 'static,
    {
        let deadline = Deadline(Instant::now() + wait);
        let (answer, answered) = mpsc::sync_channel(1);
        self.hand_over(deadline, Box::new(move || deliver(&answer, || job(deadline))))?;
        match answered.recv_timeout(deadline.remaining()) {
            Ok(answer) => answer,
            Err(RecvTimeoutError::Timeout) => Err(WorkerError::Timeout),
            Err(RecvTimeoutError::Disconnected) => Err(WorkerError::Panicked),
        }
    }

    fn hand_over(&'static self, deadline: Deadline, job: Job) -> Result<(), WorkerError> {
        let mut turn = self.lock();
        while let Some(running) = turn.running {
            if running.is_over() {
                return Err(WorkerError::Overdue);
            }
            if deadline.is_over() {
                return Err(WorkerError::Timeout);
            }
            let wait = deadline.remaining().min(running.remaining());
            turn = self
                .idle
                .wait_timeout(turn, wait)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        if deadline.is_over() {
            return Err(WorkerError::Timeout);
        }
        self.send(&mut turn, job)?;
        turn.running = Some(deadline);
        Ok(())
    }

    /// Starts the thread if there is none, or if a job ended it.
    fn send(&'static self, turn: &mut Turn, job: Job) -> Result<(), WorkerError> {
        let job = match turn.jobs.take() {
            None => job,
            Some(jobs) => match jobs.send(job) {
                Ok(()) => {
                    turn.jobs = Some(jobs);
                    return Ok(());
                }
                Err(SendError(job)) => job,
            },
        };
        let jobs = self.start()?;
        jobs.send(job).map_err(|_| WorkerError::Spawn)?;
        turn.jobs = Some(jobs);
        Ok(())
    }

    fn start(&'static self) -> Result<Sender<Job>, WorkerError> {
        let (jobs, queue) = mpsc::channel();
        thread::Builder::new()
            .name("strongroom-keystore".into())
            .spawn(move || self.work(&queue))
            .map_err(|_| WorkerError::Spawn)?;
        Ok(jobs)
    }

    fn work(&self, queue: &Receiver<Job>) {
        while let Ok(job) = queue.recv() {
            let _turn = Running(self);
            job();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Turn> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Deadline {
    /// Whether the caller has given up.
    pub(crate) fn is_over(self) -> bool {
        self.remaining().is_zero()
    }

    fn remaining(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }
}

type Job = Box<dyn FnOnce() + Send>;

#[derive(Default)]
struct Turn {
    /// The deadline of the running job.
    running: Option<Deadline>,
    jobs: Option<Sender<Job>>,
}

/// Dropping this makes the worker idle, even if the job panics where nothing catches it, as in the `Drop` of a late
/// result. Then the thread ends, and the next job starts another one.
struct Running<'a>(&'a Worker);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let mut turn = self.0.lock();
        turn.running = None;
        if thread::panicking() {
            turn.jobs = None;
        }
        drop(turn);
        self.0.idle.notify_all();
    }
}

fn deliver<T>(answer: &SyncSender<Result<T, WorkerError>>, job: impl FnOnce() -> T) {
    let result = catch_unwind(AssertUnwindSafe(|| wiped(job))).map_err(|_| WorkerError::Panicked);
    // A caller that timed out has dropped the receiver: then the result is dropped and wiped here.
    drop(answer.send(result));
}

#[cfg(test)]
mod tests;

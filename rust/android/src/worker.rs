//! The one thread that talks to the Keystore.
//!
//! The Keystore daemon loops inside a call for as long as all its operation slots are taken, and no interrupt reaches
//! it there. So a call cannot be cancelled: the caller stops waiting, and the worker goes on. A job is handed over
//! only when the worker is idle. Whoever gives up while still waiting for that leaves nothing behind to be done later.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
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

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WorkerError {
    /// The job panicked; the worker goes on.
    Panicked,
    /// The system gave no thread.
    Spawn,
    /// Not done in time. The job may still be running.
    Timeout,
}

impl Worker {
    /// Runs `job` and waits up to `timeout` for the worker to become idle and to finish it. A result that comes
    /// too late is dropped where it was made.
    pub(crate) fn run<T, F>(&'static self, timeout: Duration, job: F) -> Result<T, WorkerError>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let deadline = Instant::now() + timeout;
        let (answer, answered) = mpsc::sync_channel(1);
        self.hand_over(deadline, Box::new(move || deliver(&answer, job)))?;
        let remaining = deadline.saturating_duration_since(Instant::now());
        answered
            .recv_timeout(remaining)
            .map_err(|_| WorkerError::Timeout)?
    }

    fn hand_over(&'static self, deadline: Instant, job: Job) -> Result<(), WorkerError> {
        let mut turn = self.lock();
        loop {
            let remaining = deadline.saturating_duration_since(Instant::now());
            if remaining.is_zero() {
                return Err(WorkerError::Timeout);
            }
            if !turn.busy {
                break;
            }
            turn = self
                .idle
                .wait_timeout(turn, remaining)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        if turn.jobs.is_none() {
            turn.jobs = Some(self.start()?);
        }
        if let Some(jobs) = &turn.jobs
            && jobs.send(job).is_ok()
        {
            turn.busy = true;
            Ok(())
        } else {
            turn.jobs = None;
            Err(WorkerError::Spawn)
        }
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
            job();
            self.lock().busy = false;
            self.idle.notify_all();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Turn> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Job = Box<dyn FnOnce() + Send>;

#[derive(Default)]
struct Turn {
    busy: bool,
    jobs: Option<Sender<Job>>,
}

fn deliver<T>(answer: &SyncSender<Result<T, WorkerError>>, job: impl FnOnce() -> T) {
    let result = catch_unwind(AssertUnwindSafe(|| wiped(job))).map_err(|_| WorkerError::Panicked);
    // Whoever timed out dropped the receiving end: the result is dropped, and with it wiped, right here.
    drop(answer.send(result));
}

#[cfg(test)]
mod tests {
    use std::panic::resume_unwind;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    const LONG: Duration = Duration::from_secs(20);
    const SHORT: Duration = Duration::from_millis(30);

    #[test]
    fn jobs_run_one_at_a_time_on_one_thread() {
        let worker = worker();
        let running = Arc::new(AtomicUsize::new(0));
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let running = Arc::clone(&running);
                thread::spawn(move || {
                    worker.run(LONG, move || {
                        assert_eq!(running.fetch_add(1, Ordering::SeqCst), 0);
                        thread::sleep(Duration::from_millis(2));
                        running.fetch_sub(1, Ordering::SeqCst);
                        thread::current().id()
                    })
                })
            })
            .collect();
        let ids: Vec<_> = threads
            .into_iter()
            .map(|thread| thread.join().unwrap().unwrap())
            .collect();
        assert!(ids.iter().all(|id| *id == ids[0]));
    }

    #[test]
    fn a_late_result_is_dropped_and_the_next_caller_is_served() {
        struct Late(Sender<()>);
        impl Drop for Late {
            fn drop(&mut self) {
                self.0.send(()).unwrap();
            }
        }

        let worker = worker();
        let (release, released) = mpsc::channel::<()>();
        let (dropped, was_dropped) = mpsc::channel();
        let timed_out = worker.run(SHORT, move || {
            released.recv().unwrap();
            Late(dropped)
        });
        assert_eq!(timed_out.err(), Some(WorkerError::Timeout));
        release.send(()).unwrap();
        was_dropped.recv_timeout(LONG).unwrap();
        assert_eq!(worker.run(LONG, || 2), Ok(2));
    }

    #[test]
    fn a_caller_that_gives_up_before_its_turn_leaves_no_job_behind() {
        let worker = worker();
        let (release, released) = mpsc::channel::<()>();
        assert_eq!(
            worker.run(SHORT, move || released.recv().unwrap()),
            Err(WorkerError::Timeout)
        );
        let runs = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&runs);
        let waiting = worker.run(SHORT, move || counted.fetch_add(1, Ordering::SeqCst));
        assert_eq!(waiting, Err(WorkerError::Timeout));
        release.send(()).unwrap();
        assert_eq!(worker.run(LONG, || 1), Ok(1));
        assert_eq!(runs.load(Ordering::SeqCst), 0);
    }

    #[test]
    fn a_waiting_caller_gets_its_turn_when_the_slow_job_ends() {
        let worker = worker();
        assert_eq!(
            worker.run(SHORT, || thread::sleep(SHORT * 3)),
            Err(WorkerError::Timeout)
        );
        assert_eq!(worker.run(LONG, || 3), Ok(3));
    }

    #[test]
    fn a_panic_is_reported_and_survived() {
        let worker = worker();
        let panicked = worker.run(LONG, || resume_unwind(Box::new(())));
        assert_eq!(panicked, Err::<(), _>(WorkerError::Panicked));
        assert_eq!(worker.run(LONG, || 4), Ok(4));
    }

    fn worker() -> &'static Worker {
        Box::leak(Box::default())
    }
}

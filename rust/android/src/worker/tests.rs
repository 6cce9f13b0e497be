//! Which callers wait, and what a job leaves whose caller has given up.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;

use super::*;

const LONG: Duration = Duration::from_secs(20);
const SHORT: Duration = Duration::from_millis(200);

#[test]
fn jobs_run_one_at_a_time_on_one_thread() {
    let worker = worker();
    let running = Arc::new(AtomicUsize::new(0));
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let running = Arc::clone(&running);
            thread::spawn(move || {
                worker.run(LONG, move |_| {
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
    let worker = worker();
    let (release, released) = mpsc::channel::<()>();
    let (dropped, was_dropped) = mpsc::channel();
    let timed_out = worker.run(SHORT, move |_| {
        released.recv().unwrap();
        OnDrop(move || dropped.send(()).unwrap())
    });
    assert_eq!(timed_out.err(), Some(WorkerError::Timeout));
    release.send(()).unwrap();
    was_dropped.recv_timeout(LONG).unwrap();
    assert_eq!(once_idle(worker, || 2), 2);
}

#[test]
fn a_caller_that_gives_up_before_its_turn_leaves_no_job_behind() {
    let worker = worker();
    let (release, first) = busy(worker, LONG);
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    let waiting = worker.run(SHORT, move |_| counted.fetch_add(1, Ordering::SeqCst));
    assert_eq!(waiting, Err(WorkerError::Timeout));
    release.send(()).unwrap();
    assert_eq!(first.join().unwrap(), Ok(()));
    assert_eq!(worker.run(LONG, |_| 1), Ok(1));
    assert_eq!(runs.load(Ordering::SeqCst), 0);
}

#[test]
fn a_caller_waits_for_its_turn_while_the_caller_before_it_waits_for_an_answer() {
    let worker = worker();
    let (release, first) = busy(worker, LONG);
    let second = thread::spawn(move || worker.run(LONG, |_| 3));
    thread::sleep(SHORT);
    release.send(()).unwrap();
    assert_eq!(first.join().unwrap(), Ok(()));
    assert_eq!(second.join().unwrap(), Ok(3));
}

#[test]
fn while_a_job_is_overdue_a_new_call_fails_at_once_and_is_never_done() {
    let worker = worker();
    let (release, first) = busy(worker, SHORT);
    assert_eq!(first.join().unwrap(), Err(WorkerError::Timeout));
    let runs = Arc::new(AtomicUsize::new(0));
    let start = Instant::now();
    for _ in 0..100 {
        let counted = Arc::clone(&runs);
        let refused = worker.run(LONG, move |_| counted.fetch_add(1, Ordering::SeqCst));
        assert_eq!(refused, Err(WorkerError::Overdue));
    }
    assert!(start.elapsed() < LONG / 2);
    release.send(()).unwrap();
    assert_eq!(once_idle(worker, || 4), 4);
    assert_eq!(runs.load(Ordering::SeqCst), 0);
}

#[test]
fn whoever_waits_for_a_turn_fails_when_the_job_before_it_becomes_overdue() {
    let worker = worker();
    let (release, first) = busy(worker, SHORT);
    let start = Instant::now();
    assert_eq!(worker.run(LONG, |_| ()), Err(WorkerError::Overdue));
    assert!(start.elapsed() < LONG / 2);
    assert_eq!(first.join().unwrap(), Err(WorkerError::Timeout));
    release.send(()).unwrap();
    assert_eq!(once_idle(worker, || 5), 5);
}

#[test]
fn a_job_can_tell_whether_its_caller_has_given_up() {
    let worker = worker();
    assert_eq!(worker.run(LONG, Deadline::is_over), Ok(false));
    let (tell, told) = mpsc::channel();
    let timed_out = worker.run(SHORT, move |deadline| {
        thread::sleep(SHORT * 2);
        tell.send(deadline.is_over()).unwrap();
    });
    assert_eq!(timed_out, Err(WorkerError::Timeout));
    assert_eq!(told.recv_timeout(LONG), Ok(true));
}

#[test]
fn a_panic_is_reported_and_survived() {
    let worker = worker();
    let panicked = worker.run(LONG, |_| resume_unwind(Box::new(())));
    assert_eq!(panicked, Err::<(), _>(WorkerError::Panicked));
    assert_eq!(worker.run(LONG, |_| 6), Ok(6));
}

#[test]
fn a_panic_in_the_drop_of_a_late_result_is_survived() {
    let worker = worker();
    let (release, released) = mpsc::channel::<()>();
    let timed_out = worker.run(SHORT, move |_| {
        released.recv().unwrap();
        OnDrop(|| resume_unwind(Box::new(())))
    });
    assert_eq!(timed_out.err(), Some(WorkerError::Timeout));
    release.send(()).unwrap();
    assert_eq!(once_idle(worker, || 7), 7);
    assert_eq!(worker.run(LONG, |_| 8), Ok(8));
}

/// Calls a function when it is dropped.
struct OnDrop<F: FnMut()>(F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        self.0();
    }
}

/// A worker in the middle of a job, which ends on request. Its caller waits up to `wait` for it.
fn busy(worker: &'static Worker, wait: Duration) -> (Sender<()>, JoinHandle<Result<(), WorkerError>>) {
    let (tell, told) = mpsc::channel();
    let (release, released) = mpsc::channel();
    let caller = thread::spawn(move || {
        worker.run(wait, move |_| {
            tell.send(()).unwrap();
            released.recv().unwrap();
        })
    });
    told.recv_timeout(LONG).unwrap();
    (release, caller)
}

/// The result of `job`, which is tried until no earlier job is overdue.
fn once_idle(worker: &'static Worker, job: fn() -> usize) -> usize {
    let end = Instant::now() + LONG;
    loop {
        match worker.run(LONG, move |_| job()) {
            Err(WorkerError::Overdue) if Instant::now() < end => thread::sleep(Duration::from_millis(1)),
            answer => return answer.unwrap(),
        }
    }
}

fn worker() -> &'static Worker {
    Box::leak(Box::default())
}

//! Three processes that take turns at random, one system call at a time. Some die or get errors.

use std::cell::Cell;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

use strongroom_apple::KeychainVault;
use strongroom_testkit::{Row, scaled};

use crate::history::{History, NAMES, Op, SHARED_STORES, seed};

const PROCESSES: usize = 3;
const OPS: usize = 3;
/// `errSecUserCanceled` and `errSecNotAvailable`.
const FAILURES: [i32; 2] = [-128, -25291];

thread_local! {
    /// Which process the thread is.
    static PROCESS: Cell<Option<usize>> = const { Cell::new(None) };
}

#[test]
fn however_processes_take_turns_some_order_of_the_calls_explains_what_all_saw() {
    let mut row = Row::start("keychain-schedules");
    for seed in 0..scaled(250, 10_000) {
        row.case();
        schedule(seed);
    }
}

fn schedule(number: u64) {
    // In a named group, or in the default group.
    let config = SHARED_STORES[usize::from(number.is_multiple_of(2))];
    let phone = seed(config);
    let mut random = Random(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let turns = Arc::new(Turns::new(random.next(), random.below(3)));
    let history = History::default();
    let asked = turns.clone();
    phone
        .keychain
        .ask_before_each_call(move || PROCESS.get().and_then(|process| asked.pass(process)));
    let mut clears = true;
    thread::scope(|scope| {
        for process in 0..PROCESSES {
            let ops = [(); OPS].map(|()| op(&mut random, &mut clears));
            let (device, turns, history) = (phone.device.clone(), turns.clone(), history.clone());
            scope.spawn(move || {
                let _entered = device.keychain.enter();
                let vault = device.start_with(config);
                PROCESS.set(Some(process));
                turns.wait_for_start(process);
                run(&history, process, &vault, &turns, &ops);
                turns.end(process);
            });
        }
    });
    history.check(&phone, config, &number);
}

fn run(history: &History, process: usize, vault: &KeychainVault, turns: &Turns, ops: &[Op]) {
    for op in ops {
        history.run(process, vault, *op, || turns.is_dead(process));
        if turns.is_dead(process) {
            return;
        }
    }
}

/// A random call. At most one of the calls for a whole store, which are not atomic.
fn op(random: &mut Random, whole: &mut bool) -> Op {
    let value: &'static str = Box::leak(format!("v{}", random.next()).into_boxed_str());
    let mut names = NAMES;
    for at in (1..names.len()).rev() {
        names.swap(at, random.below(at + 1));
    }
    let count = 2 + random.below(2);
    let several: &'static [&'static str] = Box::leak(names[..count].to_vec().into_boxed_slice());
    let name = names[0];
    match random.below(if *whole { 15 } else { 13 }) {
        0..3 => Op::SetMany(Box::leak(several.iter().map(|name| (*name, value)).collect())),
        3..5 => Op::RemoveMany(several),
        5 => Op::GetMany(several),
        6 => Op::Set(name, value),
        7 => Op::Remove(name),
        8 => Op::GetOrCreate(name, value),
        9 => Op::Swap(name, Some("old").filter(|_| random.below(2) == 0), Some(value)),
        10 => Op::Get(name),
        11 => Op::Keys,
        12 => Op::Rotate,
        13 => {
            *whole = false;
            Op::Clear
        }
        _ => {
            *whole = false;
            Op::Reset
        }
    }
}

/// The process that may run.
struct Turns {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    random: Random,
    /// 0: nothing fails; 1: processes die; 2: calls fail.
    trouble: usize,
    turn: usize,
    alive: [bool; PROCESSES],
    dead: [bool; PROCESSES],
}

impl Turns {
    fn new(random: u64, trouble: usize) -> Self {
        Self {
            state: Mutex::new(State {
                random: Random(random | 1),
                trouble,
                turn: 0,
                alive: [true; PROCESSES],
                dead: [false; PROCESSES],
            }),
            changed: Condvar::new(),
        }
    }

    fn wait_for_start(&self, process: usize) {
        let state = self.state.lock().unwrap();
        drop(
            self.changed
                .wait_while(state, |state| state.turn != process)
                .unwrap(),
        );
    }

    /// Lets a process continue, perhaps the same one. Returns the status that the call fails with, if any.
    fn pass(&self, process: usize) -> Option<i32> {
        let mut state = self.state.lock().unwrap();
        if state.random.below(3) == 0 {
            state.choose();
            self.changed.notify_all();
            state = self
                .changed
                .wait_while(state, |state| state.turn != process)
                .unwrap();
        }
        if state.trouble == 1 && state.random.below(40) == 0 {
            state.dead[process] = true;
        }
        let fails = state.trouble == 2 && state.random.below(12) == 0;
        let status = FAILURES[state.random.below(FAILURES.len())];
        (fails || state.dead[process]).then_some(status)
    }

    fn end(&self, process: usize) {
        let mut state = self.state.lock().unwrap();
        state.alive[process] = false;
        state.choose();
        self.changed.notify_all();
    }

    fn is_dead(&self, process: usize) -> bool {
        self.state.lock().unwrap().dead[process]
    }
}

impl State {
    fn choose(&mut self) {
        let alive: Vec<usize> = (0..PROCESSES).filter(|process| self.alive[*process]).collect();
        if !alive.is_empty() {
            self.turn = alive[self.random.below(alive.len())];
        }
    }
}

/// The same numbers in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, count: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap() % count
    }
}

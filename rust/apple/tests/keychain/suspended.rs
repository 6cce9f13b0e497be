//! A process is suspended before each system call while others do something; then it continues or dies.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use strongroom_apple_fake::{Effect, When, World};
use strongroom_core::Vault;
use strongroom_testkit::{Row, scaled};

use crate::history::{History, Op, SHARED_STORES, kill, seed};
use crate::phone::Device;

const FIRST: [Op; 16] = [
    Op::SetMany(&[("a", "1"), ("b", "1")]),
    Op::SetMany(&[("b", "1"), ("c", "1"), ("e", "1")]),
    Op::SetMany(&[("c", "1"), ("d", "1")]),
    Op::RemoveMany(&["a", "b"]),
    Op::RemoveMany(&["b", "c", "e"]),
    Op::Swap("a", Some("old"), Some("1")),
    Op::Swap("a", Some("old"), None),
    Op::Swap("c", None, Some("1")),
    Op::GetOrCreate("c", "1"),
    Op::GetOrCreate("e", "1"),
    Op::Set("c", "1"),
    Op::Remove("a"),
    Op::GetMany(&["a", "b", "c", "e"]),
    Op::Keys,
    Op::Rotate,
    Op::Get("e"),
];

/// What another process does meanwhile.
const MEANWHILE: [&[Op]; 26] = [
    &[],
    &[Op::Get("a")],
    &[Op::Keys],
    &[Op::Set("a", "2")],
    &[Op::Set("c", "2")],
    &[Op::Remove("a")],
    &[Op::Remove("c")],
    &[Op::SetMany(&[("a", "2"), ("b", "2")])],
    &[Op::SetMany(&[("b", "2"), ("c", "2"), ("d", "2")])],
    &[Op::SetMany(&[("c", "2"), ("e", "2")])],
    &[Op::RemoveMany(&["a", "c"])],
    &[Op::Clear],
    &[Op::Reset],
    &[Op::Reset, Op::Recover],
    &[Op::Clear, Op::Set("a", "2")],
    &[Op::Reset, Op::Set("c", "2")],
    &[Op::GetOrCreate("c", "2")],
    &[Op::Swap("a", Some("old"), Some("2"))],
    &[Op::Swap("c", None, Some("2"))],
    &[Op::Get("e"), Op::Has("c")],
    &[Op::Get("c"), Op::RemoveMany(&["a", "b", "c", "e"])],
    &[
        Op::SetMany(&[("a", "2"), ("c", "2")]),
        Op::RemoveMany(&["a", "c"]),
    ],
    &[Op::GetOrCreate("c", "2"), Op::Remove("c"), Op::Clear],
    &[Op::Rotate, Op::Records],
    &[Op::Reset, Op::Recover, Op::Remove("c"), Op::Keys],
    &[
        Op::Set("c", "2"),
        Op::Reset,
        Op::Clear,
        Op::GetMany(&["a", "b", "c"]),
    ],
];

/// What a third process does while the second is suspended.
const BETWEEN: [&[Op]; 7] = [
    &[Op::Get("c")],
    &[Op::Remove("c")],
    &[Op::RemoveMany(&["a", "c"])],
    &[Op::SetMany(&[("a", "3"), ("c", "3")])],
    &[Op::Clear],
    &[Op::Reset],
    &[Op::GetOrCreate("c", "3"), Op::Remove("c")],
];

#[test]
fn whoever_is_suspended_wherever_some_order_of_the_calls_explains_what_all_saw() {
    let mut row = Row::start("keychain-suspended");
    let mut number = 0;
    for config in SHARED_STORES {
        for first in FIRST {
            for nth in 1..=calls_of(config, first) {
                for meanwhile in MEANWHILE {
                    for dies in [false, true] {
                        number += 1;
                        if number % scaled(37, 1) == 0 {
                            row.case();
                            suspend(config, first, nth, meanwhile, dies, None);
                        }
                    }
                }
            }
        }
    }
    // One process after another uses a store of one app.
    for first in FIRST {
        for nth in 1..=calls_of("{}", first) {
            for meanwhile in MEANWHILE {
                number += 1;
                if number % scaled(37, 1) == 0 {
                    row.case();
                    suspend("{}", first, nth, meanwhile, true, None);
                }
            }
        }
    }
}

#[test]
fn whoever_helps_and_is_suspended_as_well_some_order_of_the_calls_explains_what_all_saw() {
    let mut row = Row::start("keychain-suspended-helper");
    let mut number = 0;
    for config in SHARED_STORES {
        for first in &FIRST[..10] {
            for nth in 1..=calls_of(config, *first) {
                for meanwhile in &MEANWHILE[1..11] {
                    for (between, dies) in BETWEEN.iter().zip([false, true].into_iter().cycle()) {
                        for mth in 1..=25 {
                            number += 1;
                            if number % scaled(613, 41) == 0 {
                                row.case();
                                let helper = Some((mth, *between));
                                if !suspend(config, *first, nth, meanwhile, dies, helper) {
                                    break;
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// How many system calls a call makes if nobody interrupts it.
fn calls_of(config: &str, op: Op) -> usize {
    let phone = seed(config);
    let vault = phone.start_with(config);
    Op::Get("a").run(&vault).unwrap();
    let before = phone.keychain.calls().total();
    op.run(&vault).unwrap();
    phone.keychain.calls().total() - before
}

/// Runs `first`, and before its `nth` system call all of `meanwhile`. `between` is what a third process does before
/// such a call of the second. False if the second made no such call. If only one process at a time uses the store, the
/// second starts only then.
fn suspend(
    config: &'static str,
    first: Op,
    nth: usize,
    meanwhile: &'static [Op],
    dies: bool,
    between: Option<(usize, &'static [Op])>,
) -> bool {
    let phone = seed(config);
    let history = History::default();
    let start = |device: &Device| {
        let vault = device.start_with(config);
        Op::Get("a").run(&vault).unwrap();
        vault
    };
    let (app, third) = (start(&phone), start(&phone));
    let other = SHARED_STORES.contains(&config).then(|| start(&phone));
    let device = phone.device.clone();
    let (begun, reached) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicBool::new(between.is_none())),
    );
    let (noted, now, then) = (history.clone(), begun.clone(), reached.clone());
    if dies {
        phone
            .keychain
            .fail(When::nth(nth).for_ever(), -25291, Effect::Before);
    }
    phone.keychain.suspend(When::nth(nth), move |keychain: &World| {
        keychain.clear_faults();
        now.store(true, Ordering::Relaxed);
        if let Some((mth, ops)) = between {
            let noted = noted.clone();
            keychain.suspend(When::nth(mth), move |_| {
                then.store(true, Ordering::Relaxed);
                run(&noted, 2, &third, ops);
            });
        }
        let other = other.unwrap_or_else(|| device.start_with(config));
        run(&noted, 1, &other, meanwhile);
        if dies {
            kill(keychain);
        }
    });
    history.run(0, &app, first, || dies);
    phone.keychain.clear_faults();
    let place = (config, first, nth, meanwhile, dies, between);
    assert!(begun.load(Ordering::Relaxed), "{place:?}: it makes fewer calls");
    let reached = reached.load(Ordering::Relaxed);
    if reached {
        history.check(&phone, config, &place);
    }
    reached
}

fn run(history: &History, process: usize, vault: &dyn Vault, ops: &[Op]) {
    for op in ops {
        history.run(process, vault, *op, || false);
    }
}

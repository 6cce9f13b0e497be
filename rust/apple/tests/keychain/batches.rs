//! Several rows at once: all or none, wherever the call stops.

use strongroom_apple_fake::{Effect, Kind, Lock, When};
use strongroom_core::{ErrorCode, NewItem, Vault};

use crate::moving::SYNCED;
use crate::phone::{IN_SHARED, Phone, RECORDS, STATE, get, key, names, record, set, set_all};

const BEFORE: [(&str, &str); 2] = [("a", "old"), ("b", "old")];
const BATCH: [(&str, &str); 4] = [("a", "new"), ("b", "new"), ("c", "new"), ("d", "new")];

/// The items of the store, by key.
fn contents(vault: &dyn Vault) -> Vec<(String, String)> {
    names(vault)
        .into_iter()
        .map(|name| {
            let value = get(vault, &name).unwrap();
            (name, value)
        })
        .collect()
}

fn owned(records: &[(&str, &str)]) -> Vec<(String, String)> {
    records
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

#[test]
fn a_batch_that_is_cut_short_anywhere_is_all_there_or_not_at_all() {
    let mut states = [0, 0];
    for effect in [Effect::Before, Effect::After] {
        for nth in 1.. {
            let phone = Phone::new();
            let vault = phone.start();
            set_all(&vault, &BEFORE).unwrap();
            // From here on, the process can do nothing more.
            phone.keychain.fail(When::nth(nth).for_ever(), -25291, effect);
            let outcome = set_all(&vault, &BATCH);
            let complete = phone.keychain.calls();
            phone.keychain.clear_faults();
            let next = phone.start();
            let found = contents(&next);
            let all = found == owned(&BATCH);
            assert!(all || found == owned(&BEFORE), "{effect:?} {nth}");
            assert!(all || outcome.is_err(), "a batch that was acknowledged is there");
            assert!(
                !phone.keychain.rows().iter().any(|row| row.account == "intent"),
                "{nth}"
            );
            states[usize::from(all)] += 1;
            // The same process, if it were alive, would get the same result.
            assert_eq!(contents(&vault), found, "{effect:?} {nth}");
            if outcome.is_ok() && complete.total() < nth {
                break;
            }
            assert!(nth < 60);
        }
    }
    assert!(states[0] > 5 && states[1] > 10, "both were seen: {states:?}");
}

#[test]
fn a_removal_of_several_that_is_cut_short_anywhere_is_whole() {
    for nth in 1.. {
        let phone = Phone::new();
        let vault = phone.start();
        set_all(&vault, &BATCH).unwrap();
        let before = phone.keychain.calls().total();
        phone
            .keychain
            .fail(When::nth(nth).for_ever(), -25291, Effect::Before);
        let outcome = vault.remove_many(&[key("b"), key("c"), key("absent"), key("b")]);
        let calls = phone.keychain.calls().total() - before;
        phone.keychain.clear_faults();
        let left = names(&phone.start());
        assert!(left.len() == 2 || left.len() == 4, "{nth}");
        if let Ok(count) = outcome {
            assert_eq!((count, left.len()), (2, 2));
            if calls < nth {
                return;
            }
        }
    }
}

#[test]
fn one_call_that_fails_once_leaves_a_batch_whole_and_the_process_going() {
    for effect in [Effect::Before, Effect::After] {
        for status in [-25291, -25308, -25300, -25299, -108, -50] {
            for nth in 1..=12 {
                let phone = Phone::new();
                let vault = phone.start();
                set_all(&vault, &BEFORE).unwrap();
                phone.keychain.fail(nth, status, effect);
                let outcome = set_all(&vault, &BATCH);
                phone.keychain.clear_faults();
                let found = contents(&vault);
                let place = format!("{effect:?} {status} {nth}");
                assert!(found == owned(&BATCH) || found == owned(&BEFORE), "{place}");
                assert!(outcome.is_err() || found == owned(&BATCH), "{place}");
                assert_eq!(contents(&phone.start()), found, "{place}");
                set(&vault, "after", "it").unwrap();
                assert_eq!(get(&phone.start(), "after").unwrap(), "it");
            }
        }
    }
}

#[test]
fn a_batch_that_was_overtaken_does_not_come_back() {
    let phone = Phone::new();
    let vault = phone.start();
    set_all(&vault, &BEFORE).unwrap();
    phone.set_half(&vault, "{}", &BATCH);
    // Another version, or the app's own code, writes without checking for an intent.
    let mut rows = phone.rows();
    let row = rows.iter_mut().find(|row| row.account == "b").unwrap();
    row.generic.as_mut().unwrap()[20] ^= 1;
    row.data = b"\x01newest".to_vec();
    phone.keychain.put_row(row);
    let next = phone.start();
    assert_eq!(get(&next, "b").unwrap(), "newest");
    assert_eq!(get(&next, "a").unwrap(), "new");
    assert_eq!(get(&next, "d").unwrap(), "new");
}

#[test]
fn a_batch_of_a_prewarmed_process_is_not_taken_for_done() {
    let phone = Phone::new();
    let vault = phone.start();
    set_all(&vault, &BEFORE).unwrap();
    phone.set_half(&vault, "{}", &BATCH);
    phone.keychain.set_lock(Lock::Prewarmed);
    assert_eq!(get(&phone.start(), "a").unwrap_err(), ErrorCode::Locked);
    phone.keychain.set_lock(Lock::Unlocked);
    // The device is locked while the batch is finished: after the header and the intent were read.
    for nth in 1..=3 {
        let next = phone.start();
        phone
            .keychain
            .race(Kind::Update, nth, |keychain| keychain.set_lock(Lock::Prewarmed));
        let found = get(&next, "b");
        phone.keychain.set_lock(Lock::Unlocked);
        assert!(
            found == Err(ErrorCode::Locked) || found == Ok("new".to_owned()),
            "{nth}"
        );
    }
    assert_eq!(contents(&phone.start()), owned(&BATCH));
}

#[test]
fn a_batch_that_nobody_understands_refuses_until_it_is_reset() {
    for (data, code) in [
        (&b"\x01\0"[..], ErrorCode::Corrupt),
        (b"\x03", ErrorCode::NewerFormat),
    ] {
        let phone = Phone::new();
        set(&phone.start(), "a", "1").unwrap();
        let mut intent = strongroom_apple_fake::Row::new(STATE, "intent", data);
        intent.generic = Some(vec![1; 16]);
        phone.keychain.put_row(&intent);
        let vault = phone.start();
        assert_eq!(get(&vault, "a").unwrap_err(), code);
        assert_eq!(set(&vault, "a", "2").unwrap_err().code(), code);
        if code == ErrorCode::NewerFormat {
            assert_eq!(vault.reset().unwrap_err().code(), code);
            continue;
        }
        vault.reset().unwrap();
        assert_eq!(vault.recover().unwrap().recovered, 1);
        assert_eq!(get(&phone.start(), "a").unwrap(), "1");
        phone.events();
    }
}

#[test]
fn a_batch_of_the_largest_size_is_written_and_read() {
    let phone = Phone::new();
    let vault = phone.start();
    let value = "v".repeat(1024 * 1024);
    let records: Vec<NewItem> = ["a", "b", "c"].map(|name| record(name, &value, None)).into();
    vault.set_many(&records).unwrap();
    assert_eq!(
        phone.rows().iter().filter(|row| row.service == RECORDS).count(),
        3
    );
    let found = phone
        .start()
        .get_many(&[key("c"), key("none"), key("a")])
        .unwrap();
    let lengths: Vec<Option<usize>> = found
        .iter()
        .map(|value| value.as_ref().map(|value| value.expose().len()))
        .collect();
    assert_eq!(lengths, [Some(value.len()), None, Some(value.len())]);
}

#[test]
fn of_several_for_one_key_the_last_counts() {
    let phone = Phone::new();
    let vault = phone.start();
    set_all(&vault, &[("a", "1"), ("b", "2"), ("a", "3")]).unwrap();
    assert_eq!(contents(&vault), owned(&[("a", "3"), ("b", "2")]));
}

#[test]
fn rows_that_somebody_else_wrote_take_part_in_a_batch() {
    let phone = Phone::new();
    let vault = phone.start();
    set(&vault, "a", "1").unwrap();
    for name in ["b", "c"] {
        let mut foreign = strongroom_apple_fake::Row::new(RECORDS, name, b"no record");
        foreign.generic = None;
        phone.keychain.put_row(&foreign);
    }
    set_all(&vault, &[("a", "2"), ("b", "2")]).unwrap();
    assert_eq!(get(&vault, "b").unwrap(), "2");
    assert_eq!(vault.remove_many(&[key("b"), key("c")]).unwrap(), 2);
    assert_eq!(contents(&phone.start()), owned(&[("a", "2")]));
}

/// The number of system calls, and of rows that they return, for two of a thousand items, as docs/internals/keychain.md
/// says.
#[test]
fn a_batch_costs_what_it_changes_whatever_the_store_holds() {
    let all: Vec<NewItem> = (0..1000).map(|n| record(&format!("k{n}"), "1", None)).collect();
    let there = [key("k1"), key("k2")];
    // Setting two, reading two, reading one that exists and one that does not, removing two, setting two new ones.
    for (config, costs) in [
        ("{}", [(6, 2), (2, 2), (4, 2), (6, 2), (8, 0)]),
        (IN_SHARED, [(10, 4), (6, 4), (7, 3), (10, 4), (12, 2)]),
        (SYNCED, [(10, 4), (6, 4), (7, 3), (10, 4), (12, 2)]),
    ] {
        let phone = Phone::of_a_team();
        let vault = phone.start_with(config);
        vault.set_many(&all).unwrap();
        let cost = |call: &dyn Fn()| {
            let before = (phone.keychain.calls().total(), phone.keychain.rows_answered());
            call();
            let after = (phone.keychain.calls().total(), phone.keychain.rows_answered());
            (after.0 - before.0, after.1 - before.1)
        };
        let found = [
            cost(&|| set_all(&vault, &[("k1", "2"), ("k2", "2")]).unwrap()),
            cost(&|| drop(vault.get_many(&there).unwrap())),
            cost(&|| drop(vault.get_many(&[key("k1"), key("none")]).unwrap())),
            cost(&|| assert_eq!(vault.remove_many(&there).unwrap(), 2)),
            cost(&|| set_all(&vault, &[("k1", "2"), ("k2", "2")]).unwrap()),
        ];
        assert_eq!(found, costs, "{config}");
        if config != "{}" {
            let alone = [
                cost(&|| vault.remove(&key("k3")).unwrap()),
                cost(&|| drop(vault.get_or_create(record("k3", "1", None)).unwrap())),
            ];
            assert_eq!(alone.map(|(calls, _)| calls), [7, 10], "{config}");
            let one_more = [
                cost(&|| drop(get(&vault, "k4").unwrap())),
                cost(&|| set(&vault, "k4", "2").unwrap()),
                cost(&|| assert!(get(&vault, "none").is_err())),
                cost(&|| set(&vault, "none", "1").unwrap()),
            ];
            assert_eq!(one_more.map(|(calls, _)| calls), [2, 2, 4, 3], "{config}");
            vault.remove(&key("none")).unwrap();
        }
        assert_eq!(names(&vault).len(), 1000);
    }
}

//! Batches that continue late, that others finish, or that were never decided.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use strongroom_apple_fake::{Auth, Effect, Kind, Row, When};
use strongroom_core::{ErrorCode, Vault};

use crate::history::{GROUP, kill};
use crate::phone::{Call, NOW_MS, Phone, RECORDS, STATE, get, key, names, record, secret, set, set_all};

const BATCH: [(&str, &str); 2] = [("access", "1"), ("refresh", "1")];

type Check = fn(&dyn Vault);

pub(crate) fn placeholder(account: &str, batch: u8) -> Row {
    let mut tag = vec![1];
    tag.extend(u64::MAX.to_be_bytes());
    tag.extend(1_u64.to_be_bytes());
    tag.extend([batch; 16]);
    Row {
        generic: Some(tag),
        ..Row::new(RECORDS, account, &[0])
    }
}

/// What an extension saw is final: it read a value of the batch, and removed all of it.
#[test]
fn what_was_removed_does_not_come_back_with_a_batch_that_is_resumed_late() {
    let ways: [Call; 4] = [
        |vault| vault.remove_many(&BATCH.map(|(name, _)| key(name))).map(drop),
        |vault| BATCH.iter().try_for_each(|(name, _)| vault.remove(&key(name))),
        |vault| vault.clear(),
        |vault| vault.reset(),
    ];
    for way in ways {
        let (seen, fired) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        for nth in 1.. {
            let phone = Phone::new();
            let app = phone.start_with(GROUP);
            set(&app, "other", "1").unwrap();
            let (device, noted, now) = (phone.device.clone(), seen.clone(), fired.clone());
            let before = seen.load(Ordering::Relaxed);
            phone.keychain.suspend(When::nth(nth), move |_| {
                now.fetch_add(1, Ordering::Relaxed);
                let extension = device.start_with(GROUP);
                if get(&extension, "access").is_ok() {
                    noted.fetch_add(1, Ordering::Relaxed);
                    way(&extension).unwrap();
                }
            });
            set_all(&app, &BATCH).unwrap();
            if fired.load(Ordering::Relaxed) < nth {
                break;
            }
            for (name, _) in BATCH {
                let removed = seen.load(Ordering::Relaxed) > before;
                assert_eq!(get(&app, name).is_err(), removed, "{name}, {nth}");
            }
            phone.events();
        }
        assert!(
            seen.load(Ordering::Relaxed) > 1,
            "it was suspended when it was decided"
        );
    }
}

#[test]
fn a_placeholder_is_no_record_for_any_call_and_goes() {
    let calls: [(&str, Check); 11] = [
        ("get", |vault| {
            assert_eq!(get(vault, "left"), Err(ErrorCode::NotFound));
        }),
        ("has", |vault| assert!(!vault.has(&key("left")).unwrap())),
        ("keys", |vault| assert_eq!(names(vault), ["a"])),
        ("status", |vault| {
            let status = vault.status().unwrap();
            assert_eq!((status.records, status.damaged_records), (1, 0));
            assert_eq!(names(vault), ["a"]);
        }),
        ("get_many", |vault| {
            let found = vault.get_many(&[key("left"), key("a")]).unwrap();
            assert!(found[0].is_none() && found[1].is_some());
        }),
        ("remove", |vault| {
            assert_eq!(
                vault.remove(&key("left")).unwrap_err().code(),
                ErrorCode::NotFound
            );
        }),
        ("remove_many", |vault| {
            assert_eq!(vault.remove_many(&[key("left"), key("none")]).unwrap(), 0);
        }),
        ("get_or_create", |vault| {
            assert!(vault.get_or_create(record("left", "new", None)).unwrap().1);
            vault.remove(&key("left")).unwrap();
        }),
        ("compare_and_set", |vault| {
            let new = strongroom_core::Replacement::of(Some(secret("new")), None).unwrap();
            assert!(
                !vault
                    .compare_and_set(&key("left"), Some(&secret("x")), None)
                    .unwrap()
            );
            assert!(vault.compare_and_set(&key("left"), None, new).unwrap());
            vault.remove(&key("left")).unwrap();
        }),
        ("set_many", |vault| {
            set_all(vault, &[("left", "1"), ("b", "1")]).unwrap();
            assert_eq!(vault.remove_many(&[key("left"), key("b")]).unwrap(), 2);
        }),
        ("recover", |vault| {
            vault.reset().unwrap();
            assert_eq!(vault.recover().unwrap().recovered, 1);
        }),
    ];
    for config in ["{}", GROUP] {
        for (name, call) in calls {
            // The clock may show anything.
            for now_ms in [0, NOW_MS, u64::MAX] {
                let phone = Phone::new();
                phone.clock.set(now_ms);
                let vault = phone.start_with(config);
                set(&vault, "a", "1").unwrap();
                phone.keychain.put_row(&placeholder("left", 7));
                call(&vault);
                assert_eq!(phone.rows().len(), 1, "{config} {name}: it went");
                assert!(phone.events().iter().all(|event| event.starts_with("storeReset")));
            }
        }
    }
}

/// Its batch may be unfinished there.
#[test]
fn a_placeholder_of_another_device_is_no_record_and_stays() {
    let phone = Phone::new();
    let vault = phone.start_with(r#"{"ios":{"accessibility":"whenUnlocked","synchronizable":true}}"#);
    set(&vault, "a", "1").unwrap();
    phone.keychain.put_row(&Row {
        synchronizable: true,
        accessible: strongroom_apple_fake::Accessible::WhenUnlocked,
        ..placeholder("left", 7)
    });
    assert_eq!(get(&vault, "left"), Err(ErrorCode::NotFound));
    assert_eq!(names(&vault), ["a"]);
    assert_eq!(vault.status().unwrap().records, 1);
    assert_eq!(phone.rows().len(), 2);
    set(&vault, "left", "2").unwrap();
    assert_eq!(names(&vault), ["a", "left"]);
}

#[test]
fn nobody_takes_away_the_placeholder_of_a_batch_that_may_still_be_decided() {
    for call in [
        (|vault| drop(get(vault, "access"))) as fn(&dyn Vault),
        |vault| drop(vault.has(&key("access"))),
        |vault| drop(vault.keys()),
        |vault| drop(vault.remove(&key("access"))),
        |vault| drop(vault.recover()),
    ] {
        for nth in 1.. {
            let phone = Phone::new();
            let app = phone.start_with(GROUP);
            let extension = phone.start_with(GROUP);
            set(&app, "other", "1").unwrap();
            assert_eq!(get(&extension, "other").unwrap(), "1");
            let fired = Arc::new(AtomicUsize::new(0));
            let now = fired.clone();
            // The extension looked for an intent and is suspended. The app decides a batch and is suspended as well.
            phone.keychain.suspend(When::nth(nth), move |keychain| {
                now.store(1, Ordering::Relaxed);
                keychain.suspend(When::nth(2).of(Kind::Update), kill);
                set_all(&app, &BATCH).unwrap();
                keychain.clear_faults();
            });
            call(&extension);
            if fired.load(Ordering::Relaxed) == 0 {
                break;
            }
            let next = phone.start_with(GROUP);
            assert_eq!(get(&next, "refresh").unwrap(), "1", "{nth}");
        }
    }
}

#[test]
fn a_batch_that_an_older_version_left_is_made_up_for_and_adds_nothing_late() {
    let mut intent = vec![1];
    for (account, before) in [("access", &[][..]), ("there", &[5; 33][..])] {
        intent.extend(u16::try_from(account.len()).unwrap().to_be_bytes());
        intent.extend(account.as_bytes());
        intent.push(u8::try_from(before.len()).unwrap());
        intent.extend(before);
        intent.extend([1, 33, 1]);
        intent.extend([0; 16]);
        intent.extend([9; 16]);
        intent.extend([0, 0, 0, 4]);
        intent.extend(b"\x01new");
    }
    for config in ["{}", GROUP] {
        for nth in 1.. {
            let phone = Phone::new();
            let (app, other) = (phone.start_with(config), phone.start_with(config));
            set(&app, "a", "1").unwrap();
            let there = Row {
                generic: Some(vec![5; 33]),
                ..Row::new(RECORDS, "there", b"\x01old")
            };
            phone.keychain.put_row(&there);
            let left = Row {
                generic: Some(vec![3; 16]),
                ..Row::new(STATE, "intent", &intent)
            };
            phone.keychain.put_row(&left);
            let process = phone.start_with(config);
            let (seen, fired) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
            let (noted, now) = (seen.clone(), fired.clone());
            if config == GROUP {
                phone.keychain.suspend(When::nth(nth), move |_| {
                    now.store(1, Ordering::Relaxed);
                    if get(&other, "access").is_ok() {
                        noted.fetch_add(1, Ordering::Relaxed);
                        other.remove(&key("access")).unwrap();
                    }
                });
            }
            assert_eq!(get(&process, "a").unwrap(), "1");
            let over = fired.load(Ordering::Relaxed) == 0;
            if over && config == GROUP {
                break;
            }
            let removed = seen.load(Ordering::Relaxed) > 0;
            assert_eq!(get(&process, "there").unwrap(), "new");
            assert_eq!(get(&process, "access").is_err(), removed, "{config} {nth}");
            assert_eq!(names(&process).len(), if removed { 2 } else { 3 });
            assert_eq!(
                phone.keychain.rows().len(),
                if removed { 3 } else { 4 },
                "no placeholder, no intent"
            );
            if over {
                break;
            }
        }
    }
}

/// What the user refuses is withdrawn, but not while others are about to do it.
#[test]
fn a_batch_that_somebody_else_does_is_not_taken_back() {
    let config = r#"{"ios":{"accessGroup":"TEAM.dev.example.app","authentication":"userPresence"}}"#;
    let mut outcomes = [0, 0];
    for nth in 1.. {
        let phone = Phone::new();
        let extension = phone.start_with(config);
        set_all(&extension, &[("a", "old"), ("b", "old")]).unwrap();
        let (device, (decided, goes_on)) = (phone.device.clone(), mpsc::channel());
        let (go, told_to_go) = mpsc::channel::<()>();
        let (done, is_done) = mpsc::channel();
        // Before its first step; the first update decides the batch.
        phone.keychain.suspend(When::nth(2).of(Kind::Update), move |_| {
            decided.send(()).unwrap();
            let _ = told_to_go.recv();
        });
        let app = thread::spawn(move || {
            let _entered = device.keychain.enter();
            let told = set_all(&device.start_with(config), &[("a", "new"), ("b", "new")]);
            let _ = done.send(());
            told.is_ok()
        });
        goes_on.recv().unwrap();
        // The extension finds the batch and is suspended. The app continues, and its user refuses.
        let (suspended, over) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (now, resume, late) = (suspended.clone(), go.clone(), over.clone());
        phone.keychain.suspend(When::nth(nth), move |keychain| {
            // The extension made fewer calls: this is a call of the app.
            if late.load(Ordering::Relaxed) == 1 {
                return;
            }
            now.store(1, Ordering::Relaxed);
            keychain.set_authentication(Auth::Cancel);
            resume.send(()).unwrap();
            is_done.recv().unwrap();
            keychain.set_authentication(Auth::Success);
        });
        assert_eq!(extension.has(&key("a")).ok(), Some(true));
        over.store(1, Ordering::Relaxed);
        let _ = go.send(());
        let told = app.join().unwrap();
        let found = ["a", "b"].map(|name| get(&extension, name).unwrap());
        assert_eq!(found, [if told { "new" } else { "old" }; 2], "{nth}");
        if suspended.load(Ordering::Relaxed) == 0 {
            break;
        }
        outcomes[usize::from(told)] += 1;
    }
    assert!(outcomes[0] > 0 && outcomes[1] > 3, "{outcomes:?}");
}

#[test]
fn what_is_cleared_is_not_there_by_half_when_the_process_dies_on_the_way() {
    for config in ["{}", GROUP] {
        for nth in 1..=16 {
            let phone = Phone::new();
            let vault = phone.start_with(config);
            set_all(&vault, &[("a", "old"), ("b", "old")]).unwrap();
            // A batch of which one step is done.
            let steps = if config == GROUP { 3 } else { 2 };
            phone.keychain.fail(
                When::nth(steps).of(Kind::Update).for_ever(),
                -25291,
                Effect::Before,
            );
            set_all(&vault, &[("a", "new"), ("b", "new"), ("c", "new")]).unwrap();
            phone.keychain.clear_faults();
            let next = phone.start_with(config);
            phone
                .keychain
                .fail(When::nth(nth).for_ever(), -25291, Effect::Before);
            let cleared = next.clear().is_ok();
            phone.keychain.clear_faults();
            let found = names(&phone.start_with(config));
            assert!(
                found.is_empty() || (!cleared && found == ["a", "b", "c"]),
                "{config} {nth}: {found:?}"
            );
            phone.events();
        }
    }
}

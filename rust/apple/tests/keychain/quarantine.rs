//! Stores in quarantine.

use strongroom_apple_fake::{Effect, When};
use strongroom_core::{ErrorCode, Expiry, Vault};

use crate::phone::{NOW_MS, Phone, RECORDS, get, names, record, set, set_all};

#[test]
fn a_store_is_quarantined_in_one_step_and_comes_back() {
    let phone = Phone::new();
    let vault = phone.start();
    set_all(&vault, &[("a", "1"), ("b", "2")]).unwrap();
    let before = phone.rows();
    vault.reset().unwrap();
    assert_eq!(phone.events(), ["storeReset REQUESTED"]);
    assert!(names(&vault).is_empty());
    let aside = phone.rows();
    assert_eq!(aside.len(), 2);
    for (before, aside) in before.iter().zip(&aside) {
        assert_eq!(aside.service, format!("{RECORDS}/aside.0"));
        assert_eq!(
            (&before.account, &before.data, &before.generic),
            (&aside.account, &aside.data, &aside.generic)
        );
    }
    set(&vault, "b", "newer").unwrap();
    let vault = phone.start();
    let status = vault.status().unwrap();
    assert_eq!((status.quarantined, status.records), (1, 1));
    let recovery = vault.recover().unwrap();
    assert_eq!((recovery.recovered, recovery.remaining), (1, 0));
    assert_eq!(get(&vault, "a").unwrap(), "1");
    assert_eq!(get(&vault, "b").unwrap(), "newer");
    assert_eq!(vault.status().unwrap().quarantined, 0);
    assert_eq!(phone.rows().len(), 2);
}

#[test]
fn the_newest_comes_back_first() {
    let phone = Phone::new();
    let vault = phone.start();
    for value in ["1", "2", "3"] {
        set(&vault, "a", value).unwrap();
        vault.reset().unwrap();
    }
    phone.events();
    assert_eq!(vault.recover().unwrap().recovered, 1);
    assert_eq!(get(&vault, "a").unwrap(), "3");
    // The number that became free is used again, and is then the newest.
    set(&vault, "a", "4").unwrap();
    vault.reset().unwrap();
    set(&vault, "a", "5").unwrap();
    vault.reset().unwrap();
    phone.events();
    assert_eq!(vault.recover().unwrap().recovered, 1);
    assert_eq!(get(&vault, "a").unwrap(), "5");
}

#[test]
fn eight_are_quarantined_and_no_ninth_takes_the_place_of_one() {
    let phone = Phone::new();
    let vault = phone.start();
    for number in 0..8 {
        set(&vault, &format!("k{number}"), "1").unwrap();
        vault.reset().unwrap();
    }
    set(&vault, "ninth", "1").unwrap();
    let before = phone.keychain.rows();
    assert_eq!(vault.reset().unwrap_err().code(), ErrorCode::Unsupported);
    assert_eq!(phone.keychain.rows(), before);
    assert_eq!(vault.recover().unwrap().recovered, 8);
    assert_eq!(names(&vault).len(), 9);
    phone.events();
}

#[test]
fn what_expired_aside_stays_away_and_gives_no_place_up() {
    let phone = Phone::new();
    let vault = phone.start();
    let expiring = |name, value| record(name, value, Some(Expiry::After(10)));
    vault
        .set_many(&[expiring("a", "aside"), record("b", "aside", None)])
        .unwrap();
    vault.reset().unwrap();
    vault.set_many(&[expiring("b", "present")]).unwrap();
    phone.events();
    phone.clock.set(NOW_MS + 10);
    assert_eq!(vault.recover().unwrap().recovered, 1);
    assert_eq!(get(&vault, "a").unwrap_err(), ErrorCode::NotFound);
    assert_eq!(get(&vault, "b").unwrap(), "aside");
    assert_eq!(phone.events(), ["expired b"]);
}

#[test]
fn setting_aside_and_recovering_can_be_cut_short_anywhere() {
    for nth in 1.. {
        let phone = Phone::new();
        let vault = phone.start();
        set_all(&vault, &[("a", "1"), ("b", "2")]).unwrap();
        phone
            .keychain
            .fail(When::nth(nth).for_ever(), -25291, Effect::Before);
        let outcome = vault.reset().and_then(|()| vault.recover().map(drop));
        let calls = phone.keychain.calls().total();
        phone.keychain.clear_faults();
        let vault = phone.start();
        vault.recover().unwrap();
        for (name, value) in [("a", "1"), ("b", "2")] {
            assert_eq!(get(&vault, name).unwrap(), value, "{nth}");
        }
        assert_eq!(vault.status().unwrap().quarantined, 0);
        phone.events();
        if outcome.is_ok() && calls < 200 && nth > 20 {
            return;
        }
        assert!(nth < 100);
    }
}

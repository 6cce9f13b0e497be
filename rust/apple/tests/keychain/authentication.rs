//! Rows that require authentication.

use strongroom_apple_fake::Auth;
use strongroom_core::{ErrorCode, Vault};

use crate::phone::{Phone, get, key, names, set, set_all};

const WAYS: [&str; 4] = [
    "userPresence",
    "biometryAny",
    "biometryCurrentSet",
    "devicePasscode",
];

fn with(way: &str) -> String {
    format!(r#"{{"ios":{{"authentication":"{way}"}}}}"#)
}

#[test]
fn a_value_asks_the_user_and_nothing_else_does() {
    for way in WAYS {
        let phone = Phone::new();
        let vault = phone.start_with(&with(way));
        set_all(&vault, &[("a", "1"), ("b", "2")]).unwrap();
        let vault = phone.start_with(&with(way));
        assert!(vault.has(&key("a")).unwrap());
        assert_eq!(names(&vault), ["a", "b"]);
        assert_eq!(vault.status().unwrap().records, 2);
        vault.remove(&key("b")).unwrap();
        assert_eq!(get(&vault, "b").unwrap_err(), ErrorCode::NotFound);
        assert_eq!(phone.keychain.prompts(), 0, "{way}");
        assert_eq!(get(&vault, "a").unwrap(), "1");
        assert_eq!(phone.keychain.prompts(), 1, "{way}");
        let records: Vec<_> = phone.rows();
        assert!(records.iter().all(|row| row.access_control.is_some()));
    }
}

#[test]
fn a_user_who_dismisses_or_fails_changes_nothing() {
    for (auth, code) in [
        (Auth::Cancel, ErrorCode::AuthCancelled),
        (Auth::Fail, ErrorCode::AuthFailed),
    ] {
        let phone = Phone::new();
        let vault = phone.start_with(&with("userPresence"));
        set_all(&vault, &[("a", "1"), ("b", "2")]).unwrap();
        let before = phone.keychain.rows();
        phone.keychain.set_authentication(auth);
        assert_eq!(get(&vault, "a").unwrap_err(), code);
        assert_eq!(set(&vault, "a", "2").unwrap_err().code(), code);
        assert_eq!(
            set_all(&vault, &[("a", "2"), ("b", "3")]).unwrap_err().code(),
            code
        );
        assert_eq!(phone.keychain.rows(), before, "{auth:?}");
        phone.keychain.set_authentication(Auth::Success);
        assert_eq!(get(&vault, "a").unwrap(), "1");
    }
}

#[test]
fn records_of_a_former_enrolment_are_told_from_absent_ones() {
    for status in [-25293, -50, -25300] {
        let phone = Phone::new();
        let vault = phone.start_with(&with("biometryCurrentSet"));
        set_all(&vault, &[("a", "1"), ("b", "2")]).unwrap();
        phone.keychain.change_enrolment(status);
        assert_eq!(
            get(&vault, "a").unwrap_err(),
            ErrorCode::KeyInvalidated,
            "{status}"
        );
        assert_eq!(get(&vault, "absent").unwrap_err(), ErrorCode::NotFound);
        assert_eq!(names(&vault), ["a", "b"], "nothing is deleted for it");
        vault.remove(&key("a")).unwrap();
        set(&vault, "a", "again").unwrap();
        assert_eq!(get(&vault, "a").unwrap(), "again");
    }
}

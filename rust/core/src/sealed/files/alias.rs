//! The alias of a key-encryption key: `dev.strongroom:<app>:<store>:v<version>:<random>`.
//!
//! It contains the app because apps with the same user ID share a key store. The random part makes sure that an alias
//! was never used before: a call that timed out may still create its key late, and that key must not replace another
//! one. Files of format version 1 name their keys `dev.strongroom.<store>.v<version>`.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::name::StoreName;

/// The bytes of the random part. It has twice as many hexadecimal digits.
pub(super) const RANDOM_LEN: usize = 8;

/// The longest app name that an alias contains. A digest replaces a longer one, because a header has room for 255
/// bytes.
const MAX_APP_LEN: usize = 120;

/// The name of an app as aliases contain it.
pub(super) fn app_in_aliases(app: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    if app.len() <= MAX_APP_LEN && app.bytes().all(plain) {
        return app.to_owned();
    }
    let mut name = String::from("sha256-");
    for byte in &Sha256::digest(app)[..16] {
        // Writing to a string does not fail.
        let _ = write!(name, "{byte:02x}");
    }
    name
}

/// The aliases of one store of one app.
#[derive(Clone, Copy)]
pub(super) struct Aliases<'a> {
    pub(super) app: &'a str,
    pub(super) store: &'a StoreName,
}

impl Aliases<'_> {
    /// The start of all aliases of the store, except those of format version 1.
    pub(super) fn prefix(&self) -> String {
        format!("dev.strongroom:{}:{}:v", self.app, self.store.as_str())
    }

    /// An alias that no other call has.
    pub(super) fn alias(&self, version: u64, random: [u8; RANDOM_LEN]) -> String {
        format!("{}{version}:{:016x}", self.prefix(), u64::from_be_bytes(random))
    }

    /// The version in an alias of this store; `None` for an alias of anything else.
    pub(super) fn version(&self, alias: &str) -> Option<u64> {
        match alias.strip_prefix(&self.prefix()) {
            Some(rest) => {
                let (digits, random) = rest.split_once(':')?;
                let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
                let canonical = random.len() == 2 * RANDOM_LEN && random.bytes().all(hex);
                if canonical { number(digits) } else { None }
            }
            None => self.first_version(alias),
        }
    }

    /// Whether the alias is one of format version 1, which does not contain the app.
    pub(super) fn names_no_app(&self, alias: &str) -> bool {
        self.first_version(alias).is_some()
    }

    fn first_version(&self, alias: &str) -> Option<u64> {
        let rest = alias.strip_prefix("dev.strongroom.")?;
        number(rest.strip_prefix(self.store.as_str())?.strip_prefix(".v")?)
    }
}

/// A number without leading zeros or other spellings.
fn number(digits: &str) -> Option<u64> {
    let canonical = !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit());
    canonical.then(|| digits.parse().ok())?
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]
mod tests {
    use super::*;

    #[test]
    fn an_alias_has_one_spelling_and_one_owner() {
        let store = StoreName::new("a").unwrap();
        let aliases = Aliases {
            app: "org.app",
            store: &store,
        };
        let made = aliases.alias(7, [0, 1, 2, 3, 4, 5, 6, 0xff]);
        assert_eq!(made, "dev.strongroom:org.app:a:v7:00010203040506ff");
        for (alias, version) in [
            (made.as_str(), Some(7)),
            (
                "dev.strongroom:org.app:a:v18446744073709551615:0001020304050607",
                Some(u64::MAX),
            ),
            (
                "dev.strongroom:org.app:a:v18446744073709551616:0001020304050607",
                None,
            ),
            ("dev.strongroom:org.app:a:v07:0001020304050607", None),
            ("dev.strongroom:org.app:a:v:0001020304050607", None),
            ("dev.strongroom:org.app:a:v7", None),
            ("dev.strongroom:org.app:a:v7:", None),
            ("dev.strongroom:org.app:a:v7:000102030405060", None),
            ("dev.strongroom:org.app:a:v7:000102030405060A", None),
            ("dev.strongroom:org.app:a:v7:+001020304050607", None),
            ("dev.strongroom:org.app2:a:v7:0001020304050607", None),
            ("dev.strongroom:org.app:b:v7:0001020304050607", None),
            ("dev.strongroom.a.v1", Some(1)),
            ("dev.strongroom.a.v18446744073709551615", Some(u64::MAX)),
            ("dev.strongroom.a.v18446744073709551616", None),
            ("dev.strongroom.a.v01", None),
            ("dev.strongroom.a.v0", None),
            ("dev.strongroom.a.v+1", None),
            ("dev.strongroom.a.v-1", None),
            ("dev.strongroom.a.v", None),
            ("dev.strongroom.a.b.v1", None),
            ("dev.strongroom.b.v1", None),
        ] {
            assert_eq!(aliases.version(alias), version, "{alias}");
        }
        assert!(aliases.names_no_app("dev.strongroom.a.v1"));
        assert!(!aliases.names_no_app(&made));
    }

    #[test]
    fn a_long_or_strange_name_of_an_app_becomes_a_digest() {
        assert_eq!(app_in_aliases("org.app_1-x"), "org.app_1-x");
        assert_eq!(app_in_aliases(&"a".repeat(120)), "a".repeat(120));
        for strange in ["a".repeat(121), "a:b".to_owned(), "ä".to_owned()] {
            let digest = app_in_aliases(&strange);
            assert!(digest.starts_with("sha256-") && digest.len() == 39, "{digest}");
        }
        let store = StoreName::new(&"s".repeat(StoreName::MAX_BYTES)).unwrap();
        let app = app_in_aliases(&"a".repeat(120));
        let longest = Aliases {
            app: &app,
            store: &store,
        }
        .alias(u64::MAX, [0xff; 8]);
        assert!(longest.len() <= 255, "{}", longest.len());
    }

    #[test]
    fn no_two_stores_share_an_alias() {
        let (a, ab) = (StoreName::new("a").unwrap(), StoreName::new("a.b").unwrap());
        for (app, other_app) in [("x", "x.a"), ("x", "x")] {
            let one = Aliases { app, store: &ab };
            let other = Aliases {
                app: other_app,
                store: &a,
            };
            assert_eq!(other.version(&one.alias(1, [0; 8])), None);
            assert_eq!(one.version(&other.alias(1, [0; 8])), None);
        }
    }
}

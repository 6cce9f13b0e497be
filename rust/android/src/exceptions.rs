//! What a Java exception means for the key, in one table, and the text that is kept of an exception.
//!
//! Only four classes say something definite. Everything else that the Keystore throws has been seen to go away again,
//! by itself or with a system update: a key that cannot be read today is not lost, and nothing touches it.

use strongroom_core::ports::{KeyError, KeyErrorKind};

/// A throwable, without its message.
#[derive(Clone, Debug, Default)]
pub(crate) struct Thrown {
    /// Binary names of its class and superclasses, most derived first, without `java.lang.Throwable`.
    pub(crate) classes: Vec<String>,
    /// The public error code of an `android.security.KeyStoreException`, if the system is new enough to have one.
    pub(crate) code: Option<i32>,
}

/// Classes with a definite meaning. The meaning of a throwable is that of its most derived class in this table; in a
/// chain of causes, the outermost throwable with a meaning decides.
const MEANINGS: &[(&str, KeyErrorKind)] = &[
    // The key does not fit the bytes. The superclass `BadPaddingException` says less and stays retryable.
    ("javax.crypto.AEADBadTagException", KeyErrorKind::Mismatch),
    // The lock screen or the enrolled biometrics changed, or the daemon no longer has the key.
    (
        "android.security.keystore.KeyPermanentlyInvalidatedException",
        KeyErrorKind::Invalidated,
    ),
    // Also thrown while the daemon itself is locked, before the first unlock.
    (
        "android.security.keystore.UserNotAuthenticatedException",
        KeyErrorKind::Locked,
    ),
    // Only for hardware that does not exist; any other problem of StrongBox is a plain ProviderException.
    (
        "android.security.keystore.StrongBoxUnavailableException",
        KeyErrorKind::InsufficientSecurity,
    ),
];

/// The failure that a throwable and its causes mean, outermost first.
pub(crate) fn classify(chain: &[Thrown]) -> KeyError {
    let kind = chain
        .iter()
        .find_map(Thrown::meaning)
        .unwrap_or(KeyErrorKind::Unavailable);
    let detail: Vec<_> = chain.iter().map(Thrown::summary).collect();
    KeyError::new(kind, detail.join(" < "))
}

/// Whether the system refused the parameters of a new key.
pub(crate) fn refuses_parameters(error: &KeyError) -> bool {
    outermost(error) == "InvalidAlgorithmParameterException"
}

/// What a failure means that ends the use of a gate. It is never a verdict about the key.
pub(crate) fn of_use(error: &KeyError) -> KeyError {
    let kind = match error.kind() {
        KeyErrorKind::Locked | KeyErrorKind::Timeout | KeyErrorKind::NotInitialised => error.kind(),
        _ if error.detail().contains("KeyStoreException(2)") => KeyErrorKind::NotAuthorised,
        _ if error.detail().contains("KeyStoreException(15)") => KeyErrorKind::Pruned,
        _ => KeyErrorKind::Unavailable,
    };
    KeyError::new(kind, error.detail().to_owned())
}

fn outermost(error: &KeyError) -> &str {
    error.detail().split(" < ").next().unwrap_or_default()
}

impl Thrown {
    fn meaning(&self) -> Option<KeyErrorKind> {
        self.classes
            .iter()
            .find_map(|class| MEANINGS.iter().find(|(name, _)| name == class))
            .map(|(_, kind)| *kind)
    }

    fn summary(&self) -> String {
        let class = self
            .classes
            .first()
            .map_or("Throwable", |class| simple_name(class));
        match self.code {
            Some(code) => format!("{class}({code})"),
            None => class.to_owned(),
        }
    }
}

fn simple_name(class: &str) -> &str {
    class.rsplit_once('.').map_or(class, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use KeyErrorKind::{InsufficientSecurity, Invalidated, Locked, Mismatch, Unavailable};

    use super::*;

    #[test]
    fn each_failure_seen_in_the_field_has_its_kind() {
        let rows: &[(&[&str], KeyErrorKind)] = &[
            (&["java.lang.NullPointerException"], Unavailable),
            (&["java.lang.OutOfMemoryError"], Unavailable),
            (&["java.security.UnrecoverableKeyException"], Unavailable),
            (
                &[
                    "java.security.ProviderException",
                    "android.security.KeyStoreException",
                ],
                Unavailable,
            ),
            (&["java.security.KeyStoreException"], Unavailable),
            (
                &[
                    "java.security.InvalidKeyException",
                    "android.security.KeyStoreException",
                ],
                Unavailable,
            ),
            (
                &[
                    "javax.crypto.IllegalBlockSizeException",
                    "android.security.KeyStoreException",
                ],
                Unavailable,
            ),
            (&["javax.crypto.BadPaddingException"], Unavailable),
            (&["android.security.keystore.BackendBusyException"], Unavailable),
            (&["javax.crypto.AEADBadTagException"], Mismatch),
            (
                &[
                    "java.security.ProviderException",
                    "javax.crypto.AEADBadTagException",
                ],
                Mismatch,
            ),
            (
                &["android.security.keystore.KeyPermanentlyInvalidatedException"],
                Invalidated,
            ),
            (
                &["android.security.keystore.UserNotAuthenticatedException"],
                Locked,
            ),
            (
                &["android.security.keystore.StrongBoxUnavailableException"],
                InsufficientSecurity,
            ),
            (&["com.example.Unheard"], Unavailable),
            (&[], Unavailable),
        ];
        for (classes, kind) in rows {
            let chain: Vec<_> = classes.iter().map(|class| thrown(&[class])).collect();
            assert_eq!(classify(&chain).kind(), *kind, "{classes:?}");
        }
    }

    #[test]
    fn the_end_of_a_use_is_never_a_verdict() {
        let keystore = |code| Thrown {
            code,
            ..thrown(&["android.security.KeyStoreException"])
        };
        let outer = || thrown(&["java.security.ProviderException"]);
        for (chain, kind) in [
            (vec![outer(), keystore(Some(2))], KeyErrorKind::NotAuthorised),
            (vec![outer(), keystore(Some(15))], KeyErrorKind::Pruned),
            (vec![outer(), keystore(Some(4))], Unavailable),
            // Before API level 33 there is no code.
            (vec![outer(), keystore(None)], Unavailable),
            (
                vec![thrown(&[
                    "android.security.keystore.KeyPermanentlyInvalidatedException",
                ])],
                Unavailable,
            ),
            (
                vec![thrown(&[
                    "android.security.keystore.UserNotAuthenticatedException",
                ])],
                Locked,
            ),
        ] {
            assert_eq!(of_use(&classify(&chain)).kind(), kind, "{:?}", classify(&chain));
        }
    }

    #[test]
    fn a_refusal_of_parameters_is_told_by_the_outermost_class() {
        let refused = [
            thrown(&["java.security.InvalidAlgorithmParameterException"]),
            thrown(&["java.lang.IllegalStateException"]),
        ];
        assert!(refuses_parameters(&classify(&refused)));
        assert!(!refuses_parameters(&classify(&[thrown(&[
            "java.security.ProviderException"
        ])])));
    }

    #[test]
    fn a_subclass_means_what_its_superclass_means() {
        let vendor = thrown(&[
            "com.vendor.Odd",
            "javax.crypto.AEADBadTagException",
            "javax.crypto.BadPaddingException",
        ]);
        assert_eq!(classify(&[vendor]).kind(), Mismatch);
    }

    #[test]
    fn the_outermost_throwable_with_a_meaning_decides() {
        let chain = [
            thrown(&["java.security.ProviderException"]),
            thrown(&["android.security.keystore.UserNotAuthenticatedException"]),
            thrown(&["javax.crypto.AEADBadTagException"]),
        ];
        assert_eq!(classify(&chain).kind(), Locked);
    }

    #[test]
    fn the_detail_is_simple_names_and_codes() {
        let keystore = Thrown {
            code: Some(7),
            ..thrown(&["android.security.KeyStoreException", "java.lang.Exception"])
        };
        let chain = [
            thrown(&["java.security.InvalidKeyException"]),
            keystore,
            Thrown::default(),
        ];
        assert_eq!(
            classify(&chain).detail(),
            "InvalidKeyException < KeyStoreException(7) < Throwable"
        );
    }

    fn thrown(classes: &[&str]) -> Thrown {
        Thrown {
            classes: classes.iter().map(ToString::to_string).collect(),
            code: None,
        }
    }
}

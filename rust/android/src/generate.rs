//! Creates a key, and proves that it works before anything depends on it.
//!
//! Some Keystores create keys that they cannot use afterwards, especially with `StrongBox`. So a new key must pass a round
//! trip with AAD and one without, because some devices fail in only one of them. A key that fails is destroyed again.

use std::borrow::Cow;

use jni::objects::JObject;
use jni::{jni_sig, jni_str};
use strongroom_core::policy::{KeyPolicy, SecurityLevel, StrongBox};
use strongroom_core::ports::{KeyError, KeyErrorKind};

use crate::cipher::{decrypt, encrypt};
use crate::java::Java;
use crate::provider::{KeyStore, PROVIDER, still_wanted};
use crate::security_level::security_level;
use crate::specification::Kind;
use crate::worker::Deadline;

/// `KeyGenParameterSpec.Builder.setIsStrongBoxBacked` exists from this API level on.
const SDK_WITH_STRONG_BOX: i32 = 28;

/// Creates a key under `alias`, which must be free, and returns its level.
///
/// The Keystore itself replaces an existing key, and deletes by name. So the vault must choose an alias that nobody
/// else uses. This function limits the damage if somebody does: it creates no key under an alias that exists or after
/// the caller has given up, and deletes only a key that may have been created here.
pub(crate) fn create(
    java: &mut Java<'_, '_>,
    kind: Kind,
    sdk_int: i32,
    alias: &str,
    policy: KeyPolicy,
    deadline: Deadline,
) -> Result<SecurityLevel, KeyError> {
    kind.check(sdk_int)?;
    let attempt = Attempt {
        kind,
        store: &KeyStore::open(java)?,
        sdk_int,
        alias,
        min_level: policy.min_level,
        deadline,
    };
    match policy.strong_box {
        StrongBox::Prefer if sdk_int >= SDK_WITH_STRONG_BOX => {
            attempt.run(java, true).or_else(|_| attempt.run(java, false))
        }
        StrongBox::Require if sdk_int >= SDK_WITH_STRONG_BOX => attempt.run(java, true),
        StrongBox::Require => Err(insufficient("This version of Android has no StrongBox")),
        _ => attempt.run(java, false),
    }
}

struct Attempt<'a> {
    kind: Kind,
    store: &'a KeyStore<'a>,
    sdk_int: i32,
    alias: &'a str,
    min_level: Option<SecurityLevel>,
    deadline: Deadline,
}

impl Attempt<'_> {
    fn run(&self, java: &mut Java<'_, '_>, in_strong_box: bool) -> Result<SecurityLevel, KeyError> {
        java.frame(|java| {
            let generator = generator(java, self.kind, self.sdk_int, self.alias, in_strong_box)
                .map_err(|error| self.kind.refused(error))?;
            // Also before the second attempt: the key of the first one may still exist after its deletion.
            self.check_free(java)?;
            still_wanted(self.deadline)?;
            generate(java, &generator)
                .and_then(|()| self.prove(java, in_strong_box))
                .inspect_err(|_| {
                    // If this fails too, the key is left over. No file names it, and the vault destroys it later.
                    drop(self.store.delete(java, self.alias));
                })
        })
    }

    /// `containsAlias` returns false if it cannot tell, so the list has to agree.
    fn check_free(&self, java: &mut Java<'_, '_>) -> Result<(), KeyError> {
        if self.store.contains(java, self.alias)? || self.store.lists(java, self.alias)? {
            return Err(KeyError::new(KeyErrorKind::Exists, "The alias is taken"));
        }
        Ok(())
    }

    fn prove(&self, java: &mut Java<'_, '_>, in_strong_box: bool) -> Result<SecurityLevel, KeyError> {
        let key = self.store.key(java, self.alias)?;
        // A gate cannot be tried without the user.
        if matches!(self.kind, Kind::Wrapper) {
            for aad in [&b""[..], b"strongroom self-test"] {
                self_test(java, &key, aad).map_err(|error| self_test_failed(&error, in_strong_box))?;
            }
        }
        let level = security_level(java, self.sdk_int, &key, self.kind.algorithm(), in_strong_box);
        let wanted = if in_strong_box {
            Some(SecurityLevel::StrongBox)
        } else {
            None
        };
        match wanted.max(self.min_level) {
            None => Ok(level.unwrap_or(SecurityLevel::Unknown)),
            Some(wanted) => {
                let level = level?;
                if level >= wanted {
                    Ok(level)
                } else {
                    Err(insufficient(format!("The key is at level {}", level.as_str())))
                }
            }
        }
    }
}

/// A generator that has not created a key yet.
fn generator<'local>(
    java: &mut Java<'_, 'local>,
    kind: Kind,
    sdk_int: i32,
    alias: &str,
    in_strong_box: bool,
) -> Result<JObject<'local>, KeyError> {
    let spec = kind.specification(java, sdk_int, alias, in_strong_box)?;
    let algorithm = java.string(kind.algorithm())?;
    let provider = java.string(PROVIDER)?;
    let generator = java.static_object(
        jni_str!("javax.crypto.KeyGenerator"),
        jni_str!("getInstance"),
        jni_sig!((algorithm: JString, provider: JString) -> javax.crypto.KeyGenerator),
        &[(&algorithm).into(), (&provider).into()],
    )?;
    java.void(
        &generator,
        jni_str!("init"),
        jni_sig!((parameters: java.security.spec.AlgorithmParameterSpec)),
        &[(&spec).into()],
    )?;
    Ok(generator)
}

fn generate(java: &mut Java<'_, '_>, generator: &JObject<'_>) -> Result<(), KeyError> {
    java.object(
        generator,
        jni_str!("generateKey"),
        jni_sig!(() -> javax.crypto.SecretKey),
        &[],
    )?;
    Ok(())
}

fn self_test(java: &mut Java<'_, '_>, key: &JObject<'_>, aad: &[u8]) -> Result<(), KeyError> {
    const PROBE: &[u8; 32] = b"strongroom self-test, not secret";

    let wrapped = encrypt(java, key, PROBE, aad)?;
    if decrypt(java, key, &wrapped, aad)?.expose() == PROBE {
        Ok(())
    } else {
        Err(KeyError::new(
            KeyErrorKind::Unavailable,
            "The key does not decrypt what it encrypted",
        ))
    }
}

/// Nothing is wrapped with the new key yet, so no failure of it means a loss.
fn self_test_failed(error: &KeyError, in_strong_box: bool) -> KeyError {
    let kind = match error.kind() {
        KeyErrorKind::Locked => KeyErrorKind::Locked,
        _ if in_strong_box => KeyErrorKind::InsufficientSecurity,
        _ => KeyErrorKind::Unavailable,
    };
    KeyError::new(kind, format!("Self-test of the new key: {}", error.detail()))
}

fn insufficient(detail: impl Into<Cow<'static, str>>) -> KeyError {
    KeyError::new(KeyErrorKind::InsufficientSecurity, detail)
}

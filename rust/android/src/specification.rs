//! What a new key is for, and what `KeyGenParameterSpec` asks for.

use jni::objects::JObject;
use jni::{JValue, jni_sig, jni_str};
use strongroom_core::policy::{GatePolicy, OnEnrolmentChange, UserAuthentication};
use strongroom_core::ports::{KeyError, KeyErrorKind};

use crate::exceptions::refuses_parameters;
use crate::java::Java;

/// `BiometricPrompt` exists from this API level on.
const SDK_WITH_PROMPT: i32 = 28;
/// From this API level on, a key can name what authorises it, and a passcode can authorise one use.
const SDK_WITH_KINDS: i32 = 30;
const PURPOSE_ENCRYPT_AND_DECRYPT: i32 = 1 | 2;
const PURPOSE_SIGN: i32 = 4;
const KEY_BITS: i32 = 256;
const AUTH_DEVICE_CREDENTIAL: i32 = 1;
const AUTH_BIOMETRIC_STRONG: i32 = 2;
/// Each use needs an authentication of its own.
const EACH_USE: i32 = -1;

/// What a key is for.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// Wraps data keys.
    Wrapper,
    /// Asks the user before each use.
    Gate(GatePolicy),
}

impl Kind {
    pub(crate) fn algorithm(self) -> &'static str {
        match self {
            Self::Wrapper => "AES",
            Self::Gate(_) => "HmacSHA256",
        }
    }

    /// Refuses what this version of Android cannot ask for.
    pub(crate) fn check(self, sdk_int: i32) -> Result<(), KeyError> {
        let least = match self {
            Self::Wrapper => return Ok(()),
            Self::Gate(policy) if policy.authentication == UserAuthentication::Biometry => SDK_WITH_PROMPT,
            Self::Gate(_) => SDK_WITH_KINDS,
        };
        if sdk_int >= least {
            return Ok(());
        }
        Err(KeyError::new(
            KeyErrorKind::InsufficientSecurity,
            format!("API level {sdk_int} cannot ask so"),
        ))
    }

    /// What a failure to make such a key means. The system says in the same way that there is no lock screen and that
    /// there is no enrolment.
    pub(crate) fn refused(self, error: KeyError) -> KeyError {
        match self {
            Self::Gate(_) if refuses_parameters(&error) => {
                KeyError::new(KeyErrorKind::InsufficientSecurity, error.detail().to_owned())
            }
            _ => error,
        }
    }

    pub(crate) fn specification<'local>(
        self,
        java: &mut Java<'_, 'local>,
        sdk_int: i32,
        alias: &str,
        in_strong_box: bool,
    ) -> Result<JObject<'local>, KeyError> {
        let purposes = match self {
            Self::Wrapper => PURPOSE_ENCRYPT_AND_DECRYPT,
            Self::Gate(_) => PURPOSE_SIGN,
        };
        let alias = java.string(alias)?;
        let builder = java.construct(
            jni_str!("android.security.keystore.KeyGenParameterSpec$Builder"),
            jni_sig!((alias: JString, purposes: jint)),
            &[(&alias).into(), purposes.into()],
        )?;
        java.object(
            &builder,
            jni_str!("setKeySize"),
            jni_sig!((bits: jint) -> android.security.keystore.KeyGenParameterSpec::Builder),
            &[KEY_BITS.into()],
        )?;
        match self {
            Self::Wrapper => for_wrapping(java, &builder)?,
            Self::Gate(policy) => for_asking(java, &builder, sdk_int, policy)?,
        }
        if in_strong_box {
            set(java, &builder, jni_str!("setIsStrongBoxBacked"), true)?;
        }
        java.object(
            &builder,
            jni_str!("build"),
            jni_sig!(() -> android.security.keystore.KeyGenParameterSpec),
            &[],
        )
    }
}

/// Randomized encryption stays required, which is the default: only the Keystore chooses an IV.
fn for_wrapping(java: &mut Java<'_, '_>, builder: &JObject<'_>) -> Result<(), KeyError> {
    for (setter, only) in [
        (jni_str!("setBlockModes"), "GCM"),
        (jni_str!("setEncryptionPaddings"), "NoPadding"),
    ] {
        let only = java.string_array(only)?;
        java.object(
            builder,
            setter,
            jni_sig!((only: JString[]) -> android.security.keystore.KeyGenParameterSpec::Builder),
            &[(&only).into()],
        )?;
    }
    Ok(())
}

fn for_asking(
    java: &mut Java<'_, '_>,
    builder: &JObject<'_>,
    sdk_int: i32,
    policy: GatePolicy,
) -> Result<(), KeyError> {
    set(java, builder, jni_str!("setUserAuthenticationRequired"), true)?;
    if sdk_int >= SDK_WITH_KINDS {
        let kinds = match policy.authentication {
            UserAuthentication::Biometry => AUTH_BIOMETRIC_STRONG,
            UserAuthentication::BiometryOrDeviceCredential => AUTH_BIOMETRIC_STRONG | AUTH_DEVICE_CREDENTIAL,
            UserAuthentication::DeviceCredential => AUTH_DEVICE_CREDENTIAL,
        };
        java.object(
            builder,
            jni_str!("setUserAuthenticationParameters"),
            jni_sig!((seconds: jint, kinds: jint) -> android.security.keystore.KeyGenParameterSpec::Builder),
            &[0.into(), kinds.into()],
        )?;
    } else {
        java.object(
            builder,
            jni_str!("setUserAuthenticationValidityDurationSeconds"),
            jni_sig!((seconds: jint) -> android.security.keystore.KeyGenParameterSpec::Builder),
            &[EACH_USE.into()],
        )?;
    }
    let invalidate = policy.on_enrolment_change == OnEnrolmentChange::Invalidate;
    set(
        java,
        builder,
        jni_str!("setInvalidatedByBiometricEnrollment"),
        invalidate,
    )
}

fn set(
    java: &mut Java<'_, '_>,
    builder: &JObject<'_>,
    setter: &jni::strings::JNIStr,
    value: bool,
) -> Result<(), KeyError> {
    java.object(
        builder,
        setter,
        jni_sig!((value: jboolean) -> android.security.keystore.KeyGenParameterSpec::Builder),
        &[JValue::Bool(value)],
    )?;
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]
mod tests {
    use strongroom_core::policy::GateMode;

    use super::*;

    #[test]
    fn older_systems_are_asked_for_nothing_that_they_do_not_have() {
        let gate = |ways| Kind::Gate(GatePolicy::new(ways, None, GateMode::Session).unwrap());
        for (sdk_int, biometry, credential) in [
            (24, false, false),
            (27, false, false),
            (28, true, false),
            (29, true, false),
            (30, true, true),
            (36, true, true),
        ] {
            assert!(Kind::Wrapper.check(sdk_int).is_ok());
            assert_eq!(
                gate(UserAuthentication::Biometry).check(sdk_int).is_ok(),
                biometry
            );
            for ways in [
                UserAuthentication::BiometryOrDeviceCredential,
                UserAuthentication::DeviceCredential,
            ] {
                assert_eq!(gate(ways).check(sdk_int).is_ok(), credential, "{sdk_int}");
            }
        }
        let refused = gate(UserAuthentication::Biometry).check(27).unwrap_err();
        assert_eq!(refused.kind(), KeyErrorKind::InsufficientSecurity);
    }
}

//! Where a key is stored, as `KeyInfo` reports it.

use jni::objects::JObject;
use jni::{jni_sig, jni_str};
use strongroom_core::policy::SecurityLevel;
use strongroom_core::ports::KeyError;

use crate::java::Java;
use crate::provider::PROVIDER;

/// `KeyInfo.getSecurityLevel` exists from this API level on.
const SDK_WITH_LEVELS: i32 = 31;

/// Asks for the level of `key`. `in_strong_box` is what its specification asked for.
pub(crate) fn security_level(
    java: &mut Java<'_, '_>,
    sdk_int: i32,
    key: &JObject<'_>,
    algorithm: &str,
    in_strong_box: bool,
) -> Result<SecurityLevel, KeyError> {
    let info = key_info(java, key, algorithm)?;
    if sdk_int >= SDK_WITH_LEVELS {
        return Ok(from_level(java.int(&info, jni_str!("getSecurityLevel"))?));
    }
    let in_hardware = java.boolean(
        &info,
        jni_str!("isInsideSecureHardware"),
        jni_sig!(() -> jboolean),
        &[],
    )?;
    Ok(from_hardware(in_hardware, in_strong_box))
}

fn key_info<'local>(
    java: &mut Java<'_, 'local>,
    key: &JObject<'_>,
    algorithm: &str,
) -> Result<JObject<'local>, KeyError> {
    let algorithm = java.string(algorithm)?;
    let provider = java.string(PROVIDER)?;
    let factory = java.static_object(
        jni_str!("javax.crypto.SecretKeyFactory"),
        jni_str!("getInstance"),
        jni_sig!((algorithm: JString, provider: JString) -> javax.crypto.SecretKeyFactory),
        &[(&algorithm).into(), (&provider).into()],
    )?;
    let class = java.class(jni_str!("android.security.keystore.KeyInfo"))?;
    java.object(
        &factory,
        jni_str!("getKeySpec"),
        jni_sig!((key: javax.crypto.SecretKey, spec: JClass) -> java.security.spec.KeySpec),
        &[key.into(), (&class).into()],
    )
}

/// The constants of `KeyProperties.SECURITY_LEVEL_*`. A later constant counts as unknown.
fn from_level(level: i32) -> SecurityLevel {
    match level {
        -1 => SecurityLevel::UnknownSecure,
        0 => SecurityLevel::Software,
        1 => SecurityLevel::TrustedEnvironment,
        2 => SecurityLevel::StrongBox,
        _ => SecurityLevel::Unknown,
    }
}

/// Before there were levels, a key that asks for `StrongBox` is either in it or not created, and other hardware is the
/// TEE.
fn from_hardware(in_hardware: bool, in_strong_box: bool) -> SecurityLevel {
    match (in_hardware, in_strong_box) {
        (false, _) => SecurityLevel::Software,
        (true, false) => SecurityLevel::TrustedEnvironment,
        (true, true) => SecurityLevel::StrongBox,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_constant_of_the_system_has_its_level() {
        let levels = [-3, -2, -1, 0, 1, 2, 3].map(from_level);
        assert_eq!(
            levels,
            [
                SecurityLevel::Unknown,
                SecurityLevel::Unknown,
                SecurityLevel::UnknownSecure,
                SecurityLevel::Software,
                SecurityLevel::TrustedEnvironment,
                SecurityLevel::StrongBox,
                SecurityLevel::Unknown,
            ]
        );
    }

    #[test]
    fn older_systems_only_tell_hardware_from_software() {
        assert_eq!(from_hardware(false, false), SecurityLevel::Software);
        assert_eq!(from_hardware(false, true), SecurityLevel::Software);
        assert_eq!(from_hardware(true, false), SecurityLevel::TrustedEnvironment);
        assert_eq!(from_hardware(true, true), SecurityLevel::StrongBox);
    }
}

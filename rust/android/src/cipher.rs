//! One `Cipher` operation per call, from `getInstance` to `doFinal`, in the order that the Keystore requires.

use jni::objects::JObject;
use jni::{JValue, jni_sig, jni_str};
use strongroom_core::ports::{DataKey, KeyError, KeyErrorKind};

use crate::java::Java;
use crate::wrapped::Wrapped;

const TRANSFORMATION: &str = "AES/GCM/NoPadding";
const ENCRYPT_MODE: i32 = 1;
const DECRYPT_MODE: i32 = 2;
const TAG_BITS: i32 = 128;

/// Wraps `data_key`. The Keystore chooses the IV.
pub(crate) fn encrypt(
    java: &mut Java<'_, '_>,
    key: &JObject<'_>,
    data_key: &[u8],
    aad: &[u8],
) -> Result<Vec<u8>, KeyError> {
    let cipher = new_cipher(java)?;
    java.void(
        &cipher,
        jni_str!("init"),
        jni_sig!((mode: jint, key: java.security.Key)),
        &[ENCRYPT_MODE.into(), key.into()],
    )?;
    let iv = java.object(&cipher, jni_str!("getIV"), jni_sig!(() -> jbyte[]), &[])?;
    let iv = java.take_bytes(iv)?;
    update_aad(java, &cipher, aad)?;
    let sealed = java.with_secret(data_key, |java, plain| do_final(java, &cipher, plain))?;
    let sealed = java.take_bytes(sealed)?;
    Ok(Wrapped::new(&iv, &sealed)?.encode())
}

/// Unwraps what [`encrypt`] wrapped.
pub(crate) fn decrypt(
    java: &mut Java<'_, '_>,
    key: &JObject<'_>,
    wrapped: &[u8],
    aad: &[u8],
) -> Result<DataKey, KeyError> {
    let Wrapped { iv, sealed } = Wrapped::decode(wrapped)?;
    let cipher = new_cipher(java)?;
    let iv = java.bytes(iv)?;
    let parameters = java.construct(
        jni_str!("javax.crypto.spec.GCMParameterSpec"),
        jni_sig!((tag_bits: jint, iv: jbyte[])),
        &[TAG_BITS.into(), (&iv).into()],
    )?;
    java.void(
        &cipher,
        jni_str!("init"),
        jni_sig!((mode: jint, key: java.security.Key, parameters: java.security.spec.AlgorithmParameterSpec)),
        &[DECRYPT_MODE.into(), key.into(), (&parameters).into()],
    )?;
    update_aad(java, &cipher, aad)?;
    let sealed = java.bytes(sealed)?;
    let plain = do_final(java, &cipher, &sealed)?;
    let plain = java.take_bytes(plain)?;
    DataKey::copied(&plain).ok_or_else(|| {
        let detail = "The Keystore answered with an unexpected length";
        KeyError::new(KeyErrorKind::Unavailable, detail)
    })
}

fn new_cipher<'local>(java: &mut Java<'_, 'local>) -> Result<JObject<'local>, KeyError> {
    let transformation = java.string(TRANSFORMATION)?;
    java.static_object(
        jni_str!("javax.crypto.Cipher"),
        jni_str!("getInstance"),
        jni_sig!((transformation: JString) -> javax.crypto.Cipher),
        &[(&transformation).into()],
    )
}

fn update_aad(java: &mut Java<'_, '_>, cipher: &JObject<'_>, aad: &[u8]) -> Result<(), KeyError> {
    let aad = java.bytes(aad)?;
    java.void(
        cipher,
        jni_str!("updateAAD"),
        jni_sig!((aad: jbyte[])),
        &[(&aad).into()],
    )
}

fn do_final<'local>(
    java: &mut Java<'_, 'local>,
    cipher: &JObject<'_>,
    input: &JObject<'_>,
) -> Result<JObject<'local>, KeyError> {
    java.object(
        cipher,
        jni_str!("doFinal"),
        jni_sig!((input: jbyte[]) -> jbyte[]),
        &[JValue::Object(input)],
    )
}

//! The provider `AndroidKeyStore`: operations on its keys, by alias.

use jni::objects::JObject;
use jni::{JValue, jni_sig, jni_str};
use strongroom_core::ports::{KeyError, KeyErrorKind};

use crate::java::Java;
use crate::worker::Deadline;

/// The name of the provider, and of its `KeyStore`.
pub(crate) const PROVIDER: &str = "AndroidKeyStore";

/// A loaded `java.security.KeyStore`. Each call opens a new one, because a stale one is a known source of failures.
pub(crate) struct KeyStore<'local>(JObject<'local>);

impl<'local> KeyStore<'local> {
    pub(crate) fn open(java: &mut Java<'_, 'local>) -> Result<Self, KeyError> {
        let provider = java.string(PROVIDER)?;
        let store = java.static_object(
            jni_str!("java.security.KeyStore"),
            jni_str!("getInstance"),
            jni_sig!((kind: JString) -> java.security.KeyStore),
            &[(&provider).into()],
        )?;
        java.void(
            &store,
            jni_str!("load"),
            jni_sig!((parameter: "java.security.KeyStore$LoadStoreParameter")),
            &[JValue::Object(&JObject::null())],
        )?;
        Ok(Self(store))
    }

    /// The key under `alias`. It counts as absent only if the list of aliases agrees.
    pub(crate) fn key<'key>(
        &self,
        java: &mut Java<'_, 'key>,
        alias: &str,
    ) -> Result<JObject<'key>, KeyError> {
        let name = java.string(alias)?;
        let key = java.object(
            &self.0,
            jni_str!("getKey"),
            jni_sig!((alias: JString, password: jchar[]) -> java.security.Key),
            &[(&name).into(), JValue::Object(&JObject::null())],
        )?;
        if !key.is_null() {
            Ok(key)
        } else if self.lists(java, alias)? {
            Err(KeyError::new(
                KeyErrorKind::Unavailable,
                "The alias is listed without a key",
            ))
        } else {
            Err(KeyError::new(KeyErrorKind::Absent, "There is no such alias"))
        }
    }

    pub(crate) fn contains(&self, java: &mut Java<'_, '_>, alias: &str) -> Result<bool, KeyError> {
        let alias = java.string(alias)?;
        java.boolean(
            &self.0,
            jni_str!("containsAlias"),
            jni_sig!((alias: JString) -> jboolean),
            &[(&alias).into()],
        )
    }

    pub(crate) fn lists(&self, java: &mut Java<'_, '_>, alias: &str) -> Result<bool, KeyError> {
        let mut found = false;
        self.for_each_alias(java, |listed| found |= listed == alias)?;
        Ok(found)
    }

    /// Destroys the key under `alias`; for the system, deleting an absent key succeeds.
    pub(crate) fn delete(&self, java: &mut Java<'_, '_>, alias: &str) -> Result<(), KeyError> {
        let alias = java.string(alias)?;
        java.void(
            &self.0,
            jni_str!("deleteEntry"),
            jni_sig!((alias: JString)),
            &[(&alias).into()],
        )
    }

    pub(crate) fn for_each_alias(
        &self,
        java: &mut Java<'_, '_>,
        mut visit: impl FnMut(String),
    ) -> Result<(), KeyError> {
        let aliases = java.object(
            &self.0,
            jni_str!("aliases"),
            jni_sig!(() -> java.util.Enumeration),
            &[],
        )?;
        while java.boolean(
            &aliases,
            jni_str!("hasMoreElements"),
            jni_sig!(() -> jboolean),
            &[],
        )? {
            // An app may have hundreds of keys, and a thread's table of references is short.
            let alias = java.frame(|java| {
                let alias = java.object(&aliases, jni_str!("nextElement"), jni_sig!(() -> JObject), &[])?;
                java.text(alias)
            })?;
            visit(alias);
        }
        Ok(())
    }
}

/// Fails if the caller has given up. The caller has then released the lock under which it decided, and another process
/// may rely on the opposite.
pub(crate) fn still_wanted(deadline: Deadline) -> Result<(), KeyError> {
    if deadline.is_over() {
        return Err(KeyError::new(KeyErrorKind::Timeout, "The caller has given up"));
    }
    Ok(())
}

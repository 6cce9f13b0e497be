use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use aes_gcm::aead::AeadInOut;
use aes_gcm::{Aes256Gcm, KeyInit};

use crate::platform::{
    DataKey, KeyError, KeyErrorKind, KeyPolicy, KeyWrapper, OsRandom, Random, SecurityLevel, StrongBox,
};

/// A key store in memory. Insecure by nature: its keys are plain bytes.
#[derive(Default)]
pub struct SoftwareKeys(Mutex<Inner>);

/// A call of [`KeyWrapper`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyOperation {
    /// [`KeyWrapper::aliases`]
    Aliases,
    /// [`KeyWrapper::create`]
    Create,
    /// [`KeyWrapper::destroy`]
    Destroy,
    /// [`KeyWrapper::unwrap`]
    Unwrap,
    /// [`KeyWrapper::wrap`]
    Wrap,
}

#[derive(Default)]
struct Inner {
    keys: BTreeMap<String, [u8; 32]>,
    hidden: BTreeMap<String, [u8; 32]>,
    faults: VecDeque<(KeyOperation, KeyErrorKind)>,
    log: Vec<KeyOperation>,
    level: Option<SecurityLevel>,
}

impl SoftwareKeys {
    /// Makes the next `times` calls of `operation` fail with `kind`, after the faults already queued for it.
    pub fn fail(&self, operation: KeyOperation, kind: KeyErrorKind, times: usize) {
        self.inner()
            .faults
            .extend(std::iter::repeat_n((operation, kind), times));
    }

    /// Another key store with the same keys and no faults, as it is found after a crash.
    #[must_use]
    pub fn fork(&self) -> Self {
        let inner = self.inner();
        Self(Mutex::new(Inner {
            keys: inner.keys.clone(),
            hidden: inner.hidden.clone(),
            ..Inner::default()
        }))
    }

    /// Forgets the faults that did not happen yet.
    pub fn heal(&self) {
        self.inner().faults.clear();
    }

    /// Takes a key away, as a system update does.
    pub fn hide(&self, alias: &str) {
        let mut inner = self.inner();
        if let Some(key) = inner.keys.remove(alias) {
            inner.hidden.insert(alias.to_owned(), key);
        }
    }

    /// Gives a hidden key back, as the next update does.
    pub fn restore(&self, alias: &str) {
        let mut inner = self.inner();
        if let Some(key) = inner.hidden.remove(alias) {
            inner.keys.insert(alias.to_owned(), key);
        }
    }

    /// Puts another key under an alias, as a restored backup does.
    pub fn replace(&self, alias: &str) {
        self.inner().keys.insert(alias.to_owned(), [0x5a; 32]);
    }

    /// Every alias there is.
    #[must_use]
    pub fn all(&self) -> Vec<String> {
        self.inner().keys.keys().cloned().collect()
    }

    /// The calls so far.
    #[must_use]
    pub fn log(&self) -> Vec<KeyOperation> {
        self.inner().log.clone()
    }

    /// Makes new keys claim to live at `level`.
    pub fn set_level(&self, level: SecurityLevel) {
        self.inner().level = Some(level);
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self, operation: KeyOperation) -> Result<MutexGuard<'_, Inner>, KeyError> {
        let mut inner = self.inner();
        inner.log.push(operation);
        let fault = inner.faults.iter().position(|(on, _)| *on == operation);
        match fault.and_then(|position| inner.faults.remove(position)) {
            Some((_, kind)) => Err(KeyError::new(kind, "injected")),
            None => Ok(inner),
        }
    }
}

impl KeyWrapper for SoftwareKeys {
    fn aliases(&self, prefix: &str) -> Result<Vec<String>, KeyError> {
        let inner = self.begin(KeyOperation::Aliases)?;
        Ok(inner
            .keys
            .keys()
            .filter(|alias| alias.starts_with(prefix))
            .cloned()
            .collect())
    }

    fn create(&self, alias: &str, policy: &KeyPolicy) -> Result<SecurityLevel, KeyError> {
        let mut inner = self.begin(KeyOperation::Create)?;
        if inner.keys.contains_key(alias) {
            return Err(KeyError::new(KeyErrorKind::Exists, "alias taken"));
        }
        let level = inner.level.unwrap_or(SecurityLevel::TrustedEnvironment);
        let required = policy.strong_box == StrongBox::Require && level != SecurityLevel::StrongBox;
        if required || policy.min_level.is_some_and(|least| level < least) {
            return Err(KeyError::new(KeyErrorKind::InsufficientSecurity, level.as_str()));
        }
        let mut key = [0; 32];
        OsRandom
            .fill(&mut key)
            .map_err(|_| KeyError::new(KeyErrorKind::Unavailable, "random"))?;
        inner.keys.insert(alias.to_owned(), key);
        Ok(level)
    }

    fn wrap(&self, alias: &str, data_key: &[u8; 32], aad: &[u8]) -> Result<Vec<u8>, KeyError> {
        let inner = self.begin(KeyOperation::Wrap)?;
        let cipher = cipher(&inner, alias)?;
        let mut nonce = [0; 12];
        OsRandom
            .fill(&mut nonce)
            .map_err(|_| KeyError::new(KeyErrorKind::Unavailable, "random"))?;
        let mut sealed = data_key.to_vec();
        let tag = cipher
            .encrypt_inout_detached(&nonce.into(), aad, sealed.as_mut_slice().into())
            .map_err(|_| KeyError::new(KeyErrorKind::Unavailable, "seal"))?;
        Ok([nonce.as_slice(), &sealed, &tag].concat())
    }

    fn unwrap(&self, alias: &str, wrapped: &[u8], aad: &[u8]) -> Result<DataKey, KeyError> {
        let inner = self.begin(KeyOperation::Unwrap)?;
        let cipher = cipher(&inner, alias)?;
        let mismatch = || KeyError::new(KeyErrorKind::Mismatch, "tag");
        let (nonce, sealed) = wrapped.split_first_chunk::<12>().ok_or_else(mismatch)?;
        let (sealed, tag) = sealed.split_last_chunk::<16>().ok_or_else(mismatch)?;
        let sealed = sealed.first_chunk().ok_or_else(mismatch)?;
        DataKey::filled(|data_key| {
            *data_key = *sealed;
            cipher
                .decrypt_inout_detached(
                    &(*nonce).into(),
                    aad,
                    data_key.as_mut_slice().into(),
                    &(*tag).into(),
                )
                .map_err(|_| mismatch())
        })
    }

    fn destroy(&self, alias: &str) -> Result<(), KeyError> {
        self.begin(KeyOperation::Destroy)?.keys.remove(alias);
        Ok(())
    }
}

fn cipher(inner: &Inner, alias: &str) -> Result<Aes256Gcm, KeyError> {
    let key = inner
        .keys
        .get(alias)
        .ok_or_else(|| KeyError::new(KeyErrorKind::Absent, "no such alias"))?;
    Ok(Aes256Gcm::new(&(*key).into()))
}

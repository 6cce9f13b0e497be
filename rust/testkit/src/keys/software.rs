use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aes_gcm::aead::AeadInOut;
use aes_gcm::{Aes256Gcm, KeyInit};

use strongroom_core::policy::{KeyPolicy, SecurityLevel, StrongBox};
use strongroom_core::ports::{DataKey, KeyError, KeyErrorKind, KeyWrapper, OsRandom, Random};

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

/// A failure that is to come.
#[derive(Clone, Copy, Debug)]
pub struct KeyFault {
    /// The calls it befalls; `None` for all.
    pub operation: Option<KeyOperation>,
    /// What becomes of them.
    pub effect: KeyEffect,
    /// How many of them pass before.
    pub skip: usize,
    /// How many of them it befalls; [`usize::MAX`] for ever.
    pub times: usize,
}

/// What becomes of a call that a fault befalls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyEffect {
    /// It fails, and did nothing.
    Fail(KeyErrorKind),
    /// It fails, and did what it should: the answer is lost.
    FailLate(KeyErrorKind),
    /// It succeeds with another answer: there are no aliases, the data key is another one, the destroyed key is still there.
    Lie,
}

#[derive(Default)]
struct Inner {
    keys: BTreeMap<String, [u8; 32]>,
    hidden: BTreeMap<String, [u8; 32]>,
    faults: Vec<KeyFault>,
    answers: Vec<(KeyOperation, Option<KeyErrorKind>)>,
    level: Option<SecurityLevel>,
    user_locked: bool,
}

impl SoftwareKeys {
    /// Makes the next `times` calls of `operation` fail with `kind`, after the faults already queued for it.
    pub fn fail(&self, operation: KeyOperation, kind: KeyErrorKind, times: usize) {
        self.arm(KeyFault {
            operation: Some(operation),
            effect: KeyEffect::Fail(kind),
            skip: 0,
            times,
        });
    }

    /// Queues `fault`. Its calls count from when the faults before it, as far as they concern the same calls, are over.
    pub fn arm(&self, fault: KeyFault) {
        if fault.times > 0 {
            self.inner().faults.push(fault);
        }
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

    /// The alias of the key with this version, hidden or not; an empty text if there is none.
    #[must_use]
    pub fn alias(&self, version: u64) -> String {
        let inner = self.inner();
        let part = format!(":v{version}:");
        let mut all = inner.keys.keys().chain(inner.hidden.keys());
        all.find(|alias| alias.contains(&part))
            .cloned()
            .unwrap_or_default()
    }

    /// The versions of the keys there are, in order.
    #[must_use]
    pub fn versions(&self) -> Vec<u64> {
        let inner = self.inner();
        let version = |alias: &String| alias.split(':').nth(3)?.strip_prefix('v')?.parse().ok();
        let mut versions: Vec<u64> = inner.keys.keys().filter_map(version).collect();
        versions.sort_unstable();
        versions
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

    /// The bytes of a key; `None` if there is none under this alias.
    pub(crate) fn key(&self, alias: &str) -> Option<[u8; 32]> {
        self.inner().keys.get(alias).copied()
    }

    /// Removes a key for good.
    pub(crate) fn remove(&self, alias: &str) {
        self.inner().keys.remove(alias);
    }

    /// Every alias there is.
    #[must_use]
    pub fn all(&self) -> Vec<String> {
        self.inner().keys.keys().cloned().collect()
    }

    /// The calls so far.
    #[must_use]
    pub fn log(&self) -> Vec<KeyOperation> {
        let inner = self.inner();
        inner.answers.iter().map(|(operation, _)| *operation).collect()
    }

    /// The calls so far, each with what it failed with.
    #[must_use]
    pub fn answers(&self) -> Vec<(KeyOperation, Option<KeyErrorKind>)> {
        self.inner().answers.clone()
    }

    /// Makes new keys claim to live at `level`.
    pub fn set_level(&self, level: SecurityLevel) {
        self.inner().level = Some(level);
    }

    /// Makes [`KeyWrapper::ready`] answer as before the first unlock, or as after it.
    pub fn set_user_locked(&self, locked: bool) {
        self.inner().user_locked = locked;
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `act` is told whether to lie.
    fn answer<T>(
        &self,
        operation: KeyOperation,
        act: impl FnOnce(&mut Inner, bool) -> Result<T, KeyError>,
    ) -> Result<T, KeyError> {
        let mut inner = self.inner();
        let answer = match inner.next_effect(operation) {
            None => act(&mut inner, false),
            Some(KeyEffect::Lie) => act(&mut inner, true),
            Some(KeyEffect::Fail(kind)) => Err(KeyError::new(kind, "injected")),
            Some(KeyEffect::FailLate(kind)) => {
                drop(act(&mut inner, false));
                Err(KeyError::new(kind, "injected"))
            }
        };
        let failure = answer.as_ref().err().map(KeyError::kind);
        inner.answers.push((operation, failure));
        answer
    }
}

impl Inner {
    fn next_effect(&mut self, operation: KeyOperation) -> Option<KeyEffect> {
        let concerned = |fault: &KeyFault| fault.operation.is_none_or(|on| on == operation);
        let position = self.faults.iter().position(concerned)?;
        let fault = self.faults.get_mut(position)?;
        if fault.skip > 0 {
            fault.skip -= 1;
            return None;
        }
        fault.times -= 1;
        let (effect, times) = (fault.effect, fault.times);
        if times == 0 {
            self.faults.remove(position);
        }
        Some(effect)
    }
}

impl KeyWrapper for SoftwareKeys {
    fn ready(&self) -> Result<(), KeyError> {
        if self.inner().user_locked {
            return Err(KeyError::new(KeyErrorKind::Locked, "injected"));
        }
        Ok(())
    }

    fn aliases(&self, prefix: &str, _: Duration) -> Result<Vec<String>, KeyError> {
        self.answer(KeyOperation::Aliases, |inner, lies| {
            let aliases = inner.keys.keys();
            Ok(aliases
                .filter(|alias| !lies && alias.starts_with(prefix))
                .cloned()
                .collect())
        })
    }

    fn create(&self, alias: &str, policy: &KeyPolicy, _: Duration) -> Result<SecurityLevel, KeyError> {
        self.answer(KeyOperation::Create, |inner, _| {
            if inner.keys.contains_key(alias) {
                return Err(KeyError::new(KeyErrorKind::Exists, "alias taken"));
            }
            let level = inner.level.unwrap_or(SecurityLevel::TrustedEnvironment);
            let required = policy.strong_box == StrongBox::Require && level != SecurityLevel::StrongBox;
            if required || policy.min_level.is_some_and(|least| level < least) {
                return Err(KeyError::new(KeyErrorKind::InsufficientSecurity, level.as_str()));
            }
            inner.keys.insert(alias.to_owned(), random()?);
            Ok(level)
        })
    }

    fn wrap(&self, alias: &str, data_key: &[u8; 32], aad: &[u8], _: Duration) -> Result<Vec<u8>, KeyError> {
        self.answer(KeyOperation::Wrap, |inner, _| {
            let cipher = cipher(inner, alias)?;
            let nonce: [u8; 12] = random()?;
            let mut sealed = data_key.to_vec();
            let tag = cipher
                .encrypt_inout_detached(&nonce.into(), aad, sealed.as_mut_slice().into())
                .map_err(|_| KeyError::new(KeyErrorKind::Unavailable, "seal"))?;
            Ok([nonce.as_slice(), &sealed, &tag].concat())
        })
    }

    fn unwrap(&self, alias: &str, wrapped: &[u8], aad: &[u8], _: Duration) -> Result<DataKey, KeyError> {
        self.answer(KeyOperation::Unwrap, |inner, lies| {
            let cipher = cipher(inner, alias)?;
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
                    .map_err(|_| mismatch())?;
                if lies {
                    data_key.reverse();
                }
                Ok(())
            })
        })
    }

    fn destroy(&self, alias: &str, _: Duration) -> Result<(), KeyError> {
        self.answer(KeyOperation::Destroy, |inner, lies| {
            if !lies {
                inner.keys.remove(alias);
            }
            Ok(())
        })
    }
}

fn random<const N: usize>() -> Result<[u8; N], KeyError> {
    let mut bytes = [0; N];
    OsRandom::default()
        .fill(&mut bytes)
        .map_err(|_| KeyError::new(KeyErrorKind::Unavailable, "random"))?;
    Ok(bytes)
}

fn cipher(inner: &Inner, alias: &str) -> Result<Aes256Gcm, KeyError> {
    let key = inner
        .keys
        .get(alias)
        .ok_or_else(|| KeyError::new(KeyErrorKind::Absent, "no such alias"))?;
    Ok(Aes256Gcm::new(&(*key).into()))
}

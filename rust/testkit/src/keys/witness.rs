use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::SoftwareKeys;
use crate::needles::{KeyNeedles, Needles};
use strongroom_core::policy::{KeyPolicy, SecurityLevel};
use strongroom_core::ports::{DataKey, KeyError, KeyWrapper};

/// A key store that remembers every data key that passed through it, for a search of memory. It keeps them masked.
#[derive(Default)]
pub struct WitnessKeys {
    inner: Arc<SoftwareKeys>,
    seen: Mutex<Vec<SeenKey>>,
}

/// A data key that passed through [`WitnessKeys`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeenKey {
    masked: [u8; DataKey::LEN],
    store_id: [u8; 16],
}

const MASK: u8 = 0xa7;

impl WitnessKeys {
    /// The key store below, to be told to fail.
    #[must_use]
    pub fn inner(&self) -> &Arc<SoftwareKeys> {
        &self.inner
    }

    /// The data keys so far, each once.
    #[must_use]
    pub fn seen(&self) -> Vec<SeenKey> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<SeenKey>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, data_key: &[u8; DataKey::LEN], aad: &[u8]) {
        let mut key = SeenKey {
            masked: [0; DataKey::LEN],
            store_id: store_id(aad),
        };
        for (masked, byte) in key.masked.iter_mut().zip(data_key) {
            *masked = byte ^ MASK;
        }
        let mut seen = self.lock();
        if !seen.contains(&key) {
            seen.push(key);
        }
    }
}

impl SeenKey {
    /// Adds all that would give the key away.
    pub fn add_to(&self, needles: &mut Needles) -> KeyNeedles {
        KeyNeedles::add(needles, &self.masked.map(|byte| byte ^ MASK), &self.store_id)
    }

    /// What another process needs to know, masked.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 48] {
        std::array::from_fn(|index| match index.checked_sub(DataKey::LEN) {
            None => self.masked.get(index).copied().unwrap_or_default(),
            Some(index) => self.store_id.get(index).copied().unwrap_or_default(),
        })
    }

    /// Reads what [`Self::to_bytes`] wrote.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 48]) -> Self {
        let (masked, store_id) = bytes.split_at(DataKey::LEN);
        Self {
            masked: masked.try_into().unwrap_or_default(),
            store_id: store_id.try_into().unwrap_or_default(),
        }
    }
}

impl KeyWrapper for WitnessKeys {
    fn ready(&self) -> Result<(), KeyError> {
        self.inner.ready()
    }

    fn aliases(&self, prefix: &str, wait: Duration) -> Result<Vec<String>, KeyError> {
        self.inner.aliases(prefix, wait)
    }

    fn create(&self, alias: &str, policy: &KeyPolicy, wait: Duration) -> Result<SecurityLevel, KeyError> {
        self.inner.create(alias, policy, wait)
    }

    fn wrap(
        &self,
        alias: &str,
        data_key: &[u8; DataKey::LEN],
        aad: &[u8],
        wait: Duration,
    ) -> Result<Vec<u8>, KeyError> {
        self.note(data_key, aad);
        self.inner.wrap(alias, data_key, aad, wait)
    }

    fn unwrap(&self, alias: &str, wrapped: &[u8], aad: &[u8], wait: Duration) -> Result<DataKey, KeyError> {
        let data_key = self.inner.unwrap(alias, wrapped, aad, wait)?;
        self.note(data_key.expose(), aad);
        Ok(data_key)
    }

    fn destroy(&self, alias: &str, wait: Duration) -> Result<(), KeyError> {
        self.inner.destroy(alias, wait)
    }
}

/// The AAD is `strongroom v1 wrap`, 0, the name of the store, 0, and the header from its store id on.
fn store_id(aad: &[u8]) -> [u8; 16] {
    let header = aad.splitn(3, |byte| *byte == 0).nth(2);
    header
        .and_then(|header| header.first_chunk())
        .copied()
        .unwrap_or_default()
}

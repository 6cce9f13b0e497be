use std::time::Duration;

use strongroom_core::policy::{KeyPolicy, SecurityLevel};
use strongroom_core::ports::{DataKey, KeyError, KeyErrorKind, KeyWrapper};

/// A key store that wraps nothing, so that a file opens in another process and another year. Its answers are fixed.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct BareKeys;

impl KeyWrapper for BareKeys {
    fn aliases(&self, _: &str, _: Duration) -> Result<Vec<String>, KeyError> {
        Ok(Vec::new())
    }

    fn create(&self, _: &str, _: &KeyPolicy, _: Duration) -> Result<SecurityLevel, KeyError> {
        Ok(SecurityLevel::TrustedEnvironment)
    }

    fn wrap(&self, _: &str, data_key: &[u8; 32], _: &[u8], _: Duration) -> Result<Vec<u8>, KeyError> {
        Ok(data_key.to_vec())
    }

    fn unwrap(&self, _: &str, wrapped: &[u8], _: &[u8], _: Duration) -> Result<DataKey, KeyError> {
        DataKey::copied(wrapped).ok_or_else(|| KeyError::new(KeyErrorKind::Mismatch, "length"))
    }

    fn destroy(&self, _: &str, _: Duration) -> Result<(), KeyError> {
        Ok(())
    }
}

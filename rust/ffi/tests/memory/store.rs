//! A store as these tests use it.

use strongroom_core::ErrorCode;
use strongroom_testkit::SecretText;

pub(crate) type Answer<T = ()> = Result<T, ErrorCode>;

/// A store, reached in one way or another. No memory of a call outlives it.
pub(crate) trait Store {
    fn set(&self, records: &[(SecretText, SecretText)], ttl_ms: Option<u64>) -> Answer;
    /// Asserts that the value is one of these.
    fn get(&self, name: SecretText, values: &[SecretText]) -> Answer;
    fn has(&self, name: SecretText) -> Answer;
    /// Which of these names exist.
    fn keys(&self, names: &[SecretText]) -> Answer<Vec<bool>>;
    fn remove(&self, name: SecretText) -> Answer;
    fn clear(&self) -> Answer;
    fn status(&self) -> Answer;
    fn reset(&self) -> Answer;
    fn recover(&self) -> Answer;
    fn rotate(&self) -> Answer;
    /// Calls that hold secrets and are refused.
    fn misuse(&self, name: SecretText, value: SecretText);
}

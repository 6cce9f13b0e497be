use std::panic::{AssertUnwindSafe, catch_unwind};

use strongroom_core::{Error, ErrorCode};

/// A failure with a stable code. `detail` is in English and contains no user data.
#[derive(Debug, thiserror::Error, uniffi::Error)]
#[non_exhaustive]
pub enum StorageError {
    /// The only variant; the code tells failures apart.
    #[error("{code}: {detail}")]
    Coded {
        /// The documented code, such as `NOT_FOUND`.
        code: String,
        /// What happened.
        detail: String,
        /// Whether the same call may succeed later.
        retryable: bool,
    },
}

impl From<Error> for StorageError {
    fn from(error: Error) -> Self {
        Self::Coded {
            code: error.code().as_str().to_owned(),
            detail: error.detail().to_owned(),
            retryable: error.retryable(),
        }
    }
}

/// Runs a call. A panic becomes `INTERNAL`, and its text is dropped.
pub(crate) fn guard<T>(call: impl FnOnce() -> Result<T, Error>) -> Result<T, StorageError> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(result) => result.map_err(StorageError::from),
        Err(_) => Err(Error::new(
            ErrorCode::Internal,
            "There is a bug in Strongroom: please report it",
        )
        .into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_code_and_keeps_its_text() {
        let outcome: Result<(), _> = guard(|| panic!("a detail of this process"));
        let StorageError::Coded {
            code,
            detail,
            retryable,
        } = outcome.unwrap_err();
        assert_eq!(code, "INTERNAL");
        assert!(!detail.contains("detail of this process"));
        assert!(!retryable);
    }
}

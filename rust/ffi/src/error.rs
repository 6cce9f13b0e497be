/// A failure with a stable code. `detail` is English and free of user data.
#[derive(Debug, thiserror::Error, uniffi::Error)]
#[non_exhaustive]
pub enum StorageError {
    /// The only shape: what differs is the code.
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

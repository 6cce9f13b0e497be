use crate::error::{Error, ErrorCode};

/// A cryptographically secure random number generator. If it fails, nothing is used in its place.
pub trait Random: Send + Sync {
    /// Fills `buffer` with random bytes.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the generator of the system fails; `buffer` must then not be used.
    fn fill(&self, buffer: &mut [u8]) -> Result<(), Error>;
}

/// The generator of the operating system.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct OsRandom;

impl Random for OsRandom {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), Error> {
        getrandom::fill(buffer).map_err(|_| {
            Error::new(
                ErrorCode::Unavailable,
                "The random number generator of the system failed: try again later",
            )
        })
    }
}

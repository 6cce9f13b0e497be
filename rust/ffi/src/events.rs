/// Receives events of the stores. Kotlin and Swift implement it.
///
/// It is called during an operation of a store: an implementation must pass the event to another thread and must not
/// call Strongroom.
#[uniffi::export(foreign)]
pub trait EventListener: Send + Sync {
    /// `name` is the event, `data_json` its payload as a JSON object.
    ///
    /// # Errors
    /// A failure to deliver the event; the store continues.
    fn on_event(&self, name: String, data_json: String) -> Result<(), EventError>;
}

/// The event could not be delivered.
#[derive(Debug, thiserror::Error, uniffi::Error)]
#[non_exhaustive]
pub enum EventError {
    /// The listener failed.
    #[error("the listener failed")]
    Undelivered,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for EventError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Undelivered
    }
}

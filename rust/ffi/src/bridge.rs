use std::sync::Arc;

use crate::error::StorageError;
use crate::events::EventListener;

/// The bridge protocol: a method name and its options as JSON in, the result as JSON out.
#[derive(uniffi::Object)]
pub struct Bridge {
    events: Arc<dyn EventListener>,
}

#[uniffi::export]
impl Bridge {
    /// `config_json` is `{"config": <plugins.SecureStorage of the Capacitor configuration>, "bridgeLogging": bool, "platform": "android" | "ios"}`.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` for a configuration that cannot be understood, `NOT_INITIALISED` before the native library was
    /// handed its context.
    #[uniffi::constructor]
    pub fn new(config_json: String, events: Arc<dyn EventListener>) -> Result<Arc<Self>, StorageError> {
        let _ = config_json;
        Ok(Arc::new(Self { events }))
    }

    /// Answers one call. It blocks for as long as the storage takes: call it off the main thread.
    ///
    /// # Errors
    /// The documented codes.
    pub fn handle(&self, method: String, options_json: String) -> Result<String, StorageError> {
        let _ = (&self.events, options_json);
        Err(StorageError::Coded {
            code: "UNSUPPORTED".into(),
            detail: method,
            retryable: false,
        })
    }
}

use std::sync::Arc;

use strongroom_core::bridge;

use crate::error::{StorageError, guard};
use crate::events::EventListener;
use crate::stores::stores;

/// The bridge protocol: takes a method name and its options as JSON, returns the result as JSON.
#[derive(uniffi::Object)]
pub struct Bridge {
    inner: bridge::Bridge,
    /// The stores hold the listener weakly, so it receives events only while this bridge lives.
    _events: Arc<dyn EventListener>,
}

#[uniffi::export]
impl Bridge {
    /// `config_json` is `{"config": <plugins.SecureStorage of the Capacitor configuration>, "bridgeLogging": bool,
    /// "platform": "android" | "ios", "markerDirectory": string}`. Only `platform` is required.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` for a configuration that is not valid.
    #[uniffi::constructor]
    pub fn new(config_json: &str, events: Arc<dyn EventListener>) -> Result<Arc<Self>, StorageError> {
        guard(|| {
            let inner = bridge::Bridge::new(config_json, stores())?;
            stores().listen(&events);
            Ok(Arc::new(Self {
                inner,
                _events: events,
            }))
        })
    }

    /// Runs one call. It blocks until the storage has finished: do not call it on the main thread.
    ///
    /// # Errors
    /// The documented codes.
    pub fn handle(&self, method: &str, options_json: &str) -> Result<String, StorageError> {
        guard(|| Ok(std::mem::take(&mut *self.inner.handle(method, options_json)?)))
    }
}

use std::sync::Arc;

use strongroom_core::bridge;

use crate::error::{StorageError, guard};
use crate::events::EventListener;
use crate::stores::stores;

/// The bridge protocol: a method name and its options as JSON in, the result as JSON out.
#[derive(uniffi::Object)]
pub struct Bridge {
    inner: bridge::Bridge,
    /// The stores know the listener weakly: it is heard for as long as this bridge lives.
    _events: Arc<dyn EventListener>,
}

#[uniffi::export]
impl Bridge {
    /// `config_json` is `{"config": <plugins.SecureStorage of the Capacitor configuration>, "bridgeLogging": bool,
    /// "platform": "android" | "ios"}`.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` for a configuration that cannot be understood.
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

    /// Answers one call. It blocks for as long as the storage takes: call it off the main thread.
    ///
    /// # Errors
    /// The documented codes.
    pub fn handle(&self, method: &str, options_json: &str) -> Result<String, StorageError> {
        guard(|| Ok(std::mem::take(&mut *self.inner.handle(method, options_json)?)))
    }
}

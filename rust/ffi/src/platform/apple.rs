//! The Keychain vault. Not built yet.

use std::sync::Arc;

use strongroom_core::bridge::VaultOptions;
use strongroom_core::{Error, ErrorCode, EventSink, StoreName, Vault};

pub(crate) const LOCATION: &str = "keychain";

pub(crate) fn vault(_: &StoreName, _: &VaultOptions, _: Arc<dyn EventSink>) -> Result<Arc<dyn Vault>, Error> {
    Err(Error::new(
        ErrorCode::Unsupported,
        "The Keychain vault is not part of this version",
    ))
}

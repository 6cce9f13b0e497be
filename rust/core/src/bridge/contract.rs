use serde_json::{Map, Value, json};

use super::config::{CONFIG, IOS};
use super::events::EVENTS;
use super::methods::METHODS;
use super::options::ITEM;
use crate::batch::{MAX_BATCH_BYTES, MAX_BATCH_ITEMS};
use crate::error::ErrorCode;
use crate::name::{ItemKey, StoreName};
use crate::secret::Secret;

/// The protocol of this module, as the tests of the other languages read it.
#[must_use]
pub fn contract() -> Value {
    let mut codes: Vec<_> = ErrorCode::ALL.to_vec();
    codes.sort_by_key(|code| code.as_str());
    json!({
        "methods": METHODS.map(|(name, ..)| name),
        "options": METHODS
            .iter()
            .map(|(name, known, _)| ((*name).to_owned(), json!(known)))
            .collect::<Map<_, _>>(),
        "item": ITEM,
        "config": CONFIG,
        "configIos": IOS,
        "events": EVENTS,
        "codes": codes
            .iter()
            .map(|code| json!({ "code": code.as_str(), "retryable": code.retryable() }))
            .collect::<Vec<_>>(),
        "caps": {
            "batchBytes": MAX_BATCH_BYTES,
            "batchItems": MAX_BATCH_ITEMS,
            "keyBytes": ItemKey::MAX_BYTES,
            "storeNameBytes": StoreName::MAX_BYTES,
            "valueBytes": Secret::MAX_BYTES,
        },
    })
}

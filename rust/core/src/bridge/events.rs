use serde_json::json;

use crate::name::StoreName;
use crate::vault::Event;

/// The names of the events that a listener can subscribe to.
pub(super) const EVENTS: [&str; 2] = ["expired", "storeReset"];

/// The name of an event and its payload as a JSON object.
#[must_use]
pub fn encode_event(store: &StoreName, event: &Event) -> (&'static str, String) {
    let store = store.as_str();
    match event {
        Event::Expired(key) => (
            "expired",
            json!({ "store": store, "key": key.as_str() }).to_string(),
        ),
        Event::Locked(trigger) => (
            "locked",
            json!({ "store": store, "trigger": trigger.as_str() }).to_string(),
        ),
        Event::Unlocked => ("unlocked", json!({ "store": store }).to_string()),
        Event::StoreReset(reset) => {
            let payload = json!({ "store": store, "reason": reset.reason.as_str(), "at": reset.at_ms });
            ("storeReset", payload.to_string())
        }
    }
}

//! The options and the result of each method.

use serde::Serialize;
use serde_json::json;
use zeroize::Zeroizing;

use super::Call;
use crate::batch;
use crate::error::{Error, ErrorCode};
use crate::name::ItemKey;
use crate::policy::SecurityLevel;
use crate::secret::Secret;
use crate::vault::Replacement;

type Answer = Result<Zeroizing<String>, Error>;
type Method = fn(&Call<'_>) -> Answer;

/// Every method, under the name that JavaScript calls, with the options that it takes.
///
/// `get`, `has` and `remove` also accept the options of `set`, so that an app can pass them the object that it passed
/// to `set`.
pub(super) const METHODS: [(&str, &[&str], Method); 16] = [
    ("clear", STORE, clear),
    (
        "compareAndSet",
        &["key", "expected", "value", "expiresAt", "ttl", "store"],
        compare_and_set,
    ),
    ("get", RECORD, get),
    ("getMany", KEYS, get_many),
    ("getOrCreate", RECORD, get_or_create),
    ("getPlatform", STORE, get_platform),
    ("getStatus", STORE, get_status),
    ("has", RECORD, has),
    ("keys", STORE, keys),
    ("recover", STORE, recover),
    ("remove", RECORD, remove),
    ("removeMany", KEYS, remove_many),
    ("reset", STORE, reset),
    ("rotateKeys", STORE, rotate_keys),
    ("set", RECORD, set),
    ("setMany", &["items", "store"], set_many),
];

const STORE: &[&str] = &["store"];
const KEYS: &[&str] = &["keys", "store"];
const RECORD: &[&str] = &["key", "value", "expiresAt", "ttl", "store"];

fn get(call: &Call<'_>) -> Answer {
    let key = call.options.key()?;
    let secret = call.vault()?.get(&key)?;
    value(&secret.expose())
}

fn get_many(call: &Call<'_>) -> Answer {
    let keys = call.options.keys()?;
    let secrets = call.vault()?.get_many(&keys)?;
    let values = secrets.iter().map(|secret| secret.as_ref().map(Secret::expose));
    value(&values.collect::<Vec<_>>())
}

fn get_or_create(call: &Call<'_>) -> Answer {
    #[derive(Serialize)]
    struct Found<'a> {
        value: &'a str,
        created: bool,
    }
    let record = call.options.record()?;
    let (secret, created) = call.vault()?.get_or_create(record)?;
    encode(&Found {
        value: secret.expose(),
        created,
    })
}

fn set(call: &Call<'_>) -> Answer {
    let record = call.options.record()?;
    call.vault()?.set_many(&[record])?;
    done()
}

fn set_many(call: &Call<'_>) -> Answer {
    let records = call.options.records()?;
    call.vault()?.set_many(&records)?;
    done()
}

fn compare_and_set(call: &Call<'_>) -> Answer {
    let key = call.options.key()?;
    let expected = call.options.nullable_secret("expected")?;
    let replacement = Replacement::of(call.options.nullable_secret("value")?, call.options.expiry()?)?;
    value(
        &call
            .vault()?
            .compare_and_set(&key, expected.as_ref(), replacement)?,
    )
}

fn remove(call: &Call<'_>) -> Answer {
    let key = call.options.key()?;
    call.vault()?.remove(&key)?;
    done()
}

fn remove_many(call: &Call<'_>) -> Answer {
    let keys = call.options.keys()?;
    value(&call.vault()?.remove_many(&keys)?)
}

fn clear(call: &Call<'_>) -> Answer {
    call.vault()?.clear()?;
    done()
}

fn keys(call: &Call<'_>) -> Answer {
    #[derive(Serialize)]
    struct Keys<'a> {
        value: Vec<&'a str>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        damaged: Vec<&'a str>,
    }
    let vault = call.vault()?;
    let (keys, damaged) = (vault.keys()?, vault.damaged_keys()?);
    batch::within_bytes(keys.iter().map(|key| key.as_str().len()).sum())?;
    encode(&Keys {
        value: keys.iter().map(ItemKey::as_str).collect(),
        // Of the time of the list, even if another process writes in between.
        damaged: damaged
            .iter()
            .filter(|key| keys.binary_search(key).is_ok())
            .map(ItemKey::as_str)
            .collect(),
    })
}

fn has(call: &Call<'_>) -> Answer {
    let key = call.options.key()?;
    value(&call.vault()?.has(&key)?)
}

fn get_platform(call: &Call<'_>) -> Answer {
    value(&call.bridge.config.platform)
}

fn get_status(call: &Call<'_>) -> Answer {
    let status = call.vault()?.status()?;
    encode(&json!({
        "platform": call.bridge.config.platform,
        "store": call.store()?.as_str(),
        "secure": status.secure,
        "state": if status.fresh { "fresh" } else { "ready" },
        "records": status.records,
        "securityLevel": status.security_level.map(SecurityLevel::as_str),
        "keyCreatedAt": status.key_created_ms,
        "dataKeyCreatedAt": status.data_key_created_ms,
        "location": call.bridge.factory.location(),
        "fileBytes": status.file_bytes,
        "damagedRecords": status.damaged_records,
        "quarantined": status.quarantined,
        "lastReset": status.last_reset.map(|reset| json!({ "reason": reset.reason.as_str(), "at": reset.at_ms })),
        "bridgeLogging": call.bridge.config.bridge_logging,
    }))
}

fn recover(call: &Call<'_>) -> Answer {
    let recovery = call.vault()?.recover()?;
    encode(&json!({ "recovered": recovery.recovered, "remaining": recovery.remaining }))
}

fn reset(call: &Call<'_>) -> Answer {
    call.vault()?.reset()?;
    done()
}

fn rotate_keys(call: &Call<'_>) -> Answer {
    call.vault()?.rotate_keys()?;
    done()
}

fn done() -> Answer {
    value(&true)
}

fn value(value: &impl Serialize) -> Answer {
    #[derive(Serialize)]
    struct Value<'a, T> {
        value: &'a T,
    }
    encode(&Value { value })
}

fn encode(result: &impl Serialize) -> Answer {
    serde_json::to_string(result)
        .map(Zeroizing::new)
        .map_err(|_| Error::new(ErrorCode::Internal, "The result could not be encoded"))
}

//! Keys that ask the user, over `AndroidKeyStore`: a `Mac` that has begun and waits for its authorisation.
//!
//! Kotlin shows the prompt. It borrows the `Mac` by its ticket, only to tell the system which use to authorise; Rust
//! ends the use on its own reference.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jni::objects::JObject;
use jni::refs::Global;
use jni::{JValue, jni_sig, jni_str};
use strongroom_core::policy::{GatePolicy, KeyPolicy, SecurityLevel};
use strongroom_core::ports::{DataKey, GateKeys, KeyError, KeyErrorKind, Proof, Ticket};

use crate::exceptions::of_use;
use crate::generate;
use crate::java::Java;
use crate::keystore::AndroidKeystore;
use crate::provider::KeyStore;
use crate::specification::Kind;

/// The provider of operations with keys of the Keystore. Without a name, the system would try another provider after a
/// failure, and hide the failure.
const OPERATIONS: &str = "AndroidKeyStoreBCWorkaround";
const ALGORITHM: &str = "HmacSHA256";
/// How long the end of a use that nobody needs may take.
const ABANDON: Duration = Duration::from_secs(1);

type Use = (u64, Global<JObject<'static>>);

/// The uses of gates that have begun in this process.
static USES: Mutex<Vec<Use>> = Mutex::new(Vec::new());
static TICKETS: AtomicU64 = AtomicU64::new(1);

/// The `Mac` of a use that has begun, for the prompt of the system. `None` if it has ended.
pub(crate) fn borrow<'local>(java: &mut Java<'_, 'local>, ticket: u64) -> Result<JObject<'local>, KeyError> {
    match uses().iter().find(|(known, _)| *known == ticket) {
        Some((_, mac)) => java.local(mac),
        None => Ok(JObject::null()),
    }
}

impl GateKeys for AndroidKeystore {
    fn create(
        &self,
        alias: &str,
        gate: GatePolicy,
        keys: &KeyPolicy,
        wait: Duration,
    ) -> Result<SecurityLevel, KeyError> {
        let (alias, keys) = (alias.to_owned(), *keys);
        self.run(wait, move |java, runtime, deadline| {
            generate::create(java, Kind::Gate(gate), runtime.sdk_int(), &alias, keys, deadline)
        })
    }

    fn begin(&self, alias: &str, wait: Duration) -> Result<Ticket, KeyError> {
        let alias = alias.to_owned();
        let mac = self.run(wait, move |java, _, _| {
            let key = KeyStore::open(java)?.key(java, &alias)?;
            let mac = new_mac(java)?;
            java.void(
                &mac,
                jni_str!("init"),
                jni_sig!((key: java.security.Key)),
                &[(&key).into()],
            )?;
            java.global(mac)
        })?;
        let ticket = TICKETS.fetch_add(1, Ordering::Relaxed);
        uses().push((ticket, mac));
        Ok(Ticket(ticket))
    }

    fn finish(&self, ticket: Ticket, _: Proof, message: &[u8], wait: Duration) -> Result<DataKey, KeyError> {
        let mac = take(ticket.0);
        let mac = mac.ok_or_else(|| KeyError::new(KeyErrorKind::Pruned, "The use has ended"))?;
        let message = message.to_vec();
        self.run(wait, move |java, _, _| {
            let answer = do_final(java, &mac, &message).map_err(|error| of_use(&error))?;
            let answer = java.take_bytes(answer)?;
            DataKey::copied(&answer).ok_or_else(|| {
                KeyError::new(
                    KeyErrorKind::Unavailable,
                    "The Keystore answered with an unexpected length",
                )
            })
        })
    }

    fn abandon(&self, ticket: Ticket) {
        let Some(mac) = take(ticket.0) else {
            return;
        };
        let ended = self.run(ABANDON, move |java, _, _| {
            java.void(&mac, jni_str!("reset"), jni_sig!(()), &[])
        });
        // If that fails, the system ends the operation when it needs the slot.
        drop(ended);
    }
}

fn new_mac<'local>(java: &mut Java<'_, 'local>) -> Result<JObject<'local>, KeyError> {
    let algorithm = java.string(ALGORITHM)?;
    let provider = java.string(OPERATIONS)?;
    java.static_object(
        jni_str!("javax.crypto.Mac"),
        jni_str!("getInstance"),
        jni_sig!((algorithm: JString, provider: JString) -> javax.crypto.Mac),
        &[(&algorithm).into(), (&provider).into()],
    )
}

fn do_final<'local>(
    java: &mut Java<'_, 'local>,
    mac: &JObject<'_>,
    message: &[u8],
) -> Result<JObject<'local>, KeyError> {
    let message = java.bytes(message)?;
    java.object(
        mac,
        jni_str!("doFinal"),
        jni_sig!((input: jbyte[]) -> jbyte[]),
        &[JValue::Object(&message)],
    )
}

/// The `Mac` of a use, once it is taken out. Few uses run at once.
fn take(ticket: u64) -> Option<Global<JObject<'static>>> {
    let mut uses = uses();
    let position = uses.iter().position(|(known, _)| *known == ticket)?;
    Some(uses.swap_remove(position).1)
}

fn uses() -> MutexGuard<'static, Vec<Use>> {
    USES.lock().unwrap_or_else(PoisonError::into_inner)
}

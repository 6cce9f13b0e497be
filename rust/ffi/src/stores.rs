//! The stores of this process, and the listeners for their events.

use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, Weak};

use strongroom_core::bridge::{VaultFactory, encode_event};
use strongroom_core::policy::VaultOptions;
use strongroom_core::{Error, Event, EventSink, LockTrigger, StoreName, Vault};

use crate::events::EventListener;
use crate::open_stores::OpenStores;
use crate::platform;

/// The one registry of the process.
pub(crate) fn stores() -> Arc<Stores> {
    static STORES: LazyLock<Arc<Stores>> = LazyLock::new(Arc::default);
    Arc::clone(&STORES)
}

#[derive(Default)]
pub(crate) struct Stores {
    open: OpenStores,
    listeners: Arc<Listeners>,
}

impl Stores {
    /// Sends the events of all stores to `listener` as long as somebody else holds it.
    pub(crate) fn listen(&self, listener: &Arc<dyn EventListener>) {
        let mut listeners = self.listeners.lock();
        listeners.retain(|known| known.strong_count() > 0);
        listeners.push(Arc::downgrade(listener));
    }
}

impl Stores {
    /// Locks a store, however many configurations it is open with.
    pub(crate) fn lock(&self, store: &StoreName, trigger: LockTrigger) {
        for vault in self.open.named(store) {
            vault.lock(trigger);
        }
    }
}

impl VaultFactory for Stores {
    fn vault(&self, store: &StoreName, options: &VaultOptions) -> Result<Arc<dyn Vault>, Error> {
        self.open.vault(store, options, || {
            platform::vault(store, options, Arc::clone(&self.listeners) as Arc<dyn EventSink>)
        })
    }

    fn location(&self) -> &'static str {
        platform::LOCATION
    }
}

#[derive(Default)]
struct Listeners(Mutex<Vec<Weak<dyn EventListener>>>);

impl Listeners {
    fn lock(&self) -> MutexGuard<'_, Vec<Weak<dyn EventListener>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl EventSink for Listeners {
    fn raise(&self, store: &StoreName, event: Event) {
        let (name, data) = encode_event(store, &event);
        let listeners: Vec<_> = self.lock().iter().filter_map(Weak::upgrade).collect();
        for listener in listeners {
            // A listener that fails must not fail the call that raised the event, because that call is done.
            let _ = listener.on_event(name.to_owned(), data.clone());
        }
    }
}

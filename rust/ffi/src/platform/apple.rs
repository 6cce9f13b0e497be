//! The Keychain vault.

use std::sync::{Arc, LazyLock};

use strongroom_apple::keychain::Keychain;
pub(crate) use strongroom_apple::reason_of;
use strongroom_apple::{KeychainConfig, KeychainEdges, KeychainVault, StoreStates};
use strongroom_core::policy::VaultOptions;
use strongroom_core::ports::{OsFileSystem, OsRandom, SystemClock};
use strongroom_core::{Error, EventSink, StoreName, Vault};

pub(crate) const LOCATION: &str = "keychain";

#[expect(clippy::unnecessary_wraps, reason = "that of Android can fail")]
pub(crate) fn vault(
    store: &StoreName,
    options: &VaultOptions,
    events: Arc<dyn EventSink>,
) -> Result<Arc<dyn Vault>, Error> {
    static STATES: LazyLock<StoreStates> = LazyLock::new(StoreStates::default);
    let edges = KeychainEdges {
        groups: Arc::new(Keychain),
        fs: Arc::new(OsFileSystem::default()),
        clock: Arc::new(SystemClock::default()),
        random: Arc::new(OsRandom::default()),
        events,
        states: StoreStates::clone(&STATES),
    };
    Ok(Arc::new(KeychainVault::new(
        edges,
        KeychainConfig::from(options),
        store.clone(),
    )))
}

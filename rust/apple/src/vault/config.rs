//! The configuration of a Keychain vault, and the parts of the platform that it uses.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use strongroom_core::EventSink;
use strongroom_core::policy::{KeychainOptions, OnKeyLoss, VaultOptions};
use strongroom_core::ports::{Clock, FileSystem, Random};

use super::session::State;
use crate::sec_items::AccessGroups;

/// The parts of the platform that a vault uses.
#[derive(Clone)]
pub struct KeychainEdges {
    /// The Keychain.
    pub groups: Arc<dyn AccessGroups>,
    /// Where the marker of the installation is stored.
    pub fs: Arc<dyn FileSystem>,
    /// The current time.
    pub clock: Arc<dyn Clock>,
    /// The source of tags.
    pub random: Arc<dyn Random>,
    /// The receiver of events.
    pub events: Arc<dyn EventSink>,
    /// What the vaults of a process share: one per process.
    pub states: StoreStates,
}

/// The configuration of a vault.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct KeychainConfig {
    /// How the rows are kept.
    pub rows: KeychainOptions,
    /// What to do if the Keychain no longer holds what this installation stored.
    pub on_key_loss: OnKeyLoss,
    /// A directory that is removed with the app, is not part of a backup, and can be read while the device is locked.
    /// Without one, the vault cannot tell a new installation from an old one, nor a loss or a change of place from a
    /// first use. An app extension needs that, because its directories are its own.
    pub marker_directory: Option<PathBuf>,
}

impl From<&VaultOptions> for KeychainConfig {
    fn from(options: &VaultOptions) -> Self {
        Self {
            rows: options.keychain.clone(),
            on_key_loss: options.on_key_loss,
            marker_directory: options.marker_directory.clone(),
        }
    }
}

impl KeychainConfig {
    /// Whether others can change the rows at any time.
    pub(super) fn shared(&self) -> bool {
        self.rows.access_group.is_some() || self.rows.synchronizable
    }
}

/// The state of each store, shared by all vaults of a process, so that they take turns.
#[derive(Clone, Default)]
pub struct StoreStates(Arc<Mutex<BTreeMap<String, Arc<Mutex<State>>>>>);

impl StoreStates {
    pub(super) fn of(&self, identity: String) -> Arc<Mutex<State>> {
        let mut states = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(states.entry(identity).or_default())
    }
}

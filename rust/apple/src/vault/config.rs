//! How a Keychain vault behaves, and what it stands on.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use strongroom_core::EventSink;
use strongroom_core::policy::{KeychainOptions, OnKeyLoss, VaultOptions};
use strongroom_core::ports::{Clock, FileSystem, Random};

use super::session::State;
use crate::sec_items::AccessGroups;

/// The edges a vault stands on.
#[derive(Clone)]
pub struct KeychainEdges {
    /// The Keychain.
    pub groups: Arc<dyn AccessGroups>,
    /// Where the marker of the installation is.
    pub fs: Arc<dyn FileSystem>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where tags come from.
    pub random: Arc<dyn Random>,
    /// Who hears of events.
    pub events: Arc<dyn EventSink>,
    /// What the vaults of one process share: one per process.
    pub states: StoreStates,
}

/// How a vault behaves.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct KeychainConfig {
    /// How the rows are kept.
    pub rows: KeychainOptions,
    /// What to do when the Keychain no longer holds what this installation stored.
    pub on_key_loss: OnKeyLoss,
    /// A directory that is removed with the app, is not part of a backup, and can be read while the device is locked. Without one, a
    /// new installation cannot be told from an old one, nor a loss or a change of place from a first use: what an app extension needs,
    /// whose directories are its own.
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
    /// Whether somebody else may change the rows at any time.
    pub(super) fn shared(&self) -> bool {
        self.rows.access_group.is_some() || self.rows.synchronizable
    }
}

/// What is known of each store, shared by all vaults of a process, so that they take turns.
#[derive(Clone, Default)]
pub struct StoreStates(Arc<Mutex<BTreeMap<String, Arc<Mutex<State>>>>>);

impl StoreStates {
    pub(super) fn of(&self, identity: String) -> Arc<Mutex<State>> {
        let mut states = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(states.entry(identity).or_default())
    }
}

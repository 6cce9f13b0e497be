//! What does not change about a store while it is in use: its directory, its name and its configuration.

use std::sync::Arc;

use super::alias::{self, Aliases};
use super::budget::Budget;
use super::kek;
use super::paths::Paths;
use crate::error::Error;
use crate::name::StoreName;
use crate::ports::{Clock, FileSystem, GateKeys, KeyWrapper, Random, User};
use crate::sealed::config::SealedConfig;
use crate::vault::EventSink;

/// The parts of the platform that a vault uses.
#[derive(Clone)]
pub struct Edges {
    /// Where files are stored.
    pub fs: Arc<dyn FileSystem>,
    /// Where key-encryption keys are stored.
    pub keys: Arc<dyn KeyWrapper>,
    /// The current time.
    pub clock: Arc<dyn Clock>,
    /// The source of keys and nonces.
    pub random: Arc<dyn Random>,
    /// The receiver of events.
    pub events: Arc<dyn EventSink>,
}

/// What a protected store needs in addition.
#[derive(Clone)]
pub struct Asking {
    /// Where gates are stored.
    pub gates: Arc<dyn GateKeys>,
    /// Who authorises their use.
    pub user: Arc<dyn User>,
}

/// One store of one app.
pub(in crate::sealed) struct Store {
    pub(in crate::sealed) edges: Edges,
    /// `None` where the user cannot be asked.
    pub(in crate::sealed) asking: Option<Asking>,
    pub(in crate::sealed) config: SealedConfig,
    pub(in crate::sealed) name: StoreName,
    /// The name of the app as aliases contain it.
    app: String,
    pub(in crate::sealed) paths: Paths,
}

impl Store {
    pub(in crate::sealed) fn new(edges: Edges, config: SealedConfig, name: StoreName) -> Self {
        Self {
            paths: Paths::new(config.directory.clone(), name.clone()),
            app: alias::app_in_aliases(&config.app),
            edges,
            asking: None,
            config,
            name,
        }
    }

    /// The time budget of a call that starts now.
    pub(in crate::sealed) fn budget(&self) -> Budget<'_> {
        Budget::new(&*self.edges.clock, self.config.patience)
    }

    /// Checks whether the storage of this user can be read yet.
    pub(in crate::sealed) fn ready(&self) -> Result<(), Error> {
        self.edges.keys.ready().map_err(|error| kek::coded(&error))
    }

    pub(in crate::sealed) fn random_id(&self) -> Result<[u8; 16], Error> {
        let mut id = [0; 16];
        self.edges.random.fill(&mut id)?;
        Ok(id)
    }

    pub(super) fn aliases(&self) -> Aliases<'_> {
        Aliases {
            app: &self.app,
            store: &self.name,
        }
    }
}

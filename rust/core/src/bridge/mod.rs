//! The bridge protocol. It takes a method name and its options as JSON, and returns a result as JSON or an error with a
//! code.
//!
//! Argument checks, defaults, codes and the form of results are only here; the Kotlin and Swift shims forward.
//! `contract/bridge.json` lists the protocol, and tests in every language compare their code with that list.

mod config;
mod contract;
mod events;
mod methods;
mod options;

use std::sync::Arc;

use zeroize::Zeroizing;

pub use self::config::BridgeConfig;
pub use self::contract::contract;
pub use self::events::encode_event;
use self::options::Options;
use crate::error::{Error, ErrorCode};
use crate::name::StoreName;
use crate::policy::VaultOptions;
use crate::stack;
use crate::vault::Vault;

/// Opens the stores that calls name.
pub trait VaultFactory: Send + Sync {
    /// The vault of a store; the same one for the same arguments.
    ///
    /// # Errors
    /// `NOT_INITIALISED` before the platform code got its context.
    fn vault(&self, store: &StoreName, options: &VaultOptions) -> Result<Arc<dyn Vault>, Error>;

    /// Where secrets are stored, as `getStatus()` returns it.
    fn location(&self) -> &'static str;
}

/// Answers the calls of one app.
pub struct Bridge {
    config: BridgeConfig,
    factory: Arc<dyn VaultFactory>,
}

impl Bridge {
    /// A bridge with the configuration of the shim; see [`BridgeConfig::parse`].
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` for a configuration that is not valid.
    pub fn new(config_json: &str, factory: Arc<dyn VaultFactory>) -> Result<Self, Error> {
        Ok(Self {
            config: BridgeConfig::parse(config_json)?,
            factory,
        })
    }

    /// Runs one call.
    ///
    /// # Errors
    /// The documented codes. Invalid input changes nothing.
    pub fn handle(&self, method: &str, options_json: &str) -> Result<Zeroizing<String>, Error> {
        let Some((_, known, answer)) = methods::METHODS.iter().find(|(name, ..)| *name == method) else {
            return Err(Error::new(
                ErrorCode::Unsupported,
                "The native part of the plugin has no such method: run `npx cap sync` and build again",
            ));
        };
        stack::wiped(|| {
            let options = Options::parse(options_json)?;
            options.only(known)?;
            answer(&Call {
                bridge: self,
                options,
            })
        })
    }
}

/// One call, with its options parsed but not yet checked.
struct Call<'a> {
    bridge: &'a Bridge,
    options: Options<'static>,
}

impl Call<'_> {
    fn store(&self) -> Result<StoreName, Error> {
        self.options
            .optional_string("store")?
            .map_or_else(|| Ok(StoreName::default()), StoreName::new)
    }

    fn vault(&self) -> Result<Arc<dyn Vault>, Error> {
        self.bridge
            .factory
            .vault(&self.store()?, &self.bridge.config.vault)
    }
}

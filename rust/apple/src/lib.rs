//! The Apple Keychain behind Strongroom.
//!
//! ```text
//! KeychainVault (decides)  →  AccessGroups, SecItems (whose rows there are, and what can be done with them)
//!                          →  Keychain (SecItem* and CoreFoundation)
//! ```
//!
//! Everything but the frameworks themselves is compiled on every platform, so that the tests run the real layers against a
//! fake of the functions they call. [`keychain`] is the only place with `unsafe` code.

pub mod keychain;
mod sec_items;
mod status;
mod vault;

pub use sec_items::{AccessGroups, Added, Attributes, Content, OsStatus, Row, SecItems, Service};
pub use vault::{KeychainConfig, KeychainEdges, KeychainVault, StoreStates};

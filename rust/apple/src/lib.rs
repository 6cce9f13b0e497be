//! The Apple Keychain for Strongroom.
//!
//! ```text
//! KeychainVault (decides)  →  AccessGroups, SecItems (the rows of a group, and the operations on them)
//!                          →  Keychain (SecItem* and CoreFoundation)
//! ```
//!
//! Everything except the frameworks is compiled on every platform, so that the tests run the real layers against a fake of
//! the functions that they call. [`keychain`] is the only module with `unsafe` code.

pub mod keychain;
mod prompt_codes;
mod sec_items;
mod status;
mod vault;

pub use prompt_codes::reason_of;
pub use sec_items::{AccessGroups, Added, Attributes, Content, OsStatus, Row, SecItems, Service};
pub use vault::{KeychainConfig, KeychainEdges, KeychainVault, StoreStates};

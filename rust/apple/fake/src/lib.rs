//! The CoreFoundation and Security functions that Strongroom's Keychain layer calls, under their own names, so that the
//! layer runs unchanged in tests without an Apple system. Empty on Apple's systems.
//!
//! **A model, not iOS.** It does what Apple's documentation and sources say and what others saw phones do. Where those
//! leave a choice, it takes the one that is harder for its caller. It shows that the layer follows these rules, not
//! that a phone has no others.
//!
//! * A process can have many keychains, one in each [`World`]. A thread calls into the world that it
//!   [entered](World::enter), or into the [default](World::make_default).
//! * A world is in memory, or in a [folder](World::open) that outlives the process. A [`Device`] is one in a folder that
//!   obeys commands.
//! * What would be undefined with the real functions (a released object, the wrong type, a buffer that would be freed)
//!   ends the process with a line on standard error. [`World::live_objects`] counts what was never released.
//! * Values are kept masked and wiped with their object, so that a search of the heap finds only the layer's copies.
//! * A query that Strongroom must not make gets the result of the real Keychain and is noted: [`World::violations`].
//!
//! # The rules of the Keychain
//!
//! * Generic passwords only. A row's primary key is access group, account, service and synchronizable. A query matches
//!   each attribute that it names. Without `kSecAttrSynchronizable` it finds only rows that are not synchronized.
//! * An empty account or service in a query matches any (apple-native-keyring-store documents it).
//! * `kSecAttrAccessible` or `kSecAttrAccessControl` in a query excludes rows with another one.
//! * -50: no class, an unknown key, a value of the wrong type, an empty update, data of all matches at once (Apple's
//!   note on `SecItemCopyMatching`), a result without a place for it, a limit or a result in an update or deletion,
//!   accessible and access control in one dictionary, synchronizable with a class of this device only or with access
//!   control.
//! * An addition is checked for its duplicate (-25299) before anything that depends on locks. Callers have to expect
//!   this order; it is not documented.
//! * A class for devices with a passcode cannot be added without one: -25291. `kishikawakatsumi/KeychainAccess#471` and
//!   `tradle/react-native-ecc#4` saw it so; iOS 9.2 returned -25293 (`liamnichols/UIDevice-PasscodeStatus#9`). Such
//!   rows are deleted with the passcode.
//! * A group without entitlement is -34018, and so is every call of an app without any. A query that names no group
//!   searches all groups of the app, and an addition uses the first (Apple's page on `kSecAttrAccessGroup`). An update
//!   can give a row another group of the app (`_SecItemUpdate` in Apple's source). Other apps of the device:
//!   [`World::enter_as`].
//! * An update that names `kSecAttrSynchronizable` is -50: it is not documented whether it works.
//! * A backup moves rows to a new device unless their class is of this device only:
//!   [`World::restored_to_a_new_device`]. iCloud copies synchronized rows: [`World::sync_to`].
//! * Locks: [`Lock`]. Prompts: [`Auth`] and [`Context`]. Rows for the biometry that was enrolled at the time of writing
//!   are lost with the next enrolment: [`World::change_enrolment`].
//! * Results with attributes hold more than was written, as the real ones do, and `sync` as a number. Dates are left
//!   out.
#![cfg(not(target_vendor = "apple"))]
#![allow(non_snake_case, non_upper_case_globals, reason = "the names are Apple's")]

mod access_control;
mod allocator;
mod array;
mod base;
mod bytes;
mod calls;
mod context;
mod data;
mod device;
mod dictionary;
mod faults;
mod masked;
mod matching;
mod number;
mod objects;
mod query;
mod row;
mod saved;
mod state;
mod statics;
mod string;
mod threads;
mod world;

pub use context::Context;
pub use device::Device;
pub use faults::{Calls, Effect, Kind, When};
pub use objects::live_objects;
pub use row::{Accessible, Row};
pub use state::{Auth, Lock};
pub use threads::Entered;
pub use world::World;

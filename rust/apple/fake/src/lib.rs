//! The CoreFoundation and Security functions that Strongroom's Keychain layer calls, under their own names, so that the
//! layer runs unchanged in tests where there is no Apple system. Empty on Apple's systems.
//!
//! **A model and not iOS.** It does what Apple's documentation and sources say and what others saw phones do; where
//! those leave a choice it takes the one that is harder on its caller. What it shows is that the layer keeps to these
//! rules, not that a phone has no others.
//!
//! * A process holds many keychains, one to a [`World`]. A thread calls into the one that it [entered](World::enter).
//! * What would be undefined with the real functions (a released object, the wrong type, a buffer that would be freed)
//!   ends the process with a line on standard error. [`World::live_objects`] tells what was never released.
//! * Values are kept masked and wiped when their object goes, so that a search of the heap finds the layer's copies only.
//! * A query that Strongroom must not make is answered as the Keychain would and noted: [`World::violations`].
//!
//! # The rules of the Keychain
//!
//! * Generic passwords only. A row's primary key is access group, account, service and synchronizable. A query matches
//!   each attribute that it names. Without `kSecAttrSynchronizable` it finds only what does not synchronize.
//! * An empty account or service in a query matches any (apple-native-keyring-store documents it).
//! * `kSecAttrAccessible` or `kSecAttrAccessControl` in a query leaves out rows that have another.
//! * -50: no class, an unknown key, a value of the wrong type, an empty update, data of all matches at once (Apple's note
//!   on `SecItemCopyMatching`), something to return and nowhere to put it, a limit or something to return in an update or
//!   deletion, accessible and access control in one dictionary, synchronizable with a class of this device only or with
//!   access control.
//! * An addition is checked for its duplicate (-25299) before anything that depends on locks. This is the order that
//!   callers have to expect, not one that is documented.
//! * A class for devices with a passcode cannot be added without one: -25291. So it was seen by
//!   `kishikawakatsumi/KeychainAccess#471` and `tradle/react-native-ecc#4`; iOS 9.2 answered -25293
//!   (`liamnichols/UIDevice-PasscodeStatus#9`). Such rows go when the passcode goes.
//! * A group without entitlement is -34018, and so is every call of an app without any. A query that names no group searches all
//!   groups of the app, and an addition goes to the first (Apple's page on `kSecAttrAccessGroup`). An update can give a row another
//!   group of the app (`_SecItemUpdate` in Apple's source). Other apps of the device: [`World::enter_as`].
//! * An update that names `kSecAttrSynchronizable` is -50: whether it works is not documented.
//! * A backup takes rows to a new device unless their class is of this device only: [`World::restored_to_a_new_device`]. iCloud takes
//!   those that synchronize: [`World::sync_to`].
//! * Locks: [`Lock`]. Prompts: [`Auth`] and [`Context`]. Rows of the biometry that was enrolled at the time of writing are
//!   lost with the next enrolment: [`World::change_enrolment`].
//! * Answers with attributes hold more than was written, as the real ones do, and `sync` as a number. Dates are left out.
#![cfg(not(target_vendor = "apple"))]
#![allow(non_snake_case, non_upper_case_globals, reason = "the names are Apple's")]

mod access_control;
mod allocator;
mod array;
mod base;
mod bytes;
mod calls;
mod data;
mod dictionary;
mod faults;
mod masked;
mod matching;
mod number;
mod objects;
mod query;
mod row;
mod state;
mod statics;
mod string;
mod world;

pub use faults::{Calls, Effect, Kind, When};
pub use objects::live_objects;
pub use row::{Accessible, Row};
pub use state::{Auth, Lock};
pub use world::{Context, Entered, World};

//! The sealed vault over the Android Keystore. A build for a desktop JVM uses it, too: it never falls back to anything
//! weaker, but fails with `NOT_INITIALISED`.

use std::sync::Arc;

pub(crate) use strongroom_android::reason_of;
use strongroom_android::{AndroidKeystore, runtime};
use strongroom_core::policy::VaultOptions;
use strongroom_core::ports::{OsFileSystem, OsRandom, SystemClock};
use strongroom_core::{
    Asking, Edges, Error, ErrorCode, EventSink, SealedConfig, SealedVault, StoreName, Vault,
};

use crate::prompts::prompts;
use crate::upkeep::Reminder;

pub(crate) const LOCATION: &str = "noBackupFilesDir";

/// The directory below `Context.getNoBackupFilesDir()`.
const DIRECTORY: &str = "strongroom";

pub(crate) fn vault(
    store: &StoreName,
    options: &VaultOptions,
    events: Arc<dyn EventSink>,
) -> Result<Arc<dyn Vault>, Error> {
    let runtime = runtime().map_err(|_| {
        Error::new(
            ErrorCode::NotInitialised,
            "The native library did not get the Context of the app",
        )
    })?;
    let edges = Edges {
        fs: Arc::new(OsFileSystem::default()),
        keys: Arc::new(AndroidKeystore::new(runtime)),
        clock: Arc::new(SystemClock::default()),
        random: Arc::new(OsRandom::default()),
        events,
    };
    let mut config = SealedConfig::from_options(runtime.no_backup_dir().join(DIRECTORY), options);
    runtime.package().clone_into(&mut config.app);
    let asking = Asking {
        gates: Arc::new(AndroidKeystore::new(runtime)),
        user: prompts(),
    };
    let reminder = Arc::new(Reminder::default());
    let vault: Arc<dyn Vault> = Arc::new(
        SealedVault::new(edges, config, store.clone())
            .with_upkeep(reminder.clone())
            .with_asking(asking),
    );
    reminder.concerns(&vault);
    Ok(vault)
}

//! A device in a folder that obeys commands, for a program whose tests are elsewhere.
//!
//! The data directory holds `device`, the saved [`World`], and `app`, the files of the app: what is in there is deleted
//! with the app, and the Keychain is not.

mod app;
mod arguments;
mod commands;
mod kill;
mod suspended;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;

use crate::device::suspended::Suspended;
use crate::world::World;

/// A device, and the files of its app.
pub struct Device {
    world: Arc<World>,
    app: PathBuf,
    suspended: Arc<Suspended>,
}

impl Device {
    /// The device that a data directory holds, or a new one.
    ///
    /// # Errors
    /// As of [`World::open`].
    pub fn open(data_directory: &Path) -> io::Result<Self> {
        Ok(Self {
            world: World::open(&data_directory.join("device"))?,
            app: data_directory.join("app"),
            suspended: Arc::default(),
        })
    }

    /// Its Keychain.
    #[must_use]
    pub fn world(&self) -> &Arc<World> {
        &self.world
    }

    /// Runs a command with a JSON object of arguments. Returns `{"ok":true,"value":…}` or `{"ok":false,"error":"…"}`.
    #[must_use]
    pub fn command(&self, name: &str, arguments: &str) -> String {
        let answer = match commands::run(name, self, arguments) {
            Ok(value) => json!({ "ok": true, "value": value }),
            Err(error) => json!({ "ok": false, "error": error }),
        };
        answer.to_string()
    }
}

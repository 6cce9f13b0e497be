//! The part of the Capacitor configuration that the native side acts on.

use std::path::PathBuf;
use std::time::Duration;

use super::options::{Options, invalid, whole};
use crate::error::Error;
use crate::ports::{
    Accessibility, Authentication, KeyPolicy, KeychainOptions, OnReinstall, Protection, SecurityLevel,
    StrongBox,
};
use crate::sealed::{Limits, OnKeyLoss, SealedConfig};

const DEFAULT_ROTATE_AFTER_DAYS: f64 = 90.0;
const SECONDS_PER_DAY: u64 = 24 * 60 * 60;
/// How long what was removed may stay in a file. Long enough for the removals of one log-out to share one rewrite.
const ERASE_AFTER: Duration = Duration::from_secs(2);
const ERASE_LARGE_AFTER: Duration = Duration::from_secs(10 * 60);
const ROTATE_KEK_AFTER: Duration = Duration::from_secs(180 * SECONDS_PER_DAY);

/// The options of `plugins.SecureStorage`. `web` is for the page alone.
pub(super) const CONFIG: &[&str] = &[
    "onKeyLoss",
    "strongBox",
    "minSecurityLevel",
    "rotateAfterDays",
    "ios",
    "web",
];

/// The options of `plugins.SecureStorage.ios`.
pub(super) const IOS: &[&str] = &[
    "accessibility",
    "authentication",
    "accessGroup",
    "synchronizable",
    "onReinstall",
];

/// What the shim hands over once.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BridgeConfig {
    /// The platform, as `getPlatform()` tells.
    pub platform: String,
    /// Whether Capacitor prints calls and results.
    pub bridge_logging: bool,
    /// How stores behave.
    pub vault: VaultOptions,
}

/// How a store behaves, whatever lies below it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VaultOptions {
    /// What to do when the key of a store is gone for good.
    pub on_key_loss: OnKeyLoss,
    /// What a new key has to satisfy.
    pub key_policy: KeyPolicy,
    /// The age at which the data key is replaced; `None` for never.
    pub rotate_after: Option<Duration>,
    /// The age at which the key-encryption key is replaced, too; `None` for never.
    pub rotate_kek_after: Option<Duration>,
    /// What concerns the Keychain alone.
    pub keychain: KeychainOptions,
    /// Where a new installation of the app can be told from an old one, on iOS.
    pub marker_directory: Option<PathBuf>,
}

impl BridgeConfig {
    /// Reads `{"config": <plugins.SecureStorage>, "bridgeLogging": bool, "platform": string, "markerDirectory": string}`, of which only
    /// the platform must be there.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` for an option of the configuration that does not exist, or a value that is not one of the documented ones.
    pub fn parse(json: &str) -> Result<Self, Error> {
        let outer = Options::parse(json)?;
        let mut vault = match outer.optional_object("config")? {
            Some(config) => VaultOptions::from_config(&config)?,
            None => VaultOptions::default(),
        };
        vault.marker_directory = outer.optional_string("markerDirectory")?.map(PathBuf::from);
        Ok(Self {
            platform: outer.string("platform")?.to_owned(),
            bridge_logging: outer.optional_bool("bridgeLogging")?.unwrap_or(false),
            vault,
        })
    }
}

impl Default for VaultOptions {
    fn default() -> Self {
        Self {
            on_key_loss: OnKeyLoss::default(),
            key_policy: KeyPolicy::default(),
            rotate_after: days(DEFAULT_ROTATE_AFTER_DAYS),
            rotate_kek_after: Some(ROTATE_KEK_AFTER),
            keychain: KeychainOptions::default(),
            marker_directory: None,
        }
    }
}

impl VaultOptions {
    /// Reads `plugins.SecureStorage` of the Capacitor configuration.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` for an option that does not exist, or a value that is not one of the documented ones.
    pub fn parse(json: &str) -> Result<Self, Error> {
        Self::from_config(&Options::parse(json)?)
    }

    /// How a sealed vault with its files in `directory` behaves under these options.
    #[must_use]
    pub fn sealed(&self, directory: PathBuf) -> SealedConfig {
        // Every option by its name: one that is forgotten here would have no effect.
        let Self {
            on_key_loss,
            key_policy,
            rotate_after,
            rotate_kek_after,
            keychain: _,
            marker_directory: _,
        } = *self;
        let limits = Limits {
            erase_after: ERASE_AFTER,
            erase_large_after: Some(ERASE_LARGE_AFTER),
            ..Limits::default()
        };
        SealedConfig {
            key_policy,
            on_key_loss,
            rotate_after,
            rotate_kek_after,
            limits,
            ..SealedConfig::new(directory)
        }
    }

    fn from_config(config: &Options<'_>) -> Result<Self, Error> {
        config.only(CONFIG)?;
        let on_key_loss = choose(
            config,
            "onKeyLoss",
            &[("quarantine", OnKeyLoss::Quarantine), ("error", OnKeyLoss::Error)],
        )?;
        let strong_box = choose(
            config,
            "strongBox",
            &[
                ("off", StrongBox::Off),
                ("prefer", StrongBox::Prefer),
                ("require", StrongBox::Require),
            ],
        )?;
        let levels = SecurityLevel::ALL.map(|level| (level.as_str(), level));
        let min_level = choose(config, "minSecurityLevel", &levels)?;
        // 0 switches rotation by age off, of both keys.
        let rotate_after = config
            .optional_number("rotateAfterDays", 0.0)?
            .unwrap_or(DEFAULT_ROTATE_AFTER_DAYS);
        Ok(Self {
            on_key_loss: on_key_loss.unwrap_or_default(),
            key_policy: KeyPolicy::new(strong_box.unwrap_or_default(), min_level),
            rotate_after: days(rotate_after),
            rotate_kek_after: (rotate_after > 0.0).then_some(ROTATE_KEK_AFTER),
            keychain: match config.optional_object("ios")? {
                Some(ios) => keychain(&ios)?,
                None => KeychainOptions::default(),
            },
            marker_directory: None,
        })
    }
}

fn keychain(ios: &Options<'_>) -> Result<KeychainOptions, Error> {
    ios.only(IOS)?;
    let classes: Vec<_> = Accessibility::ALL
        .iter()
        .map(|class| (class.as_str(), *class))
        .collect();
    let ways: Vec<_> = Authentication::ALL
        .iter()
        .map(|way| (way.as_str(), *way))
        .collect();
    let reinstall = [("keep", OnReinstall::Keep), ("clear", OnReinstall::Clear)];
    let accessibility = choose(ios, "accessibility", &classes)?.unwrap_or_default();
    let authentication = choose(ios, "authentication", &ways)?;
    let access_group = ios.optional_string("accessGroup")?;
    if access_group == Some("") {
        return Err(invalid("`accessGroup` must not be empty"));
    }
    let synchronizable = ios.optional_bool("synchronizable")?.unwrap_or(false);
    if synchronizable && (accessibility.this_device_only() || authentication.is_some()) {
        return Err(invalid(
            "`synchronizable` needs an `accessibility` that may leave the device, and no `authentication`",
        ));
    }
    let on_reinstall = choose(ios, "onReinstall", &reinstall)?.unwrap_or_default();
    if on_reinstall == OnReinstall::Clear && (synchronizable || access_group.is_some()) {
        return Err(invalid(
            "`onReinstall` can be `clear` only without `synchronizable` and `accessGroup`: other devices or apps would lose their items",
        ));
    }
    Ok(KeychainOptions {
        access_group: access_group.map(str::to_owned),
        synchronizable,
        protection: Protection::new(accessibility, authentication),
        on_reinstall,
    })
}

fn choose<T: Copy>(
    config: &Options<'_>,
    name: &'static str,
    values: &[(&str, T)],
) -> Result<Option<T>, Error> {
    let Some(chosen) = config.optional_string(name)? else {
        return Ok(None);
    };
    match values.iter().find(|(text, _)| *text == chosen) {
        Some((_, value)) => Ok(Some(*value)),
        None => Err(invalid(format!(
            "`{name}` must be one of {}",
            values
                .iter()
                .map(|(text, _)| *text)
                .collect::<Vec<_>>()
                .join(", ")
        ))),
    }
}

fn days(days: f64) -> Option<Duration> {
    (days > 0.0).then(|| Duration::from_secs(whole(days.max(1.0)).saturating_mul(SECONDS_PER_DAY)))
}

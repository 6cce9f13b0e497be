//! The part of the Capacitor configuration that native code uses.

use std::path::PathBuf;
use std::time::Duration;

use super::options::{Options, invalid, whole};
use crate::error::Error;
use crate::policy::{
    Accessibility, Authentication, DAY, KeyPolicy, KeychainOptions, OnKeyLoss, OnReinstall, Protection,
    SecurityLevel, StrongBox, VaultOptions,
};

/// The options of `plugins.SecureStorage`. Only the page uses `web`.
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

/// What the shim passes in once, at the start.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BridgeConfig {
    /// The platform, as `getPlatform()` returns it.
    pub platform: String,
    /// Whether Capacitor logs calls and results.
    pub bridge_logging: bool,
    /// How stores behave.
    pub vault: VaultOptions,
}

impl BridgeConfig {
    /// Reads `{"config": <plugins.SecureStorage>, "bridgeLogging": bool, "platform": string, "markerDirectory":
    /// string}`. Only the platform is required.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` for an unknown option of the configuration, or a value that is not documented.
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

impl VaultOptions {
    /// Reads `plugins.SecureStorage` of the Capacitor configuration.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` for an unknown option, or a value that is not documented.
    pub fn parse(json: &str) -> Result<Self, Error> {
        Self::from_config(&Options::parse(json)?)
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
        let usual = Self::default();
        let rotate_after = match config.optional_number("rotateAfterDays", 0.0)? {
            Some(number) => days(number),
            None => usual.rotate_after,
        };
        Ok(Self {
            on_key_loss: on_key_loss.unwrap_or_default(),
            key_policy: KeyPolicy::new(strong_box.unwrap_or_default(), min_level),
            rotate_after,
            // 0 turns off rotation by age for both keys.
            rotate_kek_after: rotate_after.and(usual.rotate_kek_after),
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
    (days > 0.0).then(|| Duration::from_secs(whole(days.max(1.0)).saturating_mul(DAY.as_secs())))
}

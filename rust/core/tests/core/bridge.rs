//! The bridge protocol: the behaviour data that every platform runs, and what only this layer can see.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use strongroom_core::bridge::{Bridge, BridgeConfig, encode_event};
use strongroom_core::policy::{
    Accessibility, Authentication, OnKeyLoss, OnReinstall, Protection, SecurityLevel, StrongBox, VaultOptions,
};
use strongroom_core::{
    Error, ErrorCode, Event, LastReset, MAX_BATCH_BYTES, ResetReason, SealedConfig, SealedVault, StoreName,
};
use strongroom_testkit::{Stores, World, key, run_behaviour};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[test]
fn the_behaviour_data_holds() {
    let cases = run_behaviour(|| {
        let host = Host::new("{}");
        (host.bridge, host.world)
    });
    assert!(cases > 70);
}

#[test]
fn bad_input_changes_nothing_and_is_not_quoted() {
    let host = Host::new("{}");
    host.call("set", r#"{"key":"witness","value":"untouched"}"#)
        .unwrap();
    let before = host.world.snapshot();
    let too_deep = "[".repeat(100_000);
    for (method, options) in [
        ("set", r#"{"key":"canary","value":5}"#),
        ("set", r#"{"key":{"canary":1},"value":"x"}"#),
        ("set", r#"{"key":"canary","value":"x","ttl":"canary"}"#),
        ("set", r#"{"key":"canary","value":"x","expiresAt":-1}"#),
        ("set", r#"{"key":"canary","value":"x","store":"CANARY"}"#),
        ("set", r#"{"key":"canary""#),
        ("set", "{\"key\":\"canary\\ud800\",\"value\":\"x\"}"),
        ("set", r#"{"key":"witness","value":"x","canary":"canary"}"#),
        (
            "setMany",
            r#"{"items":[{"key":"witness","value":"x","canary":1}]}"#,
        ),
        ("clear", r#"{"canary":"canary"}"#),
        ("setMany", r#"{"items":"canary"}"#),
        ("setMany", r#"{"items":[{"key":"witness","value":"x"},"canary"]}"#),
        (
            "setMany",
            r#"{"items":[{"key":"witness","value":"x"},{"canary":1}]}"#,
        ),
        (
            "setMany",
            r#"{"items":[{"key":"canary","value":"x"},{"key":"canary","value":"canary"}]}"#,
        ),
        ("getMany", r#"{"keys":["canary",{"canary":1}]}"#),
        ("removeMany", r#"{"keys":["witness",{"canary":1}]}"#),
        ("getOrCreate", r#"{"key":"canary","value":["canary"]}"#),
        ("compareAndSet", r#"{"key":"canary","value":"canary"}"#),
        ("compareAndSet", r#"{"key":"canary","expected":null}"#),
        (
            "compareAndSet",
            r#"{"key":"canary","expected":null,"value":["canary"]}"#,
        ),
        ("canary", "{}"),
        ("get", &too_deep),
    ] {
        let error = host.bridge.handle(method, options).err().unwrap();
        assert!(
            matches!(error.code(), ErrorCode::InvalidArgument | ErrorCode::Unsupported),
            "{method}: {error}"
        );
        assert!(!error.detail().to_lowercase().contains("canary"), "{error}");
    }
    assert_eq!(host.world.snapshot(), before);
}

#[test]
fn names_that_are_too_much_for_one_answer_are_refused_and_none_is_left_out() {
    let host = Host::new("{}");
    let long = "x".repeat(1020);
    for batch in 0..4 {
        let items: Vec<_> = (0..1000)
            .map(|number| json!({ "key": format!("{batch}{number:03}{long}"), "value": "" }))
            .collect();
        host.call("setMany", &json!({ "items": items }).to_string())
            .unwrap();
    }
    let rest = MAX_BATCH_BYTES - 4 * 1000 * 1024;
    for number in 0..rest / 1024 {
        let record = json!({ "key": format!("4{number:03}{long}"), "value": "" });
        host.call("set", &record.to_string()).unwrap();
    }
    let all = host.call("keys", "{}").unwrap();
    assert_eq!(all["value"].as_array().unwrap().len(), MAX_BATCH_BYTES / 1024);

    host.call("set", r#"{"key":"y","value":"one more"}"#).unwrap();
    let error = host.call("keys", "{}").err().unwrap();
    assert_eq!(error.code(), ErrorCode::TooLarge);
    assert_eq!(host.call("get", r#"{"key":"y"}"#).unwrap()["value"], "one more");
    assert_eq!(
        host.call("getStatus", "{}").unwrap()["records"],
        MAX_BATCH_BYTES / 1024 + 1
    );
    host.call("remove", r#"{"key":"y"}"#).unwrap();
    assert!(host.call("keys", "{}").unwrap() == all);
    host.call("clear", "{}").unwrap();
    assert_eq!(host.call("keys", "{}").unwrap()["value"], json!([]));
}

#[test]
fn the_status_says_what_an_app_needs_to_know() {
    let host = Host::new("{}");
    let fresh = host.call("getStatus", "{}").unwrap();
    assert_eq!(fresh["state"], "fresh");
    assert_eq!(fresh["securityLevel"], Value::Null);
    host.call("set", r#"{"key":"a","value":"1"}"#).unwrap();
    let status = host.call("getStatus", "{}").unwrap();
    assert_eq!(status["state"], "ready");
    assert_eq!(status["records"], 1);
    assert_eq!(status["securityLevel"], "trustedEnvironment");
    assert_eq!(status["keyCreatedAt"], strongroom_testkit::NOW_MS);
    assert_eq!(status["location"], "file");
    assert_eq!(status["platform"], "android");
    assert_eq!(status["bridgeLogging"], false);
    assert_eq!(status["fileBytes"], host.world.bytes().len());
}

#[test]
fn the_configuration_is_read_strictly() {
    let parse = |config: &str| {
        BridgeConfig::parse(&format!(
            r#"{{"platform":"android","bridgeLogging":true,"config":{config}}}"#
        ))
    };
    let config = parse("{}").unwrap();
    assert_eq!(config.vault, VaultOptions::default());
    assert!(config.bridge_logging);
    assert_eq!(config.vault.rotate_after, Some(90 * DAY));
    assert_eq!(config.vault.rotate_kek_after, Some(180 * DAY));

    let config = parse(
        r#"{"onKeyLoss":"error","strongBox":"prefer","minSecurityLevel":"trustedEnvironment","rotateAfterDays":0,"web":"deny"}"#,
    )
    .unwrap();
    assert_eq!(config.vault.on_key_loss, OnKeyLoss::Error);
    assert_eq!(config.vault.key_policy.strong_box, StrongBox::Prefer);
    assert_eq!(
        config.vault.key_policy.min_level,
        Some(SecurityLevel::TrustedEnvironment)
    );
    assert_eq!(config.vault.rotate_after, None);
    assert_eq!(config.vault.rotate_kek_after, None, "0 is for both keys");

    for (days, whole) in [("0.5", 1), ("30", 30), ("400", 400)] {
        let config = parse(&format!(r#"{{"rotateAfterDays":{days}}}"#)).unwrap();
        assert_eq!(config.vault.rotate_after, Some(whole * DAY));
        assert_eq!(config.vault.rotate_kek_after, Some(180 * DAY));
    }

    for bad in [
        r#"{"onKeyloss":"error"}"#,
        r#"{"MinSecurityLevel":"trustedEnvironment"}"#,
        r#"{"canary":null}"#,
        r#"{"ios":{"accessibilty":"whenUnlocked"}}"#,
        r#"{"accessibility":"whenUnlocked"}"#,
        r#"{"onKeyLoss":"ignore"}"#,
        r#"{"onKeyLoss":null}"#,
        r#"{"strongBox":true}"#,
        r#"{"minSecurityLevel":"tee"}"#,
        r#"{"rotateAfterDays":"90"}"#,
        r#"{"rotateAfterDays":-1}"#,
        r#"{"ios":"afterFirstUnlock"}"#,
        r#"{"ios":{"accessibility":"always"}}"#,
        r#"{"ios":{"accessibility":1}}"#,
        r#"{"ios":{"authentication":"none"}}"#,
        r#"{"ios":{"onReinstall":true}}"#,
        r#"{"ios":{"synchronizable":"yes"}}"#,
        r#"{"ios":{"accessGroup":""}}"#,
        r#"{"ios":{"accessGroup":7}}"#,
        r#"{"ios":{"synchronizable":true}}"#,
        r#"{"ios":{"synchronizable":true,"accessibility":"whenUnlocked","authentication":"userPresence"}}"#,
        r#"{"ios":{"onReinstall":"clear","accessGroup":"TEAM.group"}}"#,
        r#"{"ios":{"onReinstall":"clear","accessibility":"whenUnlocked","synchronizable":true}}"#,
        "[]",
        "null",
    ] {
        let error = parse(bad).expect_err(bad);
        assert_eq!(error.code(), ErrorCode::InvalidArgument, "{bad}");
        assert!(!error.detail().contains("canary"), "{error}");
    }
    assert!(BridgeConfig::parse("{}").is_err(), "the platform is not guessed");
}

#[test]
fn what_concerns_the_keychain_is_read_with_its_defaults() {
    let parse = |config: &str| VaultOptions::parse(config).unwrap().keychain;
    for config in ["{}", r#"{"ios":{}}"#] {
        let keychain = parse(config);
        assert_eq!(
            keychain.protection,
            Protection::new(Accessibility::AfterFirstUnlockThisDeviceOnly, None)
        );
        assert_eq!((keychain.access_group, keychain.synchronizable), (None, false));
        assert_eq!(keychain.on_reinstall, OnReinstall::Keep);
    }
    let keychain = parse(
        r#"{"ios":{"accessibility":"whenUnlocked","accessGroup":"TEAM.group","synchronizable":true,"onReinstall":"keep"}}"#,
    );
    assert_eq!(
        keychain.protection,
        Protection::new(Accessibility::WhenUnlocked, None)
    );
    assert_eq!(keychain.access_group.as_deref(), Some("TEAM.group"));
    assert!(keychain.synchronizable);
    assert_eq!(
        parse(r#"{"ios":{"onReinstall":"clear","synchronizable":false}}"#).on_reinstall,
        OnReinstall::Clear
    );
    for class in Accessibility::ALL {
        let keychain = parse(&format!(r#"{{"ios":{{"accessibility":"{}"}}}}"#, class.as_str()));
        assert_eq!(keychain.protection.accessibility, *class);
    }
    for way in Authentication::ALL {
        let keychain = parse(&format!(r#"{{"ios":{{"authentication":"{}"}}}}"#, way.as_str()));
        assert_eq!(keychain.protection.authentication, Some(*way));
    }
    let outer = BridgeConfig::parse(r#"{"platform":"ios","markerDirectory":"somewhere"}"#).unwrap();
    assert_eq!(
        outer.vault.marker_directory.as_deref(),
        Some(Path::new("somewhere"))
    );
}

#[test]
fn a_sealed_vault_behaves_as_configured() {
    let directory = Path::new("somewhere");
    let config =
        VaultOptions::parse(r#"{"onKeyLoss":"error","strongBox":"require","rotateAfterDays":7}"#).unwrap();
    let sealed = SealedConfig::from_options(directory.into(), &config);
    assert_eq!(sealed.directory, directory);
    assert_eq!(sealed.on_key_loss, OnKeyLoss::Error);
    assert_eq!(sealed.key_policy, config.key_policy);
    assert_eq!(sealed.rotate_after, Some(7 * DAY));
    assert_eq!(sealed.rotate_kek_after, Some(180 * DAY));

    let sealed = SealedConfig::from_options(
        directory.into(),
        &VaultOptions::parse(r#"{"rotateAfterDays":0}"#).unwrap(),
    );
    assert_eq!(sealed.rotate_after, None);
    assert_eq!(sealed.rotate_kek_after, None);

    let sealed = SealedConfig::from_options(directory.into(), &VaultOptions::default());
    let usual = SealedConfig::new(directory.into());
    assert_eq!(sealed.rotate_after, usual.rotate_after);
    assert_eq!(sealed.rotate_kek_after, usual.rotate_kek_after);
}

#[test]
fn events_carry_the_store_and_what_happened() {
    let store = StoreName::new("session").unwrap();
    let reset = Event::StoreReset(LastReset {
        reason: ResetReason::KeyLost,
        at_ms: 7,
    });
    let (name, data) = encode_event(&store, &reset);
    assert_eq!(name, "storeReset");
    assert_eq!(data, r#"{"at":7,"reason":"KEY_LOST","store":"session"}"#);
    let (name, data) = encode_event(&store, &Event::Expired(key("quote\"d")));
    assert_eq!(name, "expired");
    assert_eq!(data, r#"{"key":"quote\"d","store":"session"}"#);
}

/// A bridge over a world of its own.
struct Host {
    world: Arc<World>,
    bridge: Bridge,
}

impl Host {
    fn new(config: &str) -> Self {
        let world = Arc::new(World::new());
        let below = world.clone();
        let stores = Stores::new("file", move |store, _| {
            Arc::new(SealedVault::new(below.edges(), below.config(), store.clone()))
        });
        let config = format!(r#"{{"platform":"android","config":{config}}}"#);
        let bridge = Bridge::new(&config, Arc::new(stores)).unwrap();
        Self { world, bridge }
    }

    fn call(&self, method: &str, options: &str) -> Result<Value, Error> {
        self.bridge
            .handle(method, options)
            .map(|result| serde_json::from_str(&result).unwrap())
    }
}

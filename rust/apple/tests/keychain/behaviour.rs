use std::sync::Arc;

use strongroom_apple::{KeychainConfig, KeychainVault, StoreStates};
use strongroom_core::bridge::Bridge;
use strongroom_testkit::{Stores, run_behaviour};

use crate::phone::Phone;

/// The behaviour data that every platform runs, with each way to keep the rows.
#[test]
fn the_behaviour_data_holds() {
    for config in [
        "{}",
        r#"{"ios":{"accessGroup":"TEAM.dev.example.app"}}"#,
        r#"{"ios":{"accessibility":"whenUnlocked","synchronizable":true}}"#,
        r#"{"ios":{"authentication":"biometryCurrentSet","onReinstall":"clear"}}"#,
    ] {
        let cases = run_behaviour(|| {
            let phone = Phone::new();
            let (device, process) = (phone.device.clone(), StoreStates::default());
            let stores = Stores::new("keychain", move |store, options| {
                let config = KeychainConfig::from(options);
                Arc::new(KeychainVault::new(device.edges(&process), config, store.clone()))
            });
            let outer = format!(
                r#"{{"platform":"ios","config":{config},"markerDirectory":"{}"}}"#,
                phone.markers().display()
            );
            (Bridge::new(&outer, Arc::new(stores)).unwrap(), phone)
        });
        assert!(cases > 70);
    }
}

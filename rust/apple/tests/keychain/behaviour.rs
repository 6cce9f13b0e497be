use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use strongroom_apple::{KeychainConfig, KeychainVault, StoreStates};
use strongroom_core::bridge::{Bridge, VaultFactory};
use strongroom_core::policy::VaultOptions;
use strongroom_core::testing::run_behaviour;
use strongroom_core::{Error, StoreName, Vault};

use crate::phone::{Device, Phone};

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
            let factory = Factory {
                device: phone.device.clone(),
                process: StoreStates::default(),
                open: Mutex::default(),
            };
            let outer = format!(
                r#"{{"platform":"ios","config":{config},"markerDirectory":"{}"}}"#,
                phone.markers().display()
            );
            (Bridge::new(&outer, Arc::new(factory)).unwrap(), phone)
        });
        assert!(cases > 70);
    }
}

struct Factory {
    device: Arc<Device>,
    process: StoreStates,
    open: Mutex<BTreeMap<StoreName, Arc<dyn Vault>>>,
}

impl VaultFactory for Factory {
    fn vault(&self, store: &StoreName, options: &VaultOptions) -> Result<Arc<dyn Vault>, Error> {
        let open = || -> Arc<dyn Vault> {
            let edges = self.device.edges(&self.process);
            Arc::new(KeychainVault::new(
                edges,
                KeychainConfig::from(options),
                store.clone(),
            ))
        };
        Ok(self
            .open
            .lock()
            .unwrap()
            .entry(store.clone())
            .or_insert_with(open)
            .clone())
    }

    fn location(&self) -> &'static str {
        "keychain"
    }
}

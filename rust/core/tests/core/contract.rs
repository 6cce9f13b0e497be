//! `contract/bridge.json` is what the other languages are held to; this holds it to the code.

use std::path::Path;

use strongroom_core::bridge::contract;

#[test]
fn the_contract_file_is_what_the_bridge_speaks() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contract/bridge.json");
    let now = format!("{}\n", serde_json::to_string_pretty(&contract()).unwrap());
    if std::env::var_os("UPDATE_CONTRACT").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == now,
        "run `./dev contract` and commit contract/bridge.json"
    );
}

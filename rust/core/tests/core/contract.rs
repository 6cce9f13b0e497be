//! `contract/bridge.json` is what the other languages are held to; this holds it to the code.

use std::collections::BTreeSet;
use std::path::Path;

use strongroom_core::bridge::contract;

#[test]
fn the_swift_shim_forwards_exactly_the_methods() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../ios/Sources/StrongroomPlugin/StrongroomPlugin.swift");
    let swift = std::fs::read_to_string(path).unwrap();
    let found = |before: &str, after: char| -> BTreeSet<String> {
        swift
            .split(before)
            .skip(1)
            .filter_map(|rest| rest.split_once(after))
            .map(|(name, _)| name.to_owned())
            .collect()
    };
    let methods: BTreeSet<String> = contract()["methods"]
        .as_array()
        .unwrap()
        .iter()
        .map(|method| method.as_str().unwrap().to_owned())
        .collect();
    assert_eq!(found("CAPPluginMethod(name: \"", '"'), methods, "listed");
    assert_eq!(found("@objc func ", '('), methods, "forwarded");
}

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

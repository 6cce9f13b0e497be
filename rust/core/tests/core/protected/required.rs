use strongroom_core::policy::{GateMode, GatePolicy, OnEnrolmentChange, UserAuthentication};
use strongroom_core::ports::Prompt;
use strongroom_core::{ErrorCode, SealedVault, Vault};
use strongroom_testkit::{World, get, key, set};

use super::{biometry, policy, protect, unlock};

fn requiring(world: &World, wanted: GatePolicy) -> SealedVault {
    let mut config = world.config();
    config.gate = Some(wanted);
    world.vault_with(config)
}

#[test]
fn a_store_that_must_be_protected_holds_nothing_before() {
    let world = World::new();
    let vault = requiring(&world, biometry());
    assert!(vault.is_locked().unwrap());
    assert!(vault.status().unwrap().locked);
    assert_eq!(
        set(&vault, "token", "value").unwrap_err().code(),
        ErrorCode::AuthRequired
    );
    assert_eq!(get(&vault, "token").unwrap_err(), ErrorCode::AuthRequired);
    assert!(world.snapshot().is_empty());
    protect(&vault, biometry()).unwrap();
    set(&vault, "token", "value").unwrap();
    vault.clear().unwrap();
    assert_eq!(
        set(&vault, "token", "value").unwrap_err().code(),
        ErrorCode::AuthRequired
    );
    vault.reset().unwrap();
    assert_eq!(
        set(&vault, "token", "value").unwrap_err().code(),
        ErrorCode::AuthRequired
    );
}

#[test]
fn a_plain_file_is_not_accepted_in_its_place() {
    let world = World::new();
    set(&world.vault(), "token", "value").unwrap();
    let before = world.snapshot();
    let vault = requiring(&world, biometry());
    assert_eq!(get(&vault, "token").unwrap_err(), ErrorCode::AuthRequired);
    assert_eq!(
        vault.remove(&key("token")).unwrap_err().code(),
        ErrorCode::AuthRequired
    );
    assert_eq!(vault.keys().unwrap_err().code(), ErrorCode::AuthRequired);
    assert_eq!(unlock(&vault), Err(ErrorCode::InvalidArgument));
    assert!(vault.status().unwrap().locked);
    assert_eq!(world.snapshot(), before);
    protect(&vault, biometry()).unwrap();
    assert_eq!(world.device.shown().len(), 2);
    assert_eq!(get(&vault, "token").unwrap(), "value");
}

#[test]
fn another_protection_than_the_required_one_is_refused_until_it_is_changed() {
    let kept = policy(
        UserAuthentication::Biometry,
        Some(OnEnrolmentChange::Keep),
        GateMode::Session,
    );
    let world = World::new();
    let vault = world.vault();
    protect(&vault, kept).unwrap();
    set(&vault, "token", "value").unwrap();
    let vault = requiring(&world, biometry());
    unlock(&vault).unwrap();
    assert_eq!(get(&vault, "token").unwrap_err(), ErrorCode::InsufficientSecurity);
    assert_eq!(
        set(&vault, "token", "2").unwrap_err().code(),
        ErrorCode::InsufficientSecurity
    );
    assert_eq!(protect(&vault, kept), Err(ErrorCode::InvalidArgument));
    let none = vault.protect(None, &Prompt::default(), true).unwrap_err();
    assert_eq!(none.code(), ErrorCode::InvalidArgument);
    protect(&vault, biometry()).unwrap();
    assert_eq!(get(&vault, "token").unwrap(), "value");
}

#[test]
fn a_protected_file_stays_so_when_the_configuration_forgets_it() {
    let world = World::new();
    let vault = requiring(&world, biometry());
    protect(&vault, biometry()).unwrap();
    set(&vault, "token", "value").unwrap();
    let vault = world.vault();
    assert_eq!(get(&vault, "token").unwrap_err(), ErrorCode::AuthRequired);
    unlock(&vault).unwrap();
    assert_eq!(get(&vault, "token").unwrap(), "value");
}

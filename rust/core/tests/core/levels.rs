//! What is required of a key holds for the key of a store that exists, too.

use strongroom_core::policy::{KeyPolicy, SecurityLevel, StrongBox};
use strongroom_core::ports::KeyErrorKind;
use strongroom_core::{ErrorCode, SealedVault, Vault};
use strongroom_testkit::{KeyOperation, Row, World, get, key, set};

/// The rule once more, in other words than the code's.
fn suffices(level: SecurityLevel, policy: KeyPolicy) -> bool {
    let rank = |level| SecurityLevel::ALL.iter().position(|known| *known == level);
    let needed = match policy.strong_box {
        StrongBox::Require => Some(SecurityLevel::StrongBox),
        _ => policy.min_level,
    };
    needed.is_none_or(|needed| rank(level) >= rank(needed))
}

fn policies() -> Vec<KeyPolicy> {
    let mut policies = Vec::new();
    for strong_box in [StrongBox::Off, StrongBox::Prefer, StrongBox::Require] {
        for least in std::iter::once(None).chain(SecurityLevel::ALL.map(Some)) {
            policies.push(KeyPolicy::new(strong_box, least));
        }
    }
    policies
}

fn store_at(level: SecurityLevel) -> World {
    let world = World::new();
    world.keys.set_level(level);
    set(&world.vault(), "token", "value").unwrap();
    world
}

fn under(world: &World, policy: KeyPolicy) -> SealedVault {
    let mut config = world.config();
    config.key_policy = policy;
    world.vault_with(config)
}

/// 5 levels before × 5 that the device can make now × 18 policies.
#[test]
fn every_level_before_meets_every_policy_after() {
    let mut row = Row::start("levels");
    for before in SecurityLevel::ALL {
        for now in SecurityLevel::ALL {
            for policy in policies() {
                row.case();
                let world = store_at(before);
                let bytes = world.bytes();
                world.keys.set_level(now);
                let vault = under(&world, policy);
                let outcome = get(&vault, "token");
                let label = format!("{before:?} -> {now:?}, {policy:?}");
                let level = vault.status().unwrap().security_level;
                if suffices(before, policy) {
                    assert_eq!(outcome.as_deref(), Ok("value"), "{label}");
                    assert_eq!(world.bytes(), bytes, "{label}: nothing was to be done");
                } else if suffices(now, policy) {
                    assert_eq!(outcome.as_deref(), Ok("value"), "{label}");
                    assert_eq!(level, Some(now), "{label}");
                    assert_eq!(world.keys.versions(), [2], "{label}: the weak key is destroyed");
                } else {
                    assert_eq!(outcome, Err(ErrorCode::InsufficientSecurity), "{label}");
                    let refused = set(&vault, "token", "new").unwrap_err().code();
                    assert_eq!(refused, ErrorCode::InsufficientSecurity, "{label}");
                    assert_eq!(level, Some(before), "{label}: the status tells the facts");
                    assert_eq!(world.bytes(), bytes, "{label}");
                    assert_eq!(world.keys.versions(), [1], "{label}: no key is left over");
                }
                // Nothing is lost either way.
                assert_eq!(get(&world.vault(), "token").unwrap(), "value", "{label}");
            }
        }
    }
}

#[test]
fn a_weak_key_that_cannot_be_replaced_for_now_is_unavailable_and_replaced_later() {
    let strict = KeyPolicy::new(StrongBox::Require, None);
    for operation in [KeyOperation::Aliases, KeyOperation::Create, KeyOperation::Wrap] {
        let world = store_at(SecurityLevel::Software);
        world.keys.set_level(SecurityLevel::StrongBox);
        let vault = under(&world, strict);
        world.keys.fail(operation, KeyErrorKind::Unavailable, usize::MAX);
        assert_eq!(
            get(&vault, "token").unwrap_err(),
            ErrorCode::Unavailable,
            "{operation:?}"
        );
        world.keys.heal();
        assert_eq!(get(&vault, "token").unwrap(), "value", "{operation:?}");
        assert_eq!(
            vault.status().unwrap().security_level,
            Some(SecurityLevel::StrongBox)
        );
    }
}

#[test]
fn a_store_whose_key_is_too_weak_can_be_erased_and_quarantined() {
    let strict = KeyPolicy::new(StrongBox::Off, Some(SecurityLevel::TrustedEnvironment));
    let world = store_at(SecurityLevel::Software);
    let vault = under(&world, strict);
    assert_eq!(
        vault.remove(&key("token")).unwrap_err().code(),
        ErrorCode::InsufficientSecurity
    );
    vault.reset().unwrap();
    assert_eq!(get(&vault, "token"), Err(ErrorCode::NotFound));
    vault.clear().unwrap();
    assert!(world.keys.all().is_empty());
}

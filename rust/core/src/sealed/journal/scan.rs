//! Reads one frame after another, whatever is between them.

use zeroize::Zeroizing;

use super::index::Slot;
use super::tail::MAX_SEALS;
use crate::error::{Error, ErrorCode};
use crate::name::ItemKey;
use crate::ports::FileHandle;
use crate::sealed::format::{
    ALIGNMENT, CLEAR_LEN, ClearPart, Doubts, FrameContext, Kind, Link, Stated, TAG_LEN,
};

/// A crash loses parts of a write in units of this size.
const SECTOR: usize = 512;
/// How many bytes of failed candidates are allowed beyond the length of the file. After damage, candidates do not
/// overlap, so together they are not longer than the file. In a forged file, each clear part can claim the length of
/// the longest frame.
const TRIED_IN_VAIN: u64 = 16 * 1024 * 1024;
/// Where frames can start.
const STEP: u64 = ALIGNMENT as u64;

/// The file that is read.
pub(super) struct Source<'a> {
    pub(super) file: &'a dyn FileHandle,
    pub(super) context: FrameContext<'a>,
    /// The version of its format.
    pub(super) version: u16,
}

/// What was found at one place of a file.
pub(super) enum Outcome {
    Authentic {
        found: Found,
        stated: Option<Stated>,
        slot: Slot,
        link: Link,
        tag: [u8; TAG_LEN],
    },
    Damaged {
        stated: Option<Stated>,
        /// A whole sector of it was never written.
        torn: bool,
        end: u64,
    },
}

/// The content of an authentic frame.
pub(super) enum Found {
    Record { key: ItemKey, kind: Kind },
    Doubts(Doubts),
}

/// How far the frames of a file were read.
#[derive(Clone, Copy)]
pub(super) struct Cursor {
    pub(super) offset: u64,
    pub(super) file_len: u64,
    /// The number of the last authentic frame.
    pub(super) last: u64,
    /// The number that the next frame has if none is missing.
    pub(super) expected: u64,
    /// The bytes of candidates that looked like frames and were not authentic.
    pub(super) in_vain: u64,
}

impl Cursor {
    /// Reads what is here and moves behind it; `None` if the file ends inside a frame.
    pub(super) fn next(&mut self, source: &Source<'_>) -> Result<Option<Outcome>, Error> {
        let outcome = self.outcome(source)?;
        match &outcome {
            Some(Outcome::Authentic { slot, .. }) => {
                self.offset = slot.offset + u64::from(slot.length);
                self.last = slot.sequence;
                self.expected = slot.sequence + 1;
            }
            Some(Outcome::Damaged { stated, end, .. }) => {
                self.offset = *end;
                let number = stated.map_or(0, |stated| stated.sequence);
                self.expected = self.expected.max(number) + 1;
            }
            None => {}
        }
        Ok(outcome)
    }

    fn outcome(&mut self, source: &Source<'_>) -> Result<Option<Outcome>, Error> {
        let Some(clear) = read_clear(source, self.offset, self.file_len)? else {
            return Ok(None);
        };
        let mut behind = self.file_len;
        let mut cut_short = false;
        if let Some(part) = ClearPart::read(&clear) {
            match read_sealed(source, self.offset, part.length, self.file_len)? {
                Some(sealed) => {
                    behind = self.offset + part.length as u64;
                    if let Some(outcome) = self.authenticate(source, self.offset, &clear, &part, sealed)? {
                        return Ok(Some(outcome));
                    }
                }
                // Either the write was cut short, or the length is damaged and more frames follow.
                None => cut_short = true,
            }
        }
        let next = self.next_frame(source, behind)?;
        if cut_short && next.is_none() {
            return Ok(None);
        }
        // The bytes after the last multiple are too few for a frame.
        let end = next.unwrap_or(behind / STEP * STEP);
        Ok(Some(Outcome::Damaged {
            stated: ClearPart::stated(&clear, source.context.cipher, self.expected)?.map(|stated| {
                // An impossible number is not the number of this frame.
                let possible = (self.last + 1..=MAX_SEALS).contains(&stated.sequence);
                let sequence = if possible { stated.sequence } else { self.expected };
                Stated { sequence, ..stated }
            }),
            torn: has_unwritten_sector(source, self.offset, end)?,
            end,
        }))
    }

    /// Where an intact frame starts between a damaged one and `behind`.
    fn next_frame(&mut self, source: &Source<'_>, behind: u64) -> Result<Option<u64>, Error> {
        for offset in (self.offset..behind).step_by(ALIGNMENT).skip(1) {
            let Some(clear) = read_clear(source, offset, self.file_len)? else {
                return Ok(None);
            };
            if let Some(part) = ClearPart::read(&clear)
                && let Some(sealed) = read_sealed(source, offset, part.length, self.file_len)?
                && self
                    .authenticate(source, offset, &clear, &part, sealed)?
                    .is_some()
            {
                return Ok(Some(offset));
            }
        }
        Ok(None)
    }

    /// Reads the frame that seems to start at `offset`; `None` if there is none.
    fn authenticate(
        &mut self,
        source: &Source<'_>,
        offset: u64,
        clear: &[u8; CLEAR_LEN],
        part: &ClearPart,
        sealed: Zeroizing<Vec<u8>>,
    ) -> Result<Option<Outcome>, Error> {
        let outcome = self.try_frame(source, offset, clear, part, sealed)?;
        if outcome.is_none() {
            self.in_vain += u64::try_from(part.length).unwrap_or(u64::MAX);
            if self.in_vain > self.file_len.saturating_add(TRIED_IN_VAIN) {
                return Err(Error::new(
                    ErrorCode::Corrupt,
                    "More of the file looks like records than damage can leave: call `reset()` to start an empty store",
                ));
            }
        }
        Ok(outcome)
    }

    fn try_frame(
        &self,
        source: &Source<'_>,
        offset: u64,
        clear: &[u8; CLEAR_LEN],
        part: &ClearPart,
        sealed: Zeroizing<Vec<u8>>,
    ) -> Result<Option<Outcome>, Error> {
        if !(self.last + 1..=MAX_SEALS).contains(&part.link.sequence) {
            return Ok(None);
        }
        let tag = sealed.last_chunk::<TAG_LEN>().copied().unwrap_or_default();
        let Some(opened) = part.open(&source.context, sealed) else {
            return Ok(None);
        };
        let Ok(length) = u32::try_from(part.length) else {
            return Ok(None);
        };
        let found = match opened.kind {
            kind if kind.since() > source.version => None,
            Kind::Doubts => Doubts::decode(opened.body()).map(Found::Doubts),
            kind => Some(Found::Record {
                key: ItemKey::new(opened.name())?,
                kind,
            }),
        };
        let Some(found) = found else { return Ok(None) };
        Ok(Some(Outcome::Authentic {
            found,
            stated: ClearPart::stated(clear, source.context.cipher, part.link.sequence)?,
            slot: Slot {
                offset,
                length,
                sequence: part.link.sequence,
                written_ms: opened.written_ms,
                expires_ms: opened.expires_ms,
            },
            link: part.link,
            tag,
        }))
    }
}

fn read_clear(source: &Source<'_>, offset: u64, file_len: u64) -> Result<Option<[u8; CLEAR_LEN]>, Error> {
    let mut clear = [0; CLEAR_LEN];
    if file_len.saturating_sub(offset) < u64::try_from(CLEAR_LEN).unwrap_or(u64::MAX) {
        return Ok(None);
    }
    source.file.read_exact_at(&mut clear, offset)?;
    Ok(Some(clear))
}

fn read_sealed(
    source: &Source<'_>,
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
    source.file.read_exact_at(&mut sealed, sealed_at)?;
    Ok(Some(sealed))
}

/// Whether `start..end` contains a whole disk sector of zeros, which no sealed frame has.
fn has_unwritten_sector(source: &Source<'_>, start: u64, end: u64) -> Result<bool, Error> {
    let sector = u64::try_from(SECTOR).unwrap_or(u64::MAX);
    let mut buffer = [0; SECTOR];
    let mut from = start;
    while from < end {
        let to = end.min((from / sector + 1) * sector);
        let length = usize::try_from(to - from).unwrap_or(SECTOR).min(SECTOR);
        let Some(part) = buffer.get_mut(..length) else {
            break;
        };
        source.file.read_exact_at(part, from)?;
        if part.iter().all(|byte| *byte == 0) {
            return Ok(true);
        }
        from = to;
    }
    Ok(false)
}

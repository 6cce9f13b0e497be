//! Reads a journal from its known end: what is authentic, what is damaged, and what was never finished.
//!
//! Three things can be wrong with a frame, and the code must not confuse them. A crash cut a *torn* write short before
//! it was acknowledged: it is the last write, and the file ends inside it or a whole disk sector of it was never
//! written. It is cut off. A *damaged* frame was acknowledged, and its bytes changed later: its record is reported, and
//! the alignment of frames helps to find the next one. A *missing* frame leaves a gap in the sequence or in the chain
//! of tags.

use super::Journal;
use super::gap::Gap;
use super::scan::{Cursor, Found, Outcome, Source};
use super::tail::Tail;
use crate::error::Error;
use crate::sealed::format::{Kind, NameHash};

impl Journal {
    /// Reads the frames from the known end to the end of the file, cuts off a torn write, and makes the rest durable.
    ///
    /// The caller holds the exclusive lock.
    pub(in crate::sealed) fn follow(&mut self) -> Result<(), Error> {
        self.replay()?;
        let length = self.file.identify()?.length;
        if length != self.tail.offset {
            self.cut()?;
            // Without this space, a removal may fail on a full disk.
            let _ = self.keep_room(self.tail.offset);
        }
        // A process may have written a frame and died before it made the frame durable.
        self.sync()
    }

    /// Reads all finished writes behind the known end, and moves the end behind them.
    pub(in crate::sealed) fn replay(&mut self) -> Result<(), Error> {
        let mut cursor = Cursor {
            offset: self.tail.offset,
            file_len: self.file.identify()?.length,
            last: self.tail.next_sequence - 1,
            expected: self.tail.next_sequence,
            in_vain: 0,
        };
        let mut write = Write::default();
        let mut gap = Gap::default();
        while let Some(outcome) = cursor.next(&self.source())? {
            // A write starts only after the one before it was acknowledged, whatever happened to the last frame of that
            // one.
            if write.complete || starts(&outcome) {
                write.take(self, &mut gap)?;
            }
            write.complete = match &outcome {
                Outcome::Authentic { link, .. } => link.place.finishes(),
                // What a damaged frame states about its write cannot be trusted.
                Outcome::Damaged { .. } => false,
            };
            write.frames.push(outcome);
            if write.complete && !write.may_be_torn() {
                write.take(self, &mut gap)?;
            }
        }
        if !write.may_be_torn() {
            write.take(self, &mut gap)?;
        }
        let (losses, tail) = gap.close_at_end(self.tail, &self.damage);
        self.damage.add(losses);
        self.tail = tail;
        Ok(())
    }

    fn source(&self) -> Source<'_> {
        Source {
            file: &*self.file,
            context: self.context(),
            version: self.header.version,
        }
    }
}

/// The frames of one write.
#[derive(Default)]
struct Write {
    frames: Vec<Outcome>,
    /// Its last frame was seen.
    complete: bool,
    /// The write before this one counts only because this one follows it.
    needed: bool,
}

impl Write {
    /// True if this write may be torn, provided that nothing follows it: it is either incomplete or has an unwritten
    /// sector. A frame that was altered in any other way was acknowledged. A write that makes an earlier one count must
    /// not be cut off either.
    fn may_be_torn(&self) -> bool {
        let any = |torn| {
            let wanted =
                |outcome: &Outcome| matches!(outcome, Outcome::Damaged { torn: found, .. } if *found == torn);
            self.frames.iter().any(wanted)
        };
        !self.needed && !any(false) && (!self.complete || any(true))
    }

    /// Adds the write to `journal`, and starts the next one.
    fn take(&mut self, journal: &mut Journal, gap: &mut Gap) -> Result<(), Error> {
        if self.frames.is_empty() {
            return Ok(());
        }
        self.needed = self.may_be_torn();
        self.complete = false;
        self.frames
            .drain(..)
            .try_for_each(|outcome| take(journal, gap, outcome))
    }
}

/// Whether a write certainly starts here.
fn starts(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Authentic { link, .. } if link.place.starts())
}

/// Moves the tail behind one frame, and adds its change to the index.
fn take(journal: &mut Journal, gap: &mut Gap, outcome: Outcome) -> Result<(), Error> {
    match outcome {
        Outcome::Damaged { stated, end, .. } => {
            gap.push(stated);
            let tail = &mut journal.tail;
            tail.offset = end;
            tail.name = stated.map(|stated| stated.name).unwrap_or_default();
            Ok(())
        }
        Outcome::Authentic {
            found,
            stated,
            slot,
            link,
            tag,
        } => {
            let losses = gap.close(&journal.tail, &link, &journal.damage);
            journal.damage.add(losses);
            let name = match &found {
                Found::Record { key, .. } => journal.cipher.name_hash(key.as_str())?,
                Found::Doubts(_) => NameHash::default(),
            };
            if stated.is_none_or(|stated| stated.name != name) {
                journal.damage.add_harmless();
            }
            journal.tail = Tail {
                offset: slot.offset + u64::from(slot.length),
                next_sequence: link.sequence + 1,
                tag,
                name,
                settled: link.sequence,
            };
            match found {
                Found::Record { key, kind } => {
                    journal.note(key, kind == Kind::Remove, slot)?;
                    if kind == Kind::Doubted {
                        journal.damage.add_doubted(name);
                    }
                }
                Found::Doubts(doubts) => journal.damage.narrow(doubts),
            }
            Ok(())
        }
    }
}

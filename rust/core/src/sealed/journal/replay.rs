//! Reading a journal from its known end: what is authentic, what is damaged, and what was never finished.
//!
//! Three things can be wrong with a frame, and they must not be confused. A *torn* write was cut short by a crash before
//! it was acknowledged: it is the last write, and the file ends inside it or a whole disk sector of it was never written.
//! It is cut off. A *damaged* frame was acknowledged, and its bytes changed since: its record is reported, the frames
//! behind it are found again by their alignment. A *missing* frame shows as a gap in the sequence or in the chain of tags.

use super::Journal;
use super::gap::Gap;
use super::scan::{Cursor, Found, Outcome};
use super::tail::Tail;
use crate::error::Error;
use crate::sealed::format::{Kind, NameHash};

impl Journal {
    /// Reads the frames from the known end to the end of the file, cuts a torn tail, and makes the rest durable.
    ///
    /// The caller holds the lock exclusively.
    pub(in crate::sealed) fn follow(&mut self) -> Result<(), Error> {
        self.replay()?;
        let length = self.file.identify()?.length;
        if length != self.tail.offset {
            self.cut()?;
            // Without it a removal may find no space.
            let _ = self.keep_room(self.tail.offset);
        }
        // A frame may have been written by a process that died before it could make it durable.
        self.sync()
    }

    /// Takes all finished writes behind the known end, and moves the end behind them.
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
        while let Some(outcome) = cursor.next(self)? {
            // A write starts only after the one before it was acknowledged, whatever became of its last frame.
            if write.complete || starts(&outcome) {
                write.take(self, &mut gap)?;
            }
            write.complete = match &outcome {
                Outcome::Authentic { link, .. } => link.place.finishes(),
                // What it says of the write cannot be trusted.
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
        gap.close_at_end(&mut self.tail, &mut self.damage);
        Ok(())
    }
}

/// The frames of one write.
#[derive(Default)]
struct Write {
    frames: Vec<Outcome>,
    /// Its last frame was seen, or what stands in for it.
    complete: bool,
    /// The write before this one counts only because there is one behind it.
    needed: bool,
}

impl Write {
    /// Whether this is a write that a crash cut short, if nothing follows it. A crash leaves sectors unwritten; what is altered
    /// otherwise was acknowledged. And what the reading of an earlier write rests on must not be cut off.
    fn may_be_torn(&self) -> bool {
        let any = |torn| {
            let wanted =
                |outcome: &Outcome| matches!(outcome, Outcome::Damaged { torn: found, .. } if *found == torn);
            self.frames.iter().any(wanted)
        };
        !self.needed && !any(false) && (!self.complete || any(true))
    }

    /// Takes the write into `journal`, and goes on with the next one.
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

/// Moves the tail over one frame, and its change into the index.
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
            gap.close(&journal.tail, &link, &mut journal.damage);
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

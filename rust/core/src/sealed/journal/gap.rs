//! Works out which records a run of damaged or missing frames affected.
//!
//! What a damaged frame states is used if its own check is right, and the next frame repeats it under its seal. If neither is
//! there, any older record may be affected.

use super::damage::{Damage, Loss};
use super::tail::Tail;
use crate::sealed::format::{Link, NameHash, Stated};

/// The damaged frames since the last authentic one.
#[derive(Default)]
pub(super) struct Gap(Vec<Option<Stated>>);

impl Gap {
    pub(super) fn push(&mut self, stated: Option<Stated>) {
        self.0.push(stated);
    }

    /// What is missing in front of an authentic frame.
    pub(super) fn close(&mut self, tail: &Tail, link: &Link, damage: &Damage) -> Vec<Loss> {
        let stated = std::mem::take(&mut self.0);
        let first = tail.settled + 1;
        let missing = link.sequence.saturating_sub(first);
        if missing == 0 {
            return if !stated.is_empty() {
                vec![Loss::Harmless]
            } else if link.previous_tag != tail.tag {
                // The frame before is authentic, but it is not the one that this one was written after.
                vec![
                    by_name(tail.name, tail.settled),
                    by_name(link.previous_name, tail.settled),
                ]
            } else {
                Vec::new()
            };
        }
        let last = link.sequence - 1;
        let mut losses = Vec::new();
        let mut known = known_numbers(&stated, first..=last, damage, &mut losses);
        if known.last() == Some(&last) {
            // Both say the same, unless somebody put the frame of another branch of history there.
            if link.previous_name != NameHash::default() {
                losses.push(Loss::Record {
                    name: link.previous_name,
                    sequence: last,
                });
            }
        } else {
            losses.push(by_name(link.previous_name, last));
            known.push(last);
        }
        losses.extend(unknown_numbers(&known, first));
        losses
    }

    /// What is missing at the end of the file, and the tail behind it. Nothing vouches for a frame there except its own
    /// check. Somebody who could put it there could also have cut off the end, so it puts nothing older in doubt.
    pub(super) fn close_at_end(&mut self, tail: Tail, damage: &Damage) -> (Vec<Loss>, Tail) {
        let stated = std::mem::take(&mut self.0);
        let mut losses = Vec::new();
        let Some(end) = stated.last() else {
            return (losses, tail);
        };
        let known = known_numbers(&stated, tail.settled + 1..=u64::MAX, damage, &mut losses);
        losses.extend(unknown_numbers(&known, tail.settled + 1));
        // However much is behind the last frame that states its number, it counts as one frame. The next frame can say of
        // only one frame that it was the end; for any others, a later reading would doubt everything.
        let mut next_sequence = known.last().unwrap_or(&tail.settled) + 1;
        if end.is_none() {
            losses.push(by_name(NameHash::default(), 0));
            next_sequence += 1;
        }
        let tail = Tail {
            next_sequence,
            settled: next_sequence - 1,
            ..tail
        };
        (losses, tail)
    }
}

/// Adds the losses that damaged frames state themselves, and returns their numbers, each once and sorted.
fn known_numbers(
    stated: &[Option<Stated>],
    range: std::ops::RangeInclusive<u64>,
    damage: &Damage,
    losses: &mut Vec<Loss>,
) -> Vec<u64> {
    let mut numbers = Vec::new();
    for stated in stated
        .iter()
        .flatten()
        .filter(|stated| range.contains(&stated.sequence))
    {
        if stated.name != NameHash::default() {
            losses.push(Loss::Record {
                name: stated.name,
                sequence: stated.sequence,
            });
        } else if !damage.expects_doubts(stated.sequence) {
            // Doubts change no record, and the header vouches for them. Nothing vouches for any other frame without a name.
            continue;
        }
        numbers.push(stated.sequence);
    }
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// The frames between `first` and the largest known number that are not known themselves.
fn unknown_numbers(known: &[u64], first: u64) -> Option<Loss> {
    let last = known.last()?;
    let frames = (last + 1 - first).saturating_sub(known.len() as u64);
    // The newest number that is not among the known ones, which end with the largest.
    let newest = known
        .iter()
        .rev()
        .zip((first..=*last).rev())
        .find(|(known, number)| *known != number)
        .map_or(last - known.len() as u64, |(_, number)| number);
    Some(Loss::Unknown { frames, newest })
}

fn by_name(name: NameHash, sequence: u64) -> Loss {
    if name == NameHash::default() {
        // This was the end of the file at some time: absence is no longer proven.
        Loss::Unknown { frames: 1, newest: 0 }
    } else {
        Loss::Record { name, sequence }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]
mod tests {
    use super::*;
    use crate::sealed::format::Place;

    const NAME: NameHash = [7; 12];
    const OTHER: NameHash = [8; 12];
    const THIRD: NameHash = [9; 12];

    /// Up to which number records of another name are in doubt; 0 for none.
    fn doubted_until(damage: &Damage) -> u64 {
        (0..20)
            .find(|newest| !damage.concerns("", &OTHER, Some(*newest)).unwrap())
            .unwrap_or(20)
    }

    #[test]
    fn what_nobody_tells_of_is_counted_and_doubts_what_is_older() {
        for (known, untold, newest) in [
            (vec![4, 5, 6], 0, 0),
            (vec![6], 2, 5),
            (vec![5, 7], 2, 6),
            (vec![4, 7], 2, 6),
            (vec![4, 6, 7, 8], 1, 5),
        ] {
            let mut damage = Damage::default();
            damage.add(unknown_numbers(&known, 4).into_iter().collect());
            assert_eq!(damage.count(), untold, "{known:?}");
            assert_eq!(doubted_until(&damage), newest, "{known:?}");
        }
    }

    #[test]
    fn where_two_accounts_of_a_frame_differ_both_names_are_in_doubt() {
        for (told_behind, in_doubt, count) in [
            (NAME, [true, false], 1),
            (THIRD, [true, true], 2),
            (NameHash::default(), [true, false], 1),
        ] {
            let stated = Stated {
                sequence: 4,
                name: NAME,
            };
            let link = Link {
                sequence: 5,
                previous_tag: [1; 16],
                previous_name: told_behind,
                place: Place::Only,
            };
            let mut damage = Damage::default();
            let losses = Gap(vec![Some(stated)]).close(&tail(), &link, &damage);
            damage.add(losses);
            let doubts = [NAME, THIRD].map(|name| damage.concerns("", &name, Some(3)).unwrap());
            assert_eq!((doubts, damage.count()), (in_doubt, count));
        }
    }

    /// Only the doubts have no name, and they are the first frame of a file whose header announces them.
    #[test]
    fn a_frame_that_states_no_name_is_missing_unless_it_holds_the_doubts() {
        for (presumed, sequence, known) in [(true, 1, true), (true, 2, false), (false, 1, false)] {
            let mut damage = Damage::default();
            if presumed {
                damage.presume();
            }
            let stated = Stated {
                sequence,
                name: NameHash::default(),
            };
            let numbers = known_numbers(&[Some(stated)], 1..=9, &damage, &mut Vec::new());
            assert_eq!(!numbers.is_empty(), known);
        }
        let stated = Stated {
            sequence: 4,
            name: NameHash::default(),
        };
        let link = Link {
            sequence: 5,
            previous_tag: [1; 16],
            previous_name: NameHash::default(),
            place: Place::Only,
        };
        let mut damage = Damage::default();
        let losses = Gap(vec![Some(stated)]).close(&tail(), &link, &damage);
        damage.add(losses);
        assert!(damage.count() > 0, "a gap went unnoticed");
    }

    #[test]
    fn at_the_end_the_numbers_continue_behind_what_was_told() {
        let stated = Stated {
            sequence: 6,
            name: NAME,
        };
        for (gap, next_sequence, count, newest) in [
            (vec![Some(stated)], 7, 3, 5),
            (vec![Some(stated), None], 8, 4, 5),
            (vec![None, None], 5, 1, 0),
            // A number that is settled already is not counted again.
            (
                vec![
                    Some(Stated {
                        sequence: 3,
                        ..stated
                    }),
                    None,
                ],
                5,
                1,
                0,
            ),
        ] {
            let tail = Tail {
                next_sequence: 99,
                ..tail()
            };
            let mut damage = Damage::default();
            let (losses, tail) = Gap(gap).close_at_end(tail, &damage);
            damage.add(losses);
            assert_eq!(
                (tail.next_sequence, tail.settled),
                (next_sequence, next_sequence - 1)
            );
            assert_eq!((damage.count(), doubted_until(&damage)), (count, newest));
        }
    }

    fn tail() -> Tail {
        Tail {
            offset: 0,
            next_sequence: 4,
            tag: [0; 16],
            name: NAME,
            settled: 3,
        }
    }
}

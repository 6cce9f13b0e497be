//! What lies between two authentic frames, and what it must have concerned.
//!
//! What a damaged frame says of itself is believed where its own check vouches for it, and the frame behind it says the same
//! once more under its seal. Whatever neither tells could have concerned anything that is older.

use super::damage::Damage;
use super::tail::Tail;
use crate::sealed::format::{Link, NameHash, Stated};

/// The damaged frames since the last authentic one.
#[derive(Default)]
pub(super) struct Gap(Vec<Option<Stated>>);

impl Gap {
    pub(super) fn push(&mut self, stated: Option<Stated>) {
        self.0.push(stated);
    }

    /// Judges what is missing in front of an authentic frame.
    pub(super) fn close(&mut self, tail: &Tail, link: &Link, damage: &mut Damage) {
        let stated = std::mem::take(&mut self.0);
        let first = tail.settled + 1;
        let missing = link.sequence.saturating_sub(first);
        if missing == 0 {
            if !stated.is_empty() {
                damage.add_harmless();
            } else if link.previous_tag != tail.tag {
                // The frame before is authentic, but it is not the one that this one was written after.
                add_by_name(damage, tail.name, tail.settled);
                add_by_name(damage, link.previous_name, tail.settled);
            }
            return;
        }
        let last = link.sequence - 1;
        let mut known = told(&stated, first..=last, damage);
        if known.last() == Some(&last) {
            // Both say the same, unless somebody put the frame of another branch of history there.
            if link.previous_name != NameHash::default() {
                damage.add_record(link.previous_name, last);
            }
        } else {
            add_by_name(damage, link.previous_name, last);
            known.push(last);
        }
        add_untold(damage, &known, first);
    }

    /// Judges what lies at the end of the file, where nothing vouches for a frame that does not do so itself. Someone who could
    /// put it there could as well have cut the end off, so nothing older is doubted for it.
    pub(super) fn close_at_end(&mut self, tail: &mut Tail, damage: &mut Damage) {
        let stated = std::mem::take(&mut self.0);
        let Some(end) = stated.last() else { return };
        let known = told(&stated, tail.settled + 1..=u64::MAX, damage);
        add_untold(damage, &known, tail.settled + 1);
        // However much lies behind the last frame that says what it is, it counts as one: the next frame can say of one that it
        // was the end, and a later reading would doubt everything for the others.
        tail.next_sequence = known.last().unwrap_or(&tail.settled) + 1;
        if end.is_none() {
            add_by_name(damage, NameHash::default(), 0);
            tail.next_sequence += 1;
        }
        tail.settled = tail.next_sequence - 1;
    }
}

/// Notes what damaged frames say of themselves, and answers their numbers, each once and sorted.
fn told(stated: &[Option<Stated>], range: std::ops::RangeInclusive<u64>, damage: &mut Damage) -> Vec<u64> {
    let mut numbers = Vec::new();
    for stated in stated
        .iter()
        .flatten()
        .filter(|stated| range.contains(&stated.sequence))
    {
        if stated.name != NameHash::default() {
            damage.add_record(stated.name, stated.sequence);
        } else if !damage.expects_doubts(stated.sequence) {
            // Doubts concern no record, and the header vouches for them. Nobody vouches for any other frame without a name.
            continue;
        }
        numbers.push(stated.sequence);
    }
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// What has a number between `first` and the largest known one, and is not known itself.
fn add_untold(damage: &mut Damage, known: &[u64], first: u64) {
    let Some(last) = known.last() else { return };
    let untold = (last + 1 - first).saturating_sub(known.len() as u64);
    // The newest number that is not among the known ones, which end with the largest.
    let newest = known
        .iter()
        .rev()
        .zip((first..=*last).rev())
        .find(|(known, number)| *known != number)
        .map_or(last - known.len() as u64, |(_, number)| number);
    damage.add_unknown(untold, newest);
}

fn add_by_name(damage: &mut Damage, name: NameHash, sequence: u64) {
    if name == NameHash::default() {
        // The end of a file as it was once: absence is not proven any more.
        damage.add_unknown(1, 0);
    } else {
        damage.add_record(name, sequence);
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
            add_untold(&mut damage, &known, 4);
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
            Gap(vec![Some(stated)]).close(&tail(), &link, &mut damage);
            let doubts = [NAME, THIRD].map(|name| damage.concerns("", &name, Some(3)).unwrap());
            assert_eq!((doubts, damage.count()), (in_doubt, count));
        }
    }

    /// Only the doubts have no name, and they are the first frame of a file whose header speaks of them.
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
            assert_eq!(!told(&[Some(stated)], 1..=9, &mut damage).is_empty(), known);
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
        Gap(vec![Some(stated)]).close(&tail(), &link, &mut damage);
        assert!(damage.count() > 0, "a gap went unnoticed");
    }

    #[test]
    fn at_the_end_the_numbers_go_on_behind_what_was_told() {
        let stated = Stated {
            sequence: 6,
            name: NAME,
        };
        for (gap, next_sequence, count, newest) in [
            (vec![Some(stated)], 7, 3, 5),
            (vec![Some(stated), None], 8, 4, 5),
            (vec![None, None], 5, 1, 0),
            // What is settled already is not told again.
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
            let mut tail = Tail {
                next_sequence: 99,
                ..tail()
            };
            let mut damage = Damage::default();
            Gap(gap).close_at_end(&mut tail, &mut damage);
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

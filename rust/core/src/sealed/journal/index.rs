//! What memory holds about a file: where each record is, and never its value.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, OnceLock};

use crate::name::ItemKey;

/// The place of the frame of a live record.
#[derive(Clone, Copy)]
pub(in crate::sealed) struct Slot {
    pub(super) offset: u64,
    pub(super) length: u32,
    pub(in crate::sealed) sequence: u64,
    pub(in crate::sealed) written_ms: u64,
    /// 0 for never.
    pub(in crate::sealed) expires_ms: u64,
}

/// Maps names to slots, with what compaction and expiry need.
///
/// From the time that [`Self::look_at`] gives, no reader sees an expired record. Only [`Self::take_expired`] and
/// [`Self::newest`] still see it, so that dropping expired records can be spread over many calls.
#[derive(Default)]
pub(in crate::sealed) struct Index {
    /// Memory holds each name once: everything else that names a record shares it.
    slots: BTreeMap<Arc<ItemKey>, Slot>,
    /// The records that will expire, in the order of their expiry.
    expiring: ByExpiry,
    /// The same for records that came since the last look at the clock: nobody saw them expired yet.
    unseen: ByExpiry,
    /// Records that were seen expired before the clock was turned back, and were not taken yet.
    seen_expired: Vec<ByExpiry>,
    now_ms: u64,
    live_bytes: u64,
    fingerprint: u128,
    /// The records that changed since a copy began.
    changed: Option<BTreeSet<ItemKey>>,
}

/// By time of expiry and sequence number.
type ByExpiry = BTreeMap<(u64, u64), Arc<ItemKey>>;

impl Slot {
    fn order(&self) -> (u64, u64) {
        (self.expires_ms, self.sequence)
    }
}

impl Index {
    /// The slot of a record that exists.
    pub(in crate::sealed) fn get(&self, key: &ItemKey) -> Option<&Slot> {
        self.slots.get(key).filter(|slot| !self.gone(slot))
    }

    /// The newest frame that sets `key`, expired or not. `None` if the record was removed or taken.
    pub(in crate::sealed) fn newest(&self, key: &ItemKey) -> Option<&Slot> {
        self.slots.get(key)
    }

    pub(in crate::sealed) fn iter(&self) -> impl Iterator<Item = (&ItemKey, &Slot)> {
        let there = self.slots.iter().filter(|(_, slot)| !self.gone(slot));
        there.map(|(key, slot)| (&**key, slot))
    }

    pub(in crate::sealed) fn len(&self) -> usize {
        let due = |order: &ByExpiry| order.range(..=(self.now_ms, u64::MAX)).count();
        self.slots.len()
            - due(&self.expiring)
            - due(&self.unseen)
            - self.seen_expired.iter().map(BTreeMap::len).sum::<usize>()
    }

    /// The bytes of all live frames, including those of expired records that were not taken yet.
    pub(in crate::sealed) fn live_bytes(&self) -> u64 {
        self.live_bytes
    }

    /// A number that stands for all records and their frames. It compares two indexes of one process.
    pub(super) fn fingerprint(&self) -> u128 {
        self.fingerprint
    }

    /// Starts to remember which records change.
    pub(super) fn watch(&mut self) {
        self.changed = Some(BTreeSet::new());
    }

    /// Whether changes are remembered.
    pub(in crate::sealed) fn is_watched(&self) -> bool {
        self.changed.is_some()
    }

    /// Forgets what changed, and stops remembering.
    pub(super) fn unwatch(&mut self) {
        self.changed = None;
    }

    /// Whether `key` changed since [`Self::watch`].
    pub(super) fn changed(&self, key: &ItemKey) -> bool {
        self.changed.as_ref().is_some_and(|changed| changed.contains(key))
    }

    /// Takes one of the keys that changed since [`Self::watch`], if there is one.
    pub(super) fn pop_changed(&mut self) -> Option<ItemKey> {
        self.changed.as_mut()?.pop_first()
    }

    /// How many keys changed since [`Self::watch`] and were not taken.
    pub(super) fn changes(&self) -> usize {
        self.changed.as_ref().map_or(0, BTreeSet::len)
    }

    /// Marks `key` as changed, so that it is copied again.
    pub(super) fn note_changed(&mut self, key: &ItemKey) {
        if let Some(changed) = &mut self.changed {
            changed.insert(key.clone());
        }
    }

    pub(super) fn insert(&mut self, key: ItemKey, slot: Slot) {
        self.note_changed(&key);
        self.live_bytes += u64::from(slot.length);
        self.fingerprint = self.fingerprint.wrapping_add(trace(&key, &slot));
        let replaced = self.slots.get_key_value(&key);
        let (key, replaced) = match replaced.map(|(key, slot)| (Arc::clone(key), *slot)) {
            Some((known, replaced)) => (known, Some(replaced)),
            None => (Arc::new(key), None),
        };
        if slot.expires_ms != 0 {
            self.unseen.insert(slot.order(), Arc::clone(&key));
        }
        if let Some(replaced) = replaced {
            self.forget(&key, &replaced);
        }
        self.slots.insert(key, slot);
    }

    pub(in crate::sealed) fn remove(&mut self, key: &ItemKey) {
        // A removal settles a doubt even if there is no frame.
        self.note_changed(key);
        if let Some(removed) = self.slots.remove(key) {
            self.forget(key, &removed);
        }
    }

    /// Sets the time: what has expired by then is absent from now on, even if the clock is turned back.
    pub(in crate::sealed) fn look_at(&mut self, now_ms: u64) {
        let turned_back = now_ms < self.now_ms;
        let any_due = self
            .expiring
            .first_key_value()
            .is_some_and(|((expires_ms, _), _)| *expires_ms <= self.now_ms);
        if turned_back && any_due {
            let later = match self.now_ms.checked_add(1) {
                Some(next_ms) => self.expiring.split_off(&(next_ms, 0)),
                None => ByExpiry::default(),
            };
            self.seen_expired
                .push(std::mem::replace(&mut self.expiring, later));
        }
        self.now_ms = now_ms;
        if self.expiring.is_empty() {
            std::mem::swap(&mut self.expiring, &mut self.unseen);
        } else {
            self.expiring.extend(std::mem::take(&mut self.unseen));
        }
    }

    /// Drops and returns at most `at_most` records that have expired by `now_ms`. It is cheap if there are none.
    pub(in crate::sealed) fn take_expired(&mut self, now_ms: u64, at_most: usize) -> Vec<(ItemKey, Slot)> {
        self.look_at(now_ms);
        let mut taken = Vec::new();
        while taken.len() < at_most {
            let Some(key) = self.next_expired() else { break };
            if let Some(slot) = self.slots.remove(&key) {
                self.note_changed(&key);
                self.forget(&key, &slot);
                taken.push((Arc::unwrap_or_clone(key), slot));
            }
        }
        taken
    }

    /// Drops and returns every record that was seen expired so far.
    pub(in crate::sealed) fn take_seen_expired(&mut self) -> Vec<(ItemKey, Slot)> {
        self.take_expired(self.now_ms, usize::MAX)
    }

    /// Drops and returns the slot of `key` if it has expired.
    pub(in crate::sealed) fn take_if_expired(&mut self, key: &ItemKey) -> Option<Slot> {
        let slot = self.slots.get(key).copied().filter(|slot| self.gone(slot))?;
        self.remove(key);
        Some(slot)
    }

    fn next_expired(&mut self) -> Option<Arc<ItemKey>> {
        while let Some(seen) = self.seen_expired.last_mut() {
            match seen.pop_first() {
                Some((_, key)) => return Some(key),
                None => drop(self.seen_expired.pop()),
            }
        }
        let next = self.expiring.first_entry()?;
        (next.key().0 <= self.now_ms).then(|| next.remove())
    }

    fn gone(&self, slot: &Slot) -> bool {
        slot.expires_ms != 0
            && (slot.expires_ms <= self.now_ms
                || self
                    .seen_expired
                    .iter()
                    .any(|seen| seen.contains_key(&slot.order())))
    }

    /// Subtracts a slot that is no longer in the map from the sums and orders.
    fn forget(&mut self, key: &ItemKey, slot: &Slot) {
        self.live_bytes -= u64::from(slot.length);
        self.fingerprint = self.fingerprint.wrapping_sub(trace(key, slot));
        let found = |order: &mut ByExpiry| order.remove(&slot.order()).is_some();
        if slot.expires_ms != 0 && !found(&mut self.expiring) && !found(&mut self.unseen) {
            for seen in &mut self.seen_expired {
                seen.remove(&slot.order());
            }
        }
    }
}

/// The part of one record in the fingerprint. The hash has another key in each process, so that nobody can choose names
/// that make two sums equal.
fn trace(key: &ItemKey, slot: &Slot) -> u128 {
    static KEYS: OnceLock<[RandomState; 2]> = OnceLock::new();
    let facts = (key.as_str(), slot.written_ms, slot.expires_ms);
    let [high, low] = KEYS
        .get_or_init(Default::default)
        .each_ref()
        .map(|keyed| u128::from(keyed.hash_one(facts)));
    high << 64 | low
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]
mod tests {
    use super::*;

    fn key(name: &str) -> ItemKey {
        ItemKey::new(name).unwrap()
    }

    fn slot(length: u32, expires_ms: u64, sequence: u64) -> Slot {
        Slot {
            offset: 0,
            length,
            sequence,
            written_ms: 0,
            expires_ms,
        }
    }

    fn taken(index: &mut Index, now_ms: u64, at_most: usize) -> String {
        let expired = index.take_expired(now_ms, at_most);
        let names: Vec<String> = expired.iter().map(|(key, _)| key.as_str().to_owned()).collect();
        names.join(" ")
    }

    #[test]
    fn the_index_counts_what_is_live() {
        let mut index = Index::default();
        assert_eq!((index.len(), index.live_bytes()), (0, 0));
        index.insert(key("a"), slot(100, 0, 1));
        index.insert(key("b"), slot(40, 0, 2));
        assert_eq!((index.len(), index.live_bytes()), (2, 140));
        index.insert(key("a"), slot(7, 0, 3));
        assert_eq!((index.len(), index.live_bytes()), (2, 47));
        index.remove(&key("b"));
        index.remove(&key("b"));
        assert_eq!((index.len(), index.live_bytes()), (1, 7));
    }

    #[test]
    fn the_fingerprint_tells_what_is_there_and_not_how_it_came_about() {
        let (mut one, mut other) = (Index::default(), Index::default());
        one.insert(key("a"), slot(1, 0, 1));
        one.insert(key("b"), slot(1, 5, 2));
        one.insert(key("c"), slot(1, 0, 3));
        one.remove(&key("c"));
        other.insert(key("b"), slot(1, 9, 1));
        other.insert(key("b"), slot(1, 5, 2));
        assert_ne!(one.fingerprint(), other.fingerprint());
        other.insert(key("a"), slot(9, 0, 4));
        assert_eq!(one.fingerprint(), other.fingerprint());
        one.take_expired(5, 1);
        assert_ne!(one.fingerprint(), other.fingerprint());
        other.take_if_expired(&key("b"));
        other.look_at(5);
        other.take_if_expired(&key("b"));
        assert_eq!(one.fingerprint(), other.fingerprint());
        one.insert(key("d"), slot(1, 0, 5));
        other.insert(
            key("d"),
            Slot {
                written_ms: 1,
                ..slot(1, 0, 5)
            },
        );
        assert_ne!(one.fingerprint(), other.fingerprint());
    }

    #[test]
    fn what_changes_is_remembered_while_somebody_watches() {
        let mut index = Index::default();
        index.insert(key("a"), slot(1, 5, 1));
        assert_eq!(index.changes(), 0);
        index.watch();
        index.insert(key("b"), slot(1, 0, 2));
        index.remove(&key("absent"));
        index.take_expired(5, 1);
        assert_eq!(index.changes(), 3);
        let changed: Vec<ItemKey> = std::iter::from_fn(|| index.pop_changed()).collect();
        let names: Vec<&str> = changed.iter().map(ItemKey::as_str).collect();
        assert_eq!(names, ["a", "absent", "b"]);
        assert_eq!(index.changes(), 0);
    }

    #[test]
    fn what_expires_is_taken_when_its_time_comes_and_the_next_one_waits() {
        let mut index = Index::default();
        for (number, (name, expires_ms)) in
            (1..).zip([("never", 0), ("soon", 10), ("later", 30), ("between", 20)])
        {
            index.insert(key(name), slot(1, expires_ms, number));
        }
        assert_eq!(taken(&mut index, 9, 9), "");
        assert_eq!(taken(&mut index, 10, 9), "soon");
        assert_eq!(taken(&mut index, 30, 9), "between later");
        assert_eq!(taken(&mut index, u64::MAX, 9), "");
        assert_eq!((index.len(), index.live_bytes()), (1, 1));
    }

    #[test]
    fn what_expired_is_absent_before_it_is_taken() {
        let mut index = Index::default();
        for number in 1..=5 {
            index.insert(key(&number.to_string()), slot(10, 100, number));
        }
        index.insert(key("stays"), slot(10, 200, 6));
        assert_eq!(taken(&mut index, 100, 2), "1 2");
        assert_eq!(index.len(), 1);
        assert_eq!(index.iter().count(), 1);
        assert!(index.get(&key("3")).is_none() && index.newest(&key("3")).is_some());
        // A record that is set again is another record.
        index.insert(key("3"), slot(10, 0, 7));
        assert!(index.get(&key("3")).is_some());
        assert!(index.take_if_expired(&key("3")).is_none());
        assert!(index.take_if_expired(&key("4")).is_some());
        assert_eq!(taken(&mut index, 100, 2), "5");
        assert_eq!((index.len(), index.live_bytes()), (2, 20));
    }

    #[test]
    fn what_was_seen_expired_stays_gone_when_the_clock_is_turned_back() {
        let mut index = Index::default();
        for number in 1..=4 {
            index.insert(key(&number.to_string()), slot(10, 100, number));
        }
        index.look_at(0);
        for now_ms in [u64::MAX, 50] {
            index.look_at(now_ms);
            assert_eq!((index.len(), index.iter().count()), (0, 0));
        }
        // The turned-back clock wrote it, and it has not expired by that clock.
        index.insert(key("new"), slot(10, 100, 5));
        index.insert(key("2"), slot(10, 100, 6));
        assert_eq!(index.len(), 2);
        assert_eq!(taken(&mut index, 40, 1), "1");
        assert_eq!(taken(&mut index, 40, 9), "3 4");
        assert_eq!(index.len(), 2);
        assert!(index.get(&key("2")).is_some());
        // A record that came since the last look does not count as seen expired when the clock goes back once more.
        index.look_at(200);
        index.insert(key("late"), slot(10, 150, 7));
        index.look_at(120);
        assert!(index.get(&key("late")).is_some() && index.get(&key("2")).is_none());
        assert_eq!(taken(&mut index, 150, 9), "new 2 late");
        assert_eq!((index.len(), index.live_bytes()), (0, 0));
    }
}

//! A search of the heap for the secrets of a store.

use std::ops::RangeInclusive;

use strongroom_testkit::{KeyNeedles, Needles, SecretText, SeenKey};

use super::recorder::{look_at_freed, look_at_live, unlisted};

/// What to search for, and the results of the last search.
#[derive(Default)]
pub(crate) struct Watch {
    needles: Needles,
    keys: Vec<KeyNeedles>,
    names: Vec<(SecretText, usize)>,
    values: Vec<usize>,
    /// One for each needle.
    tallies: Vec<Tally>,
}

#[derive(Clone, Copy, Default)]
struct Tally {
    freed_blocks: u32,
    live_blocks: u32,
    last_block: u64,
}

impl Watch {
    pub(crate) fn new(names: &[SecretText], values: &[SecretText]) -> Self {
        unlisted(|| {
            let mut watch = Self::default();
            for name in names {
                watch.names.push((*name, watch.needles.add_text(name.bytes())));
            }
            for value in values {
                watch.values.push(watch.needles.add_text(value.bytes()));
            }
            watch
        })
    }

    /// Searches all blocks that were freed since the last search, and all blocks in use. `seen` are all data keys so
    /// far. Returns the number of secrets that were searched for.
    pub(crate) fn search(&mut self, seen: &[SeenKey]) -> u64 {
        unlisted(|| {
            for key in seen.iter().skip(self.keys.len()) {
                self.keys.push(key.add_to(&mut self.needles));
            }
            self.tallies.clear();
            self.tallies.resize(self.needles.len(), Tally::default());
        });
        let mut block = 0;
        look_at_freed(|memory| self.count(memory, &mut block, |tally| &mut tally.freed_blocks));
        look_at_live(|memory| self.count(memory, &mut block, |tally| &mut tally.live_blocks));
        self.needles.len() as u64
    }

    /// Asserts that no freed block holds any secret, and no block in use holds a data key or a value, whatever the
    /// state of the store.
    pub(crate) fn assert_nothing_left(&self, after: &str) {
        for (kind, needle) in self.all() {
            assert_eq!(
                self.tallies[needle].freed_blocks, 0,
                "freed: {kind}, after {after}"
            );
        }
        for (kind, needle) in self.passing() {
            assert_eq!(
                self.tallies[needle].live_blocks, 0,
                "in use: {kind}, after {after}"
            );
        }
    }

    /// Asserts how many blocks in use hold a name.
    pub(crate) fn assert_name(&self, name: SecretText, blocks: RangeInclusive<u32>, after: &str) {
        for (known, needle) in &self.names {
            if *known == name {
                let live = self.tallies[*needle].live_blocks;
                assert!(blocks.contains(&live), "a name in {live} blocks, after {after}");
            }
        }
    }

    /// Asserts for how many files the subkeys are in use, each in one block.
    pub(crate) fn assert_files(&self, files: RangeInclusive<u32>, after: &str) {
        let mut open = 0;
        for key in &self.keys {
            let [seal, names] = [key.seal, key.names].map(|needle| self.tallies[needle].live_blocks);
            assert!(
                seal <= 1 && seal == names,
                "subkeys in several blocks, after {after}"
            );
            open += seal;
        }
        assert!(
            files.contains(&open),
            "the subkeys of {open} files, after {after}"
        );
    }

    /// The number of blocks that hold the value: those in use and those freed.
    pub(crate) fn blocks_of_value(&self, index: usize) -> [u32; 2] {
        let tally = self.tallies[self.values[index]];
        [tally.live_blocks, tally.freed_blocks]
    }

    /// What no store needs between calls.
    fn passing(&self) -> impl Iterator<Item = (&'static str, usize)> {
        let values = self.values.iter().map(|needle| ("a value", *needle));
        let keys = self.keys.iter();
        values.chain(keys.flat_map(|key| {
            [
                ("a data key", key.data_key),
                ("what a data key gives", key.extracted),
            ]
        }))
    }

    fn all(&self) -> impl Iterator<Item = (&'static str, usize)> {
        let names = self.names.iter().map(|(_, needle)| ("a name", *needle));
        let subkeys = self.keys.iter();
        let subkeys = subkeys.flat_map(|key| [("a subkey", key.seal), ("a subkey", key.names)]);
        self.passing().chain(names).chain(subkeys)
    }

    fn count(&mut self, memory: &[u8], block: &mut u64, count: fn(&mut Tally) -> &mut u32) {
        *block += 1;
        let tallies = &mut self.tallies;
        self.needles.search(memory, |needle, _| {
            let tally = &mut tallies[needle];
            if tally.last_block != *block {
                tally.last_block = *block;
                *count(tally) += 1;
            }
        });
    }
}

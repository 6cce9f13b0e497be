//! What a crash can leave of a series of effects.
//!
//! The model is as weak as can be defended: of what no sync has made durable yet, any part may have reached the disk, in any
//! order, and a write sector by sector. A sector that was not written reads as before, or as zeros where the file grew. Names
//! are durable after the sync of their directory, data and length after that of their file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const SECTOR: usize = 512;

/// One thing that was done to a disk.
#[derive(Clone, Debug)]
pub(super) enum Effect {
    /// A name now stands for a file, or for none.
    Name {
        path: PathBuf,
        inode: Option<u64>,
    },
    Rename {
        from: PathBuf,
        to: PathBuf,
        inode: u64,
    },
    SetLen {
        inode: u64,
        length: u64,
    },
    /// One that is not durable lost what came before it.
    SyncData {
        inode: u64,
        durable: bool,
    },
    SyncDir {
        directory: PathBuf,
    },
    Write {
        inode: u64,
        offset: u64,
        data: Arc<[u8]>,
    },
}

/// A disk before a series of effects.
#[derive(Clone, Default)]
pub(super) struct Base {
    pub(super) names: BTreeMap<PathBuf, u64>,
    pub(super) files: BTreeMap<u64, Vec<u8>>,
}

/// The files of a disk.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct CrashImage {
    /// What each holds.
    pub files: BTreeMap<PathBuf, Vec<u8>>,
}

/// What becomes of an effect that a crash may undo.
#[derive(Clone, Copy)]
enum Fate {
    Undone,
    Done,
    /// Of a write, the sectors whose bits are set; `grown` if the file has got its new length all the same.
    Torn {
        sectors: u64,
        grown: bool,
    },
}

/// Distinct images, in about `budget` variants.
pub(super) fn images(base: &Base, log: &[Effect], budget: usize, seed: u64) -> Vec<CrashImage> {
    let open: Vec<usize> = (0..log.len()).filter(|at| can_be_undone(log, *at)).collect();
    let mut distinct = BTreeSet::new();
    for fates in plans(log, &open, budget, seed) {
        distinct.insert(image(base, log, &open, &fates));
    }
    distinct.into_iter().collect()
}

impl CrashImage {
    pub(super) fn of(names: &BTreeMap<PathBuf, u64>, files: &BTreeMap<u64, Vec<u8>>) -> Self {
        let bytes = |inode| files.get(inode).cloned().unwrap_or_default();
        Self {
            files: names
                .iter()
                .map(|(path, inode)| (path.clone(), bytes(inode)))
                .collect(),
        }
    }
}

impl Effect {
    /// Applies an effect on a file to its bytes.
    pub(super) fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::SetLen { length, .. } => bytes.resize(usize::try_from(*length).unwrap_or_default(), 0),
            Self::Write { .. } => self.tear(bytes, u64::MAX, true),
            _ => {}
        }
    }

    /// Applies those sectors of a write whose bits are set; the last bit stands for all that follow.
    fn tear(&self, bytes: &mut Vec<u8>, sectors: u64, grown: bool) {
        let Self::Write { offset, data, .. } = self else {
            return;
        };
        let start = usize::try_from(*offset).unwrap_or_default();
        let end = start + data.len();
        if grown && bytes.len() < end {
            bytes.resize(end, 0);
        }
        for (number, from, to) in pieces(start, end) {
            if sectors >> number.min(63) & 1 == 0 {
                continue;
            }
            if bytes.len() < to {
                bytes.resize(to, 0);
            }
            if let (Some(target), Some(source)) =
                (bytes.get_mut(from..to), data.get(from - start..to - start))
            {
                target.copy_from_slice(source);
            }
        }
    }
}

fn pieces(start: usize, end: usize) -> impl Iterator<Item = (usize, usize, usize)> {
    let first = start / SECTOR;
    (first..end.div_ceil(SECTOR)).map(move |sector| {
        (
            sector - first,
            start.max(sector * SECTOR),
            end.min((sector + 1) * SECTOR),
        )
    })
}

fn can_be_undone(log: &[Effect], at: usize) -> bool {
    let (Some(effect), Some(later)) = (log.get(at), log.get(at + 1..)) else {
        return false;
    };
    match effect {
        Effect::Name { path, .. } | Effect::Rename { to: path, .. } => !later.iter().any(
            |sync| matches!(sync, Effect::SyncDir { directory } if Some(directory.as_path()) == path.parent()),
        ),
        Effect::SetLen { inode, .. } | Effect::Write { inode, .. } => !later
            .iter()
            .find_map(|sync| match sync {
                Effect::SyncData { inode: of, durable } if of == inode => Some(*durable),
                _ => None,
            })
            .unwrap_or(false),
        Effect::SyncData { .. } | Effect::SyncDir { .. } => false,
    }
}

/// Fates of the effects at `open`: all combinations of done and undone, then torn writes among others that are done, undone,
/// or done up to there, then anything at random. Where there are too many, a part of each.
fn plans(log: &[Effect], open: &[usize], budget: usize, seed: u64) -> Vec<Vec<Fate>> {
    let mut random = Random(seed);
    let count = open.len();
    let mut plans = vec![vec![Fate::Done; count], vec![Fate::Undone; count]];
    if count < 60
        && 1_usize
            .checked_shl(u32::try_from(count).unwrap_or(99))
            .is_some_and(|all| all <= budget / 2)
    {
        plans.extend((0..1_u64 << count).map(|bits| by_bits(count, bits)));
    } else {
        for at in 0..=count {
            plans.push((0..count).map(|i| done_if(i < at)).collect());
            plans.push((0..count).map(|i| done_if(i == at)).collect());
            plans.push((0..count).map(|i| done_if(i != at)).collect());
        }
        plans.extend((0..budget / 4).map(|_| by_bits(count, random.next())));
    }
    let mut torn = torn_plans(log, open);
    while torn.len() > budget / 2 {
        let surplus = random.below(torn.len());
        torn.swap_remove(surplus);
    }
    plans.extend(torn);
    for _ in 0..budget / 8 {
        plans.push(open.iter().map(|at| random.fate(log.get(*at))).collect());
    }
    plans
}

fn torn_plans(log: &[Effect], open: &[usize]) -> Vec<Vec<Fate>> {
    let mut plans = Vec::new();
    for (position, at) in open.iter().enumerate() {
        let sectors = log.get(*at).map_or(0, sectors_of);
        for number in 0..sectors {
            let bit = 1_u64 << number;
            for kept in [bit - 1, bit, !bit] {
                for grown in [true, false] {
                    for others in 0..3 {
                        let fate = |i| match i {
                            _ if i == position => Fate::Torn { sectors: kept, grown },
                            _ => done_if(others == 0 || others == 1 && i < position),
                        };
                        plans.push((0..open.len()).map(fate).collect());
                    }
                }
            }
        }
    }
    plans
}

fn image(base: &Base, log: &[Effect], open: &[usize], fates: &[Fate]) -> CrashImage {
    let mut disk = base.clone();
    for (at, effect) in log.iter().enumerate() {
        let fate = open
            .binary_search(&at)
            .ok()
            .and_then(|position| fates.get(position))
            .copied()
            .unwrap_or(Fate::Done);
        match (effect, fate) {
            (_, Fate::Undone) | (Effect::SyncData { .. } | Effect::SyncDir { .. }, _) => {}
            (Effect::Name { path, inode }, _) => name(&mut disk, path, *inode),
            (Effect::Rename { from, to, inode }, _) => {
                if disk.names.get(from) == Some(inode) {
                    disk.names.remove(from);
                }
                name(&mut disk, to, Some(*inode));
            }
            (Effect::Write { inode, .. }, Fate::Torn { sectors, grown }) => {
                effect.tear(disk.files.entry(*inode).or_default(), sectors, grown);
            }
            (Effect::Write { inode, .. } | Effect::SetLen { inode, .. }, _) => {
                effect.apply(disk.files.entry(*inode).or_default());
            }
        }
    }
    CrashImage::of(&disk.names, &disk.files)
}

fn name(disk: &mut Base, path: &Path, inode: Option<u64>) {
    match inode {
        Some(inode) => disk.names.insert(path.to_owned(), inode),
        None => disk.names.remove(path),
    };
}

fn sectors_of(effect: &Effect) -> usize {
    match effect {
        Effect::Write { offset, data, .. } => {
            let start = usize::try_from(*offset).unwrap_or_default();
            pieces(start, start + data.len()).count().min(64)
        }
        _ => 0,
    }
}

fn by_bits(count: usize, bits: u64) -> Vec<Fate> {
    (0..count).map(|i| done_if(bits >> (i % 64) & 1 == 1)).collect()
}

fn done_if(done: bool) -> Fate {
    if done { Fate::Done } else { Fate::Undone }
}

/// `SplitMix64`: the same variants in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % (bound as u64)).unwrap_or_default()
    }

    fn fate(&mut self, effect: Option<&Effect>) -> Fate {
        match self.below(3) {
            0 => Fate::Undone,
            1 if effect.is_some_and(|effect| sectors_of(effect) > 0) => Fate::Torn {
                sectors: self.next(),
                grown: self.next() & 1 == 1,
            },
            _ => Fate::Done,
        }
    }
}

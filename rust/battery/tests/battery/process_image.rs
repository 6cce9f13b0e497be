//! The memory of another process, as a debugger or a core dump shows it.

use std::fs::File;
use std::ops::Range;
use std::os::unix::fs::FileExt;

const PIECE: usize = 1 << 20;

/// A stretch of memory that the process can read.
pub(crate) struct Mapping {
    start: u64,
    end: u64,
    writable: bool,
    /// Such as `[heap]`, `[stack]` or the path of a file.
    pub(crate) name: String,
}

/// All that the process can read but for the pages of the kernel, or only that which it or its loader has written to.
pub(crate) fn mappings(process: u32, only_writable: bool) -> Vec<Mapping> {
    let maps = std::fs::read_to_string(format!("/proc/{process}/maps")).unwrap();
    let mappings = maps.lines().filter_map(readable);
    mappings
        .filter(|mapping| mapping.writable || !only_writable)
        .collect()
}

fn readable(line: &str) -> Option<Mapping> {
    let mut fields = line.split_ascii_whitespace();
    let (start, end) = fields.next()?.split_once('-')?;
    let rights = fields.next()?;
    let name = fields.nth(3).unwrap_or("[anonymous]");
    let of_kernel = ["[vvar]", "[vvar_vclock]", "[vsyscall]"].contains(&name);
    (rights.starts_with('r') && !of_kernel).then(|| Mapping {
        start: u64::from_str_radix(start, 16).unwrap(),
        end: u64::from_str_radix(end, 16).unwrap(),
        writable: rights.contains('w'),
        name: name.to_owned(),
    })
}

/// Hands on what lies in a mapping, in pieces that overlap.
pub(crate) fn read(process: u32, mapping: &Mapping, overlap: usize, mut piece: impl FnMut(&[u8])) {
    let memory = File::open(format!("/proc/{process}/mem")).unwrap();
    let mut buffer = vec![0; PIECE + overlap];
    let mut at = mapping.start;
    while at < mapping.end {
        let length = usize::try_from(mapping.end - at).unwrap().min(buffer.len());
        memory.read_exact_at(&mut buffer[..length], at).unwrap();
        piece(&buffer[..length]);
        at += PIECE as u64;
    }
}

/// Where a core dump keeps the registers of its threads: in its note segment.
pub(crate) fn registers(dump: &[u8]) -> Range<usize> {
    const NOTE: u64 = 4;

    assert_eq!(dump[..5], *b"\x7fELF\x02", "a 64-bit core dump");
    let number = |at: usize, length: usize| {
        let bytes = dump[at..at + length].iter().rev();
        bytes.fold(0_u64, |number, byte| number << 8 | u64::from(*byte))
    };
    let place = |at| usize::try_from(number(at, 8)).unwrap();
    let (table, entry_length, entries) = (place(32), number(54, 2), number(56, 2));
    let note = (0..entries)
        .map(|entry| table + usize::try_from(entry * entry_length).unwrap())
        .find(|entry| number(*entry, 4) == NOTE)
        .expect("a note segment");
    let start = place(note + 8);
    start..start + place(note + 32)
}

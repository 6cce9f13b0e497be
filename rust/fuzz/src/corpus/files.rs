use std::ops::Range;

use strongroom_core::policy::OnKeyLoss;
use strongroom_core::{FrameContent, FrameLink, Vault};

use super::{Seed, seed};
use crate::decode_frame::{FIELDS, PLAINTEXT, RAW, probe};
use crate::open_file::{ALIAS, ASIDE, LEFTOVER, MEND, REFUSE, SEAL, STRICT};
use crate::reference::{header, protected_header};
use crate::stage::{Keys, NOW_MS, Sequence, Stage, record};

/// Calls of the target `open_file`, as pairs of call and key.
const CALLS: [[u8; 16]; 5] = [
    // Set, remove, reopen, rotate, set.
    [1, 0, 5, 1, 0, 0, 11, 0, 2, 2, 0, 0, 10, 0, 0, 0],
    // Heal each record, then rotate.
    [1, 0, 1, 1, 1, 2, 1, 3, 1, 4, 12, 0, 0, 0, 11, 0],
    // Reset, write, recover, write.
    [14, 0, 1, 1, 13, 0, 1, 2, 0, 0, 13, 0, 12, 0, 10, 0],
    // Batches.
    [4, 0, 7, 1, 8, 2, 9, 3, 9, 0, 8, 1, 4, 2, 7, 0],
    // Recover, clear, begin again.
    [13, 0, 11, 0, 15, 0, 241, 0, 6, 0, 13, 0, 14, 0, 0, 0],
];

pub(super) fn open_file() -> Vec<Seed> {
    let mut seeds = Vec::new();
    let mut add = |name: String, flags: u8, file: &[u8]| {
        let calls = CALLS[seeds.len() % CALLS.len()];
        let bytes = [&[flags][..], &NOW_MS.to_le_bytes(), &[0], &calls, file].concat();
        seeds.push(seed("open_file", name, bytes));
    };
    let file = tampered_with();
    let golden = include_bytes!("../../../core/tests/golden/v1.vault");
    for (number, flags) in [0, REFUSE, STRICT, ASIDE, ASIDE | STRICT | LEFTOVER]
        .into_iter()
        .enumerate()
    {
        add(format!("sound-{number}"), flags, &file);
        add(format!("golden-{number}"), flags, golden);
    }
    let frames = frames(&file);
    for (number, at) in places(&file, &frames).into_iter().enumerate() {
        let mut flipped = file.clone();
        flipped[at] ^= 1 << (number % 8);
        add(
            format!("flip-{at:04}"),
            [0, MEND, REFUSE, ASIDE][number % 4],
            &flipped,
        );
    }
    let steps = (0..file.len()).step_by(61);
    for length in steps.chain([file.len() - 1]) {
        add(
            format!("cut-{length:04}"),
            if length % 2 == 0 { 0 } else { REFUSE },
            &file[..length],
        );
    }
    for (number, order) in ORDERS.iter().enumerate() {
        let spliced = order.iter().flat_map(|frame| &file[frames[*frame].clone()]);
        let spliced: Vec<u8> = file[..frames[0].start].iter().chain(spliced).copied().collect();
        add(format!("order-{number}"), 0, &spliced);
    }
    for byte in [0, 0xff, b'S'] {
        let longer = [&file[..], &[byte; 100]].concat();
        add(format!("longer-{byte}"), 0, &longer);
    }
    let big = big_batch();
    for sector in [2, 3, 5, 7] {
        let mut torn = big.clone();
        let end = torn.len().min((sector + 1) * 512);
        torn[sector * 512..end].fill(0);
        add(format!("torn-{sector}"), 0, &torn);
    }
    let mut newer = file.clone();
    newer[8] = 3;
    add("plain-as-protected".into(), MEND, &newer);
    newer[8] = 4;
    add("newer".into(), MEND, &newer);
    for (name, policy) in PROTECTED {
        add(
            format!("protected-{name}"),
            REFUSE,
            &protected_header(ALIAS, policy),
        );
    }
    for (name, alias, time) in HEADERS {
        add(
            format!("header-{name}"),
            ASIDE | STRICT,
            &header(alias, [time; 3]),
        );
        add(format!("header-{name}-any"), ASIDE, &header(alias, [time; 3]));
    }
    for (name, changes) in CHANGES {
        add(format!("sealed-{name}"), SEAL, changes);
    }
    // A file in quarantine with the largest time.
    add("aside-last".into(), 0, b"");
    if let Some(last) = seeds.last_mut() {
        last.bytes[0] = ASIDE;
        last.bytes[1..9].fill(0xff);
    }
    seeds
}

/// Files of five records, one overwritten and two in a batch. Every frame is as small as possible.
fn tampered_with() -> Vec<u8> {
    let stage = Stage::new([], Keys::new(false, &[]));
    let vault = stage.vault(OnKeyLoss::Error);
    let batch = [record("c", "3", None), record("d", "4", None)];
    for records in [
        &[record("a", "stale", None)][..],
        &[record("b", "2", None)],
        &[record("a", "1", None)],
        &batch,
        &[record("e", "5", None)],
    ] {
        vault.set_many(records).expect("a write");
    }
    stage.vault_file().expect("a file")
}

fn big_batch() -> Vec<u8> {
    let stage = Stage::new([], Keys::new(false, &[]));
    let vault = stage.vault(OnKeyLoss::Error);
    let big = "x".repeat(1500);
    let batch = [record("a", &big, None), record("f", &big, None)];
    for records in [&[record("a", "1", None)][..], &batch] {
        vault.set_many(records).expect("a write");
    }
    stage.vault_file().expect("a file")
}

/// The ranges of the frames, by their lengths.
fn frames(file: &[u8]) -> Vec<Range<usize>> {
    let mut frames = Vec::new();
    let mut start = usize::from(u16::from_le_bytes([file[10], file[11]]));
    while let Some(length) = file.get(start + 4) {
        frames.push(start..start + usize::from(*length));
        start += usize::from(*length);
    }
    frames
}

/// A byte of each field of the header and of three frames.
fn places(file: &[u8], frames: &[Range<usize>]) -> Vec<usize> {
    let alias_end = 87 + usize::from(file[86]);
    let header = [0, 8, 10, 12, 28, 44, 52, 60, 68, 76, 77, 78, 86, 87, 100];
    let behind = [
        alias_end - 1,
        alias_end,
        alias_end + 2,
        alias_end + 34,
        frames[0].start - 33,
        frames[0].start - 1,
    ];
    let fields = [0, 4, 8, 16, 32, 44, 56, 60, 72, 80, 127];
    let in_frames = [0, 3, 5]
        .into_iter()
        .flat_map(|frame| fields.map(|field| frames[frame].start + field));
    header.into_iter().chain(behind).chain(in_frames).collect()
}

/// Missing, repeated and swapped frames.
const ORDERS: [&[usize]; 9] = [
    &[1, 2, 3, 4, 5],
    &[0, 1, 3, 4, 5],
    &[0, 1, 2, 3, 5],
    &[0, 1, 2, 4, 5],
    &[0, 0, 1, 2, 3, 4, 5],
    &[0, 1, 2, 0, 3, 4, 5],
    &[0, 2, 1, 3, 4, 5],
    &[5, 4, 3, 2, 1, 0],
    &[0, 1, 2, 3],
];

/// Headers with a valid digest that no vault writes.
const HEADERS: [(&str, &str, u64); 10] = [
    ("sound", ALIAS, NOW_MS),
    ("old", ALIAS, 0),
    ("future", ALIAS, u64::MAX),
    (
        "last-version",
        "dev.strongroom.default.v18446744073709551615",
        NOW_MS,
    ),
    ("no-version", "dev.strongroom.default.v", NOW_MS),
    ("version-0", "dev.strongroom.default.v0", NOW_MS),
    ("other-store", "dev.strongroom::other:v1:0123456789abcdef", NOW_MS),
    ("first-format", "dev.strongroom.default.v1", NOW_MS),
    (
        "short-random",
        "dev.strongroom::default:v1:0123456789abcde",
        NOW_MS,
    ),
    ("no-alias", "", NOW_MS),
];

/// The format and the policy of protected headers, some of which no vault writes.
const PROTECTED: [(&str, [u8; 4]); 7] = [
    ("session", [1, 1, 1, 1]),
    ("every-use", [1, 1, 2, 2]),
    ("passcode", [1, 3, 2, 1]),
    ("passcode-invalidated", [1, 2, 1, 1]),
    ("no-format", [0, 1, 1, 1]),
    ("no-way", [1, 4, 1, 1]),
    ("no-mode", [1, 1, 1, 3]),
];

/// Lists of changes, as [`crate::open_file::Plan`] seals them: each is a kind, a name, and what the kind needs.
const CHANGES: [(&str, &[u8]); 15] = [
    ("three", &[0, 0, 1, 0, 1, 2, 0, 0, 3]),
    ("batch", &[0, 0, 1, 8, 1, 2, 16, 2, 3, 24, 3, 4]),
    ("no-end", &[0, 0, 1, 8, 1, 2, 16, 2, 3]),
    ("no-start", &[0, 0, 1, 24, 1, 2, 0, 2, 3]),
    ("removed", &[0, 0, 1, 32, 0, 0, 1, 2]),
    ("expired", &[128, 0, 1, 192, 1, 2, 0, 2, 3]),
    ("number", &[1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1]),
    (
        "last-number",
        &[1, 0, 255, 255, 255, 255, 255, 255, 255, 255, 1, 0, 1, 1],
    ),
    ("other-chain", &[0, 0, 1, 2, 9, 2, 0, 2, 3]),
    ("other-name", &[0, 0, 1, 2, 8, 2, 0, 2, 3]),
    ("two-missing", &[0, 0, 1, 3, 2, 2, 0, 2, 3]),
    ("no-name", &[0, 0, 1, 7, 1, 2, 0xe8, 1, 0, 2, 3]),
    ("gap", &[0, 0, 1, 3, 5, 2, 0, 2, 3]),
    ("zeros", &[0, 0, 1, 8, 1, 200, 5, 64, 24, 2, 3]),
    ("flipped", &[0, 0, 1, 7, 1, 2, 0, 3, 0, 2, 3]),
];

pub(super) fn decode_frame() -> Vec<Seed> {
    let probe = probe();
    let mut seeds = Vec::new();
    let mut add = |name: String, kind: u8, bytes: &[u8]| {
        seeds.push(seed("decode_frame", name, [&[kind], bytes].concat()));
    };
    for (place, (name, value)) in [
        ("a", Some("1")),
        ("ключ:🔑", Some("значение")),
        ("b", None),
        ("c", Some("")),
    ]
    .into_iter()
    .enumerate()
    {
        let link = FrameLink {
            sequence: place as u64 + 1,
            previous_tag: [9; 16],
            previous_name: [8; 12],
            place: u8::try_from(place).expect("four places"),
        };
        let content = FrameContent {
            name: name.to_owned().into(),
            value: value.map(|value| value.to_owned().into()),
            written_ms: NOW_MS,
            expires_ms: 0,
        };
        let frame = probe
            .seal(&link, &content, &Sequence::default())
            .expect("a frame");
        add(format!("raw-{place}"), RAW, &frame);
        add(format!("raw-cut-{place}"), RAW, &frame[..100]);

        let link = [
            &[link.place][..],
            &link.sequence.to_le_bytes(),
            &link.previous_tag,
            &link.previous_name,
        ]
        .concat();
        let text = |text: &str| [&[u8::try_from(text.len()).expect("short")], text.as_bytes()].concat();
        let times = [NOW_MS.to_le_bytes(), [0; 8]].concat();
        let value_or_none = value.map_or(vec![1], |value| [vec![0], text(value)].concat());
        let fields = [&link[..], &times, &text(name), &value_or_none].concat();
        add(format!("fields-{place}"), FIELDS, &fields);
        for (number, flip) in [
            [0, 0, 1],
            [33, 0, 128],
            [50, 0, 4],
            [70, 0, 2],
            [75, 0, 8],
            [127, 0, 64],
        ]
        .iter()
        .enumerate()
        {
            add(
                format!("fields-{place}-flip-{number}"),
                FIELDS,
                &[&fields[..], flip].concat(),
            );
        }
        for (number, kind) in [1, 2, 3].into_iter().enumerate() {
            let lengths = [name.len() as u64, value.unwrap_or_default().len() as u64];
            let start = u64::from(u8::try_from(kind).expect("a byte")) | lengths[0] << 16 | lengths[1] << 32;
            let text = [name.as_bytes(), value.unwrap_or_default().as_bytes()].concat();
            let plaintext = [&link[..], &[0, 0], &start.to_le_bytes(), &times, &text].concat();
            add(format!("plaintext-{place}-{number}"), PLAINTEXT, &plaintext);
        }
    }
    // A value that is one byte larger than a vault accepts, after a name of one byte.
    let start = 1_u64 | 1 << 16 | (1024 * 1024 + 1) << 32;
    let large = [&[0; 37][..], &[0xff, 13], &start.to_le_bytes(), &[0; 16], b"k"].concat();
    add("plaintext-large".into(), PLAINTEXT, &large);
    seeds
}

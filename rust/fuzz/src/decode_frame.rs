//! One frame: what was sealed is read back, what was altered is refused, and the content of an authentic frame is read
//! as `docs/internals/storage-format.md` says.

use strongroom_core::{FrameContent, FrameLink, FrameProbe, ItemKey, Secret};

use crate::input::Input;
use crate::reference::{STORE_ID, probe_for};
use crate::stage::Sequence;

pub(crate) const RAW: u8 = 0;
pub(crate) const FIELDS: u8 = 1;
pub(crate) const PLAINTEXT: u8 = 2;

/// The length of a frame with the longest key and the longest value.
const LONGEST_FRAME: usize = 1_049_728;

/// The first byte says what the others are: a frame, the fields of one, or the plaintext of one.
pub fn decode_frame(data: &[u8]) {
    let probe = probe();
    let mut input = Input::new(data);
    match input.u8() % 3 {
        RAW => raw(&probe, input.rest()),
        FIELDS => fields(&probe, &mut input),
        _ => plaintext(&probe, &mut input),
    }
}

pub(crate) fn probe() -> FrameProbe {
    probe_for(&STORE_ID, *b"stands for a digest of a header.")
}

/// Nobody without the key can make an authentic frame: a frame that opens is one that the key's owner would write.
fn raw(probe: &FrameProbe, bytes: &[u8]) {
    let Some((link, content, length)) = probe.decode(bytes) else {
        return;
    };
    let nonce = Nonce(bytes[44..56].try_into().expect("a nonce"));
    let again = probe.seal(&link, &content, &nonce).expect("a frame");
    assert!(again.len() == length, "another length");
    assert!(
        !altered(&again, &bytes[..length]),
        "an authentic frame that nobody sealed"
    );
}

fn fields(probe: &FrameProbe, input: &mut Input<'_>) {
    let link = link(input);
    let content = FrameContent {
        written_ms: input.u64(),
        expires_ms: input.u64(),
        name: input.text().into_owned().into(),
        value: (input.u8() & 1 == 0).then(|| input.text().into_owned().into()),
    };
    let sealed = probe
        .seal(&link, &content, &Sequence::default())
        .expect("a frame");
    let decoded = probe.decode(&sealed);
    if ItemKey::new(&content.name).is_err() {
        assert!(decoded.is_none(), "a name that no vault takes");
        return;
    }
    let same = |decoded: Option<(FrameLink, FrameContent, usize)>| {
        decoded.is_some_and(|(its_link, its_content, length)| {
            its_link == link && its_content == content && length == sealed.len()
        })
    };
    assert!(same(decoded), "another record than was sealed");
    assert!(
        probe.decode(&sealed[..sealed.len() - 1]).is_none(),
        "half a frame"
    );

    let mut changed = sealed.clone();
    while !input.is_empty() {
        let (at, by) = (usize::from(input.u16()) % sealed.len(), input.u8());
        changed[at] ^= by;
    }
    if altered(&sealed, &changed) {
        assert!(probe.decode(&changed).is_none(), "an altered frame opened");
    } else {
        assert!(
            same(probe.decode(&changed)),
            "what stands outside of the seal decides over the record"
        );
    }
}

/// The content behind an authentic tag is read as the format says, or not at all.
fn plaintext(probe: &FrameProbe, input: &mut Input<'_>) {
    let link = link(input);
    // Sometimes a value near the limit, without inputs of that size.
    let padding = match input.array() {
        [0xff, more] => Secret::MAX_BYTES - 64 + usize::from(more) * 5,
        [few, _] => usize::from(few),
    };
    let mut plaintext = input.rest().to_vec();
    plaintext.resize(plaintext.len() + padding, b'v');
    let sealed = probe
        .seal_plaintext(&link, [7; 12], &plaintext, &Sequence::default())
        .expect("a frame");
    plaintext.resize(sealed.len() - 96, 0);
    let expected = parse(&plaintext).filter(|_| sealed.len() <= LONGEST_FRAME);
    let found = probe.decode(&sealed);
    assert!(found.is_some() == expected.is_some(), "taken and refused");
    if let (Some((its_link, its_content, length)), Some(content)) = (found, expected) {
        assert!(its_link == link && length == sealed.len(), "another link");
        assert!(its_content == content, "another record");
    }
}

/// The plaintext, as the table in `docs/internals/storage-format.md` describes it.
fn parse(plaintext: &[u8]) -> Option<FrameContent> {
    let number = |at: usize| Some(u64::from_le_bytes(plaintext.get(at..at + 8)?.try_into().ok()?));
    let lengths = number(0)?;
    let name_end = 24 + usize::from(u16::try_from(lengths >> 16 & 0xffff).ok()?);
    let value_len = usize::try_from(lengths >> 32).ok()?;
    let name = std::str::from_utf8(plaintext.get(24..name_end)?).ok()?;
    let value = std::str::from_utf8(plaintext.get(name_end..name_end.checked_add(value_len)?)?).ok()?;
    let kind = plaintext[0];
    let plausible = matches!(kind, 1 | 2)
        && (1..=ItemKey::MAX_BYTES).contains(&name.len())
        && value_len <= Secret::MAX_BYTES;
    plausible.then(|| FrameContent {
        name: name.to_owned().into(),
        value: (kind == 1).then(|| value.to_owned().into()),
        written_ms: number(8).unwrap_or_default(),
        expires_ms: number(16).unwrap_or_default(),
    })
}

fn link(input: &mut Input<'_>) -> FrameLink {
    FrameLink {
        place: input.u8() % 4,
        sequence: input.u64(),
        previous_tag: input.array(),
        previous_name: input.array(),
    }
}

/// Whether two frames differ in bytes that the tag covers.
fn altered(frame: &[u8], other: &[u8]) -> bool {
    let stated = FrameProbe::unprotected();
    frame[..stated.start] != other[..stated.start] || frame[stated.end..] != other[stated.end..]
}

struct Nonce([u8; 12]);

impl strongroom_core::ports::Random for Nonce {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), strongroom_core::Error> {
        buffer.copy_from_slice(&self.0);
        Ok(())
    }
}

//! What an input of the target `open_file` means.
//!
//! ```text
//! 0  flags 1 │ time 8 │ reason 1   the policy, the keys, and what else lies in the directory
//! 10 calls: 8 × (what 1 │ key 1)
//! 26 the file, or changes to be sealed into one
//! ```

use strongroom_core::policy::OnKeyLoss;
use strongroom_core::{FrameContent, FrameLink};

use crate::input::Input;
use crate::reference::{Header, STORE_ID, header, mend_digest, probe_for};
use crate::stage::{Keys, NOW_MS, Sequence, Stage};

pub(crate) const ALIAS: &str = "dev.strongroom::default:v1:0123456789abcdef";
const CALLS: usize = 8;

pub(crate) const REFUSE: u8 = 1;
/// The key store has [`ALIAS`] and no other key. Without this flag, any key opens a file.
pub(crate) const STRICT: u8 = 2;
/// The digest of the header is corrected, so that the header is read.
pub(crate) const MEND: u8 = 4;
/// The rest is not a file but a list of changes, which are sealed with the right key.
pub(crate) const SEAL: u8 = 8;
/// A second copy of the file is in quarantine.
pub(crate) const ASIDE: u8 = 16;
/// There is a temporary file.
pub(crate) const LEFTOVER: u8 = 32;

pub(crate) struct Plan {
    pub(crate) on_key_loss: OnKeyLoss,
    pub(crate) calls: [(u8, u8); CALLS],
    pub(crate) file: Vec<u8>,
    flags: u8,
    aside: (u64, u8),
}

impl Plan {
    pub(crate) fn read(data: &[u8]) -> Self {
        let mut input = Input::new(data);
        let flags = input.u8();
        let aside = (input.u64(), input.u8());
        let calls = std::array::from_fn(|_| (input.u8(), input.u8()));
        let mut file = if flags & SEAL == 0 {
            input.rest().to_vec()
        } else {
            seal(&mut input)
        };
        if flags & MEND != 0 {
            mend_digest(&mut file);
        }
        Self {
            on_key_loss: if flags & REFUSE == 0 {
                OnKeyLoss::Quarantine
            } else {
                OnKeyLoss::Error
            },
            calls,
            file,
            flags,
            aside,
        }
    }

    /// Whether a file in quarantine has the largest time, so that no later time is left.
    pub(crate) fn ends_time(&self) -> bool {
        self.flags & ASIDE != 0 && self.aside.0 == u64::MAX
    }

    pub(crate) fn stage(&self) -> Stage {
        let mut files = vec![("vault".to_owned(), self.file.clone())];
        if self.flags & ASIDE != 0 {
            let (time, reason) = self.aside;
            files.push((format!("lost-{time}-{}", reason % 5 + 1), self.file.clone()));
        }
        if self.flags & LEFTOVER != 0 {
            files.push(("tmp".to_owned(), b"half a file".to_vec()));
        }
        Stage::new(files, Keys::new(self.flags & STRICT == 0, &[ALIAS]))
    }
}

/// A file of authentic frames with an order, links and gaps that no vault would write.
fn seal(input: &mut Input<'_>) -> Vec<u8> {
    let mut file = header(ALIAS, [NOW_MS; 3]);
    let digest = Header::read(&file)
        .map(|header| header.digest)
        .expect("a sound header");
    let probe = probe_for(&STORE_ID, digest);
    let random = Sequence::default();
    let mut link = FrameLink {
        sequence: 0,
        previous_tag: digest[..16].try_into().expect("16 bytes"),
        previous_name: [0; 12],
        place: 0,
    };
    while !input.is_empty() {
        let (what, more) = (input.u8(), input.u8());
        link.place = what >> 3 & 3;
        link.sequence = link.sequence.wrapping_add(1);
        match what & 7 {
            1 => link.sequence = input.u64(),
            2 if more & 1 == 0 => link.previous_name[0] ^= more,
            2 => link.previous_tag[0] ^= more,
            3 => link.sequence = link.sequence.wrapping_add(more.into()),
            5 => {
                file.resize(file.len() + usize::from(more) * 16, 0);
                continue;
            }
            6 => {
                file.extend_from_slice(input.take(more.into()));
                continue;
            }
            _ => {}
        }
        let (frame, hash) = if what & 7 == 4 {
            let hash = [more; 12];
            let plaintext = input.take(more.into());
            (probe.seal_plaintext(&link, hash, plaintext, &random), hash)
        } else {
            let content = content(what >> 5, more, input);
            let hash = probe.name_hash(&content.name).expect("a hash of any name");
            (probe.seal(&link, &content, &random), hash)
        };
        let mut frame = frame.expect("a sealed frame");
        link.previous_name = hash;
        link.previous_tag = *frame.last_chunk().expect("a tag");
        if what & 7 == 7 {
            let bit = usize::from(input.u16()) % (frame.len() * 8);
            frame[bit / 8] ^= 1 << (bit % 8);
        }
        file.extend(frame);
    }
    file
}

fn content(kind: u8, name: u8, input: &mut Input<'_>) -> FrameContent {
    FrameContent {
        name: char::from(b'a' + name % 8).to_string().into(),
        value: (kind & 1 == 0).then(|| "v".repeat(usize::from(input.u8()) * 3).into()),
        written_ms: NOW_MS,
        expires_ms: [0, 0, 1, NOW_MS + 1000][usize::from(kind >> 1)],
    }
}

//! A device in a folder.
//!
//! One file holds the whole state. It is replaced by a rename, so whoever kills the process at any moment leaves the
//! state before a call or the state after it. Nothing is synced, because only processes end here, and no machine does.

mod bytes;
mod state;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::saved::bytes::{Reader, Writer};
use crate::state::State;

const FILE: &str = "keychain";
/// The text changes with the format.
const START: &[u8] = b"strongroom-apple-fake, format 1\n";

pub(crate) struct Folder(PathBuf);

impl Folder {
    /// The folder, which is created if there is none.
    pub(crate) fn prepare(path: &Path) -> io::Result<Self> {
        fs::create_dir_all(path)?;
        Ok(Self(path.to_owned()))
    }

    /// The saved state; `None` only if nothing was ever saved.
    pub(crate) fn load(&self) -> io::Result<Option<State>> {
        let file = match fs::read(self.0.join(FILE)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        decode(&file).map(Some).ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::InvalidData,
                "the saved device is damaged, or is in another format",
            )
        })
    }

    pub(crate) fn save(&self, state: &State) -> io::Result<()> {
        let new = self.0.join(format!("{FILE}.new"));
        fs::write(&new, encode(state))?;
        fs::rename(new, self.0.join(FILE))
    }
}

/// The start, the state, and a checksum over both.
fn encode(state: &State) -> Vec<u8> {
    let mut writer = Writer::after(START);
    writer.state(state);
    let mut file = writer.finish();
    file.extend(checksum(&file).to_le_bytes());
    file
}

fn decode(file: &[u8]) -> Option<State> {
    let (content, sum) = file.split_last_chunk::<8>()?;
    if checksum(content).to_le_bytes() != *sum {
        return None;
    }
    let mut reader = Reader::of(content.strip_prefix(START)?);
    let state = reader.state()?;
    reader.is_at_end().then_some(state)
}

/// FNV-1a. It finds damage, not intent.
fn checksum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xCBF2_9CE4_8422_2325, |sum, byte| {
        (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3)
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]
mod tests {
    use super::*;
    use crate::row::{Accessible, Row, Stored};
    use crate::state::{Auth, Lock};

    #[test]
    fn a_state_returns_as_it_was() {
        let returned = decode(&encode(&full())).unwrap();
        let rows: Vec<Row> = returned.rows.iter().map(Stored::row).collect();
        assert_eq!(rows, full().rows.iter().map(Stored::row).collect::<Vec<_>>());
        assert_eq!(returned.rows[1].enrolment, 3);
        assert_eq!(returned.groups, ["one", "two"]);
        assert_eq!((returned.lock, returned.auth), (Lock::Prewarmed, Auth::Lockout));
        assert_eq!((returned.passcode, returned.installation), (false, 7));
        assert_eq!((returned.enrolment, returned.invalidated), (4, -50));
    }

    #[test]
    fn every_shorter_file_and_every_changed_byte_is_found() {
        let file = encode(&full());
        for length in 0..file.len() {
            assert!(decode(&file[..length]).is_none(), "of {length} bytes");
        }
        for at in 0..file.len() {
            let mut changed = file.clone();
            changed[at] ^= 0x10;
            assert!(decode(&changed).is_none(), "byte {at}");
        }
        let longer = [&file[..], &[0]].concat();
        assert!(decode(&longer).is_none());
    }

    #[test]
    fn a_state_with_more_than_a_state_is_refused() {
        let mut writer = Writer::after(START);
        writer.state(&full());
        let mut file = writer.finish();
        file.push(0);
        file.extend(checksum(&file).to_le_bytes());
        assert!(decode(&file).is_none());
    }

    #[test]
    fn no_value_and_no_name_is_in_the_file_as_it_is() {
        let file = encode(&full());
        for text in ["my value", "my account", "my label", "my generic"] {
            assert!(!file.windows(text.len()).any(|window| window == text.as_bytes()));
        }
    }

    fn full() -> State {
        let row = Row {
            generic: Some(b"my generic".to_vec()),
            label: Some("my label".to_owned()),
            group: "two".to_owned(),
            accessible: Accessible::WhenUnlocked,
            access_control: Some(1),
            ..Row::new("service", "my account", b"my value")
        };
        let synced = Row {
            synchronizable: true,
            accessible: Accessible::AfterFirstUnlock,
            ..Row::new("", "", b"")
        };
        State {
            rows: vec![Stored::of(&row, "one", 0), Stored::of(&synced, "one", 3)],
            groups: vec!["one".to_owned(), "two".to_owned()],
            lock: Lock::Prewarmed,
            passcode: false,
            auth: Auth::Lockout,
            enrolment: 4,
            invalidated: -50,
            installation: 7,
            ..State::default()
        }
    }
}

//! The header row of a store. If it can be read, a row that is not found is absent, and not just hidden by the system.
//!
//! version 1, installation (16), created (8, ms), flags, accessibility, authentication, reason and time (8, ms) of the
//! last reset, count of stores in quarantine, their numbers; big-endian.

use strongroom_core::policy::{Accessibility, Protection};
use strongroom_core::ports::Random;
use strongroom_core::{Error, ErrorCode, LastReset, ResetReason};

const VERSION: u8 = 1;
const USED: u8 = 1;
const LOST: u8 = 2;
const MARKED: u8 = 4;
const INSTALLATION_BYTES: usize = 16;

/// The installation of the app that a store and a marker belong to.
pub(super) type Installation = [u8; INSTALLATION_BYTES];

/// The fields of the header.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) installation: Installation,
    pub(super) created_ms: u64,
    /// Whether anything was ever stored.
    pub(super) used: bool,
    /// Whether the items were lost, and the app has to decide before the store continues.
    pub(super) lost: bool,
    /// Whether a marker was written: only then does a missing marker mean anything.
    pub(super) marked: bool,
    /// The protection of the rows, as bytes: an older version may not know the values of a newer one.
    pub(super) protection: [u8; 2],
    pub(super) last_reset: Option<LastReset>,
    /// The numbers of the stores in quarantine, the oldest first.
    pub(super) aside: Vec<u8>,
}

impl Header {
    pub(super) fn new(random: &dyn Random, now_ms: u64, protection: Protection) -> Result<Self, Error> {
        let mut installation = [0; INSTALLATION_BYTES];
        random.fill(&mut installation)?;
        Ok(Self {
            installation,
            created_ms: now_ms,
            used: false,
            lost: false,
            marked: false,
            protection: encoded(protection),
            last_reset: None,
            aside: Vec::new(),
        })
    }

    /// The accessibility class of all rows; `None` for one that this version does not know.
    pub(super) fn accessibility(&self) -> Option<Accessibility> {
        let [class, _] = self.protection;
        Accessibility::ALL
            .iter()
            .copied()
            .find(|known| known.to_byte() == class)
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let flag = |set: bool, flag: u8| if set { flag } else { 0 };
        let (reason, at_ms) = self
            .last_reset
            .map_or((0, 0), |reset| (reset.reason.to_byte(), reset.at_ms));
        let mut bytes = vec![VERSION];
        bytes.extend(self.installation);
        bytes.extend(self.created_ms.to_be_bytes());
        bytes.push(flag(self.used, USED) | flag(self.lost, LOST) | flag(self.marked, MARKED));
        bytes.extend(self.protection);
        bytes.push(reason);
        bytes.extend(at_ms.to_be_bytes());
        bytes.push(u8::try_from(self.aside.len()).unwrap_or(u8::MAX));
        bytes.extend(&self.aside);
        bytes
    }

    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Error> {
        match bytes.first() {
            Some(&VERSION) => Self::read(&bytes[1..]).ok_or_else(damaged),
            Some(newer) if *newer > VERSION => Err(Error::new(
                ErrorCode::NewerFormat,
                "A newer version of the plugin wrote the store: update the app",
            )),
            _ => Err(damaged()),
        }
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (installation, rest) = bytes.split_first_chunk()?;
        let (created, rest) = rest.split_first_chunk()?;
        let ([flags, accessibility, authentication, reason], rest) = rest.split_first_chunk()?;
        let (at, rest) = rest.split_first_chunk()?;
        let ([count], aside) = rest.split_first_chunk()?;
        if usize::from(*count) != aside.len() || flags & !(USED | LOST | MARKED) != 0 {
            return None;
        }
        let last_reset = match reason {
            0 => None,
            known => Some(LastReset {
                reason: ResetReason::from_byte(*known)?,
                at_ms: u64::from_be_bytes(*at),
            }),
        };
        Some(Self {
            installation: *installation,
            created_ms: u64::from_be_bytes(*created),
            used: flags & USED != 0,
            lost: flags & LOST != 0,
            marked: flags & MARKED != 0,
            protection: [*accessibility, *authentication],
            last_reset,
            aside: aside.to_vec(),
        })
    }
}

pub(super) fn encoded(protection: Protection) -> [u8; 2] {
    [
        protection.accessibility.to_byte(),
        protection.authentication.map_or(0, |way| way.to_byte()),
    ]
}

fn damaged() -> Error {
    Error::new(
        ErrorCode::Corrupt,
        "The header of the store is damaged: call `reset()` to start an empty store",
    )
}

#[cfg(test)]
mod tests {
    use strongroom_core::policy::Authentication;
    use strongroom_core::ports::OsRandom;

    use super::*;

    #[test]
    fn headers_return_as_they_were() {
        let protection = Protection::new(Accessibility::WhenUnlocked, Some(Authentication::DevicePasscode));
        let fresh = Header::new(&OsRandom::default(), 5, protection).unwrap();
        let full = Header {
            used: true,
            lost: true,
            marked: true,
            last_reset: Some(LastReset {
                reason: ResetReason::KeyLost,
                at_ms: u64::MAX,
            }),
            aside: vec![7, 0],
            ..fresh.clone()
        };
        for header in [fresh, full] {
            let bytes = header.to_bytes();
            assert!(Header::parse(&bytes).unwrap() == header);
            for length in 0..bytes.len() {
                assert_eq!(
                    Header::parse(&bytes[..length]).err().unwrap().code(),
                    ErrorCode::Corrupt
                );
            }
            let longer: Vec<u8> = bytes.iter().copied().chain([0]).collect();
            assert_eq!(Header::parse(&longer).err().unwrap().code(), ErrorCode::Corrupt);
            let newer: Vec<u8> = std::iter::once(2).chain(bytes[1..].iter().copied()).collect();
            assert_eq!(
                Header::parse(&newer).err().unwrap().code(),
                ErrorCode::NewerFormat
            );
        }
    }
}

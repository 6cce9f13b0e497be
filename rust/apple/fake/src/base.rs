//! The functions for objects of any type.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::bytes::Bytes;
use crate::objects::{Handle, Payload, Register, register};

#[unsafe(no_mangle)]
pub(crate) extern "C" fn CFRetain(object: Handle) -> Handle {
    register().retain(object, "CFRetain");
    object
}

#[unsafe(no_mangle)]
pub(crate) extern "C" fn CFRelease(object: Handle) {
    register().release(object, "CFRelease");
}

#[unsafe(no_mangle)]
extern "C" fn CFGetRetainCount(object: Handle) -> isize {
    register().retain_count(object, "CFGetRetainCount")
}

#[unsafe(no_mangle)]
extern "C" fn CFGetTypeID(object: Handle) -> usize {
    register().payload(object, "CFGetTypeID").kind().1
}

#[unsafe(no_mangle)]
pub(crate) extern "C" fn CFEqual(one: Handle, other: Handle) -> u8 {
    register().equal(one, other, "CFEqual").into()
}

#[unsafe(no_mangle)]
pub(crate) extern "C" fn CFHash(object: Handle) -> usize {
    let register = register();
    let mut hasher = DefaultHasher::new();
    match register.payload(object, "CFHash") {
        Payload::Text(bytes) | Payload::Data(bytes) => bytes.as_slice().hash(&mut hasher),
        other => other.kind().1.hash(&mut hasher),
    }
    usize::try_from(hasher.finish() >> 32).unwrap_or_default()
}

/// It describes as much as the real one, so that a test notices who passes it a secret.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn CFCopyDescription(object: Handle) -> Handle {
    let mut register = register();
    let text = match register.payload(object, "CFCopyDescription") {
        Payload::Text(bytes) => String::from_utf8_lossy(bytes.as_slice()).into_owned(),
        Payload::Data(bytes) => format!("<CFData {:02x?}>", bytes.as_slice()),
        other => format!("<{}>", other.kind().0),
    };
    register.create(Payload::Text(Bytes::copy_of(text.as_bytes())))
}

impl Register {
    pub(crate) fn equal(&self, one: Handle, other: Handle, function: &str) -> bool {
        let equal = |one, other| self.equal(one, other, function);
        match (self.payload(one, function), self.payload(other, function)) {
            _ if one == other => true,
            (Payload::Text(one), Payload::Text(other)) | (Payload::Data(one), Payload::Data(other)) => {
                one.as_slice() == other.as_slice()
            }
            (Payload::AccessControl(one), Payload::AccessControl(other)) => one == other,
            (Payload::Number(one), Payload::Number(other)) => one == other,
            (Payload::Array(one), Payload::Array(other)) => {
                one.values.len() == other.values.len()
                    && one
                        .values
                        .iter()
                        .zip(&other.values)
                        .all(|(&one, &other)| equal(one, other))
            }
            (Payload::Dictionary(one), Payload::Dictionary(other)) => {
                one.entries.len() == other.entries.len()
                    && one.entries.iter().all(|&(key, value)| {
                        other
                            .entries
                            .iter()
                            .any(|entry| equal(entry.0, key) && equal(entry.1, value))
                    })
            }
            _ => false,
        }
    }
}

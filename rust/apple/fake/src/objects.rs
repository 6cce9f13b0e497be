//! The objects that handles name, their counts, and the register of live objects.
//!
//! A handle is a number in the form of a pointer. It is looked up and never followed, and no number is given twice. So
//! the use of a handle after its release is always found, and following one is a fault at once.
//!
//! This file and those of the kinds of objects import each other: the register holds `Payload`, a closed enum of all kinds, so
//! that the compiler finds each place that forgets one.

use std::collections::HashMap;
use std::ffi::c_void;
use std::fmt;
use std::io::Write;
use std::ptr;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use crate::access_control::AccessControl;
use crate::allocator::Allocator;
use crate::array::Array;
use crate::bytes::Bytes;
use crate::context::Context;
use crate::dictionary::Dictionary;
use crate::number::Number;
use crate::threads;

/// Addresses that no process can have.
const IMMORTAL: usize = 0xE << (usize::BITS - 4);
const MORTAL: usize = 0xF << (usize::BITS - 4);
const STEP: usize = 16;

/// A `CFTypeRef`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct Handle(*const c_void);

// SAFETY: the pointer is a number, never followed.
unsafe impl Send for Handle {}
// SAFETY: as above.
unsafe impl Sync for Handle {}

impl Handle {
    pub(crate) const NULL: Self = Self(ptr::null());

    pub(crate) const fn immortal(index: usize) -> Self {
        Self(ptr::without_provenance(IMMORTAL + index * STEP))
    }

    pub(crate) const fn of(pointer: *const c_void) -> Self {
        Self(pointer)
    }

    pub(crate) fn is_null(self) -> bool {
        self.0.is_null()
    }

    pub(crate) fn as_pointer(self) -> *const c_void {
        self.0
    }
}

pub(crate) enum Payload {
    AccessControl(AccessControl),
    Allocator(Option<Allocator>),
    Array(Array),
    Boolean(bool),
    Context(Context),
    Data(Bytes),
    Dictionary(Dictionary),
    Error(isize),
    Null,
    Number(Number),
    Text(Bytes),
}

impl Payload {
    /// The name of the type, and its `CFTypeID`.
    pub(crate) fn kind(&self) -> (&'static str, usize) {
        match self {
            Self::AccessControl(_) => ("SecAccessControl", type_id::ACCESS_CONTROL),
            Self::Allocator(_) => ("CFAllocator", type_id::ALLOCATOR),
            Self::Array(_) => ("CFArray", type_id::ARRAY),
            Self::Boolean(_) => ("CFBoolean", type_id::BOOLEAN),
            Self::Context(_) => ("LAContext", type_id::CONTEXT),
            Self::Data(_) => ("CFData", type_id::DATA),
            Self::Dictionary(_) => ("CFDictionary", type_id::DICTIONARY),
            Self::Error(_) => ("CFError", type_id::ERROR),
            Self::Null => ("CFNull", type_id::NULL),
            Self::Number(_) => ("CFNumber", type_id::NUMBER),
            Self::Text(_) => ("CFString", type_id::STRING),
        }
    }

    fn owned(&self) -> Vec<Handle> {
        match self {
            Self::Array(array) => array.owned(),
            Self::Dictionary(dictionary) => dictionary.owned(),
            _ => Vec::new(),
        }
    }
}

pub(crate) mod type_id {
    pub(crate) const ACCESS_CONTROL: usize = 101;
    pub(crate) const ALLOCATOR: usize = 102;
    pub(crate) const ARRAY: usize = 103;
    pub(crate) const BOOLEAN: usize = 104;
    pub(crate) const CONTEXT: usize = 105;
    pub(crate) const DATA: usize = 106;
    pub(crate) const DICTIONARY: usize = 107;
    pub(crate) const ERROR: usize = 108;
    pub(crate) const NULL: usize = 109;
    pub(crate) const NUMBER: usize = 110;
    pub(crate) const STRING: usize = 111;
}

struct Object {
    payload: Payload,
    /// `None` for immortal objects.
    retains: Option<isize>,
    world: Option<u64>,
}

pub(crate) struct Register {
    objects: HashMap<usize, Object>,
    next: usize,
}

static REGISTER: LazyLock<Mutex<Register>> = LazyLock::new(|| {
    let immortals = crate::statics::immortals().into_iter().map(|(handle, payload)| {
        let object = Object {
            payload,
            retains: None,
            world: None,
        };
        (handle.0.addr(), object)
    });
    Mutex::new(Register {
        objects: immortals.collect(),
        next: MORTAL,
    })
});

/// The register, for one C function.
pub(crate) fn register() -> MutexGuard<'static, Register> {
    REGISTER.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The number of objects that were created on any thread and not released.
#[must_use]
pub fn live_objects() -> usize {
    register()
        .objects
        .values()
        .filter(|object| object.retains.is_some())
        .count()
}

impl Register {
    pub(crate) fn create(&mut self, payload: Payload) -> Handle {
        let address = self.next;
        self.next += STEP;
        let object = Object {
            payload,
            retains: Some(1),
            world: threads::current_id(),
        };
        self.objects.insert(address, object);
        Handle(ptr::without_provenance(address))
    }

    pub(crate) fn retain(&mut self, handle: Handle, function: &str) {
        if let Some(retains) = &mut self.object_mut(handle, function).retains {
            *retains += 1;
        }
    }

    pub(crate) fn release(&mut self, handle: Handle, function: &str) {
        let mut due = vec![handle];
        while let Some(handle) = due.pop() {
            let object = self.object_mut(handle, function);
            let Some(retains) = &mut object.retains else {
                continue;
            };
            *retains -= 1;
            if *retains == 0 {
                due.extend(object.payload.owned());
                self.objects.remove(&handle.0.addr());
            }
        }
    }

    pub(crate) fn retain_count(&mut self, handle: Handle, function: &str) -> isize {
        self.object_mut(handle, function).retains.unwrap_or(isize::MAX)
    }

    pub(crate) fn payload(&self, handle: Handle, function: &str) -> &Payload {
        match self.objects.get(&handle.0.addr()) {
            Some(object) => &object.payload,
            None => not_alive(handle, function),
        }
    }

    pub(crate) fn payload_mut(&mut self, handle: Handle, function: &str) -> &mut Payload {
        &mut self.object_mut(handle, function).payload
    }

    pub(crate) fn live_in(&self, world: u64) -> usize {
        self.objects
            .values()
            .filter(|object| object.world == Some(world))
            .count()
    }

    fn object_mut(&mut self, handle: Handle, function: &str) -> &mut Object {
        match self.objects.get_mut(&handle.0.addr()) {
            Some(object) => object,
            None => not_alive(handle, function),
        }
    }
}

/// Ends the process: the caller did what would be undefined with the real functions, and a panic cannot pass through C.
/// It does not use `eprintln!`, whose text the test harness would capture.
pub(crate) fn misuse(function: &str, what: fmt::Arguments<'_>) -> ! {
    let _ = writeln!(std::io::stderr(), "strongroom-apple-fake: {function}: {what}");
    std::process::abort()
}

pub(crate) fn wrong_type(function: &str, wanted: &str, payload: &Payload) -> ! {
    misuse(
        function,
        format_args!("wants a {wanted} and was given a {}", payload.kind().0),
    )
}

fn not_alive(handle: Handle, function: &str) -> ! {
    if handle.is_null() {
        misuse(function, format_args!("was given null"))
    }
    misuse(
        function,
        format_args!("{:?} is no object, or was released", handle.0),
    )
}

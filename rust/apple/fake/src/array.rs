//! `CFArray`.

use std::ffi::c_void;
use std::ptr;

use core_foundation_sys::array::CFArrayCallBacks;

use crate::objects::{Handle, Payload, Register, misuse, register, type_id, wrong_type};
use crate::statics::kCFTypeArrayCallBacks;

pub(crate) struct Array {
    pub(crate) values: Vec<Handle>,
    pub(crate) owns: bool,
}

impl Array {
    pub(crate) fn owned(&self) -> Vec<Handle> {
        if self.owns {
            self.values.clone()
        } else {
            Vec::new()
        }
    }
}

#[unsafe(no_mangle)]
extern "C" fn CFArrayGetTypeID() -> usize {
    type_id::ARRAY
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CFArrayCreate(
    _allocator: Handle,
    values: *const Handle,
    count: isize,
    callbacks: *const CFArrayCallBacks,
) -> Handle {
    const NAME: &str = "CFArrayCreate";
    let owns = owns(callbacks.cast(), (&raw const kCFTypeArrayCallBacks).cast(), NAME);
    // SAFETY: `values` holds `count` of them, as the contract of the function requires.
    let values = unsafe { handles(values, count, NAME) };
    let mut register = register();
    if owns {
        for &value in &values {
            register.retain(value, NAME);
        }
    }
    register.create(Payload::Array(Array { values, owns }))
}

#[unsafe(no_mangle)]
extern "C" fn CFArrayGetCount(array: Handle) -> isize {
    get(&register(), array, "CFArrayGetCount").len().cast_signed()
}

#[unsafe(no_mangle)]
extern "C" fn CFArrayGetValueAtIndex(array: Handle, index: isize) -> Handle {
    const NAME: &str = "CFArrayGetValueAtIndex";
    let register = register();
    match usize::try_from(index)
        .ok()
        .and_then(|index| get(&register, array, NAME).get(index))
    {
        Some(value) => *value,
        None => misuse(NAME, format_args!("there is no value {index}")),
    }
}

/// Whether a collection with these callbacks retains its elements.
pub(crate) fn owns(callbacks: *const c_void, known: *const c_void, function: &str) -> bool {
    if !callbacks.is_null() && !ptr::eq(callbacks, known) {
        misuse(function, format_args!("callbacks of one's own are not modelled"))
    }
    !callbacks.is_null()
}

/// # Safety
/// `start` has `count` handles to read.
pub(crate) unsafe fn handles(start: *const Handle, count: isize, function: &str) -> Vec<Handle> {
    match usize::try_from(count) {
        Err(_) => misuse(function, format_args!("was given a negative count")),
        Ok(0) => Vec::new(),
        // SAFETY: the caller's promise.
        Ok(count) => unsafe { std::slice::from_raw_parts(start, count) }.to_vec(),
    }
}

fn get<'a>(register: &'a Register, array: Handle, function: &str) -> &'a [Handle] {
    match register.payload(array, function) {
        Payload::Array(array) => &array.values,
        other => wrong_type(function, "CFArray", other),
    }
}

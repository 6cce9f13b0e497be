//! `CFNumber`, `CFBoolean`, `CFNull` and `CFError`.

use std::ffi::c_void;

use core_foundation_sys::number as cf;

use crate::objects::{Handle, Payload, misuse, register, type_id, wrong_type};

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Number {
    Whole(i64),
    Real(f64),
}

#[unsafe(no_mangle)]
extern "C" fn CFBooleanGetTypeID() -> usize {
    type_id::BOOLEAN
}

#[unsafe(no_mangle)]
extern "C" fn CFBooleanGetValue(boolean: Handle) -> bool {
    const NAME: &str = "CFBooleanGetValue";
    match register().payload(boolean, NAME) {
        Payload::Boolean(value) => *value,
        other => wrong_type(NAME, "CFBoolean", other),
    }
}

#[unsafe(no_mangle)]
extern "C" fn CFNullGetTypeID() -> usize {
    type_id::NULL
}

#[unsafe(no_mangle)]
extern "C" fn CFErrorGetTypeID() -> usize {
    type_id::ERROR
}

#[unsafe(no_mangle)]
extern "C" fn CFErrorGetCode(error: Handle) -> isize {
    const NAME: &str = "CFErrorGetCode";
    match register().payload(error, NAME) {
        Payload::Error(code) => *code,
        other => wrong_type(NAME, "CFError", other),
    }
}

#[unsafe(no_mangle)]
extern "C" fn CFNumberGetTypeID() -> usize {
    type_id::NUMBER
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CFNumberCreate(
    _allocator: Handle,
    kind: cf::CFNumberType,
    value: *const c_void,
) -> Handle {
    // SAFETY: `value` has the type that `kind` names, as the function's contract asks.
    let number = unsafe {
        match kind {
            cf::kCFNumberSInt32Type | cf::kCFNumberIntType => {
                Number::Whole(value.cast::<i32>().read().into())
            }
            cf::kCFNumberSInt64Type | cf::kCFNumberLongLongType | cf::kCFNumberCFIndexType => {
                Number::Whole(value.cast::<i64>().read())
            }
            cf::kCFNumberFloat64Type | cf::kCFNumberDoubleType => Number::Real(value.cast::<f64>().read()),
            _ => misuse("CFNumberCreate", format_args!("the type {kind} is not modelled")),
        }
    };
    register().create(Payload::Number(number))
}

/// Whether the number could be converted without loss. A number that loses digits is not written.
#[unsafe(no_mangle)]
unsafe extern "C" fn CFNumberGetValue(number: Handle, kind: cf::CFNumberType, value: *mut c_void) -> bool {
    const NAME: &str = "CFNumberGetValue";
    let number = match register().payload(number, NAME) {
        Payload::Number(number) => *number,
        other => wrong_type(NAME, "CFNumber", other),
    };
    // SAFETY: `value` has room for the type that `kind` names, as the function's contract asks.
    unsafe {
        match (kind, number) {
            (cf::kCFNumberSInt32Type | cf::kCFNumberIntType, Number::Whole(whole)) => {
                let Ok(whole) = i32::try_from(whole) else {
                    return false;
                };
                value.cast::<i32>().write(whole);
            }
            (
                cf::kCFNumberSInt64Type | cf::kCFNumberLongLongType | cf::kCFNumberCFIndexType,
                Number::Whole(whole),
            ) => value.cast::<i64>().write(whole),
            (cf::kCFNumberFloat64Type | cf::kCFNumberDoubleType, Number::Real(real)) => {
                value.cast::<f64>().write(real);
            }
            _ => misuse(
                NAME,
                format_args!("the type {kind} is not modelled for this number"),
            ),
        }
    }
    true
}

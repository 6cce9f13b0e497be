//! `CFDictionary`, immutable and mutable.

use core_foundation_sys::dictionary::{CFDictionaryKeyCallBacks, CFDictionaryValueCallBacks};

use crate::array::{handles, owns};
use crate::objects::{Handle, Payload, Register, misuse, register, type_id, wrong_type};
use crate::statics::{kCFTypeDictionaryKeyCallBacks, kCFTypeDictionaryValueCallBacks};

pub(crate) struct Dictionary {
    pub(crate) entries: Vec<(Handle, Handle)>,
    owns_keys: bool,
    owns_values: bool,
    mutable: bool,
}

impl Dictionary {
    /// A dictionary with the usual callbacks. It takes over the caller's reference to each key and value.
    pub(crate) fn of(entries: Vec<(Handle, Handle)>) -> Self {
        Self {
            entries,
            owns_keys: true,
            owns_values: true,
            mutable: false,
        }
    }

    pub(crate) fn owned(&self) -> Vec<Handle> {
        let keys = self
            .entries
            .iter()
            .filter(|_| self.owns_keys)
            .map(|entry| entry.0);
        let values = self
            .entries
            .iter()
            .filter(|_| self.owns_values)
            .map(|entry| entry.1);
        keys.chain(values).collect()
    }

    /// Compares keys with `CFEqual`, or as pointers if the dictionary does not own them.
    fn position(&self, register: &Register, key: Handle, function: &str) -> Option<usize> {
        self.entries.iter().position(|entry| {
            if self.owns_keys {
                register.equal(entry.0, key, function)
            } else {
                entry.0 == key
            }
        })
    }
}

#[unsafe(no_mangle)]
extern "C" fn CFDictionaryGetTypeID() -> usize {
    type_id::DICTIONARY
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CFDictionaryCreate(
    _allocator: Handle,
    keys: *const Handle,
    values: *const Handle,
    count: isize,
    key_callbacks: *const CFDictionaryKeyCallBacks,
    value_callbacks: *const CFDictionaryValueCallBacks,
) -> Handle {
    const NAME: &str = "CFDictionaryCreate";
    // SAFETY: both hold `count` of them, as the contract of the function requires.
    let (keys, values) = unsafe { (handles(keys, count, NAME), handles(values, count, NAME)) };
    let mut register = register();
    let dictionary = create(&mut register, key_callbacks, value_callbacks, NAME);
    for (key, value) in keys.into_iter().zip(values) {
        put(&mut register, dictionary, (key, value), true, NAME);
    }
    get_mut(&mut register, dictionary, NAME).mutable = false;
    dictionary
}

#[unsafe(no_mangle)]
extern "C" fn CFDictionaryCreateMutable(
    _allocator: Handle,
    _capacity: isize,
    key_callbacks: *const CFDictionaryKeyCallBacks,
    value_callbacks: *const CFDictionaryValueCallBacks,
) -> Handle {
    create(
        &mut register(),
        key_callbacks,
        value_callbacks,
        "CFDictionaryCreateMutable",
    )
}

#[unsafe(no_mangle)]
extern "C" fn CFDictionaryAddValue(dictionary: Handle, key: Handle, value: Handle) {
    put(
        &mut register(),
        dictionary,
        (key, value),
        false,
        "CFDictionaryAddValue",
    );
}

#[unsafe(no_mangle)]
extern "C" fn CFDictionarySetValue(dictionary: Handle, key: Handle, value: Handle) {
    put(
        &mut register(),
        dictionary,
        (key, value),
        true,
        "CFDictionarySetValue",
    );
}

#[unsafe(no_mangle)]
extern "C" fn CFDictionaryGetCount(dictionary: Handle) -> isize {
    get(&register(), dictionary, "CFDictionaryGetCount")
        .entries
        .len()
        .cast_signed()
}

#[unsafe(no_mangle)]
extern "C" fn CFDictionaryContainsKey(dictionary: Handle, key: Handle) -> u8 {
    find(&register(), dictionary, key, "CFDictionaryContainsKey")
        .is_some()
        .into()
}

#[unsafe(no_mangle)]
extern "C" fn CFDictionaryGetValue(dictionary: Handle, key: Handle) -> Handle {
    find(&register(), dictionary, key, "CFDictionaryGetValue").unwrap_or(Handle::NULL)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CFDictionaryGetValueIfPresent(
    dictionary: Handle,
    key: Handle,
    value: *mut Handle,
) -> u8 {
    let found = find(&register(), dictionary, key, "CFDictionaryGetValueIfPresent");
    if let Some(found) = found
        && !value.is_null()
    {
        // SAFETY: null, or a place for a value, as the contract of the function requires.
        unsafe { value.write(found) };
    }
    found.is_some().into()
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CFDictionaryGetKeysAndValues(
    dictionary: Handle,
    keys: *mut Handle,
    values: *mut Handle,
) {
    let register = register();
    for (index, entry) in get(&register, dictionary, "CFDictionaryGetKeysAndValues")
        .entries
        .iter()
        .enumerate()
    {
        if !keys.is_null() {
            // SAFETY: null, or places for as many keys as there are, as the contract of the function requires.
            unsafe { keys.add(index).write(entry.0) };
        }
        if !values.is_null() {
            // SAFETY: as above, for values.
            unsafe { values.add(index).write(entry.1) };
        }
    }
}

fn create(
    register: &mut Register,
    key_callbacks: *const CFDictionaryKeyCallBacks,
    value_callbacks: *const CFDictionaryValueCallBacks,
    function: &str,
) -> Handle {
    let known_for_keys = (&raw const kCFTypeDictionaryKeyCallBacks).cast();
    let known_for_values = (&raw const kCFTypeDictionaryValueCallBacks).cast();
    register.create(Payload::Dictionary(Dictionary {
        entries: Vec::new(),
        owns_keys: owns(key_callbacks.cast(), known_for_keys, function),
        owns_values: owns(value_callbacks.cast(), known_for_values, function),
        mutable: true,
    }))
}

fn put(register: &mut Register, dictionary: Handle, entry: (Handle, Handle), replace: bool, function: &str) {
    let this = get(register, dictionary, function);
    if !this.mutable {
        misuse(function, format_args!("was given an immutable dictionary"))
    }
    let (owns_keys, owns_values) = (this.owns_keys, this.owns_values);
    let at = this.position(register, entry.0, function);
    if at.is_some() && !replace {
        return;
    }
    if owns_values {
        register.retain(entry.1, function);
    }
    if let Some(at) = at {
        let former = std::mem::replace(
            &mut get_mut(register, dictionary, function).entries[at].1,
            entry.1,
        );
        if owns_values {
            register.release(former, function);
        }
    } else {
        if owns_keys {
            register.retain(entry.0, function);
        }
        get_mut(register, dictionary, function).entries.push(entry);
    }
}

fn find(register: &Register, dictionary: Handle, key: Handle, function: &str) -> Option<Handle> {
    let this = get(register, dictionary, function);
    this.position(register, key, function)
        .map(|at| this.entries[at].1)
}

fn get<'a>(register: &'a Register, dictionary: Handle, function: &str) -> &'a Dictionary {
    match register.payload(dictionary, function) {
        Payload::Dictionary(dictionary) => dictionary,
        other => wrong_type(function, "CFDictionary", other),
    }
}

fn get_mut<'a>(register: &'a mut Register, dictionary: Handle, function: &str) -> &'a mut Dictionary {
    match register.payload_mut(dictionary, function) {
        Payload::Dictionary(dictionary) => dictionary,
        other => wrong_type(function, "CFDictionary", other),
    }
}

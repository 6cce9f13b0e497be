//! Dictionaries and arrays, through the wrappers that the Keychain layer uses.

use core_foundation::array::{CFArray, kCFTypeArrayCallBacks};
use core_foundation::base::{CFType, TCFType};
use core_foundation::dictionary::{
    CFDictionary, CFDictionaryCreate, CFDictionaryGetValue, CFMutableDictionary,
    kCFTypeDictionaryKeyCallBacks, kCFTypeDictionaryValueCallBacks,
};
use core_foundation::number::CFNumber;
use core_foundation::string::CFString;
use std::ptr;
use strongroom_apple_fake::World;

#[test]
fn a_dictionary_tells_keys_apart_by_what_they_say_and_owns_what_it_holds() {
    let world = World::new();
    let _entered = world.enter();
    let (key, value) = (CFString::new("key"), CFString::new("value"));
    let mut dictionary = CFMutableDictionary::<CFString, CFType>::new();
    dictionary.add(&key, &value.as_CFType());
    assert_eq!((key.retain_count(), value.retain_count()), (2, 2));
    dictionary.add(&CFString::new("key"), &CFString::new("ignored").as_CFType());
    assert_eq!(*dictionary.get(&CFString::new("key")), value.as_CFType());
    dictionary.set(CFString::new("key"), CFNumber::from(7).as_CFType());
    assert_eq!(value.retain_count(), 1, "what was replaced was released");
    let fixed = dictionary.to_immutable();
    assert_eq!((fixed.len(), fixed.contains_key(&key)), (1, true));
    assert!(fixed.find(CFString::new("other")).is_none());
    let (keys, values) = fixed.get_keys_and_values();
    assert_eq!((keys, values.len()), (vec![key.as_CFTypeRef()], 1));
    assert_eq!(fixed.get(&key).downcast::<CFNumber>().unwrap().to_i64(), Some(7));
    drop((dictionary, fixed));
    assert_eq!((key.retain_count(), world.live_objects()), (1, 2));
    drop((key, value));
    assert_eq!(world.live_objects(), 0);
}

#[test]
fn a_dictionary_without_callbacks_owns_nothing_and_compares_pointers() {
    let (key, twin, value) = (CFString::new("key"), CFString::new("key"), CFString::new("value"));
    let (keys, values) = ([key.as_CFTypeRef()], [value.as_CFTypeRef()]);
    // SAFETY: one key and one value, which outlive the dictionary.
    unsafe {
        let made = CFDictionaryCreate(
            ptr::null(),
            keys.as_ptr(),
            values.as_ptr(),
            1,
            ptr::null(),
            ptr::null(),
        );
        let dictionary = CFDictionary::<CFString, CFString>::wrap_under_create_rule(made);
        assert_eq!((key.retain_count(), value.retain_count()), (1, 1));
        assert_eq!(
            CFDictionaryGetValue(made, key.as_CFTypeRef()),
            value.as_CFTypeRef()
        );
        assert!(CFDictionaryGetValue(made, twin.as_CFTypeRef()).is_null());
        drop(dictionary);
    }
    assert_eq!((key.retain_count(), value.retain_count()), (1, 1));
}

#[test]
fn arrays_own_what_they_hold() {
    let string = CFString::new("string");
    let array = CFArray::from_CFTypes(&[string.clone(), CFString::new("other")]);
    assert_eq!((array.len(), string.retain_count()), (2, 3 - 1));
    assert_eq!(*array.get(0).unwrap(), string);
    assert!(array.get(2).is_none());
    assert_eq!(
        array,
        CFArray::from_CFTypes(&[CFString::new("string"), CFString::new("other")])
    );
    drop(array);
    assert_eq!(string.retain_count(), 1);
}

#[test]
fn collections_are_equal_if_all_that_they_hold_is() {
    let text = |text: &str| CFString::new(text);
    let array = |texts: &[&str]| {
        let texts: Vec<_> = texts.iter().map(|&one| text(one)).collect();
        CFArray::from_CFTypes(&texts)
    };
    assert_eq!(array(&["one", "two"]), array(&["one", "two"]));
    assert_ne!(array(&["one", "two"]), array(&["one"]));
    assert_ne!(array(&["one", "two"]), array(&["one", "three"]));
    let dictionary = |entries: &[(&str, &str)]| {
        let entries: Vec<_> = entries
            .iter()
            .map(|&(key, value)| (text(key), text(value)))
            .collect();
        CFDictionary::from_CFType_pairs(&entries)
    };
    let one = dictionary(&[("key", "value"), ("other", "another")]);
    assert_eq!(one, dictionary(&[("other", "another"), ("key", "value")]));
    assert_ne!(one, dictionary(&[("key", "value")]));
    assert_ne!(one, dictionary(&[("key", "value"), ("other", "yet another")]));
    assert_ne!(one, dictionary(&[("key", "value"), ("no other", "another")]));
    assert_eq!((one.len(), dictionary(&[]).len()), (2, 0));
}

#[test]
fn the_callbacks_do_what_collections_with_them_do() {
    let (one, twin, other) = (CFString::new("one"), CFString::new("one"), CFString::new("other"));
    let [one_ref, twin_ref, other_ref] = [&one, &twin, &other].map(|string| string.as_CFTypeRef());
    // SAFETY: the constants of the linked library always exist.
    let (keys, values, array) = unsafe {
        (
            kCFTypeDictionaryKeyCallBacks,
            kCFTypeDictionaryValueCallBacks,
            kCFTypeArrayCallBacks,
        )
    };
    for (retain, release) in [
        (keys.retain, keys.release),
        (values.retain, values.release),
        (array.retain, array.release),
    ] {
        assert_eq!(retain(ptr::null(), one_ref), one_ref);
        assert_eq!(one.retain_count(), 2);
        release(ptr::null(), one_ref);
        assert_eq!(one.retain_count(), 1);
    }
    for equal in [keys.equal, values.equal, array.equal] {
        assert!(equal(one_ref, twin_ref) != 0 && equal(one_ref, other_ref) == 0);
    }
    assert_eq!((keys.hash)(one_ref), (keys.hash)(twin_ref));
    assert_ne!((keys.hash)(one_ref), (keys.hash)(other_ref));
    for describe in [
        keys.copyDescription,
        values.copyDescription,
        array.copyDescription,
    ] {
        // SAFETY: the caller owns a description.
        let description = unsafe { CFString::wrap_under_create_rule(describe(one_ref)) };
        assert_eq!(description, "one");
    }
}

//! Passes `strongroom_fuzz::open_file` to libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| strongroom_fuzz::open_file(data));

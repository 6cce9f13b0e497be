//! Passes `strongroom_fuzz::decode_frame` to libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| strongroom_fuzz::decode_frame(data));

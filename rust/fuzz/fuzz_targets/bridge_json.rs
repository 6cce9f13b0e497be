//! Passes `strongroom_fuzz::bridge_json` to libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| strongroom_fuzz::bridge_json(data));

//! The binding generator, pinned to the UniFFI version of the workspace so that bindings and library always match.

fn main() {
    uniffi::uniffi_bindgen_main();
}

//! Another Rust library of the same compiler, to link beside ours.

/// Something that formats, allocates and catches a panic.
#[unsafe(no_mangle)]
pub extern "C" fn other_work(number: u32) -> u32 {
    std::panic::catch_unwind(|| format!("{number}").parse().unwrap_or(u32::MAX)).unwrap_or_default()
}

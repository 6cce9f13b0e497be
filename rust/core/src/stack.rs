//! Wiping what a call leaves behind on the stack and in registers.
//!
//! Types wipe themselves where they lie, but not where they lay before they were moved, nor what the compiler put aside for
//! want of registers: round keys, states of hashes, blocks of plaintext. In the unused part of the stack it stays until something
//! happens to overwrite it, and in a core dump for good.

use std::hint::black_box;

use aes_gcm::aead::AeadInOut;
use aes_gcm::{Aes256Gcm, KeyInit};
use zeroize::{optimization_barrier, zeroize_stack};

/// Twice what a call was seen to use in an unoptimised build, and a small part of any thread's stack.
const DEPTH: usize = 64 * 1024;
/// Copies of 16 to 4,096 bytes: each doubling may go through other registers, and beyond that there are no others.
const COPIES: std::ops::RangeInclusive<u32> = 4..=12;
const LONGEST_COPY: usize = 4096;
/// Long enough for the cipher to take all the blocks at once that it can, and to have some left.
const BLANK_TEXT: usize = 300;

/// Runs `call`, then wipes the part of the stack that it and all that it called can have used, and the registers that copies
/// went through. What `call` returns by value is the caller's to wipe.
pub fn wiped<R>(call: impl FnOnce() -> R) -> R {
    let _wipe = WipeOnDrop;
    below(call)
}

/// The frame of a call that is inlined would lie above what is wiped.
#[inline(never)]
fn below<R>(call: impl FnOnce() -> R) -> R {
    call()
}

/// Wipes even when the call panicked.
struct WipeOnDrop;

impl Drop for WipeOnDrop {
    fn drop(&mut self) {
        overwrite_registers();
        zeroize_stack::<DEPTH>();
    }
}

/// What was copied last, and the round keys of the cipher, are still in vector registers, which safe code reaches only by doing
/// the same with something else: copying zeros, and sealing and opening zeros under a key of zeros.
#[inline(never)]
fn overwrite_registers() {
    let zeros = [0_u8; LONGEST_COPY];
    let mut copy = [0_u8; LONGEST_COPY];
    for power in COPIES {
        // Not known to the compiler, so that it calls what copies of any length are made with.
        let length = black_box(1_usize << power);
        copy[..length].copy_from_slice(&zeros[..length]);
        optimization_barrier(&copy);
    }
    let blank = Aes256Gcm::new(black_box(&[0; 32].into()));
    let (nonce, text) = ([0; 12].into(), &mut copy[..black_box(BLANK_TEXT)]);
    let tag = blank.encrypt_inout_detached(&nonce, &[], (&mut *text).into());
    if let Ok(tag) = tag {
        let _ = black_box(blank.decrypt_inout_detached(&nonce, &[], text.into(), &tag));
    }
    optimization_barrier(&copy);
}

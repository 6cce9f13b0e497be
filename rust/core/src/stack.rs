//! Wipes what a call leaves on the stack and in registers.
//!
//! Types wipe themselves where they are, but not where they were before a move. They do not wipe what the compiler
//! stored on the stack for lack of registers either: round keys, hash states, blocks of plaintext. These bytes stay in
//! the unused part of the stack until something overwrites them, and a core dump keeps them.

use std::hint::black_box;

use aes_gcm::aead::AeadInOut;
use aes_gcm::{Aes256Gcm, KeyInit};
use zeroize::{optimization_barrier, zeroize_stack};

/// Twice the largest use by a call that was measured in an unoptimised build, and a small part of any thread's stack.
const DEPTH: usize = 64 * 1024;
/// Copies of 16 to 4,096 bytes. Each doubling may use other registers; longer copies use no others.
const COPIES: std::ops::RangeInclusive<u32> = 4..=12;
const LONGEST_COPY: usize = 4096;
/// Long enough for the cipher to process as many blocks at once as it can, with some left over.
const BLANK_TEXT: usize = 300;

/// Runs `call`. Then it wipes the part of the stack that the call may have used, and the registers that copies went
/// through. The caller has to wipe what `call` returns by value.
pub fn wiped<R>(call: impl FnOnce() -> R) -> R {
    let _wipe = WipeOnDrop;
    below(call)
}

/// If the call were inlined, its frame would be above the part that is wiped.
#[inline(never)]
fn below<R>(call: impl FnOnce() -> R) -> R {
    call()
}

/// Wipes even if the call panics.
struct WipeOnDrop;

impl Drop for WipeOnDrop {
    fn drop(&mut self) {
        overwrite_registers();
        zeroize_stack::<DEPTH>();
    }
}

/// Vector registers still hold what was copied last and the round keys of the cipher. Safe code can overwrite them only
/// by doing the same work with other data: it copies zeros, and it seals and opens zeros under a key of zeros.
#[inline(never)]
fn overwrite_registers() {
    let zeros = [0_u8; LONGEST_COPY];
    let mut copy = [0_u8; LONGEST_COPY];
    for power in COPIES {
        // The compiler must not know the length, so that it calls the code that copies any length.
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

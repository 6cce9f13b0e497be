//! An allocator that keeps everything: it lists every block in use, and keeps freed blocks unchanged until they were
//! looked at.

use std::alloc::{GlobalAlloc, Layout, System};
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The allocator. It has no `realloc` of its own, so a block that grows leaves its old bytes behind.
pub(crate) struct Recorder;

/// Calls `look` with every block that was freed since the last call, and releases it.
pub(crate) fn look_at_freed(mut look: impl FnMut(&[u8])) {
    let mut next = std::mem::take(&mut lists().freed);
    while !next.is_null() {
        let header = next;
        // SAFETY: the list that was taken belongs to this call alone. Its headers are valid. The block behind each
        // header was zeroed when it was allocated, so all its bytes may be read; its owner has freed it.
        unsafe {
            next = (*header).next;
            look(block(header));
            System.dealloc((*header).base, (*header).whole);
        }
    }
}

/// Calls `look` with every block in use. It must not allocate, and no other thread may be writing to a block.
pub(crate) fn look_at_live(mut look: impl FnMut(&[u8])) {
    let lists = lists();
    let mut header = lists.live;
    while !header.is_null() {
        // SAFETY: the lock is held, so every header in the list stays valid. The block was zeroed when it was allocated.
        unsafe {
            look(block(header));
            header = (*header).next;
        }
    }
}

/// Runs `work` without listing what it allocates: for the memory of the search itself.
pub(crate) fn unlisted<R>(work: impl FnOnce() -> R) -> R {
    UNLISTED.store(true, Ordering::SeqCst);
    let result = work();
    UNLISTED.store(false, Ordering::SeqCst);
    result
}

static UNLISTED: AtomicBool = AtomicBool::new(false);
static LISTS: Mutex<Lists> = Mutex::new(Lists {
    live: ptr::null_mut(),
    freed: ptr::null_mut(),
});

struct Lists {
    live: *mut Header,
    freed: *mut Header,
}

// SAFETY: only code that holds the lock reaches the headers.
unsafe impl Send for Lists {}

/// Directly before each block.
struct Header {
    previous: *mut Self,
    next: *mut Self,
    base: *mut u8,
    whole: Layout,
    size: usize,
    listed: bool,
}

// SAFETY: every block comes from `System`, has the requested size and alignment, since `offset` is a multiple of the
// alignment, and is released with the layout that it was allocated with.
unsafe impl GlobalAlloc for Recorder {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let align = layout.align().max(align_of::<Header>());
        let offset = size_of::<Header>().next_multiple_of(align);
        let Some(Ok(whole)) = offset
            .checked_add(layout.size())
            .map(|size| Layout::from_size_align(size, align))
        else {
            return ptr::null_mut();
        };
        // SAFETY: the layout is not empty, because a header is not. `offset` is inside it, and so is the header that
        // ends there. The header is aligned, because both `offset` and the size of a header are multiples of its
        // alignment.
        unsafe {
            let base = System.alloc_zeroed(whole);
            if base.is_null() {
                return base;
            }
            let start = base.add(offset);
            let header = header_of(start);
            let listed = !UNLISTED.load(Ordering::SeqCst);
            header.write(Header {
                previous: ptr::null_mut(),
                next: ptr::null_mut(),
                base,
                whole,
                size: layout.size(),
                listed,
            });
            if listed {
                push(&mut lists().live, header);
            }
            start
        }
    }

    unsafe fn dealloc(&self, start: *mut u8, _: Layout) {
        // SAFETY: `alloc` returned `start`, so there is a header before it. It is in the list of live blocks if it says
        // so.
        unsafe {
            let header = header_of(start);
            if (*header).listed {
                let mut lists = lists();
                unlink(&mut lists.live, header);
                push(&mut lists.freed, header);
            } else {
                System.dealloc((*header).base, (*header).whole);
            }
        }
    }
}

fn lists() -> MutexGuard<'static, Lists> {
    LISTS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn header_of(start: *mut u8) -> *mut Header {
    start.wrapping_sub(size_of::<Header>()).cast()
}

/// # Safety
/// `header` is valid, and nobody writes to its block while the result is used.
unsafe fn block<'a>(header: *mut Header) -> &'a [u8] {
    // SAFETY: the block follows its header and has the size that the header says.
    unsafe { std::slice::from_raw_parts(header.add(1).cast(), (*header).size) }
}

/// # Safety
/// `header` is valid and in no list; the lock is held.
unsafe fn push(list: &mut *mut Header, header: *mut Header) {
    // SAFETY: the caller's promise; the first of a list is valid or null.
    unsafe {
        (*header).previous = ptr::null_mut();
        (*header).next = *list;
        if let Some(first) = list.as_mut() {
            first.previous = header;
        }
    }
    *list = header;
}

/// # Safety
/// `header` is in `list`; the lock is held.
unsafe fn unlink(list: &mut *mut Header, header: *mut Header) {
    // SAFETY: the caller's promise: the neighbours of a header in a list are valid or null.
    unsafe {
        let (previous, next) = ((*header).previous, (*header).next);
        if let Some(next) = next.as_mut() {
            next.previous = previous;
        }
        match previous.as_mut() {
            Some(previous) => previous.next = next,
            None => *list = next,
        }
    }
}

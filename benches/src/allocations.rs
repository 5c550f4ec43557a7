//! Counts what each thread allocates, so that a run can tell what a call costs in allocations.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

#[cfg(test)]
mod tests;

#[global_allocator]
static COUNTING: Counting = Counting;

thread_local! {
    /// Without a destructor, so that it can be used for as long as the thread can allocate.
    static OF_THIS_THREAD: Cell<u64> = const { Cell::new(0) };
}

/// The system's allocator, counting. An addition in memory of the thread itself: less than a
/// nanosecond.
struct Counting;

#[inline]
fn count() {
    OF_THIS_THREAD.set(OF_THIS_THREAD.get() + 1);
}

#[expect(unsafe_code, reason = "a global allocator cannot be written without")]
// SAFETY: everything is left to the system's allocator; counting neither allocates nor panics.
unsafe impl GlobalAlloc for Counting {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller keeps to the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller keeps to the contract of `alloc_zeroed`.
        unsafe { System.alloc_zeroed(layout) }
    }

    #[inline]
    unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: the caller keeps to the contract of `realloc`.
        unsafe { System.realloc(old, layout, size) }
    }

    #[inline]
    unsafe fn dealloc(&self, old: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps to the contract of `dealloc`.
        unsafe { System.dealloc(old, layout) }
    }
}

/// A count of this thread's allocations, begun.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Count(u64);

/// Allocations of so many records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Allocations {
    number: u64,
    records: u64,
}

impl Count {
    #[inline]
    pub(crate) fn begin() -> Self {
        Self(OF_THIS_THREAD.get())
    }

    /// The allocations since, by so many records.
    #[inline]
    pub(crate) fn per(self, records: u64) -> Allocations {
        let number = OF_THIS_THREAD.get() - self.0;
        Allocations { number, records }
    }
}

impl Allocations {
    /// Both together.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            number: self.number + other.number,
            records: self.records + other.records,
        }
    }

    /// `None` if none of the records was counted.
    pub(crate) fn per_record(self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
        let share = (self.number as f64, self.records as f64);
        (self.records > 0).then(|| share.0 / share.1)
    }
}

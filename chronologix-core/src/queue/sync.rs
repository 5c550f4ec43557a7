//! The primitives of this room: std's, or loom's under `cfg(loom)`.
//!
//! `Arc` is std's either way: its count takes no part in any hand-over, and so the rooms above compile under loom as they are.

pub(super) use std::sync::Arc;
#[cfg(not(loom))]
pub(super) use std::sync::{
    Condvar, Mutex, MutexGuard,
    atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering, fence},
};

#[cfg(loom)]
pub(super) use loom::sync::{
    Condvar, Mutex, MutexGuard,
    atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering, fence},
};

/// Locks, also when a thread panicked while it held the lock: every critical section of this
/// room leaves its data whole at each step, and a logger must go on after a panic elsewhere.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

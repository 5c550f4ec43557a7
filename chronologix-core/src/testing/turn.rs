//! Turns that tests take at one declaration.

use std::{
    ptr,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

use crate::stream::Declaration;

/// The declarations that test loggers run, by address.
static TAKEN: Mutex<Vec<usize>> = Mutex::new(Vec::new());
static FREED: Condvar = Condvar::new();

/// While it lives, no other test logger runs the declaration.
pub(super) struct Turn(usize);

impl Turn {
    /// Waits until no other test logger runs the declaration.
    pub(super) fn of(declaration: &'static Declaration) -> Self {
        let key = ptr::from_ref(declaration).addr();
        let is_taken = |taken: &mut Vec<usize>| taken.contains(&key);
        let waited = FREED.wait_while(taken(), is_taken);
        waited.unwrap_or_else(PoisonError::into_inner).push(key);
        Self(key)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        taken().retain(|key| *key != self.0);
        FREED.notify_all();
    }
}

fn taken() -> MutexGuard<'static, Vec<usize>> {
    TAKEN.lock().unwrap_or_else(PoisonError::into_inner)
}

//! A counter in the kernel (`eventfd(2)`) that can be polled: notifying adds one to it.

use std::{sync::Arc, task::Wake};

use rustix::{
    event::{EventfdFlags, eventfd},
    fd::{AsFd, BorrowedFd, OwnedFd},
    io::{Errno, read, write},
};

/// Ends a poll from another thread.
#[derive(Debug)]
pub(crate) struct Eventfd(OwnedFd);

impl Eventfd {
    pub(crate) fn new() -> Result<Self, Errno> {
        eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).map(Self)
    }

    /// Returns whether there was a notification since the last call.
    pub(crate) fn take(&self) -> Result<bool, Errno> {
        match read(&self.0, &mut [0; 8]) {
            Ok(_) => Ok(true),
            Err(Errno::AGAIN | Errno::INTR) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

impl Wake for Eventfd {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        // It fails only if the counter is full, and then the descriptor is readable already.
        let _ = write(&self.0, &1_u64.to_ne_bytes());
    }
}

impl AsFd for Eventfd {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

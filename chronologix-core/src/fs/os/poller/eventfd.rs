//! A counter in the kernel (`eventfd(2)`) that can be waited for; whoever rings counts up.

use rustix::{
    event::{EventfdFlags, eventfd},
    fd::{AsFd, BorrowedFd, OwnedFd},
    io::{Errno, read, write},
};

use crate::fs::poller::Bell;

#[derive(Debug)]
pub(crate) struct Eventfd(OwnedFd);

impl Eventfd {
    pub(crate) fn new() -> Result<Self, Errno> {
        eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).map(Self)
    }

    /// Whether somebody rang since the last answer.
    pub(crate) fn answer(&self) -> Result<bool, Errno> {
        match read(&self.0, &mut [0; 8]) {
            Ok(_) => Ok(true),
            Err(Errno::AGAIN | Errno::INTR) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

impl Bell for Eventfd {
    fn ring(&self) {
        // It fails only if the counter is full, and then it rings already.
        let _ = write(&self.0, &1_u64.to_ne_bytes());
    }
}

impl AsFd for Eventfd {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

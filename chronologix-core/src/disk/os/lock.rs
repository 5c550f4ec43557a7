//! The lock of a tree: who holds it does what only one may do at a time, whatever process the others are in.
//!
//! It is an advisory lock on a file in the base directory, which stays there: who removes such a file may take it from under somebody
//! who waits for it.

use std::{
    io,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use rustix::{
    fs::{FlockOperation, OFlags, flock},
    io::Errno,
};

use super::{beneath, hold::Locked, is_a_log};

/// The name of the file.
pub(super) const NAME: &str = ".chronologix.lock";

/// How long it takes to ask again.
const STEP: Duration = Duration::from_millis(1);

/// Takes the lock of the tree at `base`, for as long as what it gives lives. Waits for others for as long as `patience` lasts.
pub(super) fn take(base: &Path, patience: Duration) -> io::Result<Locked> {
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = beneath::open(&base.join(NAME), 1, flags, 0o600)?;
    if !is_a_log(&file.metadata()?) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let begun = Instant::now();
    loop {
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Err(Errno::WOULDBLOCK | Errno::INTR) if begun.elapsed() < patience => {
                thread::sleep(STEP);
            }
            outcome => return Ok(outcome.map(|()| Locked::new(file))?),
        }
    }
}

#[cfg(test)]
mod tests;

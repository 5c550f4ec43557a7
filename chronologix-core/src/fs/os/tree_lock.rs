//! The lock of a tree: who holds it does what only one may do at a time, whatever process the others are in.
//!
//! It is an advisory lock on a file in the base directory, which stays there: who removes such a file may take it from under somebody
//! who waits for it.

use std::{
    fs::File,
    io,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use rustix::{
    fs::{FlockOperation, OFlags, flock},
    io::Errno,
};

use super::{folder_lock::Flock, is_a_log, open_beneath};

/// The name of the file.
pub(crate) const NAME: &str = ".chronologix.lock";

/// How long it takes to ask again.
const STEP: Duration = Duration::from_millis(1);

/// Takes the lock of the tree at `base`, for as long as what it gives lives. Waits for others for as long as `patience` lasts.
pub(crate) fn take(base: &Path, patience: Duration) -> io::Result<Flock> {
    let file = open(base, NAME)?;
    let begun = Instant::now();
    loop {
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Err(Errno::WOULDBLOCK | Errno::INTR) if begun.elapsed() < patience => {
                thread::sleep(STEP);
            }
            outcome => return Ok(outcome.map(|()| Flock::new(file))?),
        }
    }
}

/// Takes another lock of the tree, on a file of this name. [`io::ErrorKind::WouldBlock`] if somebody has it.
pub(crate) fn try_to_take(base: &Path, name: &str) -> io::Result<Flock> {
    let file = open(base, name)?;
    flock(&file, FlockOperation::NonBlockingLockExclusive)?;
    Ok(Flock::new(file))
}

fn open(base: &Path, name: &str) -> io::Result<File> {
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = open_beneath::open(&base.join(name), 1, flags, 0o600)?;
    if !is_a_log(&file.metadata()?) {
        let error = "it is not a regular file of this user with one name; move it away";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, error));
    }
    Ok(file)
}

#[cfg(test)]
mod tests;

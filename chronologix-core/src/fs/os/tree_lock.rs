//! The lock of a tree, for what one process may do at a time.
//!
//! It is an advisory lock on a file in the base directory. The file is never removed: that could
//! take it away from a process that waits for the lock.

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

use super::{folder_lock::Flock, open_beneath, ownership};

#[cfg(test)]
mod tests;

/// The name of the file.
pub(crate) const NAME: &str = ".chronologix.lock";

/// How long to wait before the next attempt.
const RETRY_AFTER: Duration = Duration::from_millis(1);

/// Takes the lock of the tree at `base`. Waits for it for `timeout` at most.
pub(crate) fn lock(base: &Path, timeout: Duration) -> io::Result<Flock> {
    let file = open(base, NAME)?;
    let begun = Instant::now();
    loop {
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Err(Errno::WOULDBLOCK | Errno::INTR) if begun.elapsed() < timeout => {
                thread::sleep(RETRY_AFTER);
            }
            outcome => return Ok(outcome.map(|()| Flock(file))?),
        }
    }
}

/// Opens the file of a lock.
pub(super) fn open(base: &Path, name: &str) -> io::Result<File> {
    let flags = OFlags::RDWR | OFlags::CREATE;
    let path = base.join(name);
    let file = open_beneath::open(&path, 1, flags, 0o600)?;
    ownership::check(&path, 1, &file.metadata()?)?;
    Ok(file)
}

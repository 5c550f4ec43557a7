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

use super::{
    folder_lock::{self, Flock},
    limits::MountLimits,
    open_beneath, ownership,
};

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

/// Opens the file of a lock. A second name, such as a snapshot by hard links makes, does no harm
/// to a file with nothing in it.
pub(super) fn open(base: &Path, name: &str) -> io::Result<File> {
    let flags = OFlags::RDWR | OFlags::CREATE;
    let path = base.join(name);
    let opened = open_beneath::open(&path, 1, flags, 0o600);
    ownership::opened(&path, 1, opened, |found| found.len() == 0)
}

/// Returns whether something else has the name of a lock.
pub(super) fn is_blocked(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::InvalidInput && error.raw_os_error().is_none()
}

/// Reports once why there is no lock, unless another logger has it.
pub(super) fn report(limits: &MountLimits, doing: &'static str, path: &Path, error: &io::Error) {
    if error.kind() == io::ErrorKind::WouldBlock {
        return;
    }
    if folder_lock::is_unknown(error) {
        let instead = "loggers that share this tree must not start at the same time";
        limits.report(
            "lock files in",
            path.parent().unwrap_or(path),
            error,
            instead,
        );
    } else {
        limits.report(doing, path, error, "the logger goes on without this lock");
    }
}

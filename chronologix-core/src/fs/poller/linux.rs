//! The poller on Linux.

use std::{
    path::Path,
    sync::Arc,
    task::Waker,
    thread,
    time::{Duration, Instant},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fd::{AsFd, BorrowedFd},
    io::Errno,
};

use super::{WakeReason, eventfd::Eventfd, inotify::FileWatches, timerfd::Timerfd};
use crate::clock::kernel::kernel_time_of;

/// How long a wait may be while not all files can be watched.
const VERIFY_EVERY: Duration = Duration::from_secs(1);

/// How long a wait without descriptors takes. A program that becomes a daemon may close them.
const FALLBACK_WAIT: Duration = Duration::from_millis(10);

/// Waits for notifications, the wall clock and changes to files. Used by one thread.
#[derive(Debug)]
pub(crate) struct Poller {
    pub(super) eventfd: Arc<Eventfd>,
    pub(super) timerfd: Timerfd,
    pub(super) watches: FileWatches,
    pub(super) verify_every: Duration,
}

impl Poller {
    /// Fails if the user has used up what the system grants of such descriptors.
    pub(crate) fn open() -> Result<Self, Errno> {
        Ok(Self {
            eventfd: Arc::new(Eventfd::new()?),
            timerfd: Timerfd::new()?,
            watches: FileWatches::new()?,
            verify_every: VERIFY_EVERY,
        })
    }

    /// Returns a waker that ends the wait, or the next one if there is none now. Waking never
    /// blocks, takes no lock, and is safe in signal handlers.
    pub(crate) fn waker(&self) -> Waker {
        Waker::from(Arc::clone(&self.eventfd))
    }

    /// Watches these folders, `link`, and everything above them, and nothing else any more. Call it
    /// when other folders come into use, and after [`WakeReason::FilesChanged`], because a folder
    /// that was created again is another folder. Look at the files after this and before the next
    /// wait.
    ///
    /// A wait ends when something in one of `folders` is deleted, renamed or replaced, and when one
    /// of them, `link`, or a folder above them is deleted or renamed. It does not end when
    /// something is created or written, nor when the link is replaced atomically: loggers that
    /// share a tree but not their interval do that to each other.
    ///
    /// If something cannot be watched (it is missing, unreadable, on another machine, or the system
    /// grants no more watches), every wait ends after a second with [`WakeReason::FilesChanged`]. A
    /// file system mounted over one of the folders, and changes to a symlink behind a symlink, are
    /// not noticed.
    pub(crate) fn watch(&mut self, folders: &[&Path], link: &Path) {
        self.watches.watch(folders, link);
    }

    /// Waits for a notification, until the wall clock shows `until` (nanoseconds since 1970 UTC) or
    /// is set, or until something happens to the files. May also end for no reason.
    pub(crate) fn wait(&mut self, until: i64) -> WakeReason {
        self.try_wait(until).unwrap_or_else(|_| {
            thread::sleep(FALLBACK_WAIT);
            WakeReason::FilesChanged
        })
    }

    fn try_wait(&mut self, until: i64) -> Result<WakeReason, Errno> {
        if self.timerfd.set(kernel_time_of(until))? {
            return Ok(WakeReason::Other);
        }
        let is_blind = !self.watches.are_complete();
        let verify_at = is_blind.then(|| Instant::now() + self.verify_every);
        loop {
            let limit = verify_at.map(|end| end.saturating_duration_since(Instant::now()));
            let descriptors = [
                self.eventfd.as_fd(),
                self.timerfd.as_fd(),
                self.watches.as_fd(),
            ];
            let [notified, timed, seen] = readable(descriptors, limit)?;
            let notified = notified && self.eventfd.take()?;
            let timed = timed && self.timerfd.take_expired()?;
            let is_late = verify_at.is_some_and(|end| end <= Instant::now());
            if seen && self.watches.take_changed()? || is_late {
                return Ok(WakeReason::FilesChanged);
            }
            if notified || timed {
                return Ok(WakeReason::Other);
            }
        }
    }
}

/// Waits until a descriptor is readable, `limit` has passed, or a signal came. Returns which are.
fn readable(descriptors: [BorrowedFd<'_>; 3], limit: Option<Duration>) -> Result<[bool; 3], Errno> {
    let mut polled = descriptors.map(|it| PollFd::from_borrowed_fd(it, PollFlags::IN));
    // A time that no `Timespec` can hold is no limit.
    let limit = limit.and_then(|limit| Timespec::try_from(limit).ok());
    match poll(&mut polled, limit.as_ref()) {
        Ok(_) => {}
        Err(Errno::INTR) => return Ok([false; 3]),
        Err(error) => return Err(error),
    }
    let found = polled.map(|polled| polled.revents());
    let failed = PollFlags::NVAL | PollFlags::ERR;
    if found.iter().any(|found| found.intersects(failed)) {
        return Err(Errno::BADF);
    }
    Ok(found.map(|found| found.contains(PollFlags::IN)))
}

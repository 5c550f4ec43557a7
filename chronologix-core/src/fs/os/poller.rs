//! Waiting on Linux, in one `poll(2)` over three descriptors: a [`eventfd`], an [`timerfd`] on the wall clock, and [`inotify`] on files.
//!
//! A logger has these three and the files of its streams. None survives an `exec`. A forked child shares them with its
//! parent, which may thus be woken for nothing, and must not wait with them itself.

pub(crate) mod eventfd;
pub(crate) mod inotify;
pub(crate) mod timerfd;

use std::{
    path::Path,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fd::{AsFd, BorrowedFd},
    io::Errno,
};

use self::{eventfd::Eventfd, inotify::FileWatches, timerfd::Timerfd};
use crate::fs::poller::{Bell, Lookout, WakeReason};

mod local;

#[cfg(test)]
mod tests;

/// How often one has to look at files that cannot be watched.
pub(crate) const LOOK_EVERY: Duration = Duration::from_secs(1);

/// A wait without descriptors: somebody closed them, as programs do that become daemons.
const BLIND_WAIT: Duration = Duration::from_millis(10);

/// Three descriptors to wait with.
#[derive(Debug)]
pub(crate) struct OsLookout {
    bell: Arc<Eventfd>,
    alarm: Timerfd,
    eyes: FileWatches,
    /// How long a wait may be if the eyes do not see everything.
    look_every: Duration,
}

impl OsLookout {
    pub(crate) fn open(look_every: Duration) -> Result<Self, Errno> {
        Ok(Self {
            bell: Arc::new(Eventfd::new()?),
            alarm: Timerfd::new()?,
            eyes: FileWatches::new()?,
            look_every,
        })
    }

    fn wait_or_fail(&mut self, until: i64) -> Result<WakeReason, Errno> {
        if self.alarm.set(until)? {
            return Ok(WakeReason::default());
        }
        let look_at = (!self.eyes.see_all()).then(|| Instant::now() + self.look_every);
        loop {
            let limit = look_at.map(|end| end.saturating_duration_since(Instant::now()));
            let (bell, alarm, eyes) = (&*self.bell, &self.alarm, &self.eyes);
            let [called, timed, seen] = ready([bell.as_fd(), alarm.as_fd(), eyes.as_fd()], limit)?;
            let called = called && self.bell.answer()?;
            let timed = timed && self.alarm.has_rung()?;
            let is_late = look_at.is_some_and(|end| end <= Instant::now());
            let files_changed = seen && self.eyes.saw_a_change()? || is_late;
            if called || timed || files_changed {
                return Ok(WakeReason { files_changed });
            }
        }
    }
}

impl Lookout for OsLookout {
    fn watch(&mut self, folders: &[&Path], link: &Path) {
        self.eyes.watch(folders, link);
    }

    fn wait(&mut self, until: i64) -> WakeReason {
        self.wait_or_fail(until).unwrap_or_else(|_| {
            thread::sleep(BLIND_WAIT);
            WakeReason {
                files_changed: true,
            }
        })
    }

    fn bell(&self) -> Arc<dyn Bell> {
        self.bell.clone()
    }
}

/// Which of the descriptors can be read, as soon as one can, or `limit` has passed, or a signal came.
fn ready(descriptors: [BorrowedFd<'_>; 3], limit: Option<Duration>) -> Result<[bool; 3], Errno> {
    let mut polled = descriptors.map(|it| PollFd::from_borrowed_fd(it, PollFlags::IN));
    // What no `Timespec` can hold is for ever.
    let limit = limit.and_then(|limit| Timespec::try_from(limit).ok());
    match poll(&mut polled, limit.as_ref()) {
        Ok(_) => {}
        Err(Errno::INTR) => return Ok([false; 3]),
        Err(error) => return Err(error),
    }
    let found = polled.map(|polled| polled.revents());
    if found
        .iter()
        .any(|found| found.intersects(PollFlags::NVAL | PollFlags::ERR))
    {
        return Err(Errno::BADF);
    }
    Ok(found.map(|found| found.contains(PollFlags::IN)))
}

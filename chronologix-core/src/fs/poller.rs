//! Where the writer waits while there is nothing to do, without waking up to look around.
//!
//! On Linux this is one `poll(2)` over three descriptors: an [`eventfd`] that other threads
//! notify, a [`timerfd`] on the wall clock, and [`inotify`] for the files. They are closed on
//! `exec`. A forked child shares them with its parent, which may therefore wake up for nothing, and
//! must not wait with them itself.
//!
//! No change is missed if the writer first calls [`Poller::watch`], then looks at its files, and
//! then waits: an earlier change is found by looking, and a later one ends the wait. The clock is
//! watched from the beginning, so setting it between a look at it and the wait ends the wait too.
//!
//! It is for long waits: waking up here takes some microseconds more than at a condition variable.

#[cfg(target_os = "linux")]
mod eventfd;
#[cfg(target_os = "linux")]
mod inotify;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
mod timerfd;

#[cfg(target_os = "linux")]
#[cfg(test)]
mod tests;

#[cfg(target_os = "linux")]
pub(crate) use self::linux::Poller;
#[cfg(not(target_os = "linux"))]
pub(crate) use self::unsupported::Poller;

/// Why a wait ended, as far as it matters: the clock and the queues are looked at in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(crate) enum WakeReason {
    /// The files must be looked at, and then watched anew.
    FilesChanged,
    /// A notification, the timer, a clock that was set, or no reason at all.
    #[cfg_attr(
        not(target_os = "linux"),
        expect(
            dead_code,
            reason = "only a poller makes one, and this system has none"
        )
    )]
    Other,
}

/// Other systems have no poller, so this type has no values.
#[cfg(not(target_os = "linux"))]
mod unsupported {
    use std::{path::Path, task::Waker};

    use super::WakeReason;

    #[derive(Debug)]
    pub(crate) enum Poller {}

    impl Poller {
        pub(crate) fn waker(&self) -> Waker {
            match *self {}
        }

        pub(crate) fn watch(&mut self, _folders: &[&Path], _link: &Path) {
            match *self {}
        }

        pub(crate) fn wait(&mut self, _until: i64) -> WakeReason {
            match *self {}
        }
    }
}

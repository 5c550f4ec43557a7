//! Where the writer waits while there is nothing to do: as long as nothing happens, it does not wake up to look around.
//!
//! Whoever calls [`Lookout::watch`] first, looks at the files then, and waits last, misses nothing: what happened before the
//! watch is seen by looking, what happens later ends the wait. The same goes for the clock: it is watched from the
//! beginning, so that the clock being set between a look at it and the wait ends the wait as well.
//!
//! It is for long waits: being called here takes some microseconds more than at a condition variable.

use std::{fmt, path::Path, sync::Arc};

/// See the head of this file. It belongs to one thread; others have the [`Bell`].
pub(crate) trait Lookout: Send + fmt::Debug {
    /// Watches these folders, `link`, and whatever stands above them, from now on and nothing else any more. To be called
    /// when other folders are in use, and again after [`WakeReason::files_changed`], for a folder that was made again is another
    /// folder. The files must be looked at after this and before the next wait.
    ///
    /// What ends the wait: something in one of `folders` is deleted, renamed or replaced; one of them, `link`, or a folder
    /// above them is deleted or renamed. What does not: anything made or written, and the link being replaced
    /// atomically, as loggers that share a tree but not their interval do to each other.
    ///
    /// If something cannot be watched (it is not there, may not be read, is on another machine, the system grants no more
    /// watches), every wait ends after a second and asks for a look at the files. Not seen are a file system that is mounted
    /// over one of the folders, and changes to a symlink behind a symlink.
    fn watch(&mut self, folders: &[&Path], link: &Path);

    /// Waits until somebody rang, until the wall clock shows `until` (nanoseconds since 1970 UTC) or was set, or until
    /// something happened to the files. It may also end for no reason.
    fn wait(&mut self, until: i64) -> WakeReason;

    /// For those who call the one who waits. All bells of a lookout are the same.
    fn bell(&self) -> Arc<dyn Bell>;
}

/// What ends a wait from another thread.
pub(crate) trait Bell: Send + Sync + fmt::Debug {
    /// Ends the wait, or the next one if nobody waits now. Never blocks, takes no lock, and is fit for signal handlers.
    fn ring(&self);
}

/// What ended a wait, as far as anybody has to know: the clock is to be looked at in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use]
pub(crate) struct WakeReason {
    /// The files must be looked at, and then watched anew.
    pub(crate) files_changed: bool,
}

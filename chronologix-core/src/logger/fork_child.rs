//! A logger in a forked child: what was queued before the fork is its parent's, and with the first record it gets a writer of its own.

use std::sync::Arc;

use super::{queues, spawn};
use crate::{
    backend::writer::{SharedState, Writer},
    fs::os::OsFs,
    process::hooks,
};

/// Lets records of a forked child find their way to its own writer.
pub(super) fn announce(shared: &Arc<SharedState>) {
    let of_parent = Arc::downgrade(shared);
    let fork_child = move || Some(Arc::clone(&of_parent.upgrade()?.here().queues));
    shared.queues.set_fork_child(fork_child);
}

impl SharedState {
    /// This logger in this process: itself, or in a forked child a child with the same settings, which begins now if it has not yet.
    pub(crate) fn here(self: &Arc<Self>) -> &Arc<Self> {
        if !self.queues.channel.is_inherited() || self.has_ended() {
            return self;
        }
        if let Some(child) = self.fork_child.get() {
            return child.here();
        }
        // This process may fork as well, and its child must not find the child half born for ever.
        let _no_fork = hooks::block_forks();
        self.fork_child.get_or_init(|| self.start_child()).here()
    }

    /// As [`SharedState::here`], but begins nothing.
    pub(super) fn running_here(self: &Arc<Self>) -> Option<&Arc<Self>> {
        if self.queues.channel.is_inherited() {
            return self.fork_child.get()?.running_here();
        }
        Some(self)
    }

    /// Nothing is asked of the parent but what never changes: its locks may be held by threads that are not here.
    fn start_child(&self) -> Arc<Self> {
        let queues = queues(&self.settings, self.queues.channel.clock.clone());
        // The declaration goes on leading here by way of the parent.
        let mut settings = self.settings.clone();
        settings.sinks.leave_runtime();
        let child = Self::new(
            settings,
            Arc::new(queues),
            // Handles compare with the levels of the parent's queues, in this process as well.
            Arc::clone(&self.levels),
            self.error_reporter.for_child(),
            None,
        );
        let child = Arc::new(child);
        // Nobody waits to hear whether the disk is well just now.
        let begin = |child| Ok(Writer::after_fork(child, Box::new(OsFs)));
        if let Err(error) = spawn(Arc::clone(&child), begin, drop) {
            drop(child.end());
            child.error_reporter.report(error);
        }
        child
    }
}

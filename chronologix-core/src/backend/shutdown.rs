//! The end of a writer: everything is written, synced and closed, as far as the disk takes it, and
//! callers that wait are answered.

use std::time::{Duration, Instant};

use super::{
    group_commit::GroupCommit,
    retry::Operation,
    writer::{Round, Writer, nanos},
};
use crate::{
    DiskError,
    queue::command::Command,
    stats::{Counters, counted},
    stderr::{self, Shown},
};

/// How long the answer to a stop waits for sinks, for the error handler, and for the retention
/// thread. Hooks and the handler may themselves be waiting for that stop. Retention gives up at
/// once, but runs only when no other thread wants to.
const MAX_JOIN: Duration = Duration::from_secs(1);

impl Writer {
    /// Writes and syncs everything, as long as it takes, unless the disk refuses for longer than
    /// the exit timeout.
    pub(crate) fn finish(&mut self) -> Result<(), DiskError> {
        self.shared.queues.close();
        self.shared.retention.stop();
        let begun = Instant::now();
        loop {
            let round = self.round();
            if round == Round::Idle && self.merger.is_empty() && self.flush_repeats(true) == 0 {
                // A failure from here on loses no line.
                self.errors.clear(Operation::Write);
                break;
            }
            if round == Round::Blocked {
                if begun.elapsed() > self.shared.settings.exit_timeout {
                    break;
                }
                self.wait(round);
            }
        }
        self.finish_catalogue();
        self.give_up();
        let is_sealed = self.shared.settings.seal.is_some();
        if !is_sealed {
            self.shared.retention.join(self.join_timeout());
        }
        self.close();
        self.shared.retention.writer_closed();
        if is_sealed {
            // What is not sealed by then is sealed at the next start.
            self.shared
                .retention
                .join(self.shared.settings.exit_timeout);
        }
        self.group_commit.finish(&self.shared);
        self.errors.outcome().cloned().map_or(Ok(()), Err)
    }

    fn join_timeout(&self) -> Duration {
        MAX_JOIN.min(self.shared.settings.exit_timeout)
    }

    /// Gives up what the disk did not take, and reports it.
    pub(super) fn give_up(&mut self) {
        let Some(error) = &self.errors.unwritten else {
            return;
        };
        self.folders.cut_torn_lines();
        let batch = self.folders.batch_records(&self.shared.settings);
        let lost = GroupCommit::give_up(&self.shared, &self.merger, &batch, error);
        let unreported = self.dropped.iter().map(|dropped| dropped.records);
        let mut dropped = unreported.sum::<u64>();
        let queues = &self.shared.queues;
        queues.for_each(|queue| dropped += queue.depth().dropped);
        let timeout = Shown(self.shared.settings.exit_timeout);
        let base = self.shared.settings.base.display();
        let lost = counted(lost + dropped, "record");
        let dropped = match dropped {
            0 => String::new(),
            dropped => format!(", {dropped} of them because the queue was full"),
        };
        stderr::print(&format!(
            "shutdown timed out after {timeout}: {lost} not written to {base}{dropped}"
        ));
    }

    /// Syncs and closes all files.
    pub(crate) fn close(&mut self) {
        let begun = Instant::now();
        self.sync_catalogue();
        let counters = &self.shared.counters;
        Counters::add(&counters.syncs, self.folders.count_unsynced());
        let outcome = self.folders.close(&self.shared.settings, &*self.fs);
        Counters::add(&counters.sync_nanos, nanos(begun.elapsed()));
        self.report(Operation::Maintain, &outcome);
        // After a failed sync, however long ago, something may be lost.
        if self.errors.outcome().is_none() {
            self.shared.counters.all_written_is_synced();
        }
    }

    /// Stops sinks and the error handler, and answers those who wait for the end.
    pub(crate) fn shutdown(self, outcome: &Result<(), DiskError>) {
        let timeout = self.join_timeout();
        let late = self.shared.end();
        for reply in self.flushes {
            reply.send(());
        }
        let late_stops = late.into_iter().filter_map(|command| match command {
            Command::Stop(reply) | Command::SyncAll(reply) => Some(reply),
            // Dropped without an answer: the callers look for themselves.
            _ => None,
        });
        let stops = self.stops.into_iter().chain(self.syncs).chain(late_stops);
        let stops = stops.collect::<Vec<_>>();
        // Before the answer, so that a caller that has stopped a logger has heard all errors. Hooks
        // come before the error handler, which may hear of them.
        self.dispatcher.lines.sinks.shutdown(timeout);
        self.shared.error_reporter.shutdown(timeout);
        for reply in stops {
            reply.send(outcome.clone());
        }
    }
}

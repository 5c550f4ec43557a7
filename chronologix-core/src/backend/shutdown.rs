//! The end of a writer: all is written, synced and closed, as far as the disk takes it, and whoever waits is told.

use std::time::Duration;

use super::{
    retry::{self, Operation},
    writer::{Round, Writer, nanos},
};
use crate::{Error, queue::command::Command, stats::Counters};

/// How long the answer to a stop waits for echo and hooks, and for the error handler, which may themselves be waiting for that stop; and for the
/// upkeep, which gives up at once, but runs only when no other wants to.
const LAST_WORDS: Duration = Duration::from_secs(1);

impl Writer {
    /// Writes and syncs all there is, as long as it takes, unless the disk refuses for too long.
    pub(crate) fn finish(&mut self) -> Result<(), Error> {
        self.shared.queues.close();
        self.shared.upkeep.stop();
        let begun = std::time::Instant::now();
        loop {
            let round = self.round();
            if round == Round::Idle && self.merger.is_empty() && self.tell_of_repeats(true) == 0 {
                // Whatever else the disk refuses costs no line any more.
                self.errors.went_well(Operation::Write);
                break;
            }
            if round == Round::Blocked {
                if begun.elapsed() > self.shared.settings.exit_timeout {
                    break;
                }
                self.rest(round);
            }
        }
        retry::tell_of_lost(self.folders.count_lines());
        let patience = LAST_WORDS.min(self.shared.settings.exit_timeout);
        self.shared.upkeep.end(patience);
        self.close();
        self.group_commit
            .end(&self.shared, &self.merger, self.errors.unwritten());
        self.errors
            .outcome()
            .map_or(Ok(()), |error| Err(Error::Disk(error.clone())))
    }

    /// Syncs and closes all files.
    pub(crate) fn close(&mut self) {
        let Self {
            folders,
            fs,
            shared,
            errors,
            merger,
            ..
        } = self;
        let counters = &shared.counters;
        let begun = std::time::Instant::now();
        Counters::add(&counters.syncs, folders.count_dirty());
        let upkeep = folders.close(&shared.settings, &**fs);
        Counters::add(&counters.sync_nanos, nanos(begun.elapsed()));
        upkeep.tell(Operation::Maintain, shared, merger, errors);
        // Not if some sync failed long before: what it was to save stays lost.
        if errors.outcome().is_none() {
            counters.all_written_is_synced();
        }
    }

    pub(crate) fn say_goodbye(self, outcome: &Result<(), Error>) {
        let Self {
            shared,
            stops,
            flushes,
            lines,
            ..
        } = self;
        let late = shared.end();
        for reply in flushes {
            reply.send(());
        }
        let late = late.into_iter().filter_map(|command| match command {
            Command::Stop(reply) => Some(reply),
            // Dropped unanswered: their callers look for themselves.
            _ => None,
        });
        let late = late.collect::<Vec<_>>();
        // Who has stopped a logger has seen and heard all it had to tell. Hooks before the error handler, which may hear of them.
        let patience = LAST_WORDS.min(shared.settings.exit_timeout);
        lines.sinks.shutdown(patience);
        shared.error_reporter.shutdown(patience);
        stops
            .into_iter()
            .chain(late)
            .for_each(|reply| reply.send(outcome.clone()));
    }
}

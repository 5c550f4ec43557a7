//! The writer's loop. See the [room](super) for what a round does.
//!
//! Invariants:
//! - Nothing is taken from the queues while an earlier line is unwritten, so what the writer holds
//!   is bounded, and callers feel a slow disk.
//! - Nothing is acknowledged before it is true.
//! - No error ends the thread.

pub(crate) use super::{retry::MAX_BACKOFF, shared::SharedState};

use std::{cell::Cell, sync::Arc, time::Duration};

use super::{
    catalogue::Catalogue,
    dispatch::Dispatcher,
    dump::{DumpRequest, Dumps},
    group_commit::GroupCommit,
    idle::IdleStrategy,
    merge::{Batch, QueueMerger},
    retry::{ErrorTracker, Operation},
    rollover::{FolderOutcome, IntervalFolders},
};
use crate::{
    DiskError,
    clock::{Clock, ClockReading, Timeline},
    fs::traits::FileSystem,
    queue::{command::Command, oneshot, spsc::Dropped},
    sinks::Sinks,
    stats::Counters,
};

/// Bytes of arguments after which a batch is written. A batch is still in the processor's cache
/// then, and memory does not grow with what waits in the queues.
const BATCH: usize = 128 << 10;

/// How much larger a batch is for each stream, so that each write has several lines however many
/// files there are.
const BATCH_PER_STREAM: usize = 4 << 10;

/// How much larger it is at most.
const MAX_FOR_STREAMS: usize = 4 << 20;

/// If so many bytes of arguments are found at once, callers are faster than the writer. By then
/// there are more, and the batch is filled before it is written.
const BACKLOG: usize = 16 << 10;

/// The writer's state.
#[derive(Debug)]
pub(crate) struct Writer {
    pub(super) shared: Arc<SharedState>,
    pub(super) clock: Clock,
    pub(crate) timeline: Timeline,
    pub(crate) fs: Box<dyn FileSystem>,
    pub(super) merger: QueueMerger,
    /// Drops that no line in a file reports yet.
    pub(super) dropped: Vec<Dropped>,
    pub(super) dispatcher: Dispatcher,
    pub(super) dumps: Dumps,
    pub(super) folders: IntervalFolders,
    pub(super) catalogue: Catalogue,
    pub(super) group_commit: GroupCommit,
    pub(super) errors: ErrorTracker,
    pub(super) idle: IdleStrategy,
    /// Callers that wait until everything queued before is written.
    pub(super) flushes: Vec<oneshot::Sender<()>>,
    /// Callers that wait for the end.
    pub(super) stops: Vec<oneshot::Sender<Result<(), DiskError>>>,
    /// Callers that wait until everything queued before is on disk.
    pub(super) syncs: Vec<oneshot::Sender<Result<(), DiskError>>>,
}

thread_local! {
    static IS_WRITER: Cell<bool> = const { Cell::new(false) };
}

/// Returns whether this is a writer's thread, which must not wait for a writer. Safe in signal
/// handlers.
pub(crate) fn is_writer_thread() -> bool {
    IS_WRITER.try_with(Cell::get).unwrap_or(false)
}

/// The outcome of a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Round {
    /// Lines were written.
    Worked,
    /// There was nothing to do.
    Idle,
    /// The disk refuses. The lines are kept.
    Blocked,
}

impl Writer {
    /// Creates the base directory, the current and the next folder. On an error nothing is left
    /// behind.
    pub(crate) fn open(
        shared: Arc<SharedState>,
        fs: Box<dyn FileSystem>,
    ) -> Result<Self, DiskError> {
        let now = shared.queues.channel.clock.read();
        let folders = IntervalFolders::create(&shared.settings, &*fs, now)?;
        Ok(Self::new(shared, fs, now, folders))
    }

    /// Continues in a tree that the writer of the parent process has created. What the disk refuses
    /// is tried again, as at any other time.
    pub(crate) fn after_fork(shared: Arc<SharedState>, fs: Box<dyn FileSystem>) -> Self {
        let now = shared.queues.channel.clock.read();
        let folders = IntervalFolders::new(&shared.settings, now);
        Self::new(shared, fs, now, folders)
    }

    fn new(
        shared: Arc<SharedState>,
        fs: Box<dyn FileSystem>,
        now: ClockReading,
        folders: IntervalFolders,
    ) -> Self {
        let settings = &shared.settings;
        let sinks = Sinks::open(&settings.sinks, &shared.sink_stats, &shared.error_reporter);
        let clock = shared.queues.channel.clock.clone();
        Self {
            idle: IdleStrategy::new(&*fs, &clock, &shared.queues.channel.parker),
            timeline: Timeline::new(now),
            merger: QueueMerger::default(),
            dropped: Vec::new(),
            dispatcher: Dispatcher::new(settings, sinks, Arc::clone(&shared.statements)),
            dumps: Dumps::new(settings),
            group_commit: GroupCommit::new(settings),
            catalogue: Catalogue::new(settings),
            folders,
            shared,
            clock,
            fs,
            errors: ErrorTracker::default(),
            flushes: Vec::new(),
            stops: Vec::new(),
            syncs: Vec::new(),
        }
    }

    /// Works until the logger is stopped.
    pub(crate) fn run(mut self) {
        IS_WRITER.set(true);
        crate::clock::set_timer_slack();
        loop {
            let round = self.round();
            if !self.stops.is_empty() {
                break;
            }
            self.wait(round);
        }
        let outcome = self.finish();
        self.shutdown(&outcome);
    }

    pub(super) fn round(&mut self) -> Round {
        let is_sync_requested = self.take_commands();
        // The cut-off is read before the queues are looked at. A record that was queued before
        // another one was stamped is then found no later than that one.
        let mut now = self.read_clock();
        self.maintain_folders(now);
        if self.folders.has_lines() {
            // Records that were queued before a command may still be in the queues, so no command
            // is answered in this round.
            return if self.write() {
                Round::Worked
            } else {
                Round::Blocked
            };
        }
        let mut round = Round::Idle;
        let mut batch = Batch::default();
        loop {
            self.clock.wait_past_skew(now);
            let dropped = self.merger.poll_queues(&self.shared.queues);
            for dropped in &dropped {
                Counters::add(&self.shared.counters.dropped, dropped.records);
                let (settings, callsites) = (&self.shared.settings, self.merger.callsites());
                self.dispatcher.count_dropped(settings, callsites, dropped);
            }
            self.dropped.extend(dropped);
            let before = batch.bytes;
            while self.fill_batch(now, &mut batch) {
                if !self.write() {
                    return Round::Blocked;
                }
                round = Round::Worked;
                batch = Batch::default();
            }
            let is_backlog = batch.bytes.saturating_sub(before) > BACKLOG;
            if !is_backlog || !self.shared.queues.channel.commands.is_empty() {
                break;
            }
            now = self.read_clock();
        }
        let is_sync_all = !self.syncs.is_empty();
        batch.records += self.flush_repeats(is_sync_all || !self.flushes.is_empty());
        if is_sync_all {
            // With the last batch of the round, so that nothing queued before comes later.
            self.group_commit.sync_all();
        }
        if batch.records > 0 || is_sync_all || is_sync_requested && round == Round::Idle {
            if !self.write() {
                return Round::Blocked;
            }
            round = Round::Worked;
        }
        for reply in self.flushes.drain(..) {
            reply.send(());
        }
        self.answer_syncs();
        self.retire_queues();
        round
    }

    /// Drops the queues of threads that ended, if there are many. All that was taken from them is
    /// acknowledged.
    fn retire_queues(&mut self) {
        let queues = &self.shared.queues;
        if queues.has_surplus() {
            self.merger.retire(queues, &queues.retire_surplus());
        }
    }

    fn read_clock(&mut self) -> ClockReading {
        self.timeline.advance(self.clock.read());
        let now = self.timeline.now();
        self.errors.now = now.mono;
        self.shared.levels.end_overrides(now.mono);
        now
    }

    /// Takes the commands of callers. Returns whether a sync is requested.
    pub(super) fn take_commands(&mut self) -> bool {
        for command in self.shared.queues.channel.commands.drain() {
            match command {
                Command::Sync {
                    queue,
                    record,
                    reply,
                } => self.group_commit.request_sync(&queue, record, reply),
                Command::Flush(reply) => self.flushes.push(reply),
                Command::Dump {
                    stream,
                    is_limited,
                    reply,
                } => {
                    self.dumps.request(DumpRequest { stream, is_limited });
                    self.flushes.push(reply);
                }
                Command::SyncAll(reply) => self.syncs.push(reply),
                Command::Reopen(reply) => {
                    self.folders.request_verify();
                    self.idle.invalidate_watches();
                    reply.send(());
                }
                Command::Stop(reply) => self.stops.push(reply),
            }
        }
        self.group_commit.has_requests()
    }

    /// Rolls over if it is time, and verifies from time to time that the files are still there.
    fn maintain_folders(&mut self, now: ClockReading) {
        let settings = &self.shared.settings;
        let rolled = self.folders.roll_over(settings, &*self.fs, now);
        let verified = self.folders.verify(settings, &*self.fs, now);
        if rolled.rolled_over {
            Counters::add(&self.shared.counters.rollovers, 1);
            self.idle.invalidate_watches();
            self.shared.retention.notify();
        }
        self.report(Operation::Maintain, &rolled);
        if let Some(verified) = verified {
            self.report(Operation::Maintain, &verified);
            if verified.errors.is_empty() {
                self.errors.clear(Operation::Maintain);
            }
            self.catalogue.verify(&*self.fs);
            if let Err(error) = self.write_catalogue() {
                self.end_attempt(Err(error));
            }
        }
    }

    /// Makes lines of what the queues hold up to `now`, and of dumps, until the batch is full.
    /// Returns whether it is.
    fn fill_batch(&mut self, now: ClockReading, batch: &mut Batch) -> bool {
        let streams = self.shared.settings.streams.len();
        let room = BATCH + MAX_FOR_STREAMS.min(BATCH_PER_STREAM * streams);
        loop {
            if !self.add_kept(room, batch) || self.merge(now, room, batch) {
                return true;
            }
            let (settings, queues) = (&self.shared.settings, &self.shared.queues);
            if !batch.is_held && !self.dumps.begin_requested(settings, queues, now) {
                break;
            }
        }
        let settings = &self.shared.settings;
        for dropped in self.dropped.drain(..) {
            let folder = self.folders.folder_at(settings, now.wall);
            self.dispatcher
                .add_dropped(settings, folder, &self.timeline, &dropped);
            batch.records += 1;
        }
        false
    }

    /// Makes lines of what the queues hold up to `now`, until the batch is full, or up to a record
    /// that asks for a dump. Returns whether it is full.
    fn merge(&mut self, now: ClockReading, room: usize, batch: &mut Batch) -> bool {
        let settings = &self.shared.settings;
        let queues = &self.shared.queues;
        let is_unused = self.dumps.is_unused();
        let mut holds = |record| self.dumps.begin_before(record, settings, queues, now);
        let holds: Option<&mut dyn FnMut(_) -> bool> = (!is_unused).then_some(&mut holds);
        let room = room.saturating_sub(batch.bytes);
        let merged = self.merger.merge_until(now.ticks, room, holds, |record| {
            let (dispatcher, folders) = (&mut self.dispatcher, &mut self.folders);
            let wall = self.timeline.wall_at(record.header.ticks);
            if !dispatcher.is_repeat(settings, folders, &record, wall, now) {
                let folder = folders.folder_at(settings, wall);
                dispatcher.add(settings, folder, wall, &record);
            }
            self.group_commit.add_record(record.header.stream);
        });
        batch.records += merged.records;
        batch.bytes += merged.bytes;
        batch.is_held = merged.is_held;
        merged.is_full
    }

    /// Adds the lines that say how often a message was repeated: those that are due, or all.
    /// Returns how many there were. They are written with the next batch.
    pub(super) fn flush_repeats(&mut self, all: bool) -> u64 {
        let now = self.timeline.now();
        let settings = &self.shared.settings;
        let mut added = 0;
        while let Some(summary) = self.dispatcher.dedup.next_due_summary(now, all) {
            let folder = self.folders.folder_at(settings, summary.wall);
            self.dispatcher.add_summary(settings, folder, summary);
            added += 1;
        }
        added
    }

    /// Writes the batch to the files, and ends it for the sinks. Returns `false` if the disk
    /// refuses.
    fn write(&mut self) -> bool {
        let is_written = self.write_files();
        self.dispatcher.lines.sinks.end_batch();
        is_written
    }

    /// Writes and syncs the batch, and acknowledges its records. Returns `false` if the disk
    /// refuses.
    fn write_files(&mut self) -> bool {
        if self.shared.settings.no_files && !self.write_to_console() {
            return false;
        }
        // Before the lines, so that a reader never finds one whose statement is not there.
        let in_front = self.write_catalogue();
        let outcome = self.folders.write(&*self.fs);
        if let Err(error) = in_front {
            // Perhaps the base directory was gone, and is there again.
            let seen = self.dispatcher.statements.all();
            let behind = if self.catalogue.lacks(seen) {
                self.catalogue.write(&*self.fs, seen)
            } else {
                Err(error)
            };
            self.end_attempt(behind);
        }
        if !self.shared.settings.no_files {
            Counters::add(&self.shared.counters.bytes_written, outcome.bytes);
        }
        self.report(Operation::Write, &outcome);
        if !outcome.errors.is_empty() {
            let batch = self.folders.batch_records(&self.shared.settings);
            self.group_commit
                .count_written(&self.shared.counters, &batch);
            self.answer_on_lasting_error();
            return false;
        }
        self.errors.clear(Operation::Write);
        let (acked, took) = self.commit();
        self.idle.gather_after(acked, took);
        self.folders.clear();
        true
    }

    /// Adds the statements that are new to the catalogue, if it is time.
    fn write_catalogue(&mut self) -> Result<(), DiskError> {
        let seen = self.dispatcher.statements.all();
        let is_due = || self.catalogue.is_due(self.errors.now);
        if self.shared.settings.no_files || !self.catalogue.lacks(seen) || !is_due() {
            return Ok(());
        }
        self.catalogue.write(&*self.fs, seen)?;
        self.end_attempt(Ok(()));
        Ok(())
    }

    /// Adds what the catalogue lacks, for the last time.
    pub(super) fn finish_catalogue(&mut self) {
        let seen = self.dispatcher.statements.all();
        if !self.shared.settings.no_files && self.catalogue.lacks(seen) {
            let written = self.catalogue.write(&*self.fs, seen);
            self.report_catalogue(written);
        }
    }

    /// Decides when the next attempt to write to the catalogue is, and reports the last.
    fn end_attempt(&mut self, outcome: Result<(), DiskError>) {
        self.catalogue.note(&outcome, self.errors.now);
        if outcome.is_ok() {
            self.errors.clear(Operation::Catalogue);
        }
        self.report_catalogue(outcome);
    }

    /// Makes the statements durable whose lines are synced next.
    pub(super) fn sync_catalogue(&mut self) {
        let seen = self.dispatcher.statements.all();
        let synced = self.catalogue.sync(&*self.fs, seen);
        self.report_catalogue(synced);
    }

    fn report_catalogue(&mut self, outcome: Result<(), DiskError>) {
        if let Err(error) = outcome {
            self.errors
                .record(&self.shared, Operation::Catalogue, &error);
        }
    }

    /// Reports what went wrong, and marks the records that may be lost by it.
    pub(super) fn report(&mut self, operation: Operation, outcome: &FolderOutcome) {
        for error in &outcome.errors {
            self.errors.record(&self.shared, operation, error);
        }
        self.report_failed_syncs(&outcome.failed_syncs);
    }

    /// Answers callers that wait for files that cannot be written for good. What they logged is
    /// kept all the same.
    fn answer_on_lasting_error(&mut self) {
        let patience = self.shared.settings.exit_timeout;
        let Some(error) = self.errors.lasting_for(patience).cloned() else {
            return;
        };
        self.group_commit.refuse(&self.shared, &self.merger, &error);
        // Without an answer: their callers look for themselves what remains.
        self.flushes.clear();
        for reply in self.syncs.drain(..) {
            reply.send(Err(error.clone()));
        }
    }

    /// Answers those who wait for a sync of all files, which has just been made.
    fn answer_syncs(&mut self) {
        if self.syncs.is_empty() {
            return;
        }
        if self.errors.outcome().is_none() {
            self.shared.counters.all_written_is_synced();
        }
        let outcome = self.errors.failed_sync.take().map_or(Ok(()), Err);
        for reply in self.syncs.drain(..) {
            reply.send(outcome.clone());
        }
    }
}

/// Returns the nanoseconds of a duration. They fit for 584 years.
pub(crate) fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

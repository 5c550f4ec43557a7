//! Room of the writer: one thread per logger that takes records, merges, formats, writes, syncs and acknowledges.
//!
//! It works in rounds. A round takes what all queues hold up to one cut-off, brings it into one order ([`merge`]), makes
//! lines of it ([`dispatch`]) and puts them into the outboxes of the folders they belong to ([`rollover`]), writes each file
//! once, syncs what must be synced ([`group_commit`]), and only then tells the callers. Between rounds it rests.
//!
//! Invariants: nothing is taken from the queues while an earlier line is still unwritten, so that what the writer holds is
//! bounded; nothing is acknowledged before it is true; no error ends the thread.

pub(crate) use super::{retry::LONGEST_BACK_OFF, shared::SharedState};

use std::{cell::Cell, sync::Arc, time::Duration};

use super::{
    dispatch::Dispatcher,
    group_commit::GroupCommit,
    idle::IdleStrategy,
    merge::{Batch, QueueMerger},
    retry::{ErrorTracker, Operation},
    rollover::IntervalFolders,
};
use crate::{
    DiskError, Error,
    clock::{Clock, ClockReading, Timeline},
    fs::traits::FileSystem,
    queue::{command::Command, oneshot, spsc::Dropped},
    stats::Counters,
};

/// Bytes of arguments after which a batch is written, so that it is still in the processor's cache, and memory does not grow with what
/// waits in the queues.
const BATCH: usize = 128 << 10;

/// Bytes by which a batch is larger for each stream, so that there are several lines for each write however many files there are.
const BATCH_FOR_STREAM: usize = 4 << 10;

/// And by how much at most.
const MOST_FOR_STREAMS: usize = 4 << 20;

/// Bytes of arguments found at once that show that callers are faster than the writer: then there are more by now, and a batch is
/// filled before it is written.
const BACKLOG: usize = 16 << 10;

/// The writer.
#[derive(Debug)]
pub(crate) struct Writer {
    pub(super) shared: Arc<SharedState>,
    pub(super) clock: Clock,
    pub(super) timeline: Timeline,
    pub(super) fs: Box<dyn FileSystem>,
    pub(super) merger: QueueMerger,
    /// What the queues had to drop, and no line says yet.
    pub(super) dropped: Vec<Dropped>,
    pub(super) lines: Dispatcher,
    pub(super) folders: IntervalFolders,
    pub(super) group_commit: GroupCommit,
    pub(super) errors: ErrorTracker,
    pub(super) idle: IdleStrategy,
    /// Callers that wait for everything queued before to be written.
    pub(super) flushes: Vec<oneshot::Sender<()>>,
    /// Callers that wait for the end.
    pub(super) stops: Vec<oneshot::Sender<Result<(), Error>>>,
}

thread_local! {
    /// Whether this thread is a writer's.
    static IS_WRITER: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is a writer's, which must wait for no writer. Fit for handlers of signals.
pub(crate) fn is_writer_thread() -> bool {
    IS_WRITER.try_with(Cell::get).unwrap_or(false)
}

/// What a round came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Round {
    /// Lines were written.
    Worked,
    /// There was nothing to do.
    Idle,
    /// The disk refuses; lines are kept.
    Blocked,
}

impl Writer {
    /// Makes the base registry, the current and the next folder. On an error nothing is left behind.
    pub(crate) fn open(
        shared: Arc<SharedState>,
        fs: Box<dyn FileSystem>,
    ) -> Result<Self, DiskError> {
        let now = shared.queues.channel.clock.read();
        let folders = IntervalFolders::open(&shared.settings, &*fs, now)?;
        Ok(Self::new(shared, fs, now, folders))
    }

    /// Goes on in a tree that a writer of another process has made. What the disk refuses is tried again, as at any other time.
    pub(crate) fn inherit(shared: Arc<SharedState>, fs: Box<dyn FileSystem>) -> Self {
        let now = shared.queues.channel.clock.read();
        let folders = IntervalFolders::inherit(&shared.settings, now);
        Self::new(shared, fs, now, folders)
    }

    fn new(
        shared: Arc<SharedState>,
        fs: Box<dyn FileSystem>,
        now: ClockReading,
        folders: IntervalFolders,
    ) -> Self {
        let clock = shared.queues.channel.clock.clone();
        Self {
            idle: IdleStrategy::new(&*fs, &clock, &shared.queues.channel.parker),
            timeline: Timeline::new(now),
            merger: QueueMerger::default(),
            dropped: Vec::new(),
            lines: Dispatcher::new(&shared.settings, shared.open_sinks()),
            group_commit: GroupCommit::new(&shared.settings),
            folders,
            shared,
            clock,
            fs,
            errors: ErrorTracker::default(),
            flushes: Vec::new(),
            stops: Vec::new(),
        }
    }

    /// Works until it is told to stop.
    pub(crate) fn run(mut self) {
        IS_WRITER.set(true);
        crate::clock::set_timer_slack();
        crate::retention::start(&self.shared, &*self.fs);
        loop {
            let round = self.round();
            if !self.stops.is_empty() {
                break;
            }
            self.rest(round);
        }
        let outcome = self.finish();
        self.say_goodbye(&outcome);
    }

    pub(super) fn round(&mut self) -> Round {
        let commits_asked = self.take_commands();
        // Before the queues are looked at: see the door of the queue room.
        let mut now = self.look_at_clock();
        self.look_after_folders(now);
        if self.folders.have_lines() {
            // There may be records in the queues that were queued before a command that was taken above, so none is answered.
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
            self.dropped.extend(self.merger.sweep(&self.shared.queues));
            let before = batch.bytes;
            while self.take_records(now, &mut batch) {
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
            now = self.look_at_clock();
        }
        batch.records += self.tell_of_repeats(!self.flushes.is_empty());
        if batch.records > 0 || commits_asked && round == Round::Idle {
            if !self.write() {
                return Round::Blocked;
            }
            round = Round::Worked;
        }
        self.answer_flushes();
        round
    }

    fn look_at_clock(&mut self) -> ClockReading {
        self.timeline.go_on(self.clock.read());
        let now = self.timeline.now();
        self.errors.look_at_clock(now.mono);
        self.shared.levels.go_back(now.mono);
        now
    }

    /// Sorts what callers asked for. Whether somebody asked for a sync.
    pub(super) fn take_commands(&mut self) -> bool {
        for command in self.shared.queues.channel.commands.drain() {
            match command {
                Command::Sync {
                    queue,
                    record,
                    reply,
                } => self.group_commit.ask(queue, record, reply),
                Command::Flush(reply) => self.flushes.push(reply),
                Command::Reopen(reply) => {
                    self.folders.distrust_paths();
                    self.idle.go_stale();
                    reply.send(());
                }
                Command::Stop(reply) => self.stops.push(reply),
            }
        }
        self.group_commit.are_asked_for()
    }

    /// Rolls over if it is time, and looks after the files.
    fn look_after_folders(&mut self, now: ClockReading) {
        let Self {
            folders,
            shared,
            fs,
            errors,
            merger,
            idle,
            ..
        } = self;
        let rolled = folders.roll_over(&shared.settings, &**fs, now);
        Counters::add(&shared.counters.rollovers, u64::from(rolled.moved));
        if rolled.moved {
            idle.go_stale();
            shared.upkeep.call();
        }
        rolled.tell(Operation::Maintain, shared, merger, errors);
        if let Some(verified) = folders.verify(&shared.settings, &**fs, now) {
            verified.tell(Operation::Maintain, shared, merger, errors);
            if verified.errors.is_empty() {
                errors.went_well(Operation::Maintain);
            }
        }
    }

    /// Takes what the queues hold up to `now`, and makes lines of it, until the batch is full. Whether it is.
    fn take_records(&mut self, now: ClockReading, batch: &mut Batch) -> bool {
        let Self {
            timeline,
            merger,
            dropped,
            folders,
            shared,
            lines,
            group_commit,
            ..
        } = self;
        let settings = &shared.settings;
        let for_streams = MOST_FOR_STREAMS.min(BATCH_FOR_STREAM * settings.streams.len());
        let enough = (BATCH + for_streams).saturating_sub(batch.bytes);
        let merged = merger.merge(now.ticks, enough, |header, bytes| {
            let wall = timeline.wall_at(header.ticks);
            if lines.count_repeat(settings, folders, (header, bytes), wall, now) {
                return group_commit.note(header.stream);
            }
            let folder = folders.of(settings, wall);
            lines.add(settings, folder, wall, header, bytes);
            group_commit.note(header.stream);
        });
        batch.records += merged.records;
        batch.bytes += merged.bytes;
        if !merged.is_cut {
            for dropped in dropped.drain(..) {
                Counters::add(&shared.counters.dropped, dropped.records);
                let folder = folders.of(settings, now.wall);
                lines.add_dropped(settings, folder, timeline, dropped);
                batch.records += 1;
            }
        }
        merged.is_cut
    }

    /// Writes what the folders hold, and lets the sinks have it. `false` if the disk refused.
    fn write(&mut self) -> bool {
        let is_written = self.write_files();
        self.lines.sinks.end_batch();
        is_written
    }

    /// Writes and syncs what the folders hold, and tells the callers. `false` if the disk refused.
    fn write_files(&mut self) -> bool {
        let Self {
            folders,
            shared,
            fs,
            errors,
            merger,
            ..
        } = self;
        let (bytes, upkeep) = folders.write(&**fs);
        Counters::add(&shared.counters.bytes_written, bytes);
        upkeep.tell(Operation::Write, shared, merger, errors);
        if !upkeep.errors.is_empty() {
            return false;
        }
        errors.went_well(Operation::Write);
        let (told, took) = self.group_commit.run(
            &self.shared,
            &*self.fs,
            &mut self.folders,
            &mut self.merger,
            &mut self.errors,
        );
        self.idle.gather_after(told, took);
        self.folders.clear();
        true
    }

    fn answer_flushes(&mut self) {
        for reply in self.flushes.drain(..) {
            reply.send(());
        }
    }
}

/// Nanoseconds of a duration; they would fit for 584 years.
pub(crate) fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

//! Room of the writer: one thread per logger that takes records, merges, formats, writes, syncs and acknowledges.
//!
//! It works in rounds. A round takes what all lanes hold up to one cut-off, brings it into one order ([`intake`]), makes
//! lines of it ([`lines`]) and puts them into the outboxes of the folders they belong to ([`folders`]), writes each file
//! once, syncs what must be synced ([`commit`]), and only then tells the callers. Between rounds it rests.
//!
//! Invariants: nothing is taken from the lanes while an earlier line is still unwritten, so that what the writer holds is
//! bounded; nothing is acknowledged before it is true; no error ends the thread.

mod commit;
mod folders;
mod intake;
mod lines;
mod trouble;

use std::{
    sync::{Arc, OnceLock, atomic::AtomicBool},
    thread::ThreadId,
    time::Duration,
};

use self::{
    commit::Commits,
    folders::{Folders, Upkeep},
    intake::Intake,
    lines::Lines,
    trouble::Trouble,
};
use crate::{
    DiskError, Error,
    clock::{Clock, Sample},
    config::Settings,
    disk::Disk,
    queue::{lanes::Lanes, reply::Reply, request::Request, wake::Rest},
    stats::Counters,
    stream::Declaration,
};

#[cfg(test)]
mod tests;

/// How long records may gather while nobody waits for them.
const NAP: Duration = Duration::from_millis(1);

/// How often an idle writer looks at the wall clock, which may have been set, and at its files, which may
/// have been deleted.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);

/// How long a stop goes on trying when the disk refuses.
const EXIT_TIMEOUT: Duration = Duration::from_secs(5);

/// What the writer shares with the handles of its logger.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) settings: Settings,
    pub(crate) lanes: Arc<Lanes>,
    pub(crate) counters: Counters,
    pub(crate) declaration: Option<&'static Declaration>,
    /// The thread of the writer, once it runs.
    pub(crate) writer: OnceLock<ThreadId>,
    /// The writer has ended.
    pub(crate) ended: AtomicBool,
}

/// The writer.
#[derive(Debug)]
pub(crate) struct Writer {
    shared: Arc<Shared>,
    clock: Clock,
    disk: Box<dyn Disk>,
    intake: Intake,
    lines: Lines,
    folders: Folders,
    commits: Commits,
    trouble: Trouble,
    /// Callers that wait for everything queued before to be written.
    flushes: Vec<Reply<()>>,
    /// Callers that wait for the end.
    stops: Vec<Reply<Result<(), Error>>>,
}

/// What a round came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Round {
    /// Lines were written.
    Worked,
    /// There was nothing to do.
    Idle,
    /// The disk refuses; lines are kept.
    Blocked,
}

impl Writer {
    /// Makes the base directory, the current and the next folder. On an error nothing is left behind.
    pub(crate) fn open(
        shared: Arc<Shared>,
        clock: Clock,
        disk: Box<dyn Disk>,
    ) -> Result<Self, DiskError> {
        let folders = Folders::open(&shared.settings, &*disk, clock.sample())?;
        Ok(Self {
            intake: Intake::default(),
            lines: Lines::new(&shared.settings),
            commits: Commits::new(&shared.settings),
            folders,
            shared,
            clock,
            disk,
            trouble: Trouble::default(),
            flushes: Vec::new(),
            stops: Vec::new(),
        })
    }

    /// Works until it is told to stop.
    pub(crate) fn run(mut self) {
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

    fn round(&mut self) -> Round {
        let commits_asked = self.take_requests();
        // Before the lanes are looked at: see the door of the queue room.
        let now = self.clock.sample();
        self.look_after_folders(now);
        // Otherwise there are records in the lanes that were queued before a request that was taken above.
        let has_caught_up = !self.folders.have_lines();
        let records = if has_caught_up {
            self.take_records(now)
        } else {
            0
        };
        if records == 0 && has_caught_up && !commits_asked {
            self.answer_flushes();
            return Round::Idle;
        }
        if !self.write() {
            return Round::Blocked;
        }
        if has_caught_up {
            self.answer_flushes();
        }
        Round::Worked
    }

    /// Sorts what callers asked for. Whether somebody asked for a sync.
    fn take_requests(&mut self) -> bool {
        for request in self.shared.lanes.rules.requests.take() {
            match request {
                Request::Sync { lane, place, reply } => self.commits.ask(lane, place, reply),
                Request::Flush(reply) => self.flushes.push(reply),
                Request::Reopen(reply) => {
                    self.folders.distrust_paths();
                    reply.send(());
                }
                Request::Stop(reply) => self.stops.push(reply),
            }
        }
        self.commits.are_asked_for()
    }

    /// Rolls over if it is time, and looks after the files.
    fn look_after_folders(&mut self, now: Sample) {
        let Self {
            folders,
            shared,
            disk,
            trouble,
            intake,
            ..
        } = self;
        let rolled = folders.roll_over(&shared.settings, &**disk, now);
        Counters::add(&shared.counters.rollovers, u64::from(rolled.moved));
        rolled.tell(shared, intake, trouble);
        let verified = folders.verify(&shared.settings, &**disk, now);
        verified.tell(shared, intake, trouble);
    }

    /// Takes what the lanes hold up to `now` and makes lines of it. Gives the number of records.
    fn take_records(&mut self, now: Sample) -> u64 {
        let Self {
            intake,
            folders,
            shared,
            lines,
            commits,
            ..
        } = self;
        let dropped = intake.sweep(&shared.lanes);
        let mut records = intake.merge(now.ticks, |header, bytes| {
            let wall = now.wall_at(header.ticks);
            let folder = folders.of(&shared.settings, wall);
            lines.add(&shared.settings, folder, wall, header, bytes);
            commits.note(header.stream);
        });
        for dropped in dropped {
            Counters::add(&shared.counters.dropped, dropped.records);
            let folder = folders.of(&shared.settings, now.wall);
            lines.add_dropped(&shared.settings, folder, now, dropped);
            records += 1;
        }
        records
    }

    /// Writes and syncs what the folders hold, and tells the callers. `false` if the disk refused.
    fn write(&mut self) -> bool {
        let Self {
            folders,
            shared,
            disk,
            trouble,
            intake,
            ..
        } = self;
        let (bytes, upkeep) = folders.write(&**disk);
        Counters::add(&shared.counters.bytes, bytes);
        upkeep.tell(shared, intake, trouble);
        if !upkeep.errors.is_empty() {
            return false;
        }
        trouble.is_over();
        self.commits.run(
            &self.shared,
            &*self.disk,
            &mut self.folders,
            &mut self.intake,
            &mut self.trouble,
        );
        self.folders.clear();
        true
    }

    fn answer_flushes(&mut self) {
        for reply in self.flushes.drain(..) {
            reply.send(());
        }
    }

    fn rest(&mut self, round: Round) {
        let wake = &self.shared.lanes.rules.wake;
        let rest = match round {
            Round::Blocked => {
                // Not announced: more records would not change the disk's mind, but commands are heard.
                wake.rest(Some(self.trouble.back_off()));
                return;
            }
            Round::Worked => Rest::Nap,
            Round::Idle => Rest::Sleep,
        };
        wake.announce(rest);
        if !self.intake.allows(&self.shared.lanes, rest)
            || !self.shared.lanes.rules.requests.is_empty()
        {
            wake.stay_awake();
            return;
        }
        let limit = match rest {
            Rest::Nap => Some(NAP),
            Rest::Sleep => {
                let limit = self
                    .clock
                    .rest_until(self.clock.sample(), self.folders.next_rollover());
                limit.map(|limit| limit.min(LONGEST_SLEEP))
            }
        };
        wake.rest(limit);
    }

    /// Writes and syncs all there is, as long as it takes, unless the disk refuses for too long.
    fn finish(&mut self) -> Result<(), Error> {
        self.shared.lanes.close();
        let begun = std::time::Instant::now();
        loop {
            let round = self.round();
            if round == Round::Idle && self.intake.is_empty() {
                // Whatever else the disk refuses costs no line any more.
                self.trouble.is_over();
                break;
            }
            if round == Round::Blocked {
                if begun.elapsed() > EXIT_TIMEOUT {
                    break;
                }
                self.shared
                    .lanes
                    .rules
                    .wake
                    .rest(Some(self.trouble.back_off()));
            }
        }
        trouble::tell_of_lost(self.folders.count_lines());
        self.close();
        self.commits
            .end(&self.shared, &self.intake, self.trouble.unwritten());
        self.trouble
            .outcome()
            .map_or(Ok(()), |error| Err(Error::Disk(error.clone())))
    }

    /// Syncs and closes all files.
    fn close(&mut self) {
        let Self {
            folders,
            disk,
            shared,
            trouble,
            intake,
            ..
        } = self;
        let counters = &shared.counters;
        let begun = std::time::Instant::now();
        Counters::add(&counters.syncs, folders.count_dirty());
        let upkeep = folders.close(&shared.settings, &**disk);
        Counters::add(&counters.sync_nanos, nanos_since(begun));
        upkeep.tell(shared, intake, trouble);
        if upkeep.lost.is_empty() {
            counters.all_written_is_synced();
        }
    }

    fn say_goodbye(self, outcome: &Result<(), Error>) {
        let Self {
            shared,
            stops,
            flushes,
            ..
        } = self;
        let late = shared.end();
        for reply in flushes {
            reply.send(());
        }
        let late = late.into_iter().filter_map(|request| match request {
            Request::Stop(reply) => Some(reply),
            // Dropped unanswered: their callers look for themselves.
            _ => None,
        });
        stops
            .into_iter()
            .chain(late)
            .for_each(|reply| reply.send(outcome.clone()));
    }
}

impl Upkeep {
    /// Tells everybody who must know of it.
    fn tell(&self, shared: &Shared, intake: &Intake, trouble: &mut Trouble) {
        for error in &self.errors {
            trouble.met(&shared.counters, error);
        }
        for lost in &self.lost {
            trouble.sync_failed(&shared.counters, &lost.error);
            commit::note_lost(&shared.settings, intake, lost);
        }
    }
}

impl Shared {
    /// There is no writer any more, for whatever reason: nobody may wait for it. Gives the requests that came too late.
    pub(crate) fn end(&self) -> Vec<Request> {
        use std::sync::atomic::Ordering;

        if !self.ended.swap(true, Ordering::SeqCst) {
            self.lanes.close();
            self.lanes.for_each(|lane| {
                lane.refuse_parked();
                lane.progress.end(lane.newest(), std::thread::panicking());
            });
            if let Some(declaration) = self.declaration {
                declaration.stopped();
            }
        }
        // Last, for whoever finds no writer, or gets no answer, takes what is known by then for the last word.
        self.lanes.rules.requests.close()
    }
}

/// Nanoseconds since `begun`; they would fit for 584 years.
fn nanos_since(begun: std::time::Instant) -> u64 {
    u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

//! A program at work: the disk, the clock, the writers one after another, and what was promised by
//! them.

pub(crate) mod after_crash;
mod ends;
mod outside;

use std::sync::{Arc, Mutex};

use super::{
    check,
    ledger::{Entry, Fate, Held, Must, Watched},
    life::Life,
    program::{Ask, BULK, Log, Program, Setup, Step},
};
use crate::{
    Config, Durability, LogError, ManualClock,
    backend::writer::Round,
    config::Settings,
    fs::tests::sim::{CrashSeed, SimFs},
};

/// The path of the catalogue of statements.
pub(crate) const CATALOGUE: &str = "/base/.chronologix.statements.jsonl";

/// Nanoseconds that the clock for tests shows at first, since whenever.
const FIRST_TICKS: u64 = 1_000_000_000;

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) setup: Setup,
    pub(crate) fs: SimFs,
    settings: Settings,
    config: Config,
    clock: ManualClock,
    pub(crate) ticks: u64,
    /// By how many nanoseconds the wall clock was ahead of the ticks: at first, and since it was
    /// last set.
    pub(crate) distances: Vec<i64>,
    pub(crate) entries: Vec<Entry>,
    held: Vec<Held>,
    /// The futures that were ever held, to be looked at while the writer works.
    pub(crate) watched: Option<Arc<Mutex<Vec<Watched>>>>,
    /// Records before this one may have zeros in front of them: of an earlier write that a crash
    /// took.
    pub(crate) behind_holes: usize,
    pub(crate) life: Life,
    /// Which life it is, from 0.
    pub(crate) lives: usize,
    /// How often a line may have been stopped half way: the power was cut, or a writer had to end
    /// while the disk refused.
    pub(crate) interruptions: usize,
    /// How often a writer ended before it could cut lines that stood in two files.
    pub(crate) uncut: usize,
    /// Files were taken away from outside.
    pub(crate) is_plundered: bool,
    /// The disk was told to refuse.
    pub(crate) is_faulty: bool,
    /// The disk may have refused the catalogue of statements, or lost it.
    pub(crate) is_catalogue_in_doubt: bool,
    pub(crate) seen: Seen,
    /// Operations on the disk up to the end of the program.
    pub(crate) operations_before_the_end: u64,
}

/// How often what came up in a program, so that it can be told that everything does.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) crashes: usize,
    pub(crate) stops: usize,
    pub(crate) blocked: usize,
    pub(crate) errors: usize,
    pub(crate) parked: usize,
    pub(crate) dropped: usize,
    pub(crate) failed_starts: usize,
    /// Files of which a sync failed.
    pub(crate) abandoned: usize,
    pub(crate) half_lines: usize,
    /// Lines taken out of a file that could not be synced, or torn ones.
    pub(crate) cut_back: usize,
    pub(crate) plundered: usize,
}

impl Seen {
    /// In how many programs what came up.
    pub(crate) fn count(all: &[Self]) -> Vec<(&'static str, usize)> {
        let count = |what: fn(&Self) -> usize| all.iter().filter(|seen| what(seen) > 0).count();
        vec![
            ("crashes", count(|seen| seen.crashes)),
            ("stops", count(|seen| seen.stops)),
            ("a blocked writer", count(|seen| seen.blocked)),
            ("errors", count(|seen| seen.errors)),
            ("records that wait for room", count(|seen| seen.parked)),
            ("dropped records", count(|seen| seen.dropped)),
            ("starts that fail", count(|seen| seen.failed_starts)),
            ("abandoned files", count(|seen| seen.abandoned)),
            ("half lines", count(|seen| seen.half_lines)),
            ("lines cut back", count(|seen| seen.cut_back)),
            ("files taken away", count(|seen| seen.plundered)),
        ]
    }
}

impl World {
    pub(crate) fn new(setup: Setup) -> Self {
        Self::on(SimFs::with_folder("/base"), setup)
    }

    /// Begins on this disk, which has an empty `/base`.
    pub(crate) fn on(fs: SimFs, setup: Setup) -> Self {
        let begins = setup.zone.begins * 1_000_000_000;
        let clock = ManualClock::at(chrono::DateTime::from_timestamp_nanos(begins));
        let config = setup.config().clock(clock.clone());
        let mut settings = config.check().unwrap();
        settings.max_file_size = setup.most_bytes;
        let life = Life::begin(&fs, &settings, &config).unwrap();
        Self {
            settings,
            config,
            setup,
            fs,
            clock,
            ticks: FIRST_TICKS,
            distances: vec![begins.saturating_sub_unsigned(FIRST_TICKS)],
            entries: Vec::new(),
            held: Vec::new(),
            watched: None,
            behind_holes: 0,
            life,
            lives: 0,
            interruptions: 0,
            uncut: 0,
            is_plundered: false,
            is_faulty: false,
            is_catalogue_in_doubt: false,
            seen: Seen::default(),
            operations_before_the_end: 0,
        }
    }

    /// Runs a program to its end, and on until all is well.
    pub(crate) fn run(program: &Program) -> Result<Seen, String> {
        let mut world = Self::new(program.setup.clone());
        world.go_through(program)?;
        Ok(world.seen)
    }

    pub(crate) fn go_through(&mut self, program: &Program) -> Result<(), String> {
        let begun_at = self.fs.operations();
        let moods = program.setup.moods;
        let steps = program.steps.iter().enumerate();
        for (at, step) in steps.filter(|(_, step)| moods.allow(step)) {
            self.step(step)
                .map_err(|error| format!("step {at}, {step:?}: {error}"))?;
        }
        self.operations_before_the_end = self.fs.operations() - begun_at;
        self.end().map_err(|error| format!("at the end: {error}"))
    }

    pub(crate) fn step(&mut self, step: &Step) -> Result<(), String> {
        match *step {
            Step::Log(ref log) => self.log(log)?,
            Step::Poll(_) | Step::Cancel(_) if self.held.is_empty() => {}
            Step::Poll(at) => {
                let at = at % self.held.len();
                let is_ready = self.poll(at)?;
                if is_ready {
                    self.held.swap_remove(at);
                }
            }
            Step::PollAll => self.poll_all()?,
            Step::Cancel(at) => self.cancel(at % self.held.len()),
            Step::Rounds(rounds) => {
                for _ in 0..rounds {
                    let round = self.life.round()?;
                    self.seen.blocked += usize::from(round == Round::Blocked);
                }
            }
            Step::Flush => self.life.flush(self.entries.len()),
            Step::Reopen => self.life.reopen(),
            Step::Clock(by) => self.set_clock(by),
            Step::Fault(ref fault) => {
                let (op, name) = (fault.op, fault.name);
                self.fs
                    .fail_after(fault.after, op, name, fault.times, fault.error);
                self.is_catalogue_in_doubt |= CATALOGUE.contains(name);
                self.refuse();
            }
            Step::AnyFault(after, times, error) => {
                self.fs.fail_any_after(after, times, error);
                self.is_catalogue_in_doubt = true;
                self.refuse();
            }
            Step::Short(bytes) => self.fs.write_short(bytes),
            Step::LimitOpen(files) => {
                self.fs.limit_open(files);
                self.is_catalogue_in_doubt = true;
                self.refuse();
            }
            Step::Heal => self.heal(),
            Step::Delete(target) => self.delete(target)?,
            Step::Replace(file, content) => self.replace(file, content)?,
            Step::Crash(luck) => self.crash(luck.map_or(CrashSeed::NONE, CrashSeed::of))?,
            Step::Kill => self.kill()?,
            Step::Stop { patient } => {
                self.seen.stops += 1;
                self.stop(patient)?;
                self.restart()?;
            }
        }
        self.look_at_flushes()
    }

    /// The disk was told to.
    pub(crate) fn refuse(&mut self) {
        self.is_faulty = true;
        self.life.may_fail = true;
    }

    fn heal(&mut self) {
        self.fs.heal();
        self.fs.write_short(usize::MAX);
        self.fs.limit_open(usize::MAX);
        self.is_faulty = false;
    }

    fn log(&mut self, log: &Log) -> Result<(), String> {
        let number = self.entries.len();
        let message = format!("#{number}{}.", "x".repeat(log.padding));
        let (record, fate) = self.life.log(log.queue, log.stream, &message);
        self.entries.push(Entry {
            stream: log.stream,
            queue: log.queue,
            life: self.lives,
            message,
            ticks: self.ticks,
            sets: self.distances.len() - 1,
            fate,
            must: Must::Nothing,
        });
        self.seen.parked += usize::from(fate == Fate::Deferred);
        self.seen.dropped += usize::from(fate == Fate::Refused);
        let own = self.setup.durabilities[log.stream];
        let held = match log.ask {
            Ask::Nothing => {
                record.detach();
                self.was_dropped(number);
                return Ok(());
            }
            Ask::Own => Held::own(number, own, record),
            Ask::Until(durability) => Held::until(number, durability, record),
        };
        if let Some(watched) = &self.watched {
            watched.lock().unwrap().push(held.watched());
        }
        self.held.push(held);
        if log.eager && self.poll(self.held.len() - 1)? {
            self.held.pop();
        }
        Ok(())
    }

    fn cancel(&mut self, at: usize) {
        let held = self.held.swap_remove(at);
        self.was_dropped(held.entry);
    }

    /// The future of a record was.
    fn was_dropped(&mut self, entry: usize) {
        let fate = &mut self.entries[entry].fate;
        if *fate == Fate::Deferred {
            *fate = Fate::Unsure;
        }
    }

    /// Whether it is ready. What it says must be true.
    fn poll(&mut self, at: usize) -> Result<bool, String> {
        let held = &mut self.held[at];
        let (entry, durability) = (held.entry, held.durability);
        let Some(outcome) = held.poll()? else {
            return Ok(false);
        };
        let Entry { fate, stream, .. } = self.entries[entry];
        match outcome {
            Ok(()) if fate == Fate::Refused => {
                Err(format!("record {entry} was not taken, and is well"))
            }
            Ok(()) => {
                let must = match durability {
                    Durability::Queued => Must::Nothing,
                    Durability::Written => Must::Stand,
                    _ => Must::Survive,
                };
                self.entries[entry].promise(must);
                check::stands(self, entry)?;
                check::has_statement(self, entry)
            }
            Err(LogError::Dropped) if fate == Fate::Refused && stream == BULK => Ok(()),
            Err(LogError::Failed(_) | LogError::Stopped) if self.life.may_fail => {
                self.seen.errors += 1;
                // If it waited for room, a read-only disk may have ended the wait.
                self.was_dropped(entry);
                Ok(())
            }
            Err(error) => Err(format!("record {entry}: {error:?}, and nothing had failed")),
        }?;
        Ok(true)
    }

    fn poll_all(&mut self) -> Result<(), String> {
        for at in (0..self.held.len()).rev() {
            if self.poll(at)? {
                self.held.swap_remove(at);
            }
        }
        Ok(())
    }

    /// Polls those that waited for room when they were polled first. A disk that refuses for good
    /// may have ended the wait.
    fn poll_deferred(&mut self) -> Result<(), String> {
        if !self.life.may_fail {
            return Ok(());
        }
        for at in (0..self.held.len()).rev() {
            if self.entries[self.held[at].entry].fate == Fate::Deferred && self.poll(at)? {
                self.held.swap_remove(at);
            }
        }
        Ok(())
    }

    fn look_at_flushes(&mut self) -> Result<(), String> {
        let flushes = self.life.answered_flushes();
        if !flushes.is_empty() {
            self.poll_deferred()?;
        }
        for made_before in flushes {
            for number in 0..made_before {
                if self.is_of_this_life(number) {
                    self.entries[number].promise(Must::Stand);
                    check::stands(self, number).map_err(|error| format!("flushed, but {error}"))?;
                }
            }
        }
        Ok(())
    }

    /// Whether the writer has, or had, this record for certain.
    fn is_of_this_life(&self, number: usize) -> bool {
        let entry = &self.entries[number];
        entry.life == self.lives && matches!(entry.fate, Fate::Queued | Fate::Deferred)
    }

    fn promise_all(&mut self, must: Must) {
        for number in 0..self.entries.len() {
            if self.is_of_this_life(number) {
                self.entries[number].promise(must);
            }
        }
    }
}

//! How a writer ends, and how the next one begins.

use super::World;
use crate::backend::{
    rolling_file::sync_patience::SyncPatience,
    tests::crash_model::{
        check,
        ledger::Must,
        life::Life,
        program::{Ask, FILES, Log, Move},
    },
};
use crate::{Durability, fs::tests::sim::CrashSeed};

impl World {
    /// The power is cut.
    pub(crate) fn crash(&mut self, luck: CrashSeed) -> Result<(), String> {
        check::all(self, false)?;
        self.seen.crashes += 1;
        self.held.clear();
        self.note_uncut();
        self.life.kill();
        self.lose(luck);
        self.restart()
    }

    /// The writer is about to end.
    fn note_uncut(&mut self) {
        self.uncut += usize::from(self.life.has_superseded());
    }

    fn lose(&mut self, luck: CrashSeed) {
        self.fs.crash_with(luck);
        self.interruptions += 1;
        for entry in &mut self.entries {
            if entry.must == Must::Stand {
                entry.must = Must::Nothing;
            }
        }
    }

    pub(crate) fn kill(&mut self) -> Result<(), String> {
        self.held.clear();
        self.note_uncut();
        self.interruptions += usize::from(self.life.kill());
        self.restart()
    }

    pub(crate) fn restart(&mut self) -> Result<(), String> {
        check::all(self, true).map_err(|error| format!("between two lives: {error}"))?;
        let begin = |world: &Self| {
            // A writer takes the base that it finds for durable, though the one before it may have
            // made it in vain.
            world.fs.make_durable("/");
            Life::begin(&world.fs, &world.settings, &world.config)
        };
        let mut life = begin(self);
        if life.is_err() {
            if !self.is_faulty {
                return Err("a start fails for no reason".to_owned());
            }
            self.seen.failed_starts += 1;
            self.fs.heal();
            self.fs.limit_open(usize::MAX);
            self.is_faulty = false;
            life = begin(self);
        }
        self.life = life.map_err(|error| format!("the start fails: {error}"))?;
        self.life.may_fail = self.is_faulty;
        self.lives += 1;
        Ok(())
    }

    pub(crate) fn stop(&mut self, patient: bool) -> Result<(), String> {
        if patient {
            self.heal();
            let outcome = self.life.stop();
            if outcome.is_err() && !self.life.may_fail {
                return Err(format!("the stop fails for no reason: {outcome:?}"));
            }
            let must = if outcome.is_ok() {
                Must::Survive
            } else {
                Must::Stand
            };
            self.poll_deferred()?;
            self.promise_all(must);
            check::stats_at_end(self, outcome.is_ok())?;
        } else {
            self.note_uncut();
            self.interruptions += usize::from(self.life.give_up()?);
            check::stats_at_end(self, false)?;
        }
        self.poll_all()?;
        if let Some(held) = self.held.pop() {
            return Err(format!("record {} waits after the stop", held.entry));
        }
        Ok(())
    }

    /// Logs a record to each stream that is to be synced. Returns a stream that refused.
    fn log_to_all_streams(&mut self) -> Result<Option<usize>, String> {
        let first = self.entries.len();
        for stream in 0..self.setup.streams {
            self.log(&Log {
                stream,
                queue: 0,
                padding: 0,
                ask: Ask::Until(Durability::Synced),
                eager: true,
            })?;
        }
        self.settle()?;
        for number in first..self.entries.len() {
            if self.entries[number].must != Must::Survive {
                return Ok(Some(self.entries[number].stream));
            }
            check::stands_there(self, number)?;
        }
        Ok(None)
    }

    /// The disk is healthy again: everything must come to a good end.
    pub(crate) fn end(&mut self) -> Result<(), String> {
        self.settle()?;
        // By now what was taken away from outside is noticed.
        self.set_clock(Move::Pass(1000));
        self.life.round()?;
        // After syncs that failed now and then, so many must succeed before one is trusted.
        let mut fails = None;
        for _ in 0..=SyncPatience::MOST {
            fails = self.log_to_all_streams()?;
            if fails.is_none() {
                break;
            }
        }
        if let Some(stream) = fails {
            return Err(format!(
                "nothing refuses, but the last record of {} fails",
                FILES[stream]
            ));
        }
        check::all(self, true)?;
        check::stats(self)?;
        self.stop(true)?;
        self.lose(CrashSeed::NONE);
        check::all(self, true)?;
        Ok(())
    }

    fn settle(&mut self) -> Result<(), String> {
        self.heal();
        self.poll_all()?;
        self.life.settle()?;
        self.poll_all()?;
        if !self.held.is_empty() {
            // Who had to wait for room asks for a sync only now.
            self.life.settle()?;
            self.poll_all()?;
        }
        if let Some(held) = self.held.first() {
            return Err(format!("record {} waits on a healthy disk", held.entry));
        }
        self.look_at_flushes()?;
        if self.life.has_unanswered() {
            return Err("a flush or a reopening is not answered".to_owned());
        }
        self.promise_all(Must::Stand);
        Ok(())
    }
}

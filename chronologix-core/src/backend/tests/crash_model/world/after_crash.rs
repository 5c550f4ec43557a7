//! What a crash leaves of a world, and whether a writer can go on from there.

use std::{
    hash::{Hash, Hasher},
    time::Duration,
};

use super::{FIRST_TICKS, Seen, World};
use crate::{
    Config, ManualClock,
    backend::tests::crash_model::{
        check,
        ledger::{Entry, Must},
        life::Life,
        program::Setup,
    },
    config::Settings,
    fs::tests::sim::SimFs,
};

/// All that must be known of a world to judge what is left of it.
#[derive(Clone, Debug)]
pub(crate) struct Remains {
    pub(crate) setup: Setup,
    pub(crate) entries: Vec<Entry>,
    ticks: u64,
    distances: Vec<i64>,
    lives: usize,
    interruptions: usize,
    uncut: usize,
    is_plundered: bool,
    is_catalogue_in_doubt: bool,
    settings: Settings,
    config: Config,
}

impl World {
    /// What is known of the world now, and of what is promised.
    pub(crate) fn remains(&self) -> Remains {
        Remains {
            setup: self.setup.clone(),
            entries: self.entries.clone(),
            ticks: self.ticks,
            distances: self.distances.clone(),
            lives: self.lives,
            interruptions: self.interruptions,
            uncut: self.uncut,
            is_plundered: self.is_plundered,
            is_catalogue_in_doubt: self.is_catalogue_in_doubt,
            settings: self.settings.clone(),
            config: self.config.clone(),
        }
    }
}

impl Remains {
    /// Only these records were promised to survive.
    pub(crate) fn promise_only(&mut self, survivors: &[usize]) {
        for (number, entry) in self.entries.iter_mut().enumerate() {
            entry.must = if survivors.contains(&number) {
                Must::Survive
            } else {
                Must::Nothing
            };
        }
    }

    /// Hashes all that a judgement depends on but the disk.
    pub(crate) fn hash_ledger(&self, hasher: &mut impl Hasher) {
        (self.ticks, self.lives, self.interruptions, self.uncut).hash(hasher);
        (self.is_plundered, self.is_catalogue_in_doubt).hash(hasher);
        for entry in &self.entries {
            (entry.stream, entry.queue, entry.life, entry.ticks).hash(hasher);
            (entry.fate as u8, entry.must as u8).hash(hasher);
            entry.message.hash(hasher);
        }
    }

    /// Starts a writer on what is left, and lets it come to a good end. What was promised must be
    /// there all the time. Of so many writes to one file a part may be there.
    pub(crate) fn recover(&self, fs: SimFs, torn_writes: usize) -> Result<(), String> {
        let mut world = self.start(fs)?;
        world.interruptions += torn_writes;
        check::all(&mut world, true)?;
        for number in 0..world.entries.len() {
            if world.entries[number].must == Must::Survive {
                check::has_statement(&world, number)?;
            }
        }
        world.end()
    }

    fn start(&self, fs: SimFs) -> Result<World, String> {
        let begins = self.setup.zone.begins * 1_000_000_000;
        let clock = ManualClock::at(chrono::DateTime::from_timestamp_nanos(begins));
        clock.advance(Duration::from_nanos(self.ticks - FIRST_TICKS));
        let config = self.config.clone().clock(clock.clone());
        let life = Life::begin(&fs, &self.settings, &config)
            .map_err(|error| format!("the start fails: {error}"))?;
        Ok(World {
            settings: self.settings.clone(),
            config,
            setup: self.setup.clone(),
            fs,
            clock,
            ticks: self.ticks,
            distances: self.distances.clone(),
            behind_holes: self.entries.len(),
            entries: self.entries.clone(),
            held: Vec::new(),
            watched: None,
            life,
            lives: self.lives + 1,
            interruptions: self.interruptions,
            uncut: self.uncut,
            is_plundered: self.is_plundered,
            is_faulty: false,
            is_catalogue_in_doubt: self.is_catalogue_in_doubt,
            seen: Seen::default(),
            operations_before_the_end: 0,
        })
    }
}

//! Which records a stream takes, as the one number that call sites compare their level with.

use std::{
    cell::Cell,
    sync::{Mutex, PoisonError, atomic::Ordering},
};

use chronologix_schema::settings::filter::Filter;

use super::declaration::lock_declarations;
use crate::{Level, LevelFilter, queue::channel::Channel};

/// The filters of modules, each once, for ever. A filter is named by its place, from 1.
///
/// It is locked only while all declarations are, so that a fork waits for one lock only.
static MODULE_FILTERS: Mutex<Vec<&'static Filter>> = Mutex::new(Vec::new());

thread_local! {
    /// The filter that this thread asked last, and its number.
    static LAST_FILTER: Cell<Option<(u32, &'static Filter)>> = const { Cell::new(None) };
}

/// In its low byte the lowest level that is taken, in the next four bits the lowest that is kept in
/// memory, or 0, and above that the number of the filter of modules, or 0. With one of the two it
/// is above every level, and a call site must ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Threshold(u32);

/// What becomes of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is left out.
    Off,
    /// It is kept in memory.
    Keep,
    /// It goes to the files.
    Log,
}

/// Bits in front of the number of the filter.
const FILTER_SHIFT: u32 = u8::BITS + KEPT_BITS;

/// Bits of the lowest level that is kept.
const KEPT_BITS: u32 = 4;

/// What a filter says of one module, under the number of that filter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ModuleLevel(u32);

/// Stands for a level where a filter says nothing.
const NO_LEVEL: u8 = u8::MAX;

impl Threshold {
    pub(crate) fn new(taken: LevelFilter, modules: Option<ModuleFilter>) -> Self {
        let filter = modules.map_or(0, |ModuleFilter(number)| number);
        Self(filter << FILTER_SHIFT | u32::from(taken.number()))
    }

    /// Keeps records from this level on that are not taken. What is off is not kept either.
    pub(crate) fn keeping(self, level: Option<Level>) -> Self {
        let level = level.filter(|_| !self.is_off());
        Self(self.0 | u32::from(Level::number(level)) << u8::BITS)
    }

    /// Returns that of a stream of a logger.
    #[inline]
    pub(crate) fn of(channel: &Channel, stream: u16) -> Self {
        let policy = &channel.streams[usize::from(stream)];
        Self::from_number(policy.threshold.load(Ordering::Relaxed))
    }

    /// Returns the threshold of a number.
    pub(crate) const fn from_number(number: u32) -> Self {
        Self(number)
    }

    pub(crate) const fn number(self) -> u32 {
        self.0
    }

    /// Returns what is taken of modules of which no filter says anything.
    pub(crate) fn taken(self) -> LevelFilter {
        LevelFilter::from_number(self.low_byte())
    }

    #[expect(clippy::cast_possible_truncation, reason = "the low byte is meant")]
    const fn low_byte(self) -> u8 {
        self.0 as u8
    }

    const fn is_off(self) -> bool {
        self.low_byte() == LevelFilter::Off.number()
    }

    /// Returns whether this level is taken, of modules of which no filter says anything.
    #[inline]
    pub(crate) const fn takes(self, level: u8) -> bool {
        level >= self.low_byte()
    }

    /// Returns whether this level is kept if it is not taken.
    #[inline]
    pub(crate) const fn keeps_from(self, level: u8) -> bool {
        let kept = self.0 >> u8::BITS & ((1 << KEPT_BITS) - 1);
        kept != 0 && level as u32 >= kept
    }

    /// Returns the number of the filter of modules, or 0.
    const fn filter(self) -> u32 {
        self.0 >> FILTER_SHIFT
    }

    /// Returns whether there is a filter of modules.
    #[inline]
    pub(crate) const fn has_filter(self) -> bool {
        self.filter() != 0
    }

    /// Returns whether records of this level may pass, to the files or into memory. `ask` says it
    /// where a filter of modules or a recorder has a say.
    #[inline]
    pub(crate) fn passes(self, level: Option<Level>, ask: impl FnOnce(Self, u8) -> bool) -> bool {
        // A record without a level passes unless the stream is off.
        let level = match level {
            Some(level) => level as u8,
            None => Level::Critical as u8,
        };
        u32::from(level) >= self.0 || self.0 > u32::from(u8::MAX) && ask(self, level)
    }

    /// Returns what becomes of a level in a module of which the filter says this. What is off is
    /// not kept either.
    pub(crate) fn verdict(self, of_module: Option<ModuleLevel>, level: u8) -> Verdict {
        let lowest = of_module.map(ModuleLevel::low_byte);
        let lowest = lowest.filter(|lowest| *lowest != NO_LEVEL);
        let lowest = lowest.unwrap_or(self.low_byte());
        if level >= lowest {
            Verdict::Log
        } else if self.keeps_from(level) && lowest != LevelFilter::Off.number() {
            Verdict::Keep
        } else {
            Verdict::Off
        }
    }

    /// Returns what the filter says of a module.
    pub(crate) fn of_module(self, path: &str) -> ModuleLevel {
        let number = self.filter();
        let filter = LAST_FILTER.get().filter(|(known, _)| *known == number);
        let filter = filter.or_else(|| {
            let _guard = lock_declarations();
            let filters = MODULE_FILTERS
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            let filter = filters.get((number as usize).checked_sub(1)?)?;
            LAST_FILTER.set(Some((number, filter)));
            LAST_FILTER.get()
        });
        let level = filter.and_then(|(_, filter)| filter.of_module(path));
        let level = level.map_or(NO_LEVEL, LevelFilter::number);
        ModuleLevel(number << u8::BITS | u32::from(level))
    }
}

impl ModuleLevel {
    /// Returns the level of a number, if it is what the filter of a threshold says.
    pub(crate) fn known(number: u32, threshold: Threshold) -> Option<Self> {
        (number >> u8::BITS == threshold.filter()).then_some(Self(number))
    }

    pub(crate) const fn number(self) -> u32 {
        self.0
    }

    #[expect(clippy::cast_possible_truncation, reason = "the low byte is meant")]
    const fn low_byte(self) -> u8 {
        self.0 as u8
    }
}

/// The number of a filter of modules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ModuleFilter(u32);

impl ModuleFilter {
    /// Returns the number of a filter. It is kept for ever: a call site may still have its number.
    ///
    /// The caller has locked all declarations.
    pub(crate) fn register(filter: Filter) -> Self {
        let mut filters = MODULE_FILTERS
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let known = filters.iter().position(|known| **known == filter);
        let at = known.unwrap_or_else(|| {
            filters.push(Box::leak(Box::new(filter)));
            filters.len() - 1
        });
        // 2²⁰ filters are more than a program sets.
        Self(u32::try_from(at + 1).unwrap_or(u32::MAX) & (u32::MAX >> FILTER_SHIFT))
    }
}

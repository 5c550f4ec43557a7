//! What is known of a record before its arguments: its place in the source, and how to read it.
//!
//! A record travels with the number of its callsite in a table. What is static is known to both
//! sides, and a queue that holds nothing but numbers needs no `unsafe`.

use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU32, Ordering},
};

use super::reentry;
use crate::{
    Level,
    codec::{
        decode::{Decoder, Render},
        field_codec,
    },
    format::message::MessageWriter,
};

/// The table of all callsites that made a record so far.
static CALLSITES: Mutex<Vec<CallsiteEntry>> = Mutex::new(Vec::new());

/// The place of one `log!` in the source. The macro makes it, once, as a static.
#[derive(Debug)]
pub struct Callsite {
    pub(crate) level: Option<Level>,
    file: &'static str,
    line: u32,
    /// The keys of its fields. `None` if each record has its own.
    keys: Option<&'static [&'static str]>,
    /// Its number in the table, from 1, or 0 before its first record.
    number: AtomicU32,
}

/// What all records of one callsite have in common.
///
/// That includes the types of the arguments: a `log!` in a generic function sees no more of a
/// generic argument than that it can be formatted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CallsiteEntry {
    pub(crate) callsite: &'static Callsite,
    pub(crate) render: Render,
}

/// The writer's copy of the table.
#[derive(Debug, Default)]
pub(crate) struct CallsiteTable(Vec<CallsiteEntry>);

/// The header of a record on the writer's side, with its callsite looked up.
#[derive(Clone, Copy, Debug)]
pub struct ResolvedHeader {
    /// When the record was made.
    pub(crate) ticks: u64,
    pub(crate) entry: CallsiteEntry,
    /// The index of its stream.
    pub(crate) stream: u16,
}

/// Keeps other threads out of the table while it lives. For forks.
pub(crate) type CallsitesGuard = MutexGuard<'static, Vec<CallsiteEntry>>;

pub(crate) fn lock_callsites() -> CallsitesGuard {
    CALLSITES.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Callsite {
    /// Creates the callsite of a `log!` without fields.
    #[must_use]
    pub const fn new(level: Option<Level>, file: &'static str, line: u32) -> Self {
        Self {
            level,
            file,
            line,
            keys: Some(&[]),
            number: AtomicU32::new(0),
        }
    }

    /// Sets the keys of the fields.
    #[must_use]
    pub const fn keys(mut self, keys: &'static [&'static str]) -> Self {
        self.keys = Some(keys);
        self
    }

    /// Creates the callsite of records from other facades, which have a place and keys of their
    /// own.
    #[cfg(any(feature = "log", feature = "tracing"))]
    pub(crate) const fn of_facade(level: Level) -> Self {
        let mut callsite = Self::new(Some(level), "", 0);
        callsite.keys = None;
        callsite
    }

    /// Returns the source file, as the compiler names it, and the line, from 1.
    #[must_use]
    pub const fn source(&self) -> (&'static str, u32) {
        (self.file, self.line)
    }

    /// Returns the number of the callsite, whose records are read by `render`, or 0 if its thread
    /// cannot wait for the table: see [`reentry`].
    #[inline]
    pub(crate) fn number(&'static self, render: Render) -> u32 {
        match self.number.load(Ordering::Relaxed) {
            0 => self.register(render),
            number => number,
        }
    }

    #[cold]
    fn register(&'static self, render: Render) -> u32 {
        let Some(_inside) = reentry::enter() else {
            return 0;
        };
        let mut table = lock_callsites();
        // Another thread may have registered it since.
        let known = self.number.load(Ordering::Relaxed);
        if known != 0 {
            return known;
        }
        table.push(CallsiteEntry {
            callsite: self,
            render,
        });
        // No program has 2³² callsites: each is a place in its source.
        let number = u32::try_from(table.len()).unwrap_or(u32::MAX);
        self.number.store(number, Ordering::Relaxed);
        number
    }
}

impl CallsiteTable {
    /// Returns the entry of this number, or `None` if [`Callsite::number`] never returned it.
    #[inline]
    pub(crate) fn get(&mut self, number: u32) -> Option<CallsiteEntry> {
        let at = (number as usize).checked_sub(1)?;
        if at >= self.0.len() {
            self.update();
        }
        self.0.get(at).copied()
    }

    #[cold]
    fn update(&mut self) {
        // An allocator that logs must not wait for the table.
        let _inside = reentry::enter();
        let table = lock_callsites();
        self.0.extend_from_slice(&table[self.0.len()..]);
    }
}

impl CallsiteEntry {
    /// Writes the message and the fields of a record, and the fields that follow its arguments.
    pub(crate) fn write_record(self, bytes: &[u8], out: &mut MessageWriter<'_>) {
        let mut from = Decoder::new(bytes);
        (self.render)(&mut from, out);
        field_codec::write_fields(from, self.callsite.keys, out);
    }
}

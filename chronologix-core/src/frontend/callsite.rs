//! What is known of a record before its arguments are: the record_id in the source, and how its arguments are read.

use std::{
    fmt,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use crate::Level;
use crate::{
    codec::{encode::Encode, encoding::Decoder},
    format::message::{MessageWriter, Template},
};

/// The record_id of one `log!` in the source. Made by the macro, once, as a static.
#[derive(Debug)]
pub struct Callsite {
    pub(crate) level: Option<Level>,
    file: &'static str,
    line: u32,
    /// The keys of its fields. `None` if only the record itself says which it has.
    pub(crate) keys: Option<&'static [&'static str]>,
    /// Its number in the [table](CALLSITES), from 1; 0 until its first record.
    number: AtomicU32,
}

/// Turns the bytes of a record into its message and fields.
pub(crate) type Render = for<'w> fn(&mut Decoder<'w>, &mut MessageWriter<'_>);

/// Every callsite that made a record so far. A record travels with the number of its callsite: what is static is known to both sides, and
/// a queue that holds nothing but numbers needs no `unsafe`.
static CALLSITES: Mutex<Vec<CallsiteEntry>> = Mutex::new(Vec::new());

/// What all records of one callsite have in common. All of them carry arguments of the same types, for a `log!` in a generic function sees
/// no more of a generic argument than that it can be formatted.
#[derive(Clone, Copy)]
pub(crate) struct CallsiteEntry {
    pub(crate) callsite: &'static Callsite,
    pub(crate) render: Render,
}

/// What the writer knows of the table.
#[derive(Debug, Default)]
pub(crate) struct CallsiteTable(Vec<CallsiteEntry>);

/// A record on the writer's side, less the bytes of its arguments.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ResolvedHeader {
    /// When the record was made.
    pub(crate) ticks: u64,
    pub(crate) entry: CallsiteEntry,
    /// Index of its stream.
    pub(crate) stream: u16,
}

/// While it lives, no other thread is in the table. For forks.
#[cfg(unix)]
pub(crate) struct CallsitesGuard {
    _callsites: std::sync::MutexGuard<'static, Vec<CallsiteEntry>>,
}

#[cfg(unix)]
pub(crate) fn lock_callsites() -> CallsitesGuard {
    let callsites = CALLSITES.lock().unwrap_or_else(PoisonError::into_inner);
    CallsitesGuard {
        _callsites: callsites,
    }
}

impl Callsite {
    /// Called by generated code.
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

    /// Called by generated code, if there are fields.
    #[must_use]
    pub const fn keys(mut self, keys: &'static [&'static str]) -> Self {
        self.keys = Some(keys);
        self
    }

    /// The record_id of records that come from other facades: not in the source, and with whatever keys.
    #[cfg(any(feature = "log", feature = "tracing"))]
    pub(crate) const fn anywhere(level: Level) -> Self {
        let mut callsite = Self::new(Some(level), "", 0);
        callsite.keys = None;
        callsite
    }

    /// The source file, as the compiler names it, and the line, from 1.
    #[must_use]
    pub const fn source(&self) -> (&'static str, u32) {
        (self.file, self.line)
    }

    /// The number of the callsite, whose records are read by `render`.
    #[inline]
    pub(crate) fn number(&'static self, render: Render) -> u32 {
        match self.number.load(Ordering::Relaxed) {
            0 => self.enter(render),
            number => number,
        }
    }

    #[cold]
    fn enter(&'static self, render: Render) -> u32 {
        let mut table = CALLSITES.lock().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have been faster.
        let known = self.number.load(Ordering::Relaxed);
        if known != 0 {
            return known;
        }
        table.push(CallsiteEntry {
            callsite: self,
            render,
        });
        // A program of 2³² callsites does not exist: each is a record_id in its source.
        let number = u32::try_from(table.len()).unwrap_or(u32::MAX);
        self.number.store(number, Ordering::Relaxed);
        number
    }
}

impl CallsiteTable {
    /// The entry of the records that travel with this number.
    ///
    /// `None` for a number that [`Callsite::number`] never gave.
    #[inline]
    pub(crate) fn entry(&mut self, number: u32) -> Option<CallsiteEntry> {
        let at = (number as usize).checked_sub(1)?;
        if at >= self.0.len() {
            self.look_up();
        }
        self.0.get(at).copied()
    }

    #[cold]
    fn look_up(&mut self) {
        let table = CALLSITES.lock().unwrap_or_else(PoisonError::into_inner);
        self.0.extend_from_slice(&table[self.0.len()..]);
    }
}

/// The [`Render`] of the records that `W` carries and `T` describes.
pub(crate) fn render<W, T>(from: &mut Decoder<'_>, out: &mut MessageWriter<'_>)
where
    W: Encode,
    T: for<'w> Template<W::Value<'w>>,
{
    let values = W::decode(from);
    T::render(values, out);
}

impl fmt::Debug for CallsiteEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CallsiteEntry")
            .field(&self.callsite)
            .finish()
    }
}

//! Bridges from other facades: libraries that log by `log` or `tracing` write to the streams of a
//! logger. A table of [`Routes`] decides which stream a record belongs to.
//!
//! - `chronologix::bridge::log` (feature `log`) is a `log::Log`. Key-values become fields.
//! - `chronologix::bridge::tracing` (feature `tracing`) is a `tracing_subscriber::Layer`. The
//!   fields of an event, then those of the spans around it, become fields. The names of the spans
//!   become the field `span`.
//!
//! Each brings the records of one facade. A program whose libraries use both installs both, with
//! the same routes, and each record comes once.
//!
//! A record also gets the field `target`, unless [`without_target`](Routes::without_target) leaves
//! it out. Values keep their type in a JSON stream. Of several fields with the same key the first
//! counts, so a field of an event shadows those of its spans. A key that every record has
//! (`timestamp`, `level`, `stream`, `message`) gets an underscore appended. Shadowed fields still
//! take room: of the 1 MiB of text that a record may carry, and in the queue.
//!
//! Each record belongs to a log statement, by which [`Logger::statements`] counts it, and has its
//! id where lines have ids. A message that is a literal, or the name of an event, makes a statement
//! of the catalogue.
//!
//! ```
//! # #[cfg(feature = "log")] {
//! # use chronologix_core as chronologix;
//! use chronologix::bridge::{self, Routes};
//! use chronologix::Config;
//!
//! # let dir = tempfile::tempdir()?;
//! let logger = Config::new().base_log_dir(dir.path()).stream("app").start_blocking()?;
//! bridge::log::install(&logger, Routes::new("app"))?;
//! for order in 1..=3 {
//!     log::info!(order; "order taken");
//! }
//! logger.stop_blocking()?;
//! let statements = logger.statements();
//! let first = statements.iter().next().unwrap();
//! assert_eq!((&*first.statement.template, first.records), ("order taken", 3));
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What a call waits for
//!
//! The macros of other facades return nothing that could be awaited. So a bridge never waits until
//! a record is written or synced, whatever the durability of its stream: it puts the record into
//! the calling thread's queue and returns.
//!
//! If the queue is full because callers are faster than the writer, the call waits for room. The
//! writer is a thread of its own, needs no runtime, and usually makes room in less than a
//! millisecond. If the writer makes no progress for the
//! [`full_queue_timeout`](Routes::full_queue_timeout), 100 ms by default, the disk blocks. Then the
//! record is dropped, and no call waits again until there is room. So a runtime whose threads log
//! by a bridge is delayed once, and not for every record. A stream whose overflow is `drop` is
//! never waited for. [`Stats::dropped`](crate::Stats::dropped) counts dropped records, and a line
//! in the stream says how many there were.
//!
//! The bridge keeps the logger alive. [`Logger::stop`] and the end of the process stop it all the
//! same. This crate logs nothing by `log` or `tracing` itself, so a bridge cannot call itself.

use std::{
    error, fmt, ptr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

pub use self::routes::Routes;
use self::{routes::Table, tables::Tables};
use crate::{
    Level, Location, LogFuture, Logger, StreamHandle,
    backend::writer::is_writer_thread,
    codec::{
        encode::{BufEncoder, TextPlace},
        field_codec::FieldRef,
    },
    frontend::{
        dynamic::{encode_field, number_inside},
        facade::{self, CallKey, FacadeStatement, Origin},
    },
    queue::block_on::block_on_for,
    stream::Verdict,
};

#[cfg(feature = "log")]
pub mod log;
mod routes;
mod tables;
#[cfg(feature = "tracing")]
pub mod tracing;

#[cfg(test)]
mod tests;

/// Why a bridge could not be built or installed. Its `Debug` form is its text.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum BridgeError {
    /// The routes name streams that the logger does not have.
    UnknownStreams {
        /// The unknown names, each once.
        names: Vec<String>,
        /// The streams of the logger.
        known: Vec<String>,
    },
    /// The program has already installed a logger or subscriber of this facade.
    AlreadyInstalled {
        /// `log` or `tracing`.
        facade: &'static str,
    },
}

/// Gives a bridge other [`Routes`] while it runs. All clones lead to the same bridge.
///
/// It is returned by [`LogBridge::handle`](log::LogBridge::handle) and
/// [`TracingLayer::handle`](tracing::TracingLayer::handle), before the bridge is installed:
///
/// ```
/// # #[cfg(feature = "log")] {
/// # use chronologix_core as chronologix;
/// use chronologix::bridge::{Routes, log::LogBridge};
/// use chronologix::{Config, Level};
///
/// # let dir = tempfile::tempdir()?;
/// let config = Config::new().base_log_dir(dir.path()).streams(["app", "db"]);
/// let logger = config.start_blocking()?;
/// let bridge = LogBridge::new(&logger, Routes::new("app").min_level(Level::Info))?;
/// let routes = bridge.handle();
/// bridge.install()?;
///
/// log::debug!("discarded");
/// routes.set(Routes::new("app").target("sqlx", "db"))?;
/// log::debug!("taken from now on");
/// # logger.flush_blocking(std::time::Duration::from_secs(60));
/// # assert_eq!(logger.stats().written, 1);
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct RoutesHandle {
    bridge: Arc<Bridge>,
    /// Has the facade ask anew what the bridge takes.
    refresh: fn(&Bridge),
}

impl RoutesHandle {
    /// Has these routes apply to all records from now on, in place of those before. Calls that are
    /// under way may still go by those.
    ///
    /// The facade hears of the lowest level of the new routes. Records are not slowed down. Each
    /// change takes the memory of its routes until the bridge is dropped.
    ///
    /// # Errors
    ///
    /// [`BridgeError::UnknownStreams`], with all names in `routes` that are no streams of the
    /// logger. Nothing changes then.
    pub fn set(&self, routes: Routes) -> Result<(), BridgeError> {
        let table = Table::new(&self.bridge.logger, routes)?;
        self.bridge.tables.replace(table);
        (self.refresh)(&self.bridge);
        Ok(())
    }
}

/// What the bridges have in common.
#[derive(Debug)]
struct Bridge {
    /// Keeps the logger alive.
    logger: Logger,
    tables: Tables,
    /// A call has timed out, and there has been no room since.
    is_stalled: AtomicBool,
    /// The level of `log` follows the routes.
    #[cfg(feature = "log")]
    bounds_log: AtomicBool,
}

impl Origin<'_> {
    /// Encodes as fields what a stream wants to know of the place in the source.
    fn encode_place(&self, to: &mut BufEncoder<'_>, wanted: Location) {
        if let Some(module) = self.module.filter(|_| wanted == Location::Module) {
            encode_field(to, "module", FieldRef::Text(module));
        }
        if let Some(file) = self.file.filter(|_| wanted == Location::File) {
            encode_field(to, "file", FieldRef::Text(file));
        }
        if let Some(line) = self.line.filter(|_| wanted == Location::File) {
            encode_field(to, "line", FieldRef::Integer(line.into()));
        }
    }

    /// Returns the number of the callsite of a record of `log`, whose message is encoded.
    ///
    /// `text` is where the message stands if it is a constant of the program, and of length 0
    /// otherwise. `module` is the path of the module, if that is a constant.
    #[inline]
    fn number_of_record(
        &self,
        level: Level,
        text: TextPlace,
        module: Option<&'static str>,
        to: &BufEncoder<'_>,
    ) -> u32 {
        let known = module.and_then(|module| {
            let key = self.key(level, text, module)?;
            facade::last(hash_of(key), |words| words == key)
        });
        known.unwrap_or_else(|| number_inside(level, || self.find_number(level, text, module, to)))
    }

    /// Returns what tells its call from others by addresses, if the target is no other text than
    /// the module, or does not count.
    #[inline]
    fn key(&self, level: Level, text: TextPlace, module: &'static str) -> Option<[usize; 4]> {
        let is_told = text.1 > 0 || ptr::eq(self.target, module);
        let call = self.call(level, text);
        is_told.then_some([module.as_ptr().addr(), text.0, text.1, call])
    }

    /// Returns the level, and the line if it counts, in one word.
    #[inline]
    fn call(&self, level: Level, text: TextPlace) -> usize {
        let line = if text.1 > 0 { self.line } else { None };
        (line.unwrap_or_default() as usize) << 4 | level as usize
    }

    /// Returns the number of a call that is not the last with its hash. The thread is inside.
    #[cold]
    #[inline(never)]
    fn find_number(
        &self,
        level: Level,
        text: TextPlace,
        module: Option<&'static str>,
        to: &BufEncoder<'_>,
    ) -> u32 {
        /// In a key: it has the hash of target and module.
        const HASHED: usize = 8;
        let last = module.and_then(|module| self.key(level, text, module));
        let (key, place) = if let Some(key) = last {
            (key, None)
        } else {
            let place = (self.target, self.module.unwrap_or_default());
            let hash = facade::hash_of([place.0, place.1]);
            let call = self.call(level, text) | HASHED;
            ([hash, text.0, text.1, call], Some(place))
        };
        let number = facade::known(CallKey(key), place).unwrap_or_else(|| {
            let statement = if text.1 > 0 {
                FacadeStatement::listed(level, *self, to.first_text(), [])
            } else {
                FacadeStatement::shared(level, self.target, [])
            };
            facade::remember(CallKey(key), place, statement)
        });
        if let Some(key) = last {
            facade::set_last(hash_of(key), key, number);
        }
        number
    }
}

#[inline]
const fn hash_of([module, text, _, call]: [usize; 4]) -> usize {
    module ^ text ^ call
}

impl Bridge {
    fn new(logger: &Logger, routes: Routes) -> Result<Self, BridgeError> {
        Ok(Self {
            logger: logger.clone(),
            tables: Tables::new(Table::new(logger, routes)?),
            is_stalled: AtomicBool::new(false),
            #[cfg(feature = "log")]
            bounds_log: AtomicBool::new(false),
        })
    }

    /// Returns the stream of a record, if any takes it.
    #[inline]
    fn stream(&self, target: &str, level: Level) -> Option<&StreamHandle> {
        let taking = self.tables.current().taking(target, level);
        taking.map(|(stream, _)| stream)
    }

    /// Logs a record with the message and the fields that `fill` encodes, if a stream takes it.
    /// `fill` returns the number of its callsite.
    #[inline]
    fn log(&self, origin: Origin<'_>, level: Level, fill: impl FnOnce(&mut BufEncoder<'_>) -> u32) {
        let table = self.tables.current();
        let Some((stream, verdict)) = table.taking(origin.target, level) else {
            return;
        };
        self.submit((stream, verdict), |to| {
            let callsite = fill(to);
            origin.encode_place(to, stream.location());
            if table.has_target {
                encode_field(to, "target", FieldRef::Text(origin.target));
            }
            callsite
        });
    }

    /// Logs a record. Waits for room unless the writer makes no progress.
    #[inline]
    fn submit(
        &self,
        (stream, verdict): (&StreamHandle, Verdict),
        fill: impl FnOnce(&mut BufEncoder<'_>) -> u32,
    ) {
        let record = stream.log_dynamic(verdict, fill);
        if record.is_waiting_for_room() {
            self.wait_for_room(record);
        } else {
            record.detach();
            if self.is_stalled.load(Ordering::Relaxed) {
                self.is_stalled.store(false, Ordering::Relaxed);
            }
        }
    }

    #[cold]
    fn wait_for_room(&self, record: LogFuture) {
        let timeout = self.tables.current().full_queue_timeout;
        // The writer runs wakers, which may log: it must not wait for itself.
        if timeout.is_zero() || self.is_stalled.load(Ordering::Relaxed) || is_writer_thread() {
            record.detach();
            return;
        }
        let mut queued = record.queued();
        let mut written = self.logger.written();
        while block_on_for(&mut queued, timeout).is_none() {
            let before = std::mem::replace(&mut written, self.logger.written());
            if before == written {
                self.is_stalled.store(true, Ordering::Relaxed);
                return;
            }
        }
    }
}

/// What to do if the program has another logger for `log`.
const LOG_WAY_OUT: &str = "if it is the one of `tracing-log`, which `init` of `tracing-subscriber` \
     installs, records of `log` reach a `TracingLayer` without this bridge";
/// What to do if the program has another subscriber.
const TRACING_WAY_OUT: &str = "add a layer to it instead: \
     `tracing_subscriber::registry().with(TracingLayer::new(&logger, routes)?)`";

impl fmt::Display for BridgeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownStreams { names, known } => {
                let s = if names.len() == 1 { "" } else { "s" };
                let names = names.iter().map(|name| format!("{name:?}"));
                let names = names.collect::<Vec<_>>().join(", ");
                let known = known.join(", ");
                write!(
                    f,
                    "unknown stream{s} {names} in routes; the streams are {known}"
                )
            }
            Self::AlreadyInstalled { facade } => {
                let (kind, way_out) = match *facade {
                    "log" => ("logger", LOG_WAY_OUT),
                    _ => ("subscriber", TRACING_WAY_OUT),
                };
                write!(
                    f,
                    "a {kind} for `{facade}` is already installed in this program, and cannot be replaced; {way_out}"
                )
            }
        }
    }
}

impl fmt::Debug for BridgeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl error::Error for BridgeError {}

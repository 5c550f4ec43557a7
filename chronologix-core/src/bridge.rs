//! Bridges from other facades: libraries go on logging by `log` or `tracing`, and a table of [`Routes`] says which stream each of their
//! records belongs to.
//!
//! - `chronologix::bridge::log` (feature `log`) is a `log::Log`: key-values become fields.
//! - `chronologix::bridge::tracing` (feature `tracing`) is a `tracing_subscriber::Layer`: the fields of an event, then those of the spans
//!   around it, become fields, and the names of the spans the field `span`.
//!
//! A record gets the field `target` as well, unless [`without_target`](Routes::without_target) says otherwise. Values keep their type in a
//! JSON stream. Of several fields with the same key the first counts, so what is said in an event shadows what its spans say. A key that is a
//! part of every record (`timestamp`, `level`, `stream`, `message`) gets an underscore behind it. What is shadowed takes room all the same: of the
//! 1 MiB of text that a record may carry, and in the queue.
//!
//! # What a call waits for
//!
//! The macros of other facades have nothing to await, so a bridge never waits for a record to be written or synced, whatever the durability of
//! its stream: it puts the record into the calling thread's queue and returns. If the queue is full, because callers are faster than the
//! writer, it waits for room, as long as the writer gets on: that is a thread of its own, which needs no runtime, and usually makes room in less
//! than a millisecond. If nothing gets on for as long as the [`patience`](Routes::patience), 100 ms unless set otherwise, the disk stands
//! still. Then the record is dropped, and from that moment on no call waits any more until there is room again, so that a runtime whose
//! threads log by a bridge is held up once and not at every record. A stream whose overflow is `drop` is never waited for. What was dropped is
//! counted by [`Stats::dropped`](crate::Stats::dropped), and a line in the stream says how many records it was.
//!
//! The bridge keeps the logger running; [`Logger::stop`] ends it all the same, as does the end of the process.
//! Nothing that this crate does logs by `log` or `tracing`, so a bridge never leads back to itself.

use std::{
    error, fmt,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

pub use self::routes::Routes;
use self::routes::Table;
use crate::{
    Level, LogFuture, Logger, StreamHandle, backend::writer::is_writer_thread,
    codec::encode::BufEncoder, frontend::submit::LogTarget as _, queue::block_on::block_on_for,
};

#[cfg(feature = "log")]
pub mod log;
mod routes;
#[cfg(feature = "tracing")]
pub mod tracing;

#[cfg(test)]
mod tests;

/// Why a bridge could not be built or installed.
///
/// ```
/// use chronologix_core::{Config, bridge::{self, Routes}, testing::TestLogger};
///
/// let logger = TestLogger::start(Config::new().stream("app").stream("errors"))?;
/// # #[cfg(feature = "log")] {
/// let error = bridge::log::LogBridge::new(&logger, Routes::to("ap")).unwrap_err();
/// assert_eq!(error.to_string(), r#"routes lead to a stream "ap" that there is not; the streams are app, errors"#);
/// # }
/// # Ok::<(), chronologix_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BridgeError {
    /// Routes lead to streams that the logger does not have.
    UnknownStreams {
        /// Those of the routes, each once.
        names: Vec<String>,
        /// Those there are.
        known: Vec<String>,
    },
    /// The program has installed another logger or subscriber of this facade before.
    Taken {
        /// `log` or `tracing`.
        facade: &'static str,
    },
}

/// What the bridges have in common.
#[derive(Debug)]
struct Bridge {
    /// Keeps it running.
    logger: Logger,
    table: Table,
    /// Patience ran out, and there has been no room since.
    is_stalled: AtomicBool,
}

impl Bridge {
    fn new(logger: &Logger, routes: Routes) -> Result<Self, BridgeError> {
        Ok(Self {
            logger: logger.clone(),
            table: Table::new(logger, routes)?,
            is_stalled: AtomicBool::new(false),
        })
    }

    /// Where a record goes, if anywhere.
    #[inline]
    fn stream(&self, target: &str, level: Level) -> Option<&StreamHandle> {
        let stream = self.table.stream(target, level)?;
        stream.takes(level).then_some(stream)
    }

    /// Logs a record, and waits for room if that seems to make sense.
    #[inline]
    fn submit(&self, stream: &StreamHandle, level: Level, fill: impl FnOnce(&mut BufEncoder<'_>)) {
        let record = stream.log_dynamic(level, fill);
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
        let patience = self.table.patience;
        // A writer that runs somebody's waker cannot wait for itself.
        if patience.is_zero() || self.is_stalled.load(Ordering::Relaxed) || is_writer_thread() {
            record.detach();
            return;
        }
        let mut queued = record.queued();
        let mut written = self.logger.written();
        while block_on_for(&mut queued, patience).is_none() {
            let before = std::mem::replace(&mut written, self.logger.written());
            if before == written {
                self.is_stalled.store(true, Ordering::Relaxed);
                return;
            }
        }
    }
}

/// How long nothing may get on while a call waits for room, unless set otherwise.
const PATIENCE: Duration = Duration::from_millis(100);

impl fmt::Display for BridgeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownStreams { names, known } => {
                let (noun, verb) = match names.len() {
                    1 => ("a stream", "is"),
                    _ => ("streams", "are"),
                };
                let names = names.iter().map(|name| format!("{name:?}"));
                let names = names.collect::<Vec<_>>().join(", ");
                let known = known.join(", ");
                write!(
                    f,
                    "routes lead to {noun} {names} that there {verb} not; the streams are {known}"
                )
            }
            Self::Taken { facade } => write!(
                f,
                "cannot install the bridge: the program has another logger for `{facade}` already, and the first one stays"
            ),
        }
    }
}

impl error::Error for BridgeError {}

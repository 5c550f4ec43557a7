//! Records of the `log` crate.
//!
//! ```
//! # use chronologix_core as chronologix;
//! use chronologix::{Config, Level, bridge::{self, Routes}};
//!
//! # let dir = tempfile::tempdir().unwrap();
//! let config = Config::new().base_log_dir(dir.path()).streams(["app", "errors"]);
//! let logger = config.start_blocking()?;
//! let routes = Routes::new("app").min_level(Level::Info).level(Level::Error, "errors");
//! bridge::log::install(&logger, routes)?;
//!
//! log::info!(order = 17, paid = true; "order taken");
//! // [14:02:19] [INFO] order taken order=17 paid=true target=shop::orders
//! log::debug!("below the lowest level: discarded by `log` itself");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use ::log::{
    LevelFilter, Log, Metadata,
    kv::{Error, Key, Value, VisitSource, VisitValue},
};

#[cfg(feature = "tracing")]
use super::tracing::log_records;
use super::{Bridge, BridgeError, Origin, Routes, RoutesHandle, routes::Table};
use crate::{
    Level, Logger,
    backend::writer::is_writer_thread,
    codec::{encode::BufEncoder, field_codec::FieldRef},
    frontend::dynamic::{encode_field, encode_message},
};

#[cfg(test)]
mod tests;

/// How long `flush` waits at most.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(5);

/// A [`log::Log`] whose records go to the streams of a logger: see the [module](self).
///
/// [`install`] makes it the logger of the program. In tests, or beside other loggers, it can be
/// given to the macros instead.
///
/// ```
/// # use chronologix_core as chronologix;
/// use chronologix::bridge::{Routes, log::LogBridge};
/// use chronologix::{Config, testing::{TestLogger, assert_logged}};
///
/// let logger = TestLogger::start(Config::new().stream("app"))?;
/// let bridge = LogBridge::new(logger.logger(), Routes::new("app").without_target())?;
/// bridge.set_max_level();
/// log::warn!(logger: bridge, attempt = 3; "no answer yet");
/// assert_logged!(logger, app, "[WARN] no answer yet attempt=3");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct LogBridge(Arc<Bridge>);

impl LogBridge {
    /// Creates a bridge to the streams of this logger.
    ///
    /// # Errors
    ///
    /// [`BridgeError::UnknownStreams`], with all names in `routes` that are no streams of the
    /// logger.
    pub fn new(logger: &Logger, routes: Routes) -> Result<Self, BridgeError> {
        Ok(Self(Arc::new(Bridge::new(logger, routes)?)))
    }

    /// Calls [`log::set_max_level`] with the lowest level that the routes take, so that `log`
    /// itself leaves out calls below it. [`install`] does this as well. It is done anew when the
    /// routes change.
    pub fn set_max_level(&self) {
        self.0.bounds_log.store(true, Ordering::Relaxed);
        set_max_level(&self.0);
    }

    /// Returns what changes the routes while the bridge runs.
    #[must_use]
    pub fn handle(&self) -> RoutesHandle {
        RoutesHandle {
            bridge: Arc::clone(&self.0),
            refresh: |bridge| {
                if bridge.bounds_log.load(Ordering::Relaxed) {
                    set_max_level(bridge);
                }
            },
        }
    }

    /// Makes this bridge the logger of the program, and sets [`log::max_level`].
    ///
    /// # Errors
    ///
    /// [`BridgeError::AlreadyInstalled`] if the program already has a logger.
    pub fn install(self) -> Result<(), BridgeError> {
        let bridge = Self(Arc::clone(&self.0));
        if ::log::set_boxed_logger(Box::new(self)).is_err() {
            return Err(BridgeError::AlreadyInstalled { facade: "log" });
        }
        bridge.set_max_level();
        Ok(())
    }
}

/// Has `log` leave out calls below the lowest level that the routes take.
fn set_max_level(bridge: &Bridge) {
    let mut table = bridge.tables.current();
    loop {
        ::log::set_max_level(max_level(table));
        let current = bridge.tables.current();
        if std::ptr::eq(table, current) {
            return;
        }
        // Another thread has changed the routes, and its level may be overwritten.
        table = current;
    }
}

fn max_level(table: &Table) -> LevelFilter {
    let is_taken = |known: &::log::Level| level(*known) >= table.min_level;
    let most_verbose = ::log::Level::iter().filter(is_taken).max();
    most_verbose.map_or(LevelFilter::Off, |level| level.to_level_filter())
}

/// Makes a [`LogBridge`] the logger of the program, and sets [`log::max_level`].
///
/// Events of `tracing` do not come this way. With the feature `tracing`,
/// [`bridge::tracing::install`](super::tracing::install) is installed beside it, with the same
/// routes. Routes that change later are those of a bridge that is installed by
/// [`LogBridge::install`].
///
/// # Errors
///
/// [`BridgeError::UnknownStreams`] as [`LogBridge::new`], and [`BridgeError::AlreadyInstalled`] if
/// the program already has a logger. In both cases nothing changes. A program whose logger is
/// `tracing_log::LogTracer` needs no bridge from `log`: a
/// [`TracingLayer`](super::tracing::TracingLayer) gets its records with their own targets.
pub fn install(logger: &Logger, routes: Routes) -> Result<(), BridgeError> {
    LogBridge::new(logger, routes)?.install()
}

impl Log for LogBridge {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let level = level(metadata.level());
        self.0.stream(metadata.target(), level).is_some()
    }

    fn log(&self, record: &::log::Record<'_>) {
        let origin = Origin {
            target: record.target(),
            module: record.module_path(),
            file: record.file(),
            line: record.line(),
        };
        // The macros of `log` say that the path is static. Those of `tracing` do not.
        #[cfg(feature = "tracing")]
        if record.module_path_static().is_none() && log_records::is_repetition(origin) {
            return;
        }
        let level = level(record.level());
        self.0.log(origin, level, |to| {
            let text = encode_message(to, *record.args());
            let text = record.args().as_str().map_or((0, 0), |_| text);
            let module = record.module_path_static();
            let callsite = origin.number_of_record(level, text, module, to);
            // Only a source of key-values can return an error. The fields before it are written.
            let _ = record.key_values().visit(&mut FieldVisitor(to));
            callsite
        });
    }

    /// Waits until everything logged before is written to the operating system, for at most 5 s.
    fn flush(&self) {
        if !is_writer_thread() {
            self.0.logger.flush_blocking(FLUSH_TIMEOUT);
        }
    }
}

fn level(level: ::log::Level) -> Level {
    match level {
        ::log::Level::Trace => Level::Trace,
        ::log::Level::Debug => Level::Debug,
        ::log::Level::Info => Level::Info,
        ::log::Level::Warn => Level::Warn,
        ::log::Level::Error => Level::Error,
    }
}

/// Writes key-values as fields.
#[derive(Debug)]
struct FieldVisitor<'a, 'b>(&'a mut BufEncoder<'b>);

impl<'kvs> VisitSource<'kvs> for FieldVisitor<'_, '_> {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        let (to, key) = (&mut *self.0, key.as_str());
        value.visit(OneValue { to, key })
    }
}

/// Writes the value of one field.
struct OneValue<'f, 'b> {
    to: &'f mut BufEncoder<'b>,
    key: &'f str,
}

macro_rules! visit {
    ($($method:ident($value:ident: $type:ty) => $field:expr;)*) => {$(
        fn $method(&mut self, $value: $type) -> Result<(), Error> {
            encode_field(self.to, self.key, $field);
            Ok(())
        }
    )*};
}

impl VisitValue<'_> for OneValue<'_, '_> {
    visit! {
        visit_any(value: Value<'_>) => FieldRef::Formatted(format_args!("{value}"));
        visit_u64(value: u64) => FieldRef::Integer(value.into());
        visit_i64(value: i64) => FieldRef::Integer(value.into());
        visit_u128(value: u128) => FieldRef::Unsigned(value);
        visit_i128(value: i128) => FieldRef::Integer(value);
        visit_f64(value: f64) => FieldRef::Float(value);
        visit_bool(value: bool) => FieldRef::Bool(value);
        visit_str(value: &str) => FieldRef::Text(value);
    }
}

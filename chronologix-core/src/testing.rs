//! Tests of programs that log: a logger in memory, by a clock that goes where it is sent.
//!
//! There is nothing global in a [`TestLogger`], so any number of tests run side by side, each with
//! one of its own:
//!
//! ```
//! use chronologix_core::{
//!     Config, StreamHandle,
//!     testing::{TestLogger, assert_logged, assert_not_logged},
//! };
//!
//! fn divide(errors: &StreamHandle, by: i32) -> Option<i32> {
//!     let quotient = 12_i32.checked_div(by);
//!     if quotient.is_none() {
//!         errors.log(format_args!("cannot divide 12 by {by}")).detach();
//!     }
//!     quotient
//! }
//!
//! let logger = TestLogger::start(Config::new().stream("app").stream("errors"))?;
//! let errors = logger.logger().stream("errors")?;
//!
//! assert_eq!(divide(&errors, 3), Some(4));
//! assert_not_logged!(logger, errors, "divide");
//!
//! assert_eq!(divide(&errors, 0), None);
//! assert_logged!(logger, errors, "cannot divide 12 by 0");
//!
//! logger.clock().advance(std::time::Duration::from_secs(12 * 3600));
//! errors.log(format_args!("at midday")).detach();
//! let lines = ["[00:00:00] cannot divide 12 by 0", "[12:00:00] at midday"];
//! assert_eq!(logger.lines("errors"), lines);
//! # Ok::<(), chronologix_core::Error>(())
//! ```
//!
//! # Declared streams
//!
//! A declaration of `#[chronologix::streams(...)]` is a static of the program, and runs one logger
//! at a time. `log!(app, …)` names that static, not a logger, so what it logs goes to whichever
//! test has started the declaration. Therefore `TestLogger::start(chronologix_streams::config())`
//! waits until no other test logger of this process runs the same declaration, and holds it until
//! it is dropped: tests that start it take turns by themselves. What remains is up to the test:
//! code that runs in other threads, or in tests without a logger of their own, reaches a running
//! declaration as well.
//!
//! Tests that are to run truly side by side hand a [`StreamHandle`](crate::StreamHandle) to the
//! code they test.
//!
//! Part of the `testing` feature, which is exempt from semver.

use std::{
    fmt,
    path::Path,
    ptr,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

use chronologix_schema::{layout::file_name::without_number, settings::suggest::nearest};

use crate::{
    Config, Error, Logger, fs::memory::MemoryFs, logger::start_on, queue::block_on::block_on,
    stream::Declaration,
};

#[doc(inline)]
pub use crate::{
    __assert_logged as assert_logged, __assert_not_logged as assert_not_logged, clock::ManualClock,
};

mod assert;
#[cfg(test)]
mod tests;

#[doc(hidden)]
pub use self::assert::{StreamName, expect_logged, expect_not_logged};

/// Where the tree of a test stands, on a disk of its own.
const BASE: &str = "/test";

/// 2025-01-01 00:00:00 UTC, in nanoseconds since 1970.
const NEW_YEAR: i64 = 1_735_689_600 * 1_000_000_000;

/// A logger for one test: on a disk in memory, with a clock that stands at 2025-01-01 00:00:00 UTC
/// until it is sent on.
///
/// [`logger`](TestLogger::logger) returns the [`Logger`]. The other methods read what was logged.
/// It stops when it is dropped.
pub struct TestLogger {
    logger: Logger,
    clock: ManualClock,
    fs: MemoryFs,
    /// After the logger, for the next one may start when it is dropped.
    _turn: Option<Turn>,
}

impl TestLogger {
    /// Starts a logger in memory. Where the configuration would have put its tree, and by which
    /// clock, does not matter. No folder is compressed or removed.
    ///
    /// With the configuration of a declaration it waits until no other test logger runs it: see the
    /// [module](self).
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if a setting is wrong, [`Error::AlreadyStarted`] if a logger that is none
    /// of a test runs the declaration.
    pub fn start(config: Config) -> Result<Self, Error> {
        let turn = config.declaration.map(Turn::of);
        let fs = MemoryFs::default();
        let clock = ManualClock::at(chrono::DateTime::from_timestamp_nanos(NEW_YEAR));
        let config = config.base_log_dir(BASE).clock(clock.clone());
        let logger = block_on(start_on(config, Box::new(fs.clone())))?;
        Ok(Self {
            logger,
            clock,
            fs,
            _turn: turn,
        })
    }

    /// Returns the logger itself.
    pub fn logger(&self) -> &Logger {
        &self.logger
    }

    /// Returns the clock that it reads.
    #[must_use]
    pub fn clock(&self) -> &ManualClock {
        &self.clock
    }

    /// The lines of a stream's file, from all interval folders in their order, each as it stands
    /// there: stamp, level, message and fields.
    ///
    /// Everything that was logged before is in it.
    ///
    /// # Panics
    ///
    /// If there is no such stream; the message names those there are.
    #[must_use]
    #[track_caller]
    pub fn lines(&self, stream: &str) -> Vec<String> {
        if let Err(error) = self.logger.stream(stream) {
            let nearest = nearest(stream, self.names());
            let hint = nearest.map_or(String::new(), |name| format!("; did you mean `{name}`?"));
            panic!("{error}{hint}");
        }
        // After a stop everything is written already.
        block_on(self.logger.flush());
        let mut streams = self.logger.settings().streams.iter();
        let known = streams.find(|known| known.name == stream);
        known.map_or(Vec::new(), |known| file_lines(&self.fs, &known.file))
    }

    /// The disk it writes to.
    #[cfg(test)]
    pub(crate) fn fs(&self) -> &MemoryFs {
        &self.fs
    }

    /// The names of the streams, in their order.
    fn names(&self) -> impl Iterator<Item = &str> {
        let streams = self.logger.settings().streams.iter();
        streams.map(|stream| &*stream.name)
    }
}

impl Drop for TestLogger {
    fn drop(&mut self) {
        // Not only when the last handle goes: the streams of a declaration must be free for the
        // next test.
        let _ = self.logger.stop_blocking();
    }
}

impl fmt::Debug for TestLogger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let streams = self.names().collect::<Vec<_>>();
        f.debug_struct("TestLogger")
            .field("streams", &streams)
            .finish_non_exhaustive()
    }
}

/// A place in the order of files: the interval folder, then the number.
type Place = (String, u32);

/// All lines of a file and of its numbered successors, folder after folder.
fn file_lines(fs: &MemoryFs, file: &str) -> Vec<String> {
    let mut parts = Vec::new();
    for (path, bytes) in &*fs.files() {
        if let Some(place) = place(path, file) {
            parts.push((place, String::from_utf8_lossy(bytes).into_owned()));
        }
    }
    parts.sort();
    let text = parts.iter().flat_map(|(_, text)| text.lines());
    text.map(str::to_owned).collect()
}

/// Where a path comes among the files of the stream whose file is `file`, if it is one of them.
fn place(path: &Path, file: &str) -> Option<Place> {
    let name = path.file_name()?.to_str()?;
    let folder = path.parent()?.file_name()?.to_str()?.to_owned();
    if name == file {
        return Some((folder, 0));
    }
    if without_number(name)? != file {
        return None;
    }
    // The one part in which the names differ.
    let mut parts = name.split('.').zip(file.split('.').map(Some).chain([None]));
    let number = parts.find(|(part, other)| Some(*part) != *other)?.0;
    Some((folder, number.parse().ok()?))
}

/// The declarations that test loggers run, by address.
static TAKEN: Mutex<Vec<usize>> = Mutex::new(Vec::new());
static FREED: Condvar = Condvar::new();

/// While it lives, no other test logger runs the declaration.
struct Turn(usize);

impl Turn {
    /// Waits until no other test logger runs the declaration.
    fn of(declaration: &'static Declaration) -> Self {
        let key = ptr::from_ref(declaration).addr();
        let is_taken = |taken: &mut Vec<usize>| taken.contains(&key);
        let waited = FREED.wait_while(taken(), is_taken);
        waited.unwrap_or_else(PoisonError::into_inner).push(key);
        Self(key)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        taken().retain(|key| *key != self.0);
        FREED.notify_all();
    }
}

fn taken() -> MutexGuard<'static, Vec<usize>> {
    TAKEN.lock().unwrap_or_else(PoisonError::into_inner)
}

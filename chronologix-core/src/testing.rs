//! Tests of programs that log: a logger in memory, by a clock that goes where it is sent.
//!
//! Part of the `testing` feature, which is exempt from semver.

use std::{fmt, mem, path::Path, sync::Arc};

use chronologix_schema::{layout::file_name::without_number, settings::suggest::nearest};

use crate::{
    Config, Error, Logger, frontend::binding::BoundLogger, fs::memory::MemoryFs, logger::start_on,
    queue::block_on::block_on,
};

#[doc(inline)]
pub use crate::{
    __assert_logged as assert_logged, __assert_not_logged as assert_not_logged, clock::ManualClock,
    frontend::binding::Binding,
};

mod assert;
mod catalogue;
#[cfg(test)]
mod tests;

#[doc(hidden)]
pub use self::{
    assert::{StreamName, expect_logged, expect_not_logged},
    catalogue::assert_catalogue as expect_catalogue,
};

/// Where the tree of a test stands, on a disk of its own.
const BASE: &str = "/test";

/// 2025-01-01 00:00:00 UTC, in nanoseconds since 1970.
const NEW_YEAR: i64 = 1_735_689_600 * 1_000_000_000;

/// A logger for one test: on a disk in memory, with a clock that stands at 2025-01-01 00:00:00 UTC
/// until it is sent on.
///
/// It gets what the thread that starts it logs to the streams of its declaration, and the tokio
/// tasks of that. A [`StreamHandle`](crate::StreamHandle) leads to it from every thread:
///
/// ```
/// # use chronologix_core as chronologix;
/// use chronologix::{
///     Config, StreamHandle,
///     testing::{TestLogger, assert_logged, assert_not_logged},
/// };
///
/// fn divide(errors: &StreamHandle, by: i32) -> Option<i32> {
///     let quotient = 12_i32.checked_div(by);
///     if quotient.is_none() {
///         errors.log(format_args!("cannot divide 12 by {by}")).detach();
///     }
///     quotient
/// }
///
/// let logger = TestLogger::start(Config::new().stream("app").stream("errors"))?;
/// let errors = logger.logger().stream("errors")?;
///
/// assert_eq!(divide(&errors, 3), Some(4));
/// assert_not_logged!(logger, errors, "divide");
///
/// assert_eq!(divide(&errors, 0), None);
/// assert_logged!(logger, errors, "cannot divide 12 by 0");
///
/// logger.clock().advance(std::time::Duration::from_secs(12 * 3600));
/// errors.log(format_args!("at midday")).detach();
/// let lines = ["[00:00:00] cannot divide 12 by 0", "[12:00:00] at midday"];
/// assert_eq!(logger.lines("errors"), lines);
/// # Ok::<(), chronologix::Error>(())
/// ```
///
/// [`logger`](TestLogger::logger) returns the [`Logger`]. The other methods read what was logged.
/// It stops when it is dropped.
pub struct TestLogger {
    logger: Logger,
    clock: ManualClock,
    fs: MemoryFs,
    bound: Arc<BoundLogger>,
    /// Of the thread that started it.
    _here: Binding,
}

impl TestLogger {
    /// Starts a logger in memory, and [binds](TestLogger::bind) this thread to it until it is
    /// dropped. Where the configuration would have put its tree, if anywhere, and by which clock,
    /// does not matter. No folder is compressed or removed.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if a setting is wrong.
    pub fn start(config: Config) -> Result<Self, Error> {
        let config = config.base_log_dir(BASE);
        config.validate().map_err(Error::Config)?;
        Self::start_as_it_is(config.with_files())
    }

    /// As [`TestLogger::start`], also without files.
    pub(crate) fn start_as_it_is(config: Config) -> Result<Self, Error> {
        let fs = MemoryFs::default();
        let clock = ManualClock::at(chrono::DateTime::from_timestamp_nanos(NEW_YEAR));
        let mut config = config.clock(clock.clone());
        // It stays free: other tests start loggers of it as well.
        let declared = mem::take(&mut config.declared);
        let logger = block_on(start_on(config, Box::new(fs.clone())))?;
        let bound = BoundLogger::new(declared, logger.queues());
        Ok(Self {
            logger,
            clock,
            fs,
            _here: bound.bind(),
            bound,
        })
    }

    /// Binds the calling thread to this logger until the guard is dropped: what it logs to the
    /// streams of the declaration goes here. If the thread is in a tokio runtime, the tasks of that
    /// are bound as well.
    ///
    /// The thread of the test and the tasks that it spawns are bound without it. It is for other
    /// threads, for the start of a thread in a pool, and for a runtime that the test has built
    /// after the logger.
    ///
    /// ```
    /// # use chronologix_core::{Config, testing::TestLogger};
    /// let logger = TestLogger::start(Config::new())?;
    /// std::thread::scope(|scope| {
    ///     scope.spawn(|| {
    ///         let _bound = logger.bind();
    ///         // `log!` in this thread goes to `logger`.
    ///     });
    /// });
    /// # Ok::<(), chronologix_core::Error>(())
    /// ```
    pub fn bind(&self) -> Binding {
        self.bound.bind()
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
    /// Everything that was logged before is in it. What the stream `app` has kept in memory and
    /// written is `app.kept`.
    ///
    /// # Panics
    ///
    /// If there is no such stream; the message names those there are.
    #[must_use]
    #[track_caller]
    pub fn lines(&self, stream: &str) -> Vec<String> {
        let is_known = self.names().any(|known| known == stream);
        if let Some(error) = self.logger.stream(stream).err().filter(|_| !is_known) {
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
    #[cfg(all(test, any(feature = "log", feature = "tracing")))]
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
        self.bound.unbind();
        // Not only when the last handle goes.
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
type FilePlace = (String, u32);

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
fn place(path: &Path, file: &str) -> Option<FilePlace> {
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

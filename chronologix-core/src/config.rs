//! What a user asks of a logger.

mod check;
mod endings;
mod environment;
mod fields;
#[cfg(feature = "toml")]
mod file;
#[cfg_attr(
    not(feature = "toml"),
    expect(dead_code, reason = "the environment needs a part of it")
)]
mod keys;
#[cfg_attr(
    not(feature = "toml"),
    expect(dead_code, reason = "the environment needs a part of it")
)]
mod merge;
mod outlets;
mod place;
mod problem;
#[cfg(feature = "toml")]
pub(crate) mod reload;
mod settings;
mod stream;
mod streams;
mod upkeep;

use std::{future::Future, path::PathBuf, time::Duration};

pub use self::{
    problem::{ConfigError, ConfigProblem},
    stream::StreamConfig,
};
pub(crate) use self::{
    settings::{Settings, StreamSettings},
    upkeep::UpkeepSettings,
};

use chronologix_schema::layout::{Interval, TimestampFormat};

use crate::{
    Echo, Error, Hook, Logger, Overflow, clock::Clock, error_reporter::Handler,
    format::redact::Redactor, stream::Declaration,
};

#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;

/// Bytes each thread may have queued, unless set otherwise: 1 MiB.
const QUEUE_CAPACITY: usize = 1 << 20;

/// How long the end of a logger goes on trying when the disk refuses, unless set otherwise.
const EXIT_TIMEOUT: Duration = Duration::from_secs(5);

/// The configuration of a logger, built up setting by setting and checked as a whole when it is started.
///
/// Untouched, it behaves as the Python package of the same name does: base directory `logs`, interval `24h`, the streams `all` and
/// `errors`, `errors` mirrored to `all`, timestamps `%H:%M:%S`, UTC.
///
/// ```
/// use chronologix_core::{Config, Durability, StreamConfig};
///
/// # let dir = tempfile::tempdir().unwrap();
/// let logger = Config::new()
///     .base_log_dir(dir.path())
///     .interval("1h")
///     .stream("app")
///     .stream(StreamConfig::new("audit").durability(Durability::Synced).format("json"))
///     .mirror("audit", "app")
///     .start_blocking()?;
/// logger.stream("audit")?.log(format_args!("door opened")).wait();
/// logger.stop_blocking()?;
/// # Ok::<(), chronologix_core::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a configuration does nothing until it is started"]
pub struct Config {
    pub(crate) declaration: Option<&'static Declaration>,
    base_log_dir: PathBuf,
    interval: Interval,
    /// `None`: the streams of the default.
    streams: Option<Vec<StreamConfig>>,
    /// Source and target, by name. `None`: that of the default, if its streams are used.
    mirrors: Option<Vec<(String, String)>>,
    timestamp_format: TimestampFormat,
    timezone: String,
    overflow: Overflow,
    queue_capacity: usize,
    file_mode: u32,
    dir_mode: u32,
    exit_timeout: Duration,
    flush_on_signals: bool,
    upkeep: UpkeepSettings,
    pub(crate) on_error: Option<Handler>,
    redactor: Option<Redactor>,
    echo: Option<Echo>,
    hooks: Vec<Hook>,
    pub(crate) clock: Clock,
    #[cfg(feature = "toml")]
    reload: reload::ReloadSettings,
    /// What the setters could not take. Reported with everything else.
    problems: Vec<ConfigProblem>,
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}

impl Config {
    /// The default configuration. The first stream given to it replaces the default's streams and mirror.
    pub fn new() -> Self {
        Self {
            declaration: None,
            base_log_dir: PathBuf::from("logs"),
            interval: Interval::default(),
            streams: None,
            mirrors: None,
            timestamp_format: TimestampFormat::default(),
            timezone: "UTC".to_owned(),
            overflow: Overflow::default(),
            queue_capacity: QUEUE_CAPACITY,
            file_mode: 0o600,
            dir_mode: 0o700,
            exit_timeout: EXIT_TIMEOUT,
            flush_on_signals: false,
            upkeep: UpkeepSettings::default(),
            on_error: None,
            redactor: None,
            echo: None,
            hooks: Vec::new(),
            clock: Clock::default(),
            #[cfg(feature = "toml")]
            reload: reload::ReloadSettings::default(),
            problems: Vec::new(),
        }
    }

    /// The base directory. `~` is the home directory; missing folders are created. Default: `logs`.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// let config = Config::new().base_log_dir("~/logs/billing");
    /// ```
    pub fn base_log_dir(mut self, path: impl Into<PathBuf>) -> Self {
        self.base_log_dir = path.into();
        self
    }

    /// How much time one interval folder covers: `24h` (the default), `12h`, `6h`, `3h`, `1h`, `30m`, `15m` or `5m`.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// use chronologix_core::Interval;
    ///
    /// Config::new().interval("15m").validate()?;
    /// Config::new().interval(Interval::Minute15).validate()?;
    /// # Ok::<(), chronologix_core::ConfigError>(())
    /// ```
    pub fn interval<I>(mut self, interval: I) -> Self
    where
        I: TryInto<Interval>,
        I::Error: Into<ConfigProblem>,
    {
        match interval.try_into() {
            Ok(interval) => self.interval = interval,
            Err(error) => self.problems.push(error.into().at("interval")),
        }
        self
    }

    /// The time in front of each line: strftime as in Python (`%f` is microseconds, six digits), or `rfc3339`.
    /// Default: `%H:%M:%S`.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// Config::new().timestamp_format("%H:%M:%S.%f").validate()?;
    /// assert!(Config::new().timestamp_format("%Q").validate().is_err());
    /// # Ok::<(), chronologix_core::ConfigError>(())
    /// ```
    pub fn timestamp_format(mut self, format: &str) -> Self {
        match TimestampFormat::parse(format) {
            Ok(format) => self.timestamp_format = format,
            Err(error) => {
                let problem = ConfigProblem::new("timestamp_format", format, &error.to_string());
                self.problems.push(problem);
            }
        }
        self
    }

    /// The zone of folders and timestamps: `UTC` (the default), `local`, or an IANA name such as `Europe/Prague`.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// Config::new().timezone("Europe/Prague").validate()?;
    /// # Ok::<(), chronologix_core::ConfigError>(())
    /// ```
    pub fn timezone(mut self, name: impl Into<String>) -> Self {
        self.timezone = name.into();
        self
    }

    /// What happens when a queue is full, for streams that do not say otherwise. Default: `wait`.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// Config::new().overflow("drop").validate()?;
    /// # Ok::<(), chronologix_core::ConfigError>(())
    /// ```
    pub fn overflow<O>(mut self, overflow: O) -> Self
    where
        O: TryInto<Overflow>,
        O::Error: Into<ConfigProblem>,
    {
        match overflow.try_into() {
            Ok(overflow) => self.overflow = overflow,
            Err(error) => self.problems.push(error.into().at("overflow")),
        }
        self
    }

    /// Bytes each thread may have queued, from 4 KiB to 1 GiB. Default: 1 MiB. Memory is taken as it is needed: 64 KiB at a thread's first
    /// record, 256 KiB where callers are faster than the writer and wait for it, all of it only before a record would be dropped.
    ///
    /// The writer holds as much again while it works on what it took.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// Config::new().queue_capacity(256 << 10).validate()?;
    /// # Ok::<(), chronologix_core::ConfigError>(())
    /// ```
    pub fn queue_capacity(mut self, bytes: usize) -> Self {
        self.queue_capacity = bytes;
        self
    }

    /// Unix mode of the files, less the umask. Default: `0o600`.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// Config::new().file_mode(0o640).dir_mode(0o750).validate()?;
    /// # Ok::<(), chronologix_core::ConfigError>(())
    /// ```
    pub fn file_mode(mut self, mode: u32) -> Self {
        self.file_mode = mode;
        self
    }

    /// Unix mode of the folders, less the umask. Default: `0o700`.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// Config::new().dir_mode(0o750).validate()?;
    /// # Ok::<(), chronologix_core::ConfigError>(())
    /// ```
    pub fn dir_mode(mut self, mode: u32) -> Self {
        self.dir_mode = mode;
        self
    }

    /// Lives by a clock of the test's own. Part of the `testing` feature.
    #[cfg(any(test, feature = "testing"))]
    pub fn clock(mut self, clock: crate::ManualClock) -> Self {
        self.clock = Clock::Manual(clock);
        self
    }

    /// Checks everything without starting anything.
    ///
    /// # Errors
    ///
    /// All problems at once, each with the key, the value, and what would be right.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// let error = Config::new().interval("7h").timestamp_format("%Q").validate().unwrap_err();
    /// assert_eq!(error.problems().len(), 2);
    /// ```
    pub fn validate(&self) -> Result<(), ConfigError> {
        self.check().map(|_| ())
    }

    /// Starts the logger: makes the folders and files, and the writer thread.
    ///
    /// The disk is only touched on the writer thread, so no executor is blocked.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if a setting is wrong or the base directory cannot be used; nothing is left on disk then.
    /// [`Error::AlreadyStarted`] if a logger runs these declared streams already.
    ///
    /// # Cancel safety
    ///
    /// Dropped before it is ready, no logger stays behind.
    pub fn start(self) -> impl Future<Output = Result<Logger, Error>> + Send {
        crate::logger::start(self)
    }

    /// As [`Config::start`], blocking, for code outside async.
    ///
    /// # Errors
    ///
    /// As [`Config::start`].
    pub fn start_blocking(self) -> Result<Logger, Error> {
        crate::queue::block_on::block_on(self.start())
    }

    pub(crate) fn declared_by(mut self, declaration: &'static Declaration) -> Self {
        self.declaration = Some(declaration);
        self
    }
}

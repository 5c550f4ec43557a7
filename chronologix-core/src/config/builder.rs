//! The configuration of a logger, and all its setters.

use std::{path::PathBuf, time::Duration};

use chronologix_schema::{
    layout::TimestampFormat,
    settings::{
        ConfigProblem, EchoOptions, LoggerOptions, filter::Filter, names::unknown_stream,
        problem::Location,
    },
};

#[cfg(feature = "toml")]
use super::reload::ReloadSettings;
use super::{IntoSetting, StreamConfig, into_setting::value_of};
use crate::{
    ByteSize, CompressionSetting, Echo, Hook, Incident, Interval, LevelFilter, Overflow,
    RetainAfter, Retention,
    clock::Clock,
    error_reporter::Handler,
    format::redact::Redactor,
    stream::{Declaration, DeclaredStreams},
};

/// The configuration of a logger, built setting by setting and checked as a whole at the start.
///
/// Untouched, it behaves as the Python package of the same name: base directory `logs`, interval
/// `24h`, the streams `all` and `errors`, `errors` mirrored to `all`, timestamps `%H:%M:%S`, UTC.
///
/// Setters take a value or its text, such as `Interval::Hour1` or `"1h"`. A text that means nothing
/// is reported by [`validate`](Config::validate) and at the start.
///
/// ```
/// # use chronologix_core as chronologix;
/// use chronologix::{Config, Durability, StreamConfig};
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
/// # Ok::<(), chronologix::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "a configuration does nothing until it is started"]
pub struct Config {
    pub(crate) declared: Vec<DeclaredStreams>,
    pub(crate) options: LoggerOptions,
    /// Unless a file or the environment said something else later.
    pub(super) echo: Option<Echo>,
    pub(super) hooks: Vec<Hook>,
    pub(crate) on_error: Option<Handler>,
    pub(super) redactor: Option<Redactor>,
    pub(crate) clock: Clock,
    #[cfg(feature = "toml")]
    pub(super) reload: ReloadSettings,
}

impl Config {
    /// The default configuration. The first stream given to it replaces the default's streams and
    /// mirror.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the base directory. `~` is the home directory. Missing folders are created. Default:
    /// `logs`.
    pub fn base_log_dir(mut self, path: impl Into<PathBuf>) -> Self {
        self.options.base_log_dir = path.into();
        self
    }

    /// Sets how much time one interval folder covers: `24h` (the default), `12h`, `6h`, `3h`, `1h`,
    /// `30m`, `15m` or `5m`.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// let config = Config::new().base_log_dir("~/logs/billing").dir_mode(0o750).file_mode(0o640);
    /// let config = config.interval("15m").timezone("Europe/Prague");
    /// config.clone().timestamp_format("%H:%M:%S.%f").validate()?;
    /// assert!(config.timestamp_format("%Q").validate().is_err());
    /// # Ok::<(), chronologix_core::ConfigError>(())
    /// ```
    pub fn interval(self, interval: impl IntoSetting<Interval>) -> Self {
        self.set("interval", interval, |it| &mut it.options.interval)
    }

    /// Sets the time in front of each line: strftime as in Python (`%f` is microseconds, six
    /// digits), or `rfc3339`. Default: `%H:%M:%S`.
    pub fn timestamp_format(mut self, format: &str) -> Self {
        match TimestampFormat::parse(format) {
            Ok(format) => self.options.timestamp_format = format,
            Err(error) => {
                let problem = ConfigProblem::new("timestamp_format", format, error.to_string());
                self.options.problems.push(problem);
            }
        }
        self
    }

    /// Sets the zone of folders and timestamps: `UTC` (the default), `local`, or an IANA name such
    /// as `Europe/Prague`.
    pub fn timezone(mut self, name: impl Into<String>) -> Self {
        self.options.timezone = name.into();
        self
    }

    /// Adds a stream: a name, or a [`StreamConfig`].
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// let config = Config::new().stream("app").stream("audit").mirror("audit", "app");
    /// config.configure_stream("audit", |audit| audit.format("json")).validate()?;
    /// // The same, all at once.
    /// let config = Config::new().streams(["app", "audit"]).mirror_map([("audit", "app")]);
    /// config.configure_stream("audit", |audit| audit.format("json")).validate()?;
    /// # Ok::<(), chronologix_core::ConfigError>(())
    /// ```
    pub fn stream(mut self, stream: impl Into<StreamConfig>) -> Self {
        let streams = self.options.streams.get_or_insert_default();
        streams.push(stream.into().options);
        self
    }

    /// Sets all streams at once.
    pub fn streams<S: Into<StreamConfig>>(mut self, streams: impl IntoIterator<Item = S>) -> Self {
        let streams = streams.into_iter().map(|stream| stream.into().options);
        self.options.streams = Some(streams.collect());
        self
    }

    /// Adds the streams of another declaration, with their mirrors: those of a library that
    /// declares its own. This logger runs them, in its tree.
    ///
    /// All else is as this configuration says. The added streams can be configured and mirrored
    /// like the others, by their names. A name that both have is a
    /// [`ConfigError`](crate::ConfigError).
    ///
    /// ```
    /// # mod shop { pub struct Logs; impl Logs { pub fn config() -> chronologix_core::Config {
    /// #     chronologix_core::Config::new().streams(["orders"]) } } }
    /// # use chronologix_core::Config;
    /// // In the library: `#[chronologix::streams(orders)] pub struct Logs;`
    /// let config = Config::new().stream("app").include(shop::Logs::config());
    /// config.mirror("orders", "app").validate()?;
    /// # Ok::<(), chronologix_core::ConfigError>(())
    /// ```
    pub fn include(mut self, other: Self) -> Self {
        let first = self.options.streams_mut().len();
        self.options
            .streams_mut()
            .extend(other.options.streams().into_owned());
        self.options
            .mirrors_mut()
            .extend(other.options.mirrors().into_owned());
        self.options.problems.extend(other.options.problems);
        // So many streams are an error of their own.
        let first = u16::try_from(first).unwrap_or(u16::MAX);
        let place = |streams: DeclaredStreams| DeclaredStreams {
            first: streams.first.saturating_add(first),
            ..streams
        };
        self.declared.extend(other.declared.into_iter().map(place));
        self
    }

    /// Changes the options of one of the streams given so far.
    pub fn configure_stream(
        mut self,
        stream: &str,
        change: impl FnOnce(StreamConfig) -> StreamConfig,
    ) -> Self {
        let streams = self.options.streams_mut();
        if let Some(known) = streams.iter_mut().find(|known| known.name == stream) {
            let options = std::mem::take(known);
            *known = change(StreamConfig { options }).options;
        } else {
            let known = streams.iter().map(|known| known.name.as_str());
            let problem = unknown_stream("streams", stream, &known.collect::<Vec<_>>());
            self.options.problems.push(problem);
        }
        self
    }

    /// Copies each record of one stream to the file of another as well. Copies are not copied on.
    pub fn mirror(mut self, from: impl Into<String>, to: impl Into<String>) -> Self {
        let mirrors = self.options.mirrors.get_or_insert_default();
        mirrors.push((from.into(), to.into()));
        self
    }

    /// Sets all mirrors at once, as pairs of source and target.
    pub fn mirror_map<F: Into<String>, T: Into<String>>(
        mut self,
        mirrors: impl IntoIterator<Item = (F, T)>,
    ) -> Self {
        let mirrors = mirrors.into_iter();
        self.options.mirrors = Some(mirrors.map(|(from, to)| (from.into(), to.into())).collect());
        self
    }

    /// Sets the lowest level that is logged, or `off`, for streams that do not say otherwise.
    /// Default: all levels.
    ///
    /// Records of [`log!`](https://docs.rs/chronologix/latest/chronologix/macro.log.html) without a
    /// level are logged unless the stream is off.
    ///
    /// ```
    /// # use chronologix_core::{Config, Level, StreamConfig};
    /// # let dir = tempfile::tempdir().unwrap();
    /// # let config = Config::new().base_log_dir(dir.path());
    /// let config = config.stream("app").stream(StreamConfig::new("audit").min_level("trace"));
    /// let logger = config.min_level("info").start_blocking()?;
    /// assert_eq!(logger.level("app")?, Some(Level::Info));
    /// assert_eq!(logger.level("audit")?, Some(Level::Trace));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn min_level(self, level: impl IntoSetting<LevelFilter>) -> Self {
        self.set("min_level", level, |it| &mut it.options.min_level)
    }

    /// Sets the levels of single streams, targets and modules, in the grammar of `RUST_LOG`:
    /// `"info,audit=trace,shop::db=debug,hyper=warn"`. Default: none.
    ///
    /// Directives are separated by commas. `name=level` sets the lowest level of what has that
    /// name, `name` alone takes all its levels, and `level` alone is that of all streams that are
    /// not named. `off` is a level that nothing has. Of several directives with one name the last
    /// counts.
    ///
    /// If the name is that of a stream, the directive is about that stream, and counts instead of
    /// its `min_level`. Any other is the beginning of the path of a module, or of a target of
    /// `log` or `tracing`. It counts for their records in all streams, whatever the level of the
    /// stream. Of several that match, the longest counts.
    ///
    /// ```
    /// # use chronologix_core::{Config, Level};
    /// # let dir = tempfile::tempdir().unwrap();
    /// # let config = Config::new().base_log_dir(dir.path());
    /// let logger = config.filter("warn,errors=trace,hyper=off").start_blocking()?;
    /// assert_eq!(logger.level("all")?, Some(Level::Warn));
    /// assert_eq!(logger.level("errors")?, Some(Level::Trace));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn filter(self, filter: &str) -> Self {
        self.set::<Filter, _>("filter", filter, |it| &mut it.options.filter)
    }

    /// Sets the [`filter`](Config::filter) from an environment variable, such as `RUST_LOG`, if it
    /// is set and not empty.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// Config::new().filter("info").filter_from_env("RUST_LOG").validate()?;
    /// # Ok::<(), chronologix_core::ConfigError>(())
    /// ```
    pub fn filter_from_env(self, variable: &str) -> Self {
        let text = std::env::var_os(variable).unwrap_or_default();
        let text = text.to_string_lossy();
        if text.trim().is_empty() {
            return self;
        }
        let known = self.options.problems.len();
        let mut config = self.filter(&text);
        let place = Location::Variable(variable.to_owned());
        for problem in config.options.problems.iter_mut().skip(known) {
            *problem = problem.clone().located(Some(place.clone()));
        }
        config
    }

    /// Sets what happens when a queue is full, for streams that do not say otherwise: `wait` (the
    /// default) or `drop`.
    pub fn overflow(self, overflow: impl IntoSetting<Overflow>) -> Self {
        self.set("overflow", overflow, |it| &mut it.options.overflow)
    }

    /// Sets how many bytes each thread may have queued, from 4 KiB to 1 GiB. Default: 1 MiB.
    ///
    /// Memory is allocated as it is needed: 256 bytes at a thread's first record, up to 256 KiB
    /// where callers are faster than the writer and wait for it, all of it only before a record
    /// would be dropped. It comes back when the thread ends, but for 4 KiB. The writer holds as
    /// much again for the records it is working on.
    pub fn queue_capacity(mut self, bytes: usize) -> Self {
        self.options.queue_capacity = bytes;
        self
    }

    /// Sets the Unix mode of the files, less the umask. Default: `0o600`.
    pub fn file_mode(mut self, mode: u32) -> Self {
        self.options.file_mode = mode;
        self
    }

    /// Sets the Unix mode of the folders, less the umask. Default: `0o700`.
    pub fn dir_mode(mut self, mode: u32) -> Self {
        self.options.dir_mode = mode;
        self
    }

    /// Sets how long the end of a logger tries to write what is queued when the disk fails.
    /// Default: 5 s.
    ///
    /// This holds for [`Logger::stop`](crate::Logger::stop), the drop of the last handle and the
    /// end of the process. What could not be written is reported on stderr. While the disk takes
    /// the lines, only `stop` may take longer.
    pub fn exit_timeout(self, timeout: impl IntoSetting<Duration>) -> Self {
        self.set("exit_timeout", timeout, |it| &mut it.options.exit_timeout)
    }

    /// Sets whether signals that end the process flush first, for at most
    /// [`exit_timeout`](Config::exit_timeout). Default: `false`.
    ///
    /// The signals are SIGTERM, SIGINT, SIGHUP and SIGQUIT, and those of a crash: SIGABRT, SIGSEGV,
    /// SIGBUS, SIGILL and SIGFPE. The process then ends as it would have without this, by the same
    /// signal. SIGABRT is handled without this as well, if there is no handler of it at the start.
    /// On Windows they are the events of a console: ctrl-c, ctrl-break, its close, a logoff and a
    /// shutdown.
    ///
    /// This is for programs that do not handle these signals themselves. Others stop the logger in
    /// their own way. Handlers that are installed when the logger starts are called after the
    /// flush, and the logger continues, because they may let the process live. Handlers that are
    /// installed later, and call the one before, decide what happens: the logger flushes and
    /// continues. Without such a handler, what is logged from then on is refused with
    /// [`LogError::Stopped`](crate::LogError::Stopped). A signal that is ignored stays ignored.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// let config = Config::new().queue_capacity(256 << 10).overflow("drop");
    /// config.flush_on_signals(true).exit_timeout("2s").validate()?;
    /// # Ok::<(), chronologix_core::ConfigError>(())
    /// ```
    pub fn flush_on_signals(mut self, flush: bool) -> Self {
        self.options.flush_on_signals = flush;
        self
    }

    /// Adds a rule for how long logs are kept: an age (`7d`; units `m`, `h`, `d`, `w`), a total
    /// size (`10GiB`), or a number of folders. Default: for ever.
    ///
    /// Several rules may be given, one call each. What is too old, too much or too many by any of
    /// them is removed, oldest first, a whole interval folder or its archive at a time. The age
    /// counts from the time a folder was closed. Number and size include the folder in use.
    ///
    /// A thread of low priority checks the rules at the start and after each rollover, for all
    /// loggers of the tree. It touches only files of the tree's streams, in folders with names that
    /// this crate gives. Whatever else lies there stays, and so does its folder. The current and
    /// the next folder stay, and so do those that were closed less than two intervals ago.
    ///
    /// It needs a file lock. Where there is none, as on Solaris, this and [`Config::compress`] are
    /// a [`ConfigError`](crate::ConfigError).
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// let config = Config::new().max_file_size("100MiB").retain("7d").retain("10GiB").retain(30);
    /// # #[cfg(feature = "zstd")]
    /// config.compress("zst").validate()?;
    /// # Ok::<(), chronologix_core::ConfigError>(())
    /// ```
    pub fn retain(mut self, rule: impl IntoSetting<Retention>) -> Self {
        if let Some(rule) = value_of("retain", rule, &mut self.options.problems) {
            self.options.retain.push(rule);
        }
        self
    }

    /// Says when a folder that [`Config::retain`] would remove may be removed: `closed`, or
    /// `shipped`, once `chronologix-ship` has marked it, after a store of objects has all its
    /// files. Default: `closed`.
    ///
    /// Until then nothing of it is removed, also if the tree has become too large. It is compressed
    /// all the same. A folder that got late records after it was shipped waits for the next mark.
    pub fn retain_after(self, moment: impl IntoSetting<RetainAfter>) -> Self {
        self.set("retain_after", moment, |it| &mut it.options.retain_after)
    }

    /// Compresses closed folders: `zst` or `gz` for each file in place (`app.log.zst`), or
    /// `tar.zst`, `tar.gz` or `zip` for each folder beside it. Default: no compression.
    ///
    /// Each is a feature of this crate: `zstd`, `gzip`, `zip`, and `tar` together with one of the
    /// first two.
    ///
    /// A level may follow: `zst:19`, or
    /// [`Compression::Zst.level(19)`](crate::Compression::level). The default is 3 with zstd and 6
    /// with gzip and zip.
    ///
    /// The thread that [`Config::retain`] describes does this two intervals after a folder was
    /// closed. It removes a file only when its archive is whole and on disk. Empty files stay as
    /// they are, unless the whole folder is packed.
    pub fn compress(self, compression: impl IntoSetting<CompressionSetting>) -> Self {
        self.set("compress", compression, |it| &mut it.options.compress)
    }

    /// Sets the largest size of a file: `100MiB`, or a number of bytes, at least 4 KiB. Default: no
    /// limit.
    ///
    /// The next line goes to `app.1.log`, in the same folder, and so on up to `app.9999.log`, which
    /// has no limit. Nothing is renamed, and no line is split: a longer line has a file to itself.
    /// A full file is synced when the stream leaves it.
    pub fn max_file_size(self, size: impl IntoSetting<ByteSize>) -> Self {
        self.set("max_file_size", size, |it| &mut it.options.max_file_size)
    }

    /// Lets each file begin with a line that tells it from every other file, for collectors that
    /// know a file by its first line or its first bytes. Default: files begin with a record.
    ///
    /// ```text
    /// # chronologix/1 stream=errors folder=2025-05-04__14-00 file=errors.log run=9f2c81d0a4b37e65
    /// ```
    ///
    /// In streams of JSON it is an object with the same members, and `"chronologix":1`. It has no
    /// `message`. The line is written with the first record of a file, also in numbered files and
    /// those of mirrors. A file that is continued by a later run has one. `chronologix-view` shows
    /// no such line.
    pub fn file_header(mut self, header: bool) -> Self {
        self.options.file_header = header;
        self
    }

    /// Writes no files: records go to the echo and to hooks alone, as in a container whose stdout
    /// is its log. Default: files.
    ///
    /// Nothing is created on disk. The echo takes the place of the files. It drops no lines: the
    /// writer waits for it, and a pipe that is not read has the effect of a full disk. Lines are
    /// kept, callers wait or records are dropped (`overflow`), and the end of the logger gives up
    /// after [`exit_timeout`](Config::exit_timeout). If the reader of the pipe has gone, which is
    /// for good, records fail, that is reported once, and no caller waits.
    ///
    /// `written` means that `write(2)` to the output has returned. What the echo does not show, by
    /// its level or streams, counts as written. `synced` is no more than `written`, for there is no
    /// file to sync. So no stream may have it as its durability, and `retain`, `compress`,
    /// `max_file_size` and `file_header` are refused as well. Hooks get what they get beside files.
    ///
    /// ```
    /// # use chronologix_core::{Config, Echo, Level};
    /// let config = Config::new().stream("app").no_files();
    /// let error = config.clone().validate().unwrap_err();
    /// assert!(error.to_string().contains("add an echo"));
    /// let config = config.echo(Echo::stdout().min_level(Level::Info));
    /// let logger = config.start_blocking()?;
    /// logger.stream("app")?.log(format_args!("on stdout")).written().wait()?;
    /// logger.stop_blocking()?;
    /// # Ok::<(), chronologix_core::Error>(())
    /// ```
    pub fn no_files(mut self) -> Self {
        self.options.no_files = true;
        self
    }

    /// Shows lines on the terminal as well: an [`Echo`], or one of `stdout`, `stderr`, `split` and
    /// `off`. Default: `off`.
    ///
    /// A line is shown once, however many mirrors there are, as text unless [`Echo::format`] says
    /// otherwise. It is escaped as in a file: nothing that was logged reaches the terminal as a
    /// control character. On a terminal it has the colour of its level. `NO_COLOR` and
    /// `CLICOLOR_FORCE` are respected.
    ///
    /// A terminal or pipe that blocks delays nothing: the echo has a thread and a queue of its own,
    /// and lines that find the queue full are left out. Once it flows again, a line says how many.
    /// [`Stats::echo_dropped`](crate::Stats::echo_dropped) counts them. The end of a logger waits
    /// for the echo for at most a second.
    ///
    /// In a program of `cargo test`, lines are printed so that the harness shows them with the test
    /// that has started the logger, if it fails.
    pub fn echo(mut self, echo: impl IntoSetting<Echo>) -> Self {
        if let Some(echo) = value_of("echo", echo, &mut self.options.problems) {
            self.echo = Some(echo);
            self.options.echo = EchoOptions::default();
        }
        self
    }

    /// Adds a [`Hook`] that is called with records. Each has a name of its own.
    pub fn hook(mut self, hook: Hook) -> Self {
        self.hooks.push(hook);
        self
    }

    /// Calls `handler` with errors, instead of writing a line to stderr: once for each kind of
    /// failure, and again only after an operation of that kind has succeeded.
    ///
    /// It runs on a thread of its own, so it may block, and log. The logger continues meanwhile. A
    /// panic in it is caught. A stop gives it a second for its last errors, even if the handler
    /// itself stops the logger. [`Stats::disk_errors`](crate::Stats::disk_errors) counts all
    /// failures of the disk.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// let config = Config::new().on_error(|error| {
    ///     // Page someone: "cannot write to logs/2025-05-04/app.log".
    ///     let _text = error.to_string();
    /// });
    /// ```
    pub fn on_error(mut self, handler: impl Fn(&Incident) + Send + Sync + 'static) -> Self {
        self.on_error = Some(Handler::new(handler));
        self
    }

    /// Calls `replace` with key and value of each field before it is written. The text it returns
    /// is written instead. With `None` the value stays as it is, with its type.
    ///
    /// It is called on the writer's thread with the fields of records, of contexts and of child
    /// loggers. The files of the stream and of its mirrors, the echo and hooks all get the result.
    /// It does not see messages: a value that no message may show is a [`Secret`](crate::Secret).
    /// All lines wait for it, so it should be quick, and it must not wait for a record. If it
    /// panics, the value is written as `***`.
    ///
    /// ```
    /// # use chronologix_core::{Config, Fields};
    /// # let dir = tempfile::tempdir().unwrap();
    /// let config = Config::new().base_log_dir(dir.path()).redact(|key, value| match key {
    ///     "password" => Some("***".to_owned()),
    ///     "card" => Some(format!("…{}", &value[value.len() - 4..])),
    ///     _ => None,
    /// });
    /// let logger = config.start_blocking()?;
    /// let order = logger.with(Fields::new().with("card", "4000123412341234").with("order", 17));
    /// order.stream("all")?.log(format_args!("paid")).wait(); // paid card=…1234 order=17
    /// logger.stop_blocking()?;
    /// # let lines = std::fs::read_to_string(dir.path().join("current/all.log")).unwrap();
    /// # assert!(lines.ends_with("] paid card=…1234 order=17\n"), "{lines}");
    /// # Ok::<(), chronologix_core::Error>(())
    /// ```
    pub fn redact(
        mut self,
        replace: impl Fn(&str, &str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.redactor = Some(Redactor::new(replace));
        self
    }

    /// Makes the levels of the streams follow the settings file while the logger runs: `min_level`
    /// and `filter`, and nothing else. Default: `false`.
    ///
    /// The file is the one that [`Config::from_toml_path`] or [`Config::with_toml_path`] read last.
    /// A thread of its own looks at it twice a second. A change takes effect once it was there for
    /// two looks, so that a file that is still being written has no effect. Only streams whose
    /// level in the file has changed are set, so a level that was set otherwise stays. If anything
    /// is wrong with the new file, nothing changes, and the problem is reported as an error of the
    /// disk would be. A forked child does not follow the file.
    ///
    /// [`Logger::reload_levels`](crate::Logger::reload_levels) reads the file on demand.
    #[cfg(feature = "toml")]
    pub fn reload_levels(mut self, reload: bool) -> Self {
        self.reload.is_watched = reload;
        self
    }

    /// Makes the logger use a test's own clock. Part of the `testing` feature.
    #[cfg(any(test, feature = "testing"))]
    pub fn clock(mut self, clock: crate::ManualClock) -> Self {
        self.clock = Clock::Manual(clock);
        self
    }

    /// Makes the logger write files, on the disk of a test, whatever it says of files.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn with_files(mut self) -> Self {
        self.options.no_files = false;
        self
    }

    /// Gives a setting its value. What it cannot take is reported when the whole is checked.
    fn set<T, F: From<T>>(
        mut self,
        key: &str,
        value: impl IntoSetting<T>,
        field: impl FnOnce(&mut Self) -> &mut F,
    ) -> Self {
        if let Some(value) = value_of(key, value, &mut self.options.problems) {
            *field(&mut self) = value.into();
        }
        self
    }
}

impl Declaration {
    /// A configuration for these streams, which the caller must add to it in their order.
    pub fn config(&'static self) -> Config {
        Config {
            declared: vec![DeclaredStreams {
                declaration: self,
                first: 0,
            }],
            ..Config::new()
        }
    }
}

//! The options of one stream.

use std::time::Duration;

use chronologix_schema::settings::StreamOptions;

use super::{IntoSetting, into_setting::value_of};
use crate::{ByteSize, Durability, Format, Level, LevelFilter, Location, Multiline, Overflow};

/// One stream of a [`Config`](crate::Config): a name, and options where the defaults do not fit.
///
/// ```
/// # use chronologix_core as chronologix;
/// use chronologix::{Level, StreamConfig};
///
/// let audit = StreamConfig::new("audit")
///     .durability("synced")
///     .format("json")
///     .file("audit.jsonl")
///     .min_level(Level::Info);
/// # chronologix::Config::new().stream(audit).validate().unwrap();
/// ```
#[derive(Clone, Debug)]
#[must_use = "a stream must be given to a `Config`"]
pub struct StreamConfig {
    pub(super) options: StreamOptions,
}

impl StreamConfig {
    /// A stream with every option at its default.
    ///
    /// A name is 1 to 64 of `A-Z a-z 0-9 _ -`, and not that of a Windows device.
    pub fn new(name: impl Into<String>) -> Self {
        let options = StreamOptions::new(name);
        Self { options }
    }

    /// Sets when an awaited record of this stream is ready. Default: `queued`.
    pub fn durability(self, durability: impl IntoSetting<Durability>) -> Self {
        self.set("durability", durability, |it| &mut it.durability)
    }

    /// Sets how its lines look: `text` (the default) or `json`.
    pub fn format(self, format: impl IntoSetting<Format>) -> Self {
        self.set("format", format, |it| &mut it.format)
    }

    /// Sets the lowest level it takes, or `off`. Default: all levels.
    ///
    /// Records without a level are taken unless it is off. Copies mirrored from other streams are
    /// always taken.
    pub fn min_level(self, level: impl IntoSetting<LevelFilter>) -> Self {
        self.set("min_level", level, |it| &mut it.min_level)
    }

    /// Sets what a newline in a message becomes: `escape` (the default) writes `\n`, `indent` a
    /// newline and a tab.
    pub fn multiline(self, multiline: impl IntoSetting<Multiline>) -> Self {
        self.set("multiline", multiline, |it| &mut it.multiline)
    }

    /// Sets what happens when a queue is full. Default: that of the [`Config`](crate::Config).
    pub fn overflow(self, overflow: impl IntoSetting<Overflow>) -> Self {
        self.set("overflow", overflow, |it| &mut it.overflow)
    }

    /// Collapses equal records in a row, for this long: a [`Duration`], or a text such as `"10s"`.
    /// Default: every record is written.
    ///
    /// The first record is written as it is. A line then says how often it was repeated
    /// (`chronologix: last message of app repeated 12 times`): when another record comes, and at
    /// the latest after this time.
    ///
    /// Records are equal if level, message and fields are. Each interval folder has the message
    /// itself. A record that was only counted is acknowledged with the message it repeats, so the
    /// durability of the stream must be `queued`.
    pub fn dedup(self, duration: impl IntoSetting<Duration>) -> Self {
        self.set("dedup", duration, |it| &mut it.dedup)
    }

    /// Sets what its lines say of the place in the source: `module` adds the field `module`, `file`
    /// the fields `file` and `line`. Default: `off`.
    ///
    /// It is that of `log!`, or what a record of `log` or `tracing` says. Records that are made
    /// without a macro, by [`StreamHandle::log`](crate::StreamHandle::log), have none. In a file
    /// that a record is mirrored to, the options of that file's stream count.
    pub fn location(self, location: impl IntoSetting<Location>) -> Self {
        self.set("location", location, |it| &mut it.location)
    }

    /// Adds the field `thread` to its lines: the name of the thread that made the record, or its
    /// [`ThreadId`](std::thread::ThreadId). Default: `false`.
    ///
    /// A record that a thread makes while it ends may have none.
    pub fn thread(mut self, is_named: bool) -> Self {
        self.options.thread = Some(is_named);
        self
    }

    /// Adds the field `id` to its lines, behind all others: the id of the log statement. Default:
    /// `false`.
    ///
    /// It is that of [`Statement::id`](crate::Statement::id), by which a reader finds the statement
    /// in the catalogue of the tree. A record that has a field `id` of its own keeps that, and has
    /// no other. Lines of this library about other records have none.
    ///
    /// ```
    /// # use chronologix_core as chronologix;
    /// use chronologix::StreamConfig;
    ///
    /// let audit = StreamConfig::new("audit").format("json").ids(true);
    /// # chronologix::Config::new().stream(audit).validate().unwrap();
    /// ```
    pub fn ids(mut self, are_written: bool) -> Self {
        self.options.ids = Some(are_written);
        self
    }

    /// Sets the shape of its text lines, such as `{timestamp} {level} {module}:
    /// {message}{fields}`. Default: `[{timestamp}] [{level}] {message}{fields}`, without the
    /// brackets of a level that is not there.
    ///
    /// The placeholders are `{timestamp}`, which must be there, `{level}`, `{module}`, `{file}`
    /// (with the number of the line, `src/main.rs:7`), `{thread}` and `{stream}`. A blank must
    /// follow each, and `{message}{fields}` all of them, so that a line can be read again.
    /// `{level:5}` is at least five characters wide. What a record does not have is a `-`.
    ///
    /// The viewer reads such lines: the shape stands in the `.chronologix.json` of the tree.
    ///
    /// ```
    /// # use chronologix_core as chronologix;
    /// use chronologix::{Config, Level, StreamConfig};
    /// use chronologix::testing::TestLogger;
    ///
    /// let app = StreamConfig::new("app").line("{timestamp} {level:5} {thread}: {message}{fields}");
    /// let logger = TestLogger::start(Config::new().stream(app))?;
    /// let app = logger.logger().stream("app")?;
    /// std::thread::Builder::new()
    ///     .name("worker".to_owned())
    ///     .spawn(move || app.log_at(Level::Info, format_args!("begins")).detach())?
    ///     .join()
    ///     .expect("it does not panic");
    /// assert_eq!(logger.lines("app"), ["00:00:00 INFO  worker: begins"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn line(self, template: impl AsRef<str>) -> Self {
        self.set("line", template.as_ref(), |it| &mut it.line)
    }

    /// Keeps records of this level and above in memory that the stream does not take: the last of
    /// them, as many as [`last`](StreamConfig::last) says. An error, a panic or a crash has them
    /// written, and until then they cost no I/O. Default: none are kept.
    ///
    /// It makes sense together with a [`min_level`](StreamConfig::min_level) above it. What is
    /// `off` is not kept, neither a stream nor a module. [`Logger::dump`](crate::Logger::dump) says
    /// where kept records go.
    ///
    /// ```
    /// # use chronologix_core as chronologix;
    /// use chronologix::{Config, Level, StreamConfig};
    /// use chronologix::testing::TestLogger;
    ///
    /// let app = StreamConfig::new("app").min_level(Level::Info).keep(Level::Trace);
    /// let logger = TestLogger::start(Config::new().stream(app))?;
    /// let app = logger.logger().stream("app")?;
    /// app.log_at(Level::Trace, format_args!("reads 512 bytes")).detach();
    /// app.log_at(Level::Error, format_args!("bad checksum")).detach();
    /// assert_eq!(logger.lines("app.kept"), ["[00:00:00] [TRACE] reads 512 bytes"]);
    /// assert_eq!(logger.lines("app"), [
    ///     "[00:00:00] [INFO] chronologix: 1 kept record from 00:00:00 to 00:00:00 is in app.kept.log",
    ///     "[00:00:00] [ERROR] bad checksum",
    /// ]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn keep(self, level: impl IntoSetting<Level>) -> Self {
        self.set("keep", level, |it| &mut it.keep)
    }

    /// Sets how much it [keeps](StreamConfig::keep) at most, over all threads: a number of bytes,
    /// or a text such as `"16MiB"`, which is the default. Allowed: 64 KiB to 1 GiB.
    ///
    /// A record takes 16 bytes, and 8 or more for each argument. If there is no room the oldest
    /// are lost, and counted. Each thread that keeps records has 4 KiB of its own, also if that
    /// makes more. Until a dump is written, what is kept meanwhile comes on top.
    pub fn last(self, size: impl IntoSetting<ByteSize>) -> Self {
        self.set("last", size, |it| &mut it.last)
    }

    /// Sets the pause after an error or a panic has had the [kept](StreamConfig::keep) records
    /// written: a [`Duration`], or a text such as `"1m"`, which is the default. Errors meanwhile
    /// have none written. A crash and [`Logger::dump`](crate::Logger::dump) always do.
    pub fn every(self, pause: impl IntoSetting<Duration>) -> Self {
        self.set("every", pause, |it| &mut it.every)
    }

    /// Sets the name of its file, without any folder. Default: the stream's name and `.log`.
    pub fn file(mut self, name: impl Into<String>) -> Self {
        self.options.file = Some(name.into());
        self
    }

    /// Gives an option its value. What it cannot take is reported when the whole is checked.
    fn set<T>(
        mut self,
        option: &str,
        value: impl IntoSetting<T>,
        field: impl FnOnce(&mut StreamOptions) -> &mut Option<T>,
    ) -> Self {
        let key = self.options.key(option);
        if let Some(value) = value_of(&key, value, &mut self.options.problems) {
            *field(&mut self.options) = Some(value);
        }
        self
    }
}

impl From<&str> for StreamConfig {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl From<String> for StreamConfig {
    fn from(name: String) -> Self {
        Self::new(name)
    }
}

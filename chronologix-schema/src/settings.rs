//! What settings are: one definition of each, its rules, and its place in a file. Pure.

use std::{borrow::Cow, path::PathBuf, time::Duration};

pub mod compression;
#[cfg(feature = "toml")]
pub mod document;
pub mod filter;
pub mod keys;
pub mod merge;
pub mod names;
pub mod options;
pub mod problem;
pub mod quantity;
pub mod ship;
pub mod suggest;

pub use self::{
    compression::CompressionSetting,
    problem::{ConfigError, ConfigProblem},
};
use self::{
    filter::Filter,
    options::{Colors, Durability, EchoTarget, Format, Location, Overflow, RetainAfter},
    quantity::{ByteSize, Retention},
    ship::ShipOptions,
};

use crate::{
    Level, LevelFilter,
    layout::{Interval, LineTemplate, Multiline, TimestampFormat, UnknownZone},
};

/// Bytes that each thread may have queued, unless set otherwise: 1 MiB.
const QUEUE_CAPACITY: usize = 1 << 20;

/// Bytes that a queue may hold.
const QUEUE_CAPACITIES: std::ops::RangeInclusive<usize> = (4 << 10)..=(1 << 30);

/// The smallest limit of a file: some lines must fit.
const MIN_FILE_SIZE: u64 = 4 << 10;

/// Bytes of the records that a stream keeps in memory, unless set otherwise: 16 MiB.
const KEPT: ByteSize = ByteSize::new(16 << 20);

/// Bytes that a stream may keep in memory.
const KEPT_SIZES: std::ops::RangeInclusive<u64> = (64 << 10)..=(1 << 30);

/// The pause between two errors that have kept records written, unless set otherwise.
const KEPT_EVERY: Duration = Duration::from_secs(60);

/// Stands behind the names of a stream and of its file, for the records that it has kept.
const KEPT_SUFFIX: &str = ".kept";

/// The settings of a logger as they were given, not checked as a whole.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a setting of its own"
)]
pub struct LoggerOptions {
    /// The folder that holds the tree. `~` is the home directory.
    pub base_log_dir: PathBuf,
    /// Records go to the echo and to hooks alone.
    pub no_files: bool,
    /// The time that one folder covers.
    pub interval: Interval,
    /// `None`: the streams of the default.
    pub streams: Option<Vec<StreamOptions>>,
    /// Source and target, by name. `None`: the mirror of the default, if its streams are used.
    pub mirrors: Option<Vec<(String, String)>>,
    /// The time in front of each line.
    pub timestamp_format: TimestampFormat,
    /// The name of the zone of folders and timestamps.
    pub timezone: String,
    /// The records that streams take which do not say otherwise.
    pub min_level: Option<LevelFilter>,
    /// What is taken of single streams, targets and modules.
    pub filter: Filter,
    /// What happens when a queue is full, for streams that do not say otherwise.
    pub overflow: Overflow,
    /// Bytes that each thread may have queued.
    pub queue_capacity: usize,
    /// The Unix mode of files.
    pub file_mode: u32,
    /// The Unix mode of folders.
    pub dir_mode: u32,
    /// How long the end of a logger tries to write when the disk fails.
    pub exit_timeout: Duration,
    /// Whether signals that end the process flush first.
    pub flush_on_signals: bool,
    /// How long closed folders are kept. None: for ever.
    pub retain: Vec<Retention>,
    /// When a folder may be removed.
    pub retain_after: RetainAfter,
    /// How closed folders are compressed.
    pub compress: Option<CompressionSetting>,
    /// Whether closed folders are sealed.
    pub seal: bool,
    /// The file with the key that signs seals.
    pub seal_key: Option<PathBuf>,
    /// The size at which a stream continues in a numbered file.
    pub max_file_size: Option<ByteSize>,
    /// Whether each file begins with a line that tells it from all others.
    pub file_header: bool,
    /// What is echoed, on top of what the program says.
    pub echo: EchoOptions,
    /// Where `chronologix-ship` sends records, and how. A logger checks it and does nothing else.
    pub ship: ShipOptions,
    /// What setters could not take.
    pub problems: Vec<ConfigProblem>,
}

/// The options of the echo as they were given. `None` is what the program says, or the default.
#[derive(Clone, Debug, Default)]
pub struct EchoOptions {
    /// Where lines go.
    pub to: Option<EchoTarget>,
    /// The lowest level that is shown.
    pub min_level: Option<Level>,
    /// The streams whose records are shown.
    pub streams: Option<Vec<String>>,
    /// Whether lines are coloured.
    pub colors: Option<Colors>,
    /// How lines look.
    pub format: Option<Format>,
}

/// The options of one stream as they were given. `None` is the default.
#[derive(Clone, Debug, Default)]
pub struct StreamOptions {
    /// Its name.
    pub name: String,
    /// When an awaited record is ready.
    pub durability: Option<Durability>,
    /// How its lines look.
    pub format: Option<Format>,
    /// The records it takes.
    pub min_level: Option<LevelFilter>,
    /// The name of its file.
    pub file: Option<String>,
    /// What becomes of a newline in a message.
    pub multiline: Option<Multiline>,
    /// What happens when a queue is full.
    pub overflow: Option<Overflow>,
    /// How long equal records in a row are counted before a line reports them.
    pub dedup: Option<Duration>,
    /// What its lines say of the place in the source.
    pub location: Option<Location>,
    /// Whether its lines name the thread.
    pub thread: Option<bool>,
    /// Whether its lines have the ids of their statements.
    pub ids: Option<bool>,
    /// The shape of its text lines.
    pub line: Option<LineTemplate>,
    /// The lowest level of the records that are kept in memory, of those that it does not take.
    pub keep: Option<Level>,
    /// The bytes of the last of them, over all threads.
    pub last: Option<ByteSize>,
    /// The pause after they were written because of an error.
    pub every: Option<Duration>,
    /// What setters could not take.
    pub problems: Vec<ConfigProblem>,
}

impl Default for LoggerOptions {
    fn default() -> Self {
        Self {
            base_log_dir: PathBuf::from("logs"),
            no_files: false,
            interval: Interval::default(),
            streams: None,
            mirrors: None,
            timestamp_format: TimestampFormat::default(),
            timezone: "UTC".to_owned(),
            min_level: None,
            filter: Filter::default(),
            overflow: Overflow::default(),
            queue_capacity: QUEUE_CAPACITY,
            file_mode: 0o600,
            dir_mode: 0o700,
            exit_timeout: Duration::from_secs(5),
            flush_on_signals: false,
            retain: Vec::new(),
            retain_after: RetainAfter::Closed,
            compress: None,
            seal: false,
            seal_key: None,
            max_file_size: None,
            file_header: false,
            echo: EchoOptions::default(),
            ship: ShipOptions::default(),
            problems: Vec::new(),
        }
    }
}

/// The streams of the default configuration.
fn default_streams() -> Vec<StreamOptions> {
    vec![StreamOptions::new("all"), StreamOptions::new("errors")]
}

impl LoggerOptions {
    /// Returns the streams.
    #[must_use]
    pub fn streams(&self) -> Cow<'_, [StreamOptions]> {
        let given = self.streams.as_deref().map(Cow::Borrowed);
        given.unwrap_or_else(|| default_streams().into())
    }

    /// Returns the streams to be changed, those of the default included.
    pub fn streams_mut(&mut self) -> &mut Vec<StreamOptions> {
        // The default's mirror holds only as long as the streams are those of the default.
        self.mirrors_mut();
        self.streams.get_or_insert_with(default_streams)
    }

    /// Returns the mirrors.
    #[must_use]
    pub fn mirrors(&self) -> Cow<'_, [(String, String)]> {
        let given = self.mirrors.as_deref().map(Cow::Borrowed);
        given.unwrap_or_else(|| self.default_mirrors().into())
    }

    /// Returns the mirrors to be changed, that of the default included.
    pub fn mirrors_mut(&mut self) -> &mut Vec<(String, String)> {
        let default = self.default_mirrors();
        self.mirrors.get_or_insert(default)
    }

    fn default_mirrors(&self) -> Vec<(String, String)> {
        let mirrors = [("errors".to_owned(), "all".to_owned())];
        let has_streams = self.streams.is_none();
        mirrors.into_iter().filter(|_| has_streams).collect()
    }

    /// Adds everything that is wrong with the settings, as far as settings alone can tell. Returns
    /// for each stream the indexes of the streams whose files get its records: its own, then those
    /// of its mirrors, each once.
    ///
    /// What is wrong with the time zone is given, for a machine that builds a program may lack
    /// zones of the one that runs it.
    pub fn check(
        &self,
        zone: Option<&UnknownZone>,
        problems: &mut Vec<ConfigProblem>,
    ) -> Vec<Vec<usize>> {
        problems.extend(self.problems.iter().cloned());
        if self.base_log_dir.as_os_str().is_empty() && !self.no_files {
            let why = "the path is empty; name a directory";
            problems.push(ConfigProblem::new("base_log_dir", "", why));
        }
        let streams = self.streams();
        names::check_streams(&streams, problems);
        for stream in streams.iter() {
            stream.check_dedup(problems);
            stream.check_line(problems);
            stream.check_keep(problems);
        }
        if let Some(compress) = self.compress {
            names::check_compressed(&streams, problems);
            if let Err(error) = compress.check() {
                problems.push(ConfigProblem::new(
                    "compress",
                    error.text(),
                    error.to_string(),
                ));
            }
        }
        for unusable in self.retain.iter().filter_map(|rule| rule.problem()) {
            let problem = ConfigProblem::new("retain", unusable.text(), unusable.to_string());
            problems.push(problem);
        }
        if let Some(key) = self.seal_key.as_ref().filter(|_| !self.seal) {
            let why = "`seal_key` signs seals, and nothing is sealed; \
                       add `seal = true`, or leave out `seal_key`";
            problems.push(ConfigProblem::new("seal_key", key.to_string_lossy(), why));
        }
        if let Some(size) = self.max_file_size.filter(|it| it.bytes() < MIN_FILE_SIZE) {
            let value = size.bytes().to_string();
            let why = format!("{value} bytes; allowed: {MIN_FILE_SIZE} (4KiB) or more");
            problems.push(ConfigProblem::new("max_file_size", value, why));
        }
        if self.no_files {
            self.check_no_files(&streams, problems);
        }
        let names = streams.iter().map(|stream| stream.name.as_str());
        let names = names.collect::<Vec<_>>();
        let echoed = self.echo.streams.iter().flatten();
        let unknown = echoed.filter(|name| !names.contains(&name.as_str()));
        problems.extend(unknown.map(|name| names::unknown_stream("echo.streams", name, &names)));
        self.ship.check(&names, problems);
        let targets = self.targets(problems);
        if let Some(error) = zone {
            let problem = ConfigProblem::new("timezone", &self.timezone, error.to_string());
            problems.push(problem);
        }
        if !QUEUE_CAPACITIES.contains(&self.queue_capacity) {
            let value = self.queue_capacity.to_string();
            let why = format!("{value} bytes; allowed: 4096 (4 KiB) to 1073741824 (1 GiB)");
            problems.push(ConfigProblem::new("queue_capacity", value, why));
        }
        check_mode("file_mode", self.file_mode, 0o600, problems);
        check_mode("dir_mode", self.dir_mode, 0o700, problems);
        targets
    }

    /// Checks that nothing is asked for that needs files.
    fn check_no_files(&self, streams: &[StreamOptions], problems: &mut Vec<ConfigProblem>) {
        let given = [
            ("retain", !self.retain.is_empty()),
            ("compress", self.compress.is_some()),
            ("seal", self.seal),
            ("max_file_size", self.max_file_size.is_some()),
            ("file_header", self.file_header),
        ];
        for (key, _) in given.iter().filter(|(_, is_given)| *is_given) {
            let why = format!("there are no files (`no_files`); leave out `{key}` or `no_files`");
            problems.push(ConfigProblem::new(*key, "", why));
        }
        let is_synced = |it: &&StreamOptions| it.durability == Some(Durability::Synced);
        for stream in streams.iter().filter(is_synced) {
            let why = "there is no file to sync (`no_files`); allowed: queued, written";
            problems.push(ConfigProblem::new(stream.key("durability"), "synced", why));
        }
    }
}

impl EchoOptions {
    /// Returns what is wrong with them if the program has no echo.
    #[must_use]
    pub fn problem_alone(&self) -> Option<ConfigProblem> {
        let Self {
            min_level,
            streams,
            colors,
            format,
            to,
        } = self;
        let is_given =
            min_level.is_some() || streams.is_some() || colors.is_some() || format.is_some();
        let why = "nothing says where the echo goes: stdout, stderr, split or off; \
                   name it by `to`, or by CHRONOLOGIX_ECHO";
        (to.is_none() && is_given).then(|| ConfigProblem::new(keys::ECHO, "", why))
    }
}

impl StreamOptions {
    /// A stream with every option at its default.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }

    /// Returns the name of the stream's file.
    #[must_use]
    pub fn file_name(&self) -> String {
        let default = || format!("{}.log", self.name);
        self.file.clone().unwrap_or_else(default)
    }

    /// Returns the name of the file that the records go to which the stream has kept in memory.
    #[must_use]
    pub fn kept_file_name(&self) -> String {
        let file = self.file_name();
        match file.rsplit_once('.') {
            Some((stem, extension)) => format!("{stem}{KEPT_SUFFIX}.{extension}"),
            None => file + KEPT_SUFFIX,
        }
    }

    /// Returns the name under which those records are listed. No stream can be given it.
    #[must_use]
    pub fn kept_name(&self) -> String {
        format!("{}{KEPT_SUFFIX}", self.name)
    }

    /// Returns the bytes of records that it keeps in memory at most, if it keeps any.
    #[must_use]
    pub fn kept_bytes(&self) -> u64 {
        self.last.unwrap_or(KEPT).bytes()
    }

    /// Returns the pause between two errors that have its kept records written.
    #[must_use]
    pub fn kept_every(&self) -> Duration {
        self.every.unwrap_or(KEPT_EVERY)
    }

    /// Returns the key of an option in full.
    #[must_use]
    pub fn key(&self, option: &str) -> String {
        format!("{}.{}.{option}", keys::STREAMS, self.name)
    }

    fn check_line(&self, problems: &mut Vec<ConfigProblem>) {
        let is_json = self.format == Some(Format::Json);
        if let Some(line) = self.line.as_ref().filter(|_| is_json) {
            let why = "`line` is the shape of text lines, and the stream has format json; \
                       leave out one of them";
            problems.push(ConfigProblem::new(self.key("line"), line.to_string(), why));
        }
    }

    fn check_keep(&self, problems: &mut Vec<ConfigProblem>) {
        let last = self.last.map(|size| ("last", size.to_string()));
        let every = self.every.map(quantity::format_duration);
        let every = every.map(|duration| ("every", duration));
        for (option, value) in last.into_iter().chain(every) {
            if self.keep.is_none() {
                let why = format!(
                    "`{option}` is about records that are kept, and the stream keeps none; \
                     add `keep` with a level such as trace, or leave out `{option}`"
                );
                problems.push(ConfigProblem::new(self.key(option), value, why));
            }
        }
        if let Some(size) = self.last.filter(|size| !KEPT_SIZES.contains(&size.bytes())) {
            let why = format!("{} bytes; allowed: 64KiB to 1GiB", size.bytes());
            problems.push(ConfigProblem::new(self.key("last"), size.to_string(), why));
        }
    }

    fn check_dedup(&self, problems: &mut Vec<ConfigProblem>) {
        let Some(duration) = self.dedup else { return };
        let mut add = |why: String| {
            let value = quantity::format_duration(duration);
            problems.push(ConfigProblem::new(self.key("dedup"), value, why));
        };
        if duration.is_zero() {
            add("0s would collapse nothing; allowed: a duration above 0, such as 10s".to_owned());
        }
        // A caller who was promised that a record is on disk must find it there.
        let durability = self.durability.unwrap_or_default();
        if durability != Durability::Queued {
            add(format!(
                "`dedup` needs durability queued, and the stream has {durability}: \
                 a record that is only counted is not on disk"
            ));
        }
    }
}

fn check_mode(key: &str, mode: u32, needed: u32, problems: &mut Vec<ConfigProblem>) {
    if mode & !0o777 != 0 || mode & needed != needed {
        let value = format!("0o{mode:o}");
        let why = format!("{value}; allowed: 0o{needed:o} to 0o777 with the owner's bits set");
        problems.push(ConfigProblem::new(key, value, why));
    }
}

//! Prints the lines of a tree to stdout, for pipes and files.
//!
//! Prints all interval folders in order, the streams of each merged by time, and every record once.
//! Lines are printed as they are in the files, but control characters are made visible.

use std::{
    fmt,
    io::{self, Write},
    sync::Arc,
};

use chrono::{DateTime, Utc};
use chronologix_schema::layout::TimeZone;

pub(crate) use self::{
    columns::PrintedFields,
    diff::DiffWith,
    printer::Shape,
    stats::{GroupBy, StatsShape},
    verification::verification,
};
use self::{diff::print_diff, follow::FollowPrinter, printer::Printer, tree_printer::TreePrinter};
use crate::{
    line::LogLine,
    merge::Fold,
    patterns::Catalogue,
    query::{Bounds, Filter, TimeSpec, Top, TreeSource, View, handovers},
    streams::{StreamId, StreamNames},
    tail::{Follower, Opening, Waiting},
    tree::{Clock, LONGEST_PRINTED, Root, Tree},
};

mod colors;
mod columns;
mod diff;
mod follow;
mod object;
mod pattern_table;
mod printer;
mod stats;
mod top;
mod tree_printer;
mod verification;

#[cfg(test)]
mod tests;

/// The printing options.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    /// Whether to keep printing new lines.
    pub(crate) follow: bool,
    /// The format of records.
    pub(crate) shape: Shape,
    /// Only these streams. All, if empty.
    pub(crate) streams: Vec<String>,
    /// Only lines that pass.
    pub(crate) filter: Filter,
    /// Only records logged at this time or later.
    pub(crate) since: Option<TimeSpec>,
    /// Only records logged before this time.
    pub(crate) until: Option<TimeSpec>,
    /// Only this many records, the last.
    pub(crate) last: Option<usize>,
    /// Only this many records, the first that are printed.
    pub(crate) first: Option<usize>,
    /// Records that do not match, but stand beside those that do.
    pub(crate) context: Context,
    /// Whether the newest records come first.
    pub(crate) reverse: bool,
    /// The zone of times without an offset, and of printed times. The tree's and UTC, if it is
    /// not given.
    pub(crate) zone: Option<TimeZone>,
    /// Which fields are printed.
    pub(crate) columns: PrintedFields,
    /// What records are counted by.
    pub(crate) by: Option<GroupBy>,
    /// The field whose values are printed instead of records.
    pub(crate) top: Option<Top>,
    /// How patterns are printed.
    pub(crate) patterns: PatternOptions,
    /// What the patterns are compared with.
    pub(crate) diff: Option<DiffWith>,
    /// Whether levels and matches are coloured.
    pub(crate) has_colours: bool,
}

impl Options {
    /// Returns whether no record is left out.
    fn takes_all(&self) -> bool {
        self.takes_range() && self.since.is_none() && self.until.is_none()
    }

    /// Returns whether no record is left out but by its time.
    fn takes_range(&self) -> bool {
        let is_unlimited = self.first.is_none() && self.last.is_none();
        self.filter.is_clear() && is_unlimited && !self.follow
    }
}

/// How patterns are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PatternOptions {
    /// Whether each record is printed with the id of its pattern.
    pub(crate) adds_ids: bool,
    /// Whether the patterns with the fewest records come first.
    pub(crate) rarest_first: bool,
}

/// How many records are printed around each that matches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Context {
    /// Before it.
    pub(crate) before: usize,
    /// After it.
    pub(crate) after: usize,
}

/// Why printing failed or ended early.
#[derive(Debug)]
pub(crate) enum OutputError {
    /// There is no tree to print.
    Nothing(Waiting),
    /// There is no such stream. Has the names of those that exist.
    UnknownStream(String, Vec<String>),
    /// A time is out of range.
    NoTime,
    /// The reader closed the pipe.
    Closed,
    /// The output cannot be written.
    Output(io::Error),
    /// Some files could not be read.
    Incomplete,
    /// Nothing was printed.
    NoMatch,
    /// Records are selected by time, and none has a timestamp.
    NoTimes,
    /// As many records as wanted were printed.
    Enough,
    /// Compared with others, there is a new pattern of level error or higher.
    NewErrors,
    /// What to compare with cannot be read. Has its name and why.
    NothingToCompare(String, String),
    /// Records are compared with earlier ones, and nothing says which.
    NoSince,
}

impl From<io::Error> for OutputError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::Closed
        } else {
            Self::Output(error)
        }
    }
}

impl fmt::Display for OutputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing(waiting) => waiting.fmt(f),
            Self::UnknownStream(name, known) => {
                write!(
                    f,
                    "unknown stream {name:?}; the tree has {}",
                    known.join(", ")
                )
            }
            Self::NoTime => f.write_str("--since or --until is out of range"),
            Self::Closed => f.write_str("the pipe was closed"),
            Self::Output(error) => write!(f, "cannot write the output: {error}"),
            Self::Incomplete => f.write_str("some files could not be read"),
            Self::NoMatch => f.write_str("nothing to print"),
            Self::NoTimes => f.write_str("--since and --until need times, and no line has one"),
            Self::Enough => f.write_str("enough was printed"),
            Self::NewErrors => f.write_str("there are new errors"),
            Self::NothingToCompare(name, why) => {
                write!(f, "cannot compare with {name}: {why}")
            }
            Self::NoSince => {
                f.write_str("--diff with a span of time needs --since, such as --since -1h")
            }
        }
    }
}

/// Prints a tree to `out`, and remarks to `notes`.
pub(crate) fn print(
    root: Root,
    options: &Options,
    clock: Clock,
    out: &mut dyn Write,
    notes: &mut dyn Write,
) -> Result<(), OutputError> {
    if let Some(with) = &options.diff {
        return print_diff(root, with, options, clock, (out, notes));
    }
    let has_folders = root.has_folders();
    let names = StreamNames::default();
    let mut follower = Follower::new(root.clone(), Opening::Handed, names.clone());
    match follower.folders(clock()) {
        // The follower reports what it waits for.
        Err(_) if options.follow => {}
        Err(waiting) => return Err(OutputError::Nothing(waiting)),
        Ok(_) => {}
    }
    let mut tree = Tree::new(root.clone(), LONGEST_PRINTED, names.clone());
    // The follower reports what is wrong.
    let _ = tree.refresh(clock());
    let mut bounds = Bounds {
        takes_unfinished: !options.follow,
        ..Bounds::default()
    };
    let handed = if options.follow {
        handovers(&mut tree, clock())
    } else {
        Vec::new()
    };
    for handover in &handed {
        bounds.lengths.extend(handover.read.clone());
    }
    let zone = options.zone.clone().unwrap_or(TimeZone::UTC);
    let mut printer = Printer::new(out, notes, options, zone);
    printer.has_folders = has_folders;
    let range = TimeRange::new(options, &tree, clock())?;
    let view = View {
        streams: wanted(options, &mut tree, clock())?,
        filter: filter_of(options, &root, &names),
    };
    let mut fold = Fold::default();
    let mut whole = TreePrinter {
        bounds,
        first_live: handed.iter().map(|handover| handover.folder).min(),
        tree: &mut tree,
        view: &view,
        range,
        clock,
        fold: &mut fold,
        printer: &mut printer,
    };
    if range.is_limited() && !options.follow && !whole.has_times() {
        return Err(OutputError::NoTimes);
    }
    let source = TreeSource {
        base: root,
        names,
        clock,
    };
    if let Some(top) = &options.top {
        return top::print_top(&source, &view, top, range, &mut printer);
    }
    if options.patterns.adds_ids {
        whole.learn_patterns(&source.base, options)?;
    }
    whole.printer.begin()?;
    let is_counted = whole.count_at_once(&source, options);
    let ended = if is_counted {
        Ok(())
    } else if options.context != Context::default() {
        whole.with_context(options.context)
    } else if options.reverse {
        whole.newest_first(options.last)
    } else if let Some(last) = options.last {
        whole.last(last)
    } else {
        whole.all()
    };
    let is_full = matches!(ended, Err(OutputError::Enough));
    if !is_full {
        ended?;
    }
    printer.finish(tree.streams())?;
    if options.follow && !is_full {
        for handover in handed {
            follower.resume(handover, clock());
        }
        let live = FollowPrinter::new(view, range, tree.streams().clone());
        match live.follow(follower, clock, &mut fold, &mut printer) {
            Err(OutputError::Enough) => return Ok(()),
            ended => ended?,
        }
        printer.end_line()?;
    }
    if printer.is_incomplete {
        Err(OutputError::Incomplete)
    } else if printer.matches == 0 {
        Err(OutputError::NoMatch)
    } else {
        Ok(())
    }
}

/// Returns the filter, which knows the names of streams, and the log statements if it asks for the
/// patterns of messages.
fn filter_of(options: &Options, root: &Root, names: &StreamNames) -> Filter {
    let filter = options.filter.clone().with_streams(names);
    if !filter.asks_for_pattern() {
        return filter;
    }
    let catalogue = Catalogue::parse(&root.statements());
    filter.with_statements(&Arc::new(catalogue))
}

/// The range of `--since` and `--until`.
#[derive(Clone, Copy, Debug, Default)]
struct TimeRange {
    since: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
}

impl TimeRange {
    fn new(options: &Options, tree: &Tree, now: DateTime<Utc>) -> Result<Self, OutputError> {
        let zone = options.zone.clone();
        let zone = zone.unwrap_or_else(|| tree.timestamps().zone_of_reader());
        let newest = tree.newest();
        let start = |time_spec: TimeSpec| time_spec.resolve(now, newest, &zone);
        let end = |time_spec: TimeSpec| time_spec.resolve_end(now, newest, &zone);
        let since = options
            .since
            .map(|since| start(since).ok_or(OutputError::NoTime));
        let since = since.transpose()?;
        let until = match (options.until, since) {
            (Some(TimeSpec::After(span)), Some(since)) => {
                let until = since.checked_add_signed(span);
                Some(until.ok_or(OutputError::NoTime)?)
            }
            (until, _) => {
                let until = until.map(|until| end(until).ok_or(OutputError::NoTime));
                until.transpose()?
            }
        };
        Ok(Self { since, until })
    }

    fn is_limited(self) -> bool {
        self.since.is_some() || self.until.is_some()
    }

    fn contains(&self, line: &LogLine) -> bool {
        let time = line.time();
        self.since.is_none_or(|since| since <= time) && self.until.is_none_or(|until| time < until)
    }
}

/// Returns the ids of the selected streams.
fn wanted(
    options: &Options,
    tree: &mut Tree,
    now: DateTime<Utc>,
) -> Result<Option<Vec<StreamId>>, OutputError> {
    if options.streams.is_empty() {
        return Ok(None);
    }
    // Streams that the manifest does not name are found in folders, most likely in the newest.
    let is_known = |tree: &Tree, wanted: &str| {
        let streams = tree.streams();
        let mut ids = streams.ids();
        ids.any(|stream| is_like(streams.name(stream), wanted))
    };
    let is_pattern = |wanted: &String| wanted.contains(['*', '?']);
    let has_patterns = options.streams.iter().any(is_pattern);
    let unknown = |tree: &Tree| {
        let mut wanted = options.streams.iter();
        wanted.find(|wanted| !is_known(tree, wanted)).cloned()
    };
    for folder in tree.folders().to_vec().into_iter().rev() {
        // Any folder may have one more stream that is like a pattern.
        if !has_patterns && unknown(tree).is_none() {
            break;
        }
        tree.learn_from(folder, now);
    }
    let streams = tree.streams();
    if let Some(name) = unknown(tree) {
        let known = streams.ids().map(|stream| streams.name(stream).to_owned());
        return Err(OutputError::UnknownStream(name, known.collect()));
    }
    let is_wanted = |stream: &StreamId| {
        let name = streams.name(*stream);
        options.streams.iter().any(|wanted| is_like(name, wanted))
    };
    Ok(Some(streams.ids().filter(is_wanted).collect()))
}

/// Returns whether a name is like a pattern: `*` stands for any text, `?` for any letter.
fn is_like(name: &str, pattern: &str) -> bool {
    let Some(first) = pattern.chars().next() else {
        return name.is_empty();
    };
    let rest = &pattern[first.len_utf8()..];
    let mut letters = name.chars();
    match first {
        '*' => {
            let mut ends = name.char_indices().map(|(at, _)| at).chain([name.len()]);
            ends.any(|end| is_like(&name[end..], rest))
        }
        '?' => letters.next().is_some() && is_like(letters.as_str(), rest),
        letter => letters.next() == Some(letter) && is_like(letters.as_str(), rest),
    }
}

//! Prints the lines of a tree to stdout, for pipes and files.
//!
//! Prints all interval folders in order, the streams of each merged by time, and every record once.
//! Lines are printed as they are in the files, but control characters are made visible.

use std::{
    fmt,
    io::{self, Write},
};

use chrono::{DateTime, Utc};
use chronologix_schema::layout::Folder;

pub(crate) use self::printer::Shape;
use self::{follow::FollowPrinter, printer::Printer};
use crate::{
    line::LogLine,
    merge::{Fold, Record},
    query::{
        Bounds, Direction, Filter, Place, Step, TimeSpec, TreeCursor, View, WholeRecords, handovers,
    },
    streams::{StreamId, StreamNames},
    tail::{Follower, Opening, Waiting},
    tree::{Clock, LONGEST_PRINTED, Root, Tree},
};

mod follow;
mod printer;
mod stats;

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
    let mut printer = Printer::new(out, notes, options.shape);
    let names = StreamNames::default();
    let mut follower = Follower::new(root.clone(), Opening::Handed, names.clone());
    match follower.folders(clock()) {
        // The follower reports what it waits for.
        Err(_) if options.follow => {}
        Err(waiting) => return Err(OutputError::Nothing(waiting)),
        Ok(_) => {}
    }
    let mut tree = Tree::new(root, LONGEST_PRINTED, names.clone());
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
    let range = TimeRange::new(options, &tree, clock())?;
    let view = View {
        streams: wanted(options, &mut tree, clock())?,
        filter: options.filter.clone().with_streams(&names),
    };
    let mut fold = Fold::default();
    let mut whole = TreePrinter {
        bounds,
        first_live: handed.first().map(|handover| handover.folder),
        tree: &mut tree,
        view: &view,
        range,
        clock,
        fold: &mut fold,
        printer: &mut printer,
    };
    match options.last {
        Some(last) => whole.last(last)?,
        None => whole.all()?,
    }
    printer.finish(tree.streams())?;
    if options.follow {
        for handover in handed {
            follower.resume(handover, clock());
        }
        let live = FollowPrinter::new(view, range, tree.streams().clone());
        return live.follow(follower, clock, &mut fold, &mut printer);
    }
    if printer.is_incomplete {
        Err(OutputError::Incomplete)
    } else if !printer.has_printed {
        Err(OutputError::NoMatch)
    } else {
        Ok(())
    }
}

/// The range of `--since` and `--until`.
#[derive(Clone, Copy, Debug, Default)]
struct TimeRange {
    since: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
}

impl TimeRange {
    fn new(options: &Options, tree: &Tree, now: DateTime<Utc>) -> Result<Self, OutputError> {
        let zone = tree.timestamps().zone_of_reader();
        let newest = tree.folders().last().copied();
        let resolve = |time_spec: Option<TimeSpec>| match time_spec {
            None => Ok(None),
            Some(time_spec) => match time_spec.resolve(now, newest, &zone) {
                None => Err(OutputError::NoTime),
                found => Ok(found),
            },
        };
        Ok(Self {
            since: resolve(options.since)?,
            until: resolve(options.until)?,
        })
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
    let unknown = |tree: &Tree| {
        let find = |name: &&String| tree.streams().find(name).is_none();
        options.streams.iter().find(find).cloned()
    };
    for folder in tree.folders().to_vec().into_iter().rev() {
        if unknown(tree).is_none() {
            break;
        }
        tree.learn_from(folder, now);
    }
    if let Some(name) = unknown(tree) {
        let streams = tree.streams();
        let known = streams.ids().map(|stream| streams.name(stream).to_owned());
        return Err(OutputError::UnknownStream(name, known.collect()));
    }
    let ids = options
        .streams
        .iter()
        .filter_map(|name| tree.streams().find(name));
    Ok(Some(ids.collect()))
}

/// Prints the existing records of a tree.
struct TreePrinter<'a, 'b> {
    tree: &'a mut Tree,
    view: &'a View,
    range: TimeRange,
    bounds: Bounds,
    /// The first folder that is followed afterwards. Its records are remembered to detect later
    /// copies.
    first_live: Option<Folder>,
    clock: Clock,
    fold: &'a mut Fold,
    printer: &'a mut Printer<'b>,
}

impl TreePrinter<'_, '_> {
    /// Prints everything, oldest first.
    fn all(&mut self) -> Result<(), OutputError> {
        let bounds = self.searched();
        let from = bounds.since.map_or(Place::Beginning, Place::Time);
        let mut cursor = self.cursor(from, Direction::Newer);
        let mut whole = WholeRecords::new(Direction::Newer);
        while let Some(lines) = self.next(&mut cursor) {
            for line in lines {
                let instant = line.line.key.instant;
                if bounds.until.is_some_and(|until| instant >= until) {
                    return self.print(whole.finish());
                }
                if self.range.contains(&line.line) {
                    let record = whole.add(line);
                    self.print(record)?;
                }
            }
        }
        self.print(whole.finish())
    }

    /// Prints the last records.
    fn last(&mut self, last: usize) -> Result<(), OutputError> {
        let bounds = self.searched();
        let from = bounds.until.map_or(Place::End, Place::Time);
        let mut cursor = self.cursor(from, Direction::Older);
        let mut whole = WholeRecords::new(Direction::Older);
        let mut found: Vec<Vec<Record>> = Vec::new();
        let mut is_early = false;
        while !is_early
            && found.len() < last
            && let Some(lines) = self.next(&mut cursor)
        {
            for line in lines.into_iter().rev() {
                let instant = line.line.key.instant;
                is_early = bounds.since.is_some_and(|since| instant < since);
                if is_early || found.len() >= last {
                    break;
                }
                if self.range.contains(&line.line) {
                    found.extend(whole.add(line));
                }
            }
        }
        found.extend(whole.finish().filter(|_| found.len() < last));
        found
            .into_iter()
            .rev()
            .try_for_each(|record| self.print(Some(record)))
    }

    /// Returns the range outside of which nothing is looked for. In small files of other loggers,
    /// everything is looked at: a clock may have been set back.
    fn searched(&self) -> TimeRange {
        if self.tree.is_read_in_whole() {
            TimeRange::default()
        } else {
            self.range
        }
    }

    fn cursor(&self, from: Place, direction: Direction) -> TreeCursor {
        TreeCursor::new(self.tree, self.view, from, direction).within(self.bounds.clone())
    }

    /// Returns the next records, oldest first, or `None` at the end.
    fn next(&mut self, cursor: &mut TreeCursor) -> Option<Vec<Record>> {
        loop {
            match cursor.step(self.tree, (self.clock)()) {
                Step::Records(records) => return Some(records),
                Step::Pending => {}
                Step::Trouble(trouble) => {
                    self.printer.note(format_args!("{trouble}"));
                    self.printer.is_incomplete = true;
                }
                Step::End => return None,
            }
        }
    }

    /// Prints the lines of a record.
    fn print(&mut self, record: Option<Vec<Record>>) -> Result<(), OutputError> {
        let Some(record) = record else {
            return Ok(());
        };
        let streams = self.tree.streams();
        for line in &record {
            if self
                .first_live
                .is_some_and(|live| live <= line.line.key.folder)
            {
                self.fold.remember(&line.line, &line.streams, streams);
            }
        }
        self.printer.record(&record, streams)
    }
}

//! The lines of a tree on standard output, for pipes and files.
//!
//! All interval folders in order, the streams of each merged by time, every record once. Lines are
//! as they stand in the files; only control characters are made visible.

use std::{
    fmt,
    io::{self, Write},
    ops::ControlFlow,
};

use jiff::{Timestamp, tz::TimeZone};

pub(crate) use self::printer::Shape;
use self::{follow::FollowPrinter, printer::Printer};
use crate::{
    line::Key,
    merge::{Fold, Record},
    query::{Bounds, Direction, Filter, Place, Step, TimeSpec, TreeCursor, View, handovers},
    streams::{StreamId, StreamNames, Streams},
    tail::{Follower, Opening, Waiting},
    tree::{Clock, LONGEST_PRINTED, Root, Tree},
};

mod follow;
mod printer;
mod stats;

#[cfg(test)]
mod tests;

/// What is to be printed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    /// Keep printing what is added.
    pub(crate) follow: bool,
    /// How records are printed.
    pub(crate) shape: Shape,
    /// Only these streams; none stands for all.
    pub(crate) streams: Vec<String>,
    /// Only these of their lines.
    pub(crate) filter: Filter,
    /// Only what was logged then or later.
    pub(crate) since: Option<TimeSpec>,
    /// Only what was logged before.
    pub(crate) until: Option<TimeSpec>,
    /// Of all this only so many records, the last.
    pub(crate) last: Option<usize>,
}

/// Why printing ended early.
#[derive(Debug)]
pub(crate) enum OutputError {
    /// There is no tree to print.
    Nothing(Waiting),
    /// There is no such stream; there are these.
    UnknownStream(String, Vec<String>),
    /// A time that no clock shows.
    NoTime,
    /// Nobody reads the output any more.
    Closed,
    /// The output cannot be written.
    Output(io::Error),
    /// Some files could not be read; the rest was printed.
    Incomplete,
    /// There was nothing to be printed.
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
            Self::Nothing(waiting) => write!(
                f,
                "{waiting} (give the base folder of a log tree, or set CHRONOLOGIX_DIR)"
            ),
            Self::UnknownStream(name, known) => {
                write!(
                    f,
                    "no stream is called {name:?}; there are {}",
                    known.join(", ")
                )
            }
            Self::NoTime => f.write_str("a time given is out of range"),
            Self::Closed => f.write_str("the pipe was closed"),
            Self::Output(error) => write!(f, "cannot write the lines: {error}"),
            Self::Incomplete => f.write_str("some files could not be read"),
            Self::NoMatch => f.write_str("nothing to print"),
        }
    }
}

/// Prints a tree to `out`, and what is to be said beside it to `notes`.
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
        // The follower says what it waits for.
        Err(_) if options.follow => {}
        Err(waiting) => return Err(OutputError::Nothing(waiting)),
        Ok(_) => {}
    }
    let mut tree = Tree::new(root, LONGEST_PRINTED, names);
    // The follower says what is wrong with it.
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
        filter: options.filter.clone(),
    };
    let mut fold = Fold::default();
    let first_live = handed.first().map(|handover| handover.folder);
    let mut print = |printer: &mut Printer<'_>, record: &Record, streams: &Streams| {
        if first_live.is_some_and(|live| live <= record.line.key.folder) {
            fold.remember(&record.line, record.streams, streams);
        }
        printer.record(&record.line, record.streams, streams)
    };
    let mut visit = TreePrinter {
        tree: &mut tree,
        view: &view,
        bounds: &bounds,
        clock,
    };
    match options.last {
        Some(last) => visit.last(last, range, &mut printer, &mut print)?,
        None => visit.all(range, &mut printer, &mut print)?,
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

/// From when to when.
#[derive(Clone, Copy, Debug, Default)]
struct TimeRange {
    since: Option<Timestamp>,
    until: Option<Timestamp>,
}

impl TimeRange {
    fn new(options: &Options, tree: &Tree, now: Timestamp) -> Result<Self, OutputError> {
        let zone = tree.timestamps().zone().unwrap_or(TimeZone::UTC);
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

    fn contains(&self, key: Key) -> bool {
        self.since.is_none_or(|since| since <= key.instant)
            && self.until.is_none_or(|until| key.instant < until)
    }
}

/// The ids of the streams that are wanted.
fn wanted(
    options: &Options,
    tree: &mut Tree,
    now: Timestamp,
) -> Result<Option<Vec<StreamId>>, OutputError> {
    if options.streams.is_empty() {
        return Ok(None);
    }
    // Streams that the description does not name are found in their folders, mostly the newest.
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

/// What a record is printed with.
type Print<'a> = dyn FnMut(&mut Printer<'_>, &Record, &Streams) -> Result<(), OutputError> + 'a;

/// Walks over what is there.
struct TreePrinter<'a> {
    tree: &'a mut Tree,
    view: &'a View,
    bounds: &'a Bounds,
    clock: Clock,
}

impl TreePrinter<'_> {
    /// Prints everything, oldest first.
    fn all(
        &mut self,
        range: TimeRange,
        printer: &mut Printer<'_>,
        print: &mut Print<'_>,
    ) -> Result<(), OutputError> {
        let from = range.since.map_or(Place::Beginning, Place::Time);
        self.visit(
            from,
            Direction::Newer,
            printer,
            |records, printer, streams| {
                for record in records {
                    if range
                        .until
                        .is_some_and(|until| record.line.key.instant >= until)
                    {
                        return Ok(ControlFlow::Break(()));
                    }
                    if range.contains(record.line.key) {
                        print(printer, &record, streams)?;
                    }
                }
                Ok(ControlFlow::Continue(()))
            },
        )
    }

    /// Prints the last records.
    fn last(
        &mut self,
        last: usize,
        range: TimeRange,
        printer: &mut Printer<'_>,
        print: &mut Print<'_>,
    ) -> Result<(), OutputError> {
        let from = range.until.map_or(Place::End, Place::Time);
        let mut found: Vec<Record> = Vec::new();
        if last > 0 {
            self.visit(from, Direction::Older, printer, |records, _, _| {
                for record in records.into_iter().rev() {
                    if range
                        .since
                        .is_some_and(|since| record.line.key.instant < since)
                    {
                        return Ok(ControlFlow::Break(()));
                    }
                    if range.contains(record.line.key) {
                        found.push(record);
                    }
                    if found.len() >= last {
                        return Ok(ControlFlow::Break(()));
                    }
                }
                Ok(ControlFlow::Continue(()))
            })?;
        }
        for record in found.iter().rev() {
            print(printer, record, self.tree.streams())?;
        }
        Ok(())
    }

    fn visit(
        &mut self,
        from: Place,
        direction: Direction,
        printer: &mut Printer<'_>,
        mut take: impl FnMut(
            Vec<Record>,
            &mut Printer<'_>,
            &Streams,
        ) -> Result<ControlFlow<()>, OutputError>,
    ) -> Result<(), OutputError> {
        let cursor = TreeCursor::new(self.tree, self.view, from, direction);
        let mut cursor = cursor.within(self.bounds.clone());
        loop {
            match cursor.step(self.tree, (self.clock)()) {
                Step::Records(records) => {
                    if take(records, printer, self.tree.streams())?.is_break() {
                        return Ok(());
                    }
                }
                Step::Pending => {}
                Step::Trouble(trouble) => {
                    printer.note(format_args!("{trouble}"));
                    printer.is_incomplete = true;
                }
                Step::End => return Ok(()),
            }
        }
    }
}

//! The lines of a tree on standard output, for pipes and files.
//!
//! All interval folders in order, the streams of each merged by time, every record once. Lines are
//! as they stand in the files; only control characters are made visible.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    fmt,
    io::{self, Write},
    ops::ControlFlow,
    path::Path,
};

use crate::{
    files::Tree,
    follow::{Change, Clock, Follower, Incident, OpenFolder, Opening, Scanned, Waiting, pump},
    line::LogLine,
    merge::{Fold, Source, Timeline},
    streams::{StreamId, StreamNames, StreamSet, Streams},
    ui::clean,
};

#[cfg(test)]
mod tests;

/// How many folders at the end of the tree may still get lines.
const LIVE_FOLDERS: usize = 2;

/// What is to be printed.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Options {
    /// Keep printing what is added.
    pub(crate) follow: bool,
    /// Put folder and stream before each line.
    pub(crate) names: bool,
}

/// Why printing ended early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// There is no tree to print.
    Nothing(Waiting),
    /// Nobody reads the output any more.
    Closed,
    /// The output cannot be written.
    Output(io::Error),
    /// Some files could not be read; the rest was printed.
    Incomplete,
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::Closed
        } else {
            Self::Output(error)
        }
    }
}

/// Prints the tree in `base` to `out`, and what is to be said beside it to `notes`.
pub(crate) fn print(
    base: &Path,
    options: Options,
    clock: Clock,
    out: &mut dyn Write,
    notes: &mut dyn Write,
) -> Result<(), Failure> {
    let mut printer = Printer::new(out, notes, options.names);
    let mut follower = Follower::new(base.to_owned(), Opening::Handed, StreamNames::default());
    let mut fold = Fold::default();
    let folders = match follower.folders(clock()) {
        Ok(folders) => folders.to_vec(),
        // The follower says what it waits for.
        Err(_) if options.follow => Vec::new(),
        Err(waiting) => return Err(Failure::Nothing(waiting)),
    };
    for (index, folder) in folders.iter().enumerate() {
        let is_live = options.follow && index + LIVE_FOLDERS >= folders.len();
        let mut open = follower.open(*folder, clock());
        let tree = follower.tree();
        let incidents = RefCell::default();
        let source = Files {
            open: &mut open,
            tree,
            is_live,
            incidents: &incidents,
        };
        let streams = tree.streams();
        for (line, found) in Timeline::new(source, streams.ids(), streams, &mut fold, is_live) {
            printer.line(&line, found, streams)?;
        }
        for (name, incident) in incidents.take() {
            printer.note(format_args!("{folder}/{name} {incident}"));
            printer.is_incomplete |= matches!(incident, Incident::Unreadable(_));
        }
        if is_live {
            follower.keep(open);
        }
    }
    printer.out.flush()?;
    if options.follow {
        return follow(follower, clock, &mut fold, &mut printer);
    }
    if printer.is_incomplete {
        Err(Failure::Incomplete)
    } else {
        Ok(())
    }
}

/// Prints what is added, as it comes.
fn follow(
    follower: Follower,
    clock: Clock,
    fold: &mut Fold,
    printer: &mut Printer<'_>,
) -> Result<(), Failure> {
    let base = follower.tree().base().path().display().to_string();
    let mut streams = follower.tree().streams().clone();
    let mut result = Ok(());
    pump(follower, clock, |changes| {
        for change in changes {
            let outcome = match change {
                Change::Lines(lines) => printer.lines(lines, &streams, fold),
                Change::Streams(now, _) => {
                    streams = now;
                    Ok(())
                }
                Change::Waiting(waiting) => {
                    printer.note(format_args!("{base}: {waiting}; waiting"));
                    Ok(())
                }
                Change::Incident(key, name, incident) => {
                    printer.note(format_args!("{}/{name} {incident}", key.folder));
                    Ok(())
                }
                Change::Polling(reason) => {
                    printer.note(format_args!("no file events ({reason}); looking regularly"));
                    Ok(())
                }
                Change::Opened(_) | Change::Current(_) => Ok(()),
            };
            if let Err(failure) = outcome {
                result = Err(failure);
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    });
    result
}

/// Writes lines and remarks.
struct Printer<'a> {
    out: &'a mut dyn Write,
    notes: &'a mut dyn Write,
    /// Whether folder and stream stand before each line.
    names: bool,
    /// Lines printed, by stream.
    lines: Vec<u64>,
    /// Whether a file could not be read.
    is_incomplete: bool,
}

impl<'a> Printer<'a> {
    fn new(out: &'a mut dyn Write, notes: &'a mut dyn Write, names: bool) -> Self {
        Self {
            out,
            notes,
            names,
            lines: Vec::new(),
            is_incomplete: false,
        }
    }

    /// Writes the lines of one scan.
    fn lines(
        &mut self,
        lines: Vec<LogLine>,
        streams: &Streams,
        fold: &mut Fold,
    ) -> Result<(), Failure> {
        let mut batch = Batch::default();
        for line in lines {
            batch.0.entry(line.key.stream).or_default().push(line);
        }
        for (line, found) in Timeline::new(batch, streams.ids(), streams, fold, true) {
            self.line(&line, found, streams)?;
        }
        Ok(self.out.flush()?)
    }

    fn line(&mut self, line: &LogLine, found: StreamSet, streams: &Streams) -> Result<(), Failure> {
        if self.names {
            self.lines.resize(streams.len(), 0);
            for stream in found.iter() {
                self.lines[stream.index()] += 1;
            }
            let tag = streams.tag(found, &self.lines);
            write!(self.out, "{}/{}:", line.key.folder, clean::visible(&tag))?;
        }
        self.out.write_all(clean::visible(&line.text).as_bytes())?;
        self.out.write_all(if line.is_cut {
            " …\n".as_bytes()
        } else {
            b"\n"
        })?;
        Ok(())
    }

    /// Says something that is no line.
    fn note(&mut self, text: fmt::Arguments<'_>) {
        // Where even this cannot be said there is nobody to say it to.
        let _ = writeln!(self.notes, "chronologix-view: {text}");
    }
}

/// The files of one folder, read block by block.
struct Files<'a> {
    open: &'a mut OpenFolder,
    tree: &'a Tree,
    /// Whether unfinished last lines may still be finished.
    is_live: bool,
    /// What happened while reading.
    incidents: &'a RefCell<Vec<(String, Incident)>>,
}

impl Source for Files<'_> {
    fn next_lines(&mut self, stream: StreamId) -> Vec<LogLine> {
        let mut scanned = Scanned::default();
        self.open.next_lines(stream, self.tree, &mut scanned);
        let incidents = scanned.incidents.into_iter();
        self.incidents
            .borrow_mut()
            .extend(incidents.map(|(_, name, what)| (name, what)));
        if scanned.lines.is_empty() && !self.is_live {
            scanned.lines = self.open.finish_stream(stream, self.tree);
        }
        scanned.lines
    }
}

/// Lines that are here already, by stream.
#[derive(Default)]
struct Batch(BTreeMap<StreamId, Vec<LogLine>>);

impl Source for Batch {
    fn next_lines(&mut self, stream: StreamId) -> Vec<LogLine> {
        self.0.remove(&stream).unwrap_or_default()
    }
}

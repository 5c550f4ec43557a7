//! Takes the records of a range in order: writes them to a file, collects them for the clipboard,
//! or only counts them.

use std::{
    fmt,
    io::{self, BufWriter, Write},
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};

use super::{
    filter::View,
    folder_cursor::Step,
    page_query::{PageQuery, PageStep},
    reply::{Answer, Taken},
    request::{Destination, Direction, Place, QueryId, RecordRange},
    tree_cursor::TreeCursor,
};
use crate::{line::Key, merge::Record, tree::Tree};

#[cfg(test)]
mod tests;

/// How often progress is reported.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(100);

/// The most bytes for the clipboard. Terminals accept no more.
const MOST_COPIED: usize = 64 << 10;

/// Creates the file of an export. An error is a message for the user.
#[derive(Clone)]
pub struct CreateFile(pub Arc<CreateFn>);

type CreateFn = dyn Fn(&Path) -> Result<Box<dyn Write + Send>, String> + Send + Sync;

impl fmt::Debug for CreateFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CreateFile")
    }
}

/// An export that is under way.
pub(super) struct Export {
    page: PageQuery,
    /// Times between which records are taken, for the progress.
    span: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// The first line of the last record.
    last: Option<Key>,
    out: Output,
    taken: Taken,
    is_over: bool,
    reported: Instant,
}

/// Where lines go.
enum Output {
    File(BufWriter<Box<dyn Write + Send>>),
    Clipboard(Vec<u8>),
    Nowhere,
    Screen,
}

impl Export {
    /// Starts an export.
    ///
    /// # Errors
    ///
    /// Fails with a message if the file cannot be created.
    pub(super) fn new(
        id: QueryId,
        range: &RecordRange,
        to: &Destination,
        create: &CreateFile,
        tree: &mut Tree,
        now: DateTime<Utc>,
    ) -> Result<Self, String> {
        let out = match to {
            Destination::File(path) => Output::File(BufWriter::new((create.0)(path)?)),
            Destination::Clipboard => Output::Clipboard(Vec::new()),
            Destination::Nowhere => Output::Nowhere,
            Destination::Screen => Output::Screen,
        };
        let ends = range.keys.or_else(|| {
            let first = edge(tree, &range.view, Place::Beginning, Direction::Newer, now)?;
            Some((
                first,
                edge(tree, &range.view, Place::End, Direction::Older, now)?,
            ))
        });
        Ok(Self {
            page: PageQuery::of_range(id, range, tree),
            span: ends.map(|(first, last)| (first.instant, last.instant)),
            last: range.keys.map(|(_, last)| last),
            out,
            taken: Taken::default(),
            is_over: false,
            reported: Instant::now(),
        })
    }

    /// Reads a block and takes its records. Returns an answer if there is something to report.
    pub(super) fn step(&mut self, tree: &mut Tree, now: DateTime<Utc>) -> Option<Answer> {
        let (records, is_end) = match self.page.step(tree, now) {
            PageStep::Nothing => (self.page.take(), false),
            PageStep::Part(Answer::Page(page)) => (page.records, false),
            PageStep::Whole(Answer::Page(page)) => (page.records, true),
            PageStep::Part(_) | PageStep::Whole(_) => (Vec::new(), true),
            PageStep::Trouble(trouble) => return Some(Answer::Trouble(trouble)),
        };
        if let Err(error) = records.iter().try_for_each(|record| self.add(record)) {
            self.taken.problem = Some(error.to_string());
            self.is_over = true;
        }
        if self.is_over || is_end {
            return Some(self.finish());
        }
        if self.reported.elapsed() < PROGRESS_INTERVAL {
            return None;
        }
        self.reported = Instant::now();
        self.taken.percent = self.percent();
        Some(Answer::Taken(self.taken.clone()))
    }

    /// Ends the export where it is. Returns the last answer.
    pub(super) fn finish(&mut self) -> Answer {
        match &mut self.out {
            Output::File(file) => {
                if let Err(error) = file.flush() {
                    self.taken.problem = Some(error.to_string());
                }
            }
            Output::Clipboard(bytes) if bytes.len() <= MOST_COPIED => {
                let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
                self.taken.text = Some(String::from_utf8_lossy(bytes).into_owned());
            }
            Output::Clipboard(_) | Output::Nowhere | Output::Screen => {}
        }
        self.taken.is_complete = true;
        Answer::Taken(self.taken.clone())
    }

    fn add(&mut self, record: &Record) -> io::Result<()> {
        let line = &*record.line;
        self.is_over |= line.begins_record && self.last.is_some_and(|last| line.key > last);
        if self.is_over {
            return Ok(());
        }
        // A line that continues a record before the range counts as one.
        let is_first = self.taken.records == 0;
        self.taken.records += u64::from(line.begins_record || is_first);
        let bytes = line.raw.as_deref().unwrap_or(line.text.as_bytes());
        match &mut self.out {
            Output::File(file) => {
                file.write_all(bytes)?;
                file.write_all(b"\n")?;
            }
            Output::Clipboard(copied) => {
                copied.extend_from_slice(bytes);
                copied.push(b'\n');
                self.is_over = copied.len() > MOST_COPIED;
            }
            Output::Nowhere => {}
            Output::Screen => {
                self.taken.line = Some(Arc::clone(&record.line));
                self.is_over = true;
            }
        }
        Ok(())
    }

    fn percent(&self) -> u64 {
        let (Some((first, last)), Place::Row(reached)) = (self.span, self.page.reached()) else {
            return 0;
        };
        let whole = (last - first).num_milliseconds().max(1);
        let part = (reached.instant - first).num_milliseconds().clamp(0, whole);
        u64::try_from(i128::from(part) * 100 / i128::from(whole)).unwrap_or(0)
    }
}

/// Returns the first line from a place on.
fn edge(
    tree: &mut Tree,
    view: &View,
    from: Place,
    direction: Direction,
    now: DateTime<Utc>,
) -> Option<Key> {
    let view = View {
        streams: view.streams.clone(),
        ..View::default()
    };
    let mut cursor = TreeCursor::new(tree, &view, from, direction);
    loop {
        match cursor.step(tree, now) {
            Step::Records(lines) => {
                let line = match direction {
                    Direction::Older => lines.last(),
                    Direction::Newer => lines.first(),
                };
                return line.map(|line| line.line.key);
            }
            Step::Pending | Step::Trouble(_) => {}
            Step::End => return None,
        }
    }
}

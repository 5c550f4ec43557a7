//! The records of a tree that are there, from one end to the other.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use chrono::{DateTime, Utc};
use chronologix_schema::{Level, layout::Folder};

use crate::{
    error::TreeError,
    line::part_and_offset,
    log_record::{LogRecord, RecordOrigin},
    merge::Record,
    query::{Bounds, Direction, Filter, Place, Step, TreeCursor, View, WholeRecords},
    streams::{StreamId, StreamNames},
    tree::{Clock, LONGEST_PRINTED, Root, TimestampReader, Tree, uncompressed_name, wait_for_all},
};

#[cfg(test)]
mod tests;

/// An iterator over the records of a tree. Made by [`LogTree::records`](crate::LogTree::records).
///
/// Files are read block by block, as far as they are needed: with a range of time, the first block
/// is found by a binary search. After an error the records that follow are returned all the same.
///
/// ```
/// use chronologix_reader::{Level, LogTree};
///
/// # let dir = tempfile::tempdir()?;
/// # std::fs::create_dir(dir.path().join("2025-05-04__15-00"))?;
/// # let lines = "[15:07:09] [WARN] disk full free=0\n[15:07:10] [INFO] hello\n";
/// # std::fs::write(dir.path().join("2025-05-04__15-00/app.log"), lines)?;
/// # let my_logs = dir.path();
/// let tree = LogTree::open(my_logs)?;
/// let since = "2025-05-04T15:00:00Z".parse()?;
/// let warnings = tree.records().since(since).levels(Level::Warn);
/// assert_eq!(warnings.count(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Records {
    tree: Tree,
    names: StreamNames,
    clock: Clock,
    since: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
    streams: Option<Vec<String>>,
    least: Option<Level>,
    direction: Direction,
    /// `None` before the first record.
    cursor: Option<TreeCursor>,
    whole: WholeRecords,
    /// Lines that were read and are no record yet.
    lines: VecDeque<Record>,
    origins: BTreeMap<(Folder, StreamId, u32), Arc<RecordOrigin>>,
    timestamps: Option<Arc<TimestampReader>>,
    has_ended: bool,
}

impl Records {
    pub(crate) fn new(root: Root, clock: Clock) -> Self {
        let names = StreamNames::default();
        Self {
            tree: Tree::new(root, LONGEST_PRINTED, names.clone()),
            names,
            clock,
            since: None,
            until: None,
            streams: None,
            least: None,
            direction: Direction::Newer,
            cursor: None,
            whole: WholeRecords::new(Direction::Newer),
            lines: VecDeque::new(),
            origins: BTreeMap::new(),
            timestamps: None,
            has_ended: false,
        }
    }

    /// Leaves out records before this time.
    #[must_use]
    pub fn since(mut self, time: DateTime<Utc>) -> Self {
        self.since = Some(time);
        self
    }

    /// Leaves out records of this time and later ones.
    #[must_use]
    pub fn until(mut self, time: DateTime<Utc>) -> Self {
        self.until = Some(time);
        self
    }

    /// Reads these streams only. A record of another one that is mirrored into them is read there,
    /// as a record of theirs.
    #[must_use]
    pub fn streams<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.streams = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Leaves out records below this level, and those without a level.
    #[must_use]
    pub fn levels(mut self, least: Level) -> Self {
        self.least = Some(least);
        self
    }

    /// Reads the newest record first. The files are read from their ends.
    #[must_use]
    pub fn newest_first(mut self) -> Self {
        self.direction = Direction::Older;
        self.whole = WholeRecords::new(Direction::Older);
        self
    }

    fn begin(&mut self) -> Result<TreeCursor, TreeError> {
        // What comes out of pipes is read in whole.
        wait_for_all();
        let now = (self.clock)();
        let path = self.tree.root().path_in_messages().to_owned();
        let unreadable = |source| TreeError::Unreadable { path, source };
        self.tree.refresh(now).map_err(unreadable)?;
        self.timestamps = Some(Arc::new(self.tree.timestamps().clone()));
        let names = self.streams.as_ref();
        let view = View {
            streams: names.map(|names| names.iter().map(|name| self.names.id(name)).collect()),
            filter: Filter::new(self.least, Vec::new()),
        };
        let before_own = self.tree.timestamps().most_before_own();
        let from = match self.direction {
            Direction::Newer => self.since.and_then(|at| at.checked_sub_signed(before_own)),
            Direction::Older => self.until,
        };
        let from = from.filter(|_| !self.tree.is_read_in_whole());
        let from = match (from, self.direction) {
            (Some(time), _) => Place::Time(time),
            (None, Direction::Newer) => Place::Beginning,
            (None, Direction::Older) => Place::End,
        };
        let cursor = TreeCursor::by_time(&self.tree, &view, from, self.direction);
        Ok(cursor.within(Bounds::whole()))
    }

    /// Returns whether a line is one of those that were asked for.
    fn takes(&self, line: &Record) -> bool {
        let time = line.line.time();
        let is_late = self.since.is_none_or(|since| since <= time);
        is_late && self.until.is_none_or(|until| time < until)
    }

    /// Returns whether no line from here on is one of those that were asked for.
    fn is_beyond(&self, line: &Record) -> bool {
        if self.tree.is_read_in_whole() {
            return false;
        }
        let instant = line.line.key.instant;
        let slack = self.tree.timestamps().most_before_own();
        match self.direction {
            Direction::Newer => self.until.is_some_and(|until| instant >= until),
            Direction::Older => self
                .since
                .and_then(|since| since.checked_sub_signed(slack))
                .is_some_and(|since| instant < since),
        }
    }

    /// Makes a record of its lines, the first of them first.
    fn record(&mut self, lines: &[Record]) -> Option<LogRecord> {
        let first = lines.first()?;
        if self.least.is_some() && !self.has_level(lines) {
            return None;
        }
        let key = first.line.key;
        let (part, offset) = part_and_offset(key.sequence);
        let stream = self.tree.streams().origin(&first.streams);
        let place = (key.folder, stream, part);
        let origin = if let Some(origin) = self.origins.get(&place) {
            Arc::clone(origin)
        } else {
            let origin = Arc::new(self.origin(key.folder, stream, (key.stream, part)));
            self.origins.insert(place, Arc::clone(&origin));
            origin
        };
        let mut bytes = Vec::new();
        for line in lines {
            if !bytes.is_empty() {
                bytes.push(b'\n');
            }
            let text = line.line.text.as_bytes();
            bytes.extend_from_slice(line.line.raw.as_deref().unwrap_or(text));
        }
        let range = 0..bytes.len();
        let of_line = (first.line.own, first.line.format);
        Some(LogRecord::new(
            origin,
            (Arc::new(bytes), range),
            offset,
            of_line,
        ))
    }

    fn has_level(&self, lines: &[Record]) -> bool {
        let level = crate::line::LogLine::level_of_record(lines.iter().map(|line| &*line.line));
        level >= self.least
    }

    fn origin(
        &mut self,
        folder: Folder,
        stream: StreamId,
        (found, part): (StreamId, u32),
    ) -> RecordOrigin {
        let mut listing = self.tree.listing(folder);
        // A folder that was deleted meanwhile has no names.
        let _ = listing.refresh((self.clock)());
        let files = self.tree.files(&listing);
        let name = files.get(&(found, part)).map(|file| file.name.clone());
        let name = name.unwrap_or_default();
        let streams = self.tree.streams();
        let mirrors = streams.mirrors(stream).iter().filter(|it| **it != stream);
        let name = listing.name_in_folder(&name);
        let plain = uncompressed_name(name).unwrap_or(name);
        let timestamps = self.timestamps.clone();
        RecordOrigin {
            stream: streams.name(stream).to_owned(),
            mirrors: mirrors.map(|it| streams.name(*it).to_owned()).collect(),
            id: stream,
            folder_name: if self.tree.root().has_folders() {
                folder.name()
            } else {
                String::new()
            },
            folder: self.tree.root().has_folders().then_some(folder),
            file: plain.to_owned(),
            timestamps: timestamps.unwrap_or_else(|| Arc::new(self.tree.timestamps().clone())),
        }
    }
}

impl Iterator for Records {
    type Item = Result<LogRecord, TreeError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            while let Some(line) = self.lines.pop_front() {
                if self.is_beyond(&line) {
                    self.has_ended = true;
                    self.lines.clear();
                    break;
                }
                if self.takes(&line)
                    && let Some(whole) = self.whole.add(line)
                {
                    let whole = whole.to_vec();
                    if let Some(record) = self.record(&whole) {
                        return Some(Ok(record));
                    }
                }
            }
            if self.has_ended {
                let last = self.whole.finish()?.to_vec();
                match self.record(&last) {
                    Some(record) => return Some(Ok(record)),
                    None => continue,
                }
            }
            let mut cursor = match self.cursor.take().map_or_else(|| self.begin(), Ok) {
                Ok(cursor) => cursor,
                Err(error) => {
                    self.has_ended = true;
                    return Some(Err(error));
                }
            };
            let step = cursor.step(&mut self.tree, (self.clock)());
            self.cursor = Some(cursor);
            match step {
                Step::Pending => {}
                Step::End => self.has_ended = true,
                Step::Trouble(problem) => {
                    let path = self.tree.root().path_in_messages().to_owned();
                    return Some(Err(TreeError::Incomplete { path, problem }));
                }
                Step::Records(mut lines) => {
                    if self.direction == Direction::Older {
                        lines.reverse();
                    }
                    self.lines.extend(lines);
                }
            }
        }
    }
}

//! Counts the patterns of a tree, with several threads.
//!
//! The files are split into units. Their tables are added in the order of the units, whichever
//! thread is done first, so that each run has the same result.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    fmt, io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};

use chrono::{DateTime, TimeDelta, Utc};
use chronologix_schema::{Level, layout::Folder};

use super::{
    mirrored::{FolderMirrors, has_mirrors},
    reply::ReportPace,
    scan::{FOLDER_COST, FileChunk, first_level, scan_threads},
    scan_job::{CHUNK, Unit, cut},
    service::TreeSource,
    stream_files::{StreamFiles, bytes_of, lines},
    tree_cursor::{Bounds, open_streams, unpacking_troubles},
};
use crate::{
    formats::{LineFormat, has_colours, line_text},
    patterns::{Catalogue, Masking, PatternTable, StatementFinder},
    record::{self, behind_stamp, split_level},
    streams::StreamId,
    tree::{LineDater, LinePlace, LineStart, TimestampReader, Tree},
};

#[cfg(test)]
mod tests;

/// By how much the times of a file can go back.
const SKEW: TimeDelta = TimeDelta::minutes(10);

/// Which records count by their time.
#[derive(Clone, Copy, Debug, Default)]
pub struct PatternRange {
    /// Only those at this time or later.
    pub since: Option<DateTime<Utc>>,
    /// Only those before.
    pub until: Option<DateTime<Utc>>,
}

impl PatternRange {
    fn contains(&self, time: DateTime<Utc>) -> bool {
        self.since.is_none_or(|since| since <= time) && self.until.is_none_or(|until| time < until)
    }

    /// Returns whether a file from `first` to `last` can have records of the range.
    fn meets(&self, (first, last): (DateTime<Utc>, DateTime<Utc>)) -> bool {
        let is_late =
            |since: DateTime<Utc>| last.checked_add_signed(SKEW).is_none_or(|end| since <= end);
        let is_early = |until| {
            first
                .checked_sub_signed(SKEW)
                .is_none_or(|begin| begin < until)
        };
        self.since.is_none_or(is_late) && self.until.is_none_or(is_early)
    }
}

type ReportPatterns<'a> = dyn Fn(&Tree, &PatternTable, u64, u64) + Sync + 'a;

/// Who waits for the counts.
pub struct PatternWatch<'a> {
    /// Returns whether they are still wanted. Otherwise counting ends, and they are not whole.
    pub is_wanted: &'a (dyn Fn() -> bool + Sync),
    /// Gets the counts so far, the bytes that were read, and all bytes.
    pub report: &'a ReportPatterns<'a>,
}

impl fmt::Debug for PatternWatch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PatternWatch").finish_non_exhaustive()
    }
}

impl PatternWatch<'_> {
    /// Waits to the end.
    pub const TO_THE_END: Self = Self {
        is_wanted: &|| true,
        report: &|_, _, _, _| {},
    };
}

/// Counts the messages of a tree by their statement or their masked text, all or those of some
/// streams. Adds messages about what cannot be read to `troubles`.
///
/// Returns `None` if this cannot be done without reading the tree in order.
pub fn count_patterns(
    source: &TreeSource,
    catalogue: &Arc<Catalogue>,
    wanted: Option<&[StreamId]>,
    range: PatternRange,
    watch: &PatternWatch<'_>,
    troubles: &mut Vec<String>,
) -> Option<PatternTable> {
    let mut tree = source.tree();
    // A tree that cannot be read has no folders. The follower reports why.
    let _ = tree.refresh((source.clock)());
    let units = plan(&mut tree, (source.clock)(), wanted, range, troubles)?;
    let threads = scan_threads().min(units.len().max(1));
    let progress = Mutex::new(Progress::of(units, catalogue));
    let is_done = thread::scope(|scope| {
        let work = || {
            let mut tree = source.tree();
            let _ = tree.refresh((source.clock)());
            let mut counter = Counter::new(wanted, range, catalogue);
            while (watch.is_wanted)()
                && let Some((index, unit)) = next(&progress)
            {
                let mut of_unit = counter.count(&unit, &mut tree, (source.clock)())?;
                of_unit.table.swap_masking(&mut counter.masking);
                let mut progress = state(&progress);
                progress.add(index, of_unit);
                progress.tell(unit.bytes(), watch, &mut tree);
            }
            Some(())
        };
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        // A thread that panicked has counted nothing.
        workers
            .into_iter()
            .all(|worker| matches!(worker.join(), Ok(Some(()))))
    });
    let progress = progress
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    troubles.extend(progress.troubles);
    is_done.then_some(progress.table)
}

/// Takes the next unit, and lets go of the state.
fn next(progress: &Mutex<Progress>) -> Option<(usize, Unit)> {
    state(progress).left.pop()
}

fn state(progress: &Mutex<Progress>) -> MutexGuard<'_, Progress> {
    // The state is consistent wherever a holder could have panicked.
    progress.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Units that are left, and what the others came to.
#[derive(Debug, Default)]
struct Progress {
    /// The units with their numbers, the next one last.
    left: Vec<(usize, Unit)>,
    /// How many were added.
    added: usize,
    /// Those that are counted before their turn.
    early: BTreeMap<usize, UnitCounts>,
    table: PatternTable,
    troubles: Vec<String>,
    read: u64,
    total: u64,
    pace: ReportPace,
}

/// The counts of a unit.
#[derive(Debug, Default)]
struct UnitCounts {
    table: PatternTable,
    troubles: Vec<String>,
}

impl Progress {
    fn of(units: Vec<Unit>, catalogue: &Arc<Catalogue>) -> Self {
        Self {
            total: units.iter().map(Unit::bytes).sum(),
            left: units.into_iter().enumerate().rev().collect(),
            table: PatternTable::new(Arc::clone(catalogue)),
            ..Self::default()
        }
    }

    fn add(&mut self, index: usize, counted: UnitCounts) {
        self.early.insert(index, counted);
        while let Some(next) = self.early.remove(&self.added) {
            self.table.add(next.table);
            self.troubles.extend(next.troubles);
            self.added += 1;
        }
    }

    /// Reports the counts so far, if it is time.
    fn tell(&mut self, bytes: u64, watch: &PatternWatch<'_>, tree: &mut Tree) {
        self.read += bytes;
        self.pace.report(|| {
            tree.learn();
            (watch.report)(tree, &self.table, self.read, self.total);
        });
    }
}

/// Returns the units of a tree. `None` if it must be read in order.
fn plan(
    tree: &mut Tree,
    now: DateTime<Utc>,
    wanted: Option<&[StreamId]>,
    range: PatternRange,
    troubles: &mut Vec<String>,
) -> Option<Vec<Unit>> {
    let is_open = range.since.is_none() && range.until.is_none();
    let takes_all = is_open || tree.is_read_in_whole();
    let mut units = Vec::new();
    for folder in tree.folders().to_vec() {
        if tree.is_packed(folder, now) {
            units.push(Unit::Folder(folder, FOLDER_COST));
            continue;
        }
        let mut found = match open_streams(tree, folder, now, wanted, &Bounds::whole()) {
            Ok(found) => found,
            Err(error) => {
                troubles.push(format!("{folder} cannot be read: {error}"));
                continue;
            }
        };
        if found
            .streams
            .iter()
            .any(|files| tree.timestamps().has_template(files.stream()))
        {
            return None;
        }
        // A file that cannot be read is reported when it is counted.
        let meets = |files: &mut StreamFiles| {
            let extent = |files: &mut StreamFiles| files.extent(tree.timestamps()).ok().flatten();
            takes_all || extent(files).is_none_or(|extent| range.meets(extent))
        };
        if !found.streams.iter_mut().any(meets) {
            troubles.append(&mut found.troubles);
            continue;
        }
        if has_mirrors(&found.streams, tree.streams()) {
            units.push(Unit::Folder(folder, bytes_of(&found.streams)));
            continue;
        }
        troubles.append(&mut found.troubles);
        let mut chunks = Vec::new();
        for files in &found.streams {
            cut(files, CHUNK, &mut chunks);
        }
        units.extend(chunks.into_iter().map(Unit::Chunk));
    }
    Some(units)
}

/// Counts units.
struct Counter<'a> {
    wanted: Option<&'a [StreamId]>,
    range: PatternRange,
    buffer: Vec<u8>,
    catalogue: &'a Arc<Catalogue>,
    /// The masked messages that were seen last, between two units.
    masking: Masking,
}

impl<'a> Counter<'a> {
    fn new(
        wanted: Option<&'a [StreamId]>,
        range: PatternRange,
        catalogue: &'a Arc<Catalogue>,
    ) -> Self {
        Self {
            wanted,
            range,
            buffer: Vec::new(),
            catalogue,
            masking: Masking::default(),
        }
    }

    /// Starts without records.
    fn counted(&mut self) -> UnitCounts {
        let mut table = PatternTable::new(Arc::clone(self.catalogue));
        table.swap_masking(&mut self.masking);
        UnitCounts {
            table,
            troubles: Vec::new(),
        }
    }

    /// Counts a unit. Returns `None` if it must be read in order.
    fn count(&mut self, unit: &Unit, tree: &mut Tree, now: DateTime<Utc>) -> Option<UnitCounts> {
        match unit {
            Unit::Chunk(chunk) => {
                // Another thread may have met the stream first.
                tree.learn();
                let mut counted = self.counted();
                let mut dater = LineDater::new(chunk.folder, chunk.stream, tree.timestamps());
                let all = |_: &[u8], _: Option<DateTime<Utc>>, _: usize| true;
                let read = self.count_chunk(chunk, tree, &mut dater, all, &mut counted);
                if let Err(error) = read {
                    let path = chunk.path.display();
                    counted
                        .troubles
                        .push(format!("{path} cannot be read: {error}"));
                }
                Some(counted)
            }
            Unit::Folder(folder, _) => self.count_folder(*folder, tree, now),
        }
    }

    /// Counts the streams of a folder, each record once.
    fn count_folder(
        &mut self,
        folder: Folder,
        tree: &mut Tree,
        now: DateTime<Utc>,
    ) -> Option<UnitCounts> {
        let mut counted = self.counted();
        let mut found = match open_streams(tree, folder, now, self.wanted, &Bounds::whole()) {
            Ok(found) => found,
            Err(error) => {
                counted
                    .troubles
                    .push(format!("{folder} cannot be read: {error}"));
                return Some(counted);
            }
        };
        counted.troubles.append(&mut found.troubles);
        let unpacked = unpacking_troubles(tree, folder, &found.streams);
        counted.troubles.extend(unpacked);
        let mut mirrors = FolderMirrors::of(&found.streams, tree.streams());
        mirrors.sort(&mut found.streams);
        for files in &found.streams {
            let stream = files.stream();
            // Such a folder is left to the other readers.
            if tree.timestamps().has_template(stream) || mirrors.needs_order(files) {
                return None;
            }
            let mut mirrored = mirrors.stream(stream);
            let mut is_first = |line: &[u8], own: Option<DateTime<Utc>>, level| {
                let time = own.map(|own| tree.timestamps().in_unit(own, stream));
                !mirrored.is_copy(line, time, level)
            };
            let mut chunks = Vec::new();
            cut(files, CHUNK, &mut chunks);
            let mut dater = LineDater::new(folder, stream, tree.timestamps());
            for chunk in chunks {
                let read = self.count_chunk(&chunk, tree, &mut dater, &mut is_first, &mut counted);
                if let Err(error) = read {
                    let name = files.name();
                    counted
                        .troubles
                        .push(format!("{name} cannot be read: {error}"));
                }
            }
        }
        Some(counted)
    }

    /// Counts the records that begin in a chunk and that `is_counted` takes, by their first lines,
    /// times and levels.
    fn count_chunk(
        &mut self,
        chunk: &FileChunk,
        tree: &Tree,
        dater: &mut LineDater,
        mut is_counted: impl FnMut(&[u8], Option<DateTime<Utc>>, usize) -> bool,
        counted: &mut UnitCounts,
    ) -> io::Result<()> {
        let (stream, timestamps) = (tree.streams().name(chunk.stream), tree.timestamps());
        let mut statements = StatementFinder::new(self.catalogue.of_stream(stream));
        let are_usual = timestamps.are_usual(chunk.stream);
        let mut has_begun = false;
        let mut latest = dater.latest();
        let mut open: Option<OpenMessage> = None;
        let range = self.range;
        let mut edges = dater.clone();
        let mut begins_record = |line: &[u8], at: u64| {
            let start = edges.start(line, chunk.place(at), timestamps);
            start.is_beginning()
        };
        chunk.scan(&mut self.buffer, &mut begins_record, |block, begin| {
            let mut at = begin;
            let plain = plain_text(block);
            for line in lines(block) {
                let place = chunk.place(at);
                let from = usize::try_from(at - begin).unwrap_or(usize::MAX);
                at += line.len() as u64 + 1;
                let line = line.strip_suffix(b"\r").unwrap_or(line);
                if are_usual
                    && plain.is_some()
                    && let Some(usual) = UsualLine::of(line, place, dater, timestamps)
                {
                    (has_begun, latest) = (true, usual.own);
                    let UsualLine {
                        own,
                        level,
                        message,
                    } = usual;
                    let index = level.map_or(0, |level| level as usize);
                    if is_counted(line, Some(own), index) && range.contains(own) {
                        let number = statements.number_of(level, message);
                        let table = &mut counted.table;
                        table.add_found(number, message, Some(own), level);
                    }
                    continue;
                }
                let start = dater.start(line, place, timestamps);
                if !start.is_beginning() && has_begun {
                    if let Some(record) = open.as_mut() {
                        record.continue_with(line, &start);
                    }
                    continue;
                }
                has_begun |= start.is_beginning();
                latest = start.own.unwrap_or(latest);
                if let Some(record) = open.take() {
                    record.add_to(&mut counted.table, &mut statements);
                }
                let level = first_level(line, &start);
                let is_first = is_counted(line, start.own, level.map_or(0, |level| level as usize));
                if !is_first || !range.contains(latest) {
                    continue;
                }
                let text = match plain.and_then(|text| text.get(from..from + line.len())) {
                    Some(text) => Cow::Borrowed(text),
                    None => line_text(line),
                };
                let record = OpenMessage {
                    own: start.own,
                    level,
                    message: record::message(&text, start.format),
                };
                if record.message.is_empty() && start.format.is_some() {
                    // The next line may tell the message.
                    open = Some(record.into_owned());
                } else {
                    record.add_to(&mut counted.table, &mut statements);
                }
            }
            true
        })?;
        if let Some(record) = open {
            record.add_to(&mut counted.table, &mut statements);
        }
        Ok(())
    }
}

/// Returns a block as a text, if its lines are read as they are: without colours and zero bytes.
fn plain_text(block: &[u8]) -> Option<&str> {
    let text = str::from_utf8(block).ok()?;
    (!has_colours(block) && memchr::memchr(0, block).is_none()).then_some(text)
}

/// A line of chronologix with a timestamp, in its usual shape.
struct UsualLine<'l> {
    own: DateTime<Utc>,
    level: Option<Level>,
    message: &'l [u8],
}

impl<'l> UsualLine<'l> {
    /// Takes a line apart as [`LineDater::start`], [`first_level`] and [`record::message`] do.
    /// Returns `None` if it is another one.
    fn of(
        line: &'l [u8],
        place: LinePlace,
        dater: &mut LineDater,
        timestamps: &TimestampReader,
    ) -> Option<Self> {
        let (own, rest) = if let Some(found) = dater.same_second(line) {
            found
        } else {
            let rest = behind_stamp(line)?;
            (dater.start(line, place, timestamps).own?, rest)
        };
        let (level, message) = split_level(rest);
        Some(Self {
            own,
            level,
            message,
        })
    }
}

/// A record whose message may come with the next line.
struct OpenMessage<'m> {
    own: Option<DateTime<Utc>>,
    level: Option<Level>,
    message: Cow<'m, str>,
}

impl OpenMessage<'_> {
    /// Takes over what a line tells that continues the record.
    fn continue_with(&mut self, line: &[u8], start: &LineStart) {
        let Some(format) = start
            .format
            .filter(|format: &LineFormat| format.continues())
        else {
            return;
        };
        self.level = self.level.or(format.level());
        if self.message.is_empty() {
            let text = line_text(line);
            self.message = Cow::Owned(format.message(&text).into_owned());
        }
    }

    fn into_owned(self) -> OpenMessage<'static> {
        OpenMessage {
            message: Cow::Owned(self.message.into_owned()),
            ..self
        }
    }

    fn add_to(&self, table: &mut PatternTable, statements: &mut StatementFinder<'_>) {
        let message = self.message.as_bytes();
        let number = statements.number_of(self.level, message);
        table.add_found(number, message, self.own, self.level);
    }
}

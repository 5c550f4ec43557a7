//! Counts all records of a tree, with several threads.
//!
//! A folder is counted by one thread. A copy is a line of a mirror that equals one of the mirrored
//! stream, in the same folder. So the lines of mirrored streams are read first. They are few.

use std::{
    collections::{BTreeMap, HashMap},
    hash::{BuildHasher as _, RandomState},
    io,
    num::NonZero,
    sync::{Mutex, PoisonError},
    thread,
};

use chrono::{DateTime, Utc};
use chronologix_schema::{Level, layout::Folder};

use super::{
    scan::{FileChunk, level_of},
    service::TreeSource,
    stream_files::{StreamFiles, lines},
    tree_cursor::{Bounds, open_streams, unpacking_troubles},
};
use crate::{
    formats::LineFormat,
    streams::StreamId,
    tree::{LineDater, LinePlace, Tree},
};

#[cfg(test)]
mod tests;

/// The most bytes of mirrored streams in a folder. More would need too much memory.
const MOST_MIRRORED: u64 = if cfg!(test) { 1 << 10 } else { 64 << 20 };

/// The most threads. More would wait for the same disk.
const MOST_THREADS: usize = 8;

/// Says what records are counted together, by their time and level.
type GroupOf<'a, G> = dyn Fn(Option<DateTime<Utc>>, Option<Level>) -> Option<G> + Sync + 'a;

/// Counts of some records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RecordCount {
    /// The number of records.
    pub(crate) records: u64,
    /// The bytes of their lines.
    pub(crate) bytes: u64,
    /// Records by level. Index 0 is for records without a level.
    pub(crate) levels: [u64; 7],
    /// The earliest time.
    pub(crate) first: Option<DateTime<Utc>>,
    /// The latest time.
    pub(crate) last: Option<DateTime<Utc>>,
}

/// Counts of the records of a tree.
#[derive(Debug)]
pub(crate) struct RecordCounts<G> {
    /// By stream. A mirrored record counts in each of its streams.
    pub(crate) streams: Vec<RecordCount>,
    /// By group.
    pub(crate) groups: BTreeMap<G, RecordCount>,
    /// Each record once.
    pub(crate) all: RecordCount,
    /// Messages about what cannot be read.
    pub(crate) troubles: Vec<String>,
}

impl RecordCount {
    /// Counts one record whose lines have these bytes.
    pub(crate) fn add_record(
        &mut self,
        own: Option<DateTime<Utc>>,
        level: Option<Level>,
        bytes: u64,
    ) {
        self.records += 1;
        self.bytes += bytes;
        self.levels[level.map_or(0, |level| level as usize)] += 1;
        if own.is_some() {
            self.first = self.first.or(own).min(own);
            self.last = self.last.max(own);
        }
    }

    /// Adds other counts.
    pub(crate) fn add(&mut self, other: &Self) {
        self.records += other.records;
        self.bytes += other.bytes;
        for (own, other) in self.levels.iter_mut().zip(&other.levels) {
            *own += other;
        }
        self.first = [self.first, other.first].into_iter().flatten().min();
        self.last = self.last.max(other.last);
    }
}

impl<G> Default for RecordCounts<G> {
    fn default() -> Self {
        Self {
            streams: Vec::new(),
            groups: BTreeMap::new(),
            all: RecordCount::default(),
            troubles: Vec::new(),
        }
    }
}

impl<G: Ord> RecordCounts<G> {
    /// Adds a count of a stream.
    pub(crate) fn add_to(&mut self, stream: StreamId, count: &RecordCount) {
        let index = stream.index();
        if self.streams.len() <= index {
            self.streams.resize_with(index + 1, RecordCount::default);
        }
        self.streams[index].add(count);
    }

    fn add(&mut self, other: Self) {
        for (index, count) in other.streams.iter().enumerate() {
            self.add_to(StreamId(u16::try_from(index).unwrap_or(u16::MAX)), count);
        }
        for (group, count) in other.groups {
            self.groups.entry(group).or_default().add(&count);
        }
        self.all.add(&other.all);
        self.troubles.extend(other.troubles);
    }
}

/// Counts the records of a tree, all or those of some streams. `group` says what records are
/// counted together, by their time and level.
///
/// Returns `None` if this cannot be done without reading the tree in order.
pub(crate) fn count_records<G: Ord + Send>(
    source: &TreeSource,
    wanted: Option<&[StreamId]>,
    group: &GroupOf<'_, G>,
) -> Option<RecordCounts<G>> {
    let mut tree = source.tree();
    // A tree that cannot be read has no folders. The follower reports why.
    let _ = tree.refresh((source.clock)());
    let folders = Mutex::new(tree.folders().to_vec());
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        let work = || {
            let mut tree = source.tree();
            let _ = tree.refresh((source.clock)());
            let mut counter = Counter {
                wanted,
                group,
                hasher: RandomState::new(),
                buffer: Vec::new(),
            };
            let mut sum = RecordCounts::default();
            while let Some(folder) = next(&folders) {
                sum.add(counter.count_folder(folder, &mut tree, (source.clock)())?);
            }
            Some(sum)
        };
        let workers: Vec<_> = (0..threads.min(MOST_THREADS))
            .map(|_| scope.spawn(work))
            .collect();
        let mut sum = RecordCounts::default();
        for worker in workers {
            // A thread that panicked has counted nothing.
            sum.add(worker.join().ok()??);
        }
        Some(sum)
    })
}

/// Takes the newest folder that is left.
fn next(folders: &Mutex<Vec<Folder>>) -> Option<Folder> {
    // The list is consistent wherever a holder could have panicked.
    folders.lock().unwrap_or_else(PoisonError::into_inner).pop()
}

/// Counts folders.
struct Counter<'a, G> {
    wanted: Option<&'a [StreamId]>,
    group: &'a GroupOf<'a, G>,
    hasher: RandomState,
    buffer: Vec<u8>,
}

/// Lines of mirrored streams.
#[derive(Debug, Default)]
struct Mirrored {
    /// How many have not been found in the mirror, by the hash of the line.
    lines: HashMap<u64, u32>,
    /// Which levels they have. Lines of others need no hash.
    levels: [bool; 7],
}

impl Mirrored {
    fn add(&mut self, hash: u64, level: usize) {
        *self.lines.entry(hash).or_default() += 1;
        self.levels[level] = true;
    }

    /// Takes out a line, if it is there.
    fn take(&mut self, hash: u64) -> bool {
        let left = self.lines.get_mut(&hash).filter(|left| **left > 0);
        let is_there = left.is_some();
        if let Some(left) = left {
            *left -= 1;
        }
        is_there
    }
}

impl<G: Ord> Counter<'_, G> {
    /// Counts a folder.
    fn count_folder(
        &mut self,
        folder: Folder,
        tree: &mut Tree,
        now: DateTime<Utc>,
    ) -> Option<RecordCounts<G>> {
        let mut counts = RecordCounts::default();
        let found = open_streams(tree, folder, now, self.wanted, &Bounds::whole());
        let mut found = match found {
            Ok(found) => found,
            Err(error) => {
                counts
                    .troubles
                    .push(format!("{folder} cannot be read: {error}"));
                return Some(counts);
            }
        };
        counts.troubles.append(&mut found.troubles);
        let unpacked = unpacking_troubles(tree, folder, &found.streams);
        counts.troubles.extend(unpacked);
        let streams = tree.streams();
        let ids: Vec<StreamId> = found.streams.iter().map(StreamFiles::stream).collect();
        let has_copies = |stream: StreamId| {
            ids.iter()
                .any(|source| *source != stream && streams.mirrors(*source).contains(&stream))
        };
        // Mirrors come last. A mirror that is mirrored itself is left to the other readers.
        found
            .streams
            .sort_by_key(|files| has_copies(files.stream()));
        let mut mirrored: BTreeMap<StreamId, Mirrored> = BTreeMap::new();
        for files in &found.streams {
            let stream = files.stream();
            let targets = streams.mirrors(stream).iter();
            let targets: Vec<StreamId> = targets
                .copied()
                .filter(|target| *target != stream && ids.contains(target))
                .collect();
            let copies = mirrored.remove(&stream);
            let is_large =
                files.parts().iter().map(|part| part.length).sum::<u64>() > MOST_MIRRORED;
            if tree.timestamps().has_template(stream)
                || !targets.is_empty() && (is_large || has_copies(stream))
            {
                return None;
            }
            let told =
                self.count_stream(files, tree, (copies, &targets), &mut mirrored, &mut counts);
            if let Err(error) = told {
                let name = files.name();
                counts
                    .troubles
                    .push(format!("{name} cannot be read: {error}"));
            }
        }
        Some(counts)
    }

    /// Counts the files of a stream in a folder. `copies` has the lines that count elsewhere. The
    /// lines are added to what is expected in `targets`.
    fn count_stream(
        &mut self,
        files: &StreamFiles,
        tree: &Tree,
        (mut copies, targets): (Option<Mirrored>, &[StreamId]),
        mirrored: &mut BTreeMap<StreamId, Mirrored>,
        counts: &mut RecordCounts<G>,
    ) -> io::Result<()> {
        let timestamps = tree.timestamps();
        let mut dater = LineDater::new(files.folder(), files.stream(), timestamps);
        let mut open: Option<OpenRecord> = None;
        let mut sums = StreamSums {
            of_stream: RecordCount::default(),
            run: None,
            group: self.group,
        };
        for part in files.parts() {
            let chunk = FileChunk {
                folder: files.folder(),
                stream: files.stream(),
                number: part.number,
                path: part.path.clone(),
                range: part.begin..part.length,
            };
            let hasher = &self.hasher;
            // The whole file is read in order.
            chunk.scan(&mut self.buffer, &mut |_, _| true, |block, begin| {
                let mut at = begin;
                for line in lines(block) {
                    let place = LinePlace {
                        part: part.number,
                        at,
                    };
                    at += line.len() as u64 + 1;
                    let line = line.strip_suffix(b"\r").unwrap_or(line);
                    let bytes = line.len() as u64 + 1;
                    let (start, begins_record) = dater.pass(line, place, timestamps);
                    let level = match start.format {
                        Some(format) => format.level(),
                        None => start.own.and_then(|_| level_of(line)),
                    };
                    if !begins_record && let Some(record) = &mut open {
                        record.bytes += bytes;
                        if start.format.is_some_and(LineFormat::continues) {
                            record.level = record.level.or(level);
                        }
                        continue;
                    }
                    let index = level.map_or(0, |level| level as usize);
                    let mut is_copy = false;
                    if let Some(copies) = copies.as_mut().filter(|copies| copies.levels[index]) {
                        is_copy = copies.take(hasher.hash_one(line));
                    }
                    if !targets.is_empty() {
                        let hash = hasher.hash_one(line);
                        for target in targets {
                            mirrored.entry(*target).or_default().add(hash, index);
                        }
                    }
                    let record = OpenRecord {
                        own: start.own,
                        level,
                        bytes,
                        is_copy,
                    };
                    if let Some(record) = open.replace(record) {
                        sums.add(&record, counts);
                    }
                }
                true
            })?;
        }
        if let Some(record) = open {
            sums.add(&record, counts);
        }
        sums.finish(files.stream(), counts);
        Ok(())
    }
}

/// A record that may get more lines.
struct OpenRecord {
    own: Option<DateTime<Utc>>,
    level: Option<Level>,
    bytes: u64,
    /// Whether it counts in another stream.
    is_copy: bool,
}

/// Counts of a stream in a folder.
struct StreamSums<'a, G> {
    of_stream: RecordCount,
    /// The last group. It is added when another one begins, because most records are of the same
    /// group as the one before.
    run: Option<(G, RecordCount)>,
    group: &'a GroupOf<'a, G>,
}

impl<G: Ord> StreamSums<'_, G> {
    fn add(&mut self, record: &OpenRecord, counts: &mut RecordCounts<G>) {
        let OpenRecord {
            own,
            level,
            bytes,
            is_copy,
        } = *record;
        self.of_stream.add_record(own, level, bytes);
        if is_copy {
            return;
        }
        counts.all.add_record(own, level, bytes);
        let Some(group) = (self.group)(own, level) else {
            return;
        };
        match &mut self.run {
            Some((same, sum)) if *same == group => sum.add_record(own, level, bytes),
            run => {
                let mut sum = RecordCount::default();
                sum.add_record(own, level, bytes);
                if let Some((group, sum)) = run.replace((group, sum)) {
                    counts.groups.entry(group).or_default().add(&sum);
                }
            }
        }
    }

    fn finish(self, stream: StreamId, counts: &mut RecordCounts<G>) {
        if let Some((group, sum)) = self.run {
            counts.groups.entry(group).or_default().add(&sum);
        }
        counts.add_to(stream, &self.of_stream);
    }
}

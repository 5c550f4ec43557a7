//! Counts the values of a field, or the patterns of messages, in a whole tree, with several
//! threads.
//!
//! Files are read in chunks. Where a stream is mirrored into another one, the streams of a folder
//! are merged instead, so that each record counts once.

use std::{
    borrow::Cow,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};

use chronologix_schema::layout::Folder;

use super::{
    filter::View,
    folder_cursor::Step,
    mirrored::has_mirrors,
    pattern_counts::{PatternRange, PatternWatch, count_patterns},
    record_reader::{ReadRecord, RecordReader},
    reply::ReportPace,
    request::{Direction, Place},
    scan::{FOLDER_COST, FileChunk, scan_threads},
    scan_job::{Unit, cut},
    service::TreeSource,
    stream_files::{StreamFiles, bytes_of},
    top::{Tally, Top, TopAnswer, TopOf},
    tree_cursor::{Bounds, TreeCursor, open_streams},
    whole_records::WholeRecords,
};
use crate::{
    line::Key,
    merge::Record,
    patterns::Catalogue,
    streams::Streams,
    tree::{Tree, shown_path},
};

#[cfg(test)]
mod tests;

/// The size of a chunk.
const CHUNK: u64 = if cfg!(test) { 128 } else { 16 << 20 };

/// The bytes of values that a thread counts by itself.
const MOST_OF_THREAD: usize = if cfg!(test) { 1 << 9 } else { 1 << 20 };

/// The progress of all threads.
struct TallyProgress {
    /// What is to be done, the next one last.
    parts: Vec<Unit>,
    tally: Tally,
    read: u64,
    total: u64,
    pace: ReportPace,
    troubles: Vec<String>,
}

/// The work on one question.
struct Job<'a> {
    source: &'a TreeSource,
    view: &'a View,
    top: &'a Top,
    catalogue: &'a Arc<Catalogue>,
    is_wanted: &'a (dyn Fn() -> bool + Sync),
    report: &'a (dyn Fn(&Tree, TopAnswer) + Sync),
    progress: Mutex<TallyProgress>,
}

/// The whole answer.
#[derive(Debug)]
pub struct FoundTop {
    /// The answer.
    pub answer: TopAnswer,
    /// All known streams.
    pub streams: Streams,
    /// Messages about what cannot be read.
    pub troubles: Vec<String>,
}

/// Answers a question about a field of the records of a tree. `report` gets what is known so far.
/// Ends early when `is_wanted` returns false.
pub fn find_top(
    source: &TreeSource,
    view: &View,
    top: &Top,
    is_wanted: &(dyn Fn() -> bool + Sync),
    report: &(dyn Fn(&Tree, TopAnswer) + Sync),
) -> FoundTop {
    let mut tree = source.tree();
    // A tree that cannot be read has no folders. The follower reports why.
    let _ = tree.refresh((source.clock)());
    let catalogue = Arc::new(match top.of {
        TopOf::Patterns | TopOf::Changes(_) => Catalogue::parse(&source.base.statements()),
        TopOf::Field(_) => Catalogue::default(),
    });
    if let Some(found) = find_patterns(source, view, top, &catalogue, is_wanted, report) {
        return found;
    }
    let mut job = Job {
        source,
        view,
        top,
        catalogue: &catalogue,
        is_wanted,
        report,
        progress: Mutex::new(TallyProgress {
            parts: Vec::new(),
            tally: Tally::new(top, &catalogue),
            read: 0,
            total: 0,
            pace: ReportPace::default(),
            troubles: Vec::new(),
        }),
    };
    job.plan(&mut tree);
    let parts = job.progress().parts.len();
    thread::scope(|scope| {
        for _ in 1..scan_threads().min(parts) {
            scope.spawn(|| {
                let mut tree = job.source.tree();
                let _ = tree.refresh((job.source.clock)());
                job.work(&mut tree);
            });
        }
        job.work(&mut tree);
    });
    tree.learn();
    let progress = job.progress.into_inner();
    let progress = progress.unwrap_or_else(PoisonError::into_inner);
    FoundTop {
        answer: progress
            .tally
            .answer(top, progress.total, progress.total, true),
        streams: tree.streams().clone(),
        troubles: progress.troubles,
    }
}

/// Finds the patterns of all messages, which need not be filtered record by record. Returns `None`
/// if they must, or if something else is asked for.
fn find_patterns(
    source: &TreeSource,
    view: &View,
    top: &Top,
    catalogue: &Arc<Catalogue>,
    is_wanted: &(dyn Fn() -> bool + Sync),
    report: &(dyn Fn(&Tree, TopAnswer) + Sync),
) -> Option<FoundTop> {
    if !matches!(top.of, TopOf::Patterns) || !view.filter.is_clear() {
        return None;
    }
    let range = PatternRange {
        since: top.since,
        until: top.until,
    };
    let watch = PatternWatch {
        is_wanted,
        report: &|tree, table, read, total| {
            let tally = Tally::of_patterns(table.clone());
            report(tree, tally.answer(top, read, total, false));
        },
    };
    let (wanted, mut troubles) = (view.streams.as_deref(), Vec::new());
    let table = count_patterns(source, catalogue, wanted, range, &watch, &mut troubles)?;
    let mut tree = source.tree();
    tree.learn();
    Some(FoundTop {
        answer: Tally::of_patterns(table).answer(top, 0, 0, true),
        streams: tree.streams().clone(),
        troubles,
    })
}

impl Job<'_> {
    /// Lists what is to be done, the newest folder first.
    fn plan(&mut self, tree: &mut Tree) {
        let now = (self.source.clock)();
        let mut parts = Vec::new();
        let folders: Vec<Folder> = tree.folders().to_vec();
        let mut troubles = Vec::new();
        for (index, folder) in folders.iter().enumerate() {
            if !self.may_have_records(tree, *folder, folders.get(index + 1).copied()) {
                continue;
            }
            if tree.is_packed(*folder, now) {
                parts.push(Unit::Folder(*folder, FOLDER_COST));
                continue;
            }
            let wanted = self.view.streams.as_deref();
            match open_streams(tree, *folder, now, wanted, &Bounds::whole()) {
                Ok(mut found) => {
                    troubles.append(&mut found.troubles);
                    if has_mirrors(&found.streams, tree.streams()) {
                        parts.push(Unit::Folder(*folder, bytes_of(&found.streams)));
                    } else {
                        parts.extend(chunks(&found.streams).into_iter().map(Unit::Chunk));
                    }
                }
                Err(error) => troubles.push(format!("{folder} cannot be read: {error}")),
            }
        }
        let mut progress = self.progress();
        progress.total = parts.iter().map(Unit::bytes).sum();
        progress.parts = parts;
        progress.troubles = troubles;
    }

    /// Returns whether a folder may have records of the time that is asked for.
    fn may_have_records(&self, tree: &Tree, folder: Folder, next: Option<Folder>) -> bool {
        if !tree.has_intervals() {
            return true;
        }
        let start = |folder| tree.timestamps().start_or_guess(folder);
        self.top.may_meet(start(folder), next.map(start))
    }

    /// Does parts of the work until nothing is left.
    fn work(&self, tree: &mut Tree) {
        let mut buffer = Vec::new();
        loop {
            let part = self.progress().parts.pop();
            let Some(part) = part.filter(|_| (self.is_wanted)()) else {
                return;
            };
            match &part {
                Unit::Chunk(chunk) => self.chunk(chunk, tree, &mut buffer),
                Unit::Folder(folder, _) => self.folder(*folder, tree, &mut buffer),
            }
            let mut progress = self.progress();
            progress.read += part.bytes();
            self.tell(&mut progress, tree);
        }
    }

    /// Reports the progress, if it is time.
    fn tell(&self, progress: &mut TallyProgress, tree: &mut Tree) {
        let (read, total) = (progress.read, progress.total);
        let TallyProgress { tally, pace, .. } = progress;
        pace.report(|| {
            tree.learn();
            (self.report)(tree, tally.answer(self.top, read, total, false));
        });
    }

    fn chunk(&self, chunk: &FileChunk, tree: &Tree, buffer: &mut Vec<u8>) {
        let stream = self.source.names.name(chunk.stream).unwrap_or_default();
        let mut tally = Tally::new(self.top, self.catalogue);
        let reader = RecordReader::new(chunk, tree.timestamps(), &self.view.filter);
        let ended = reader.read(buffer, &mut |record| {
            self.add(&mut tally, record, &stream);
        });
        let mut progress = self.progress();
        progress.tally.merge(tally);
        if let Err(error) = ended {
            let path = shown_path(&chunk.path);
            progress
                .troubles
                .push(format!("{path} cannot be read: {error}"));
        }
    }

    /// Adds a record to the counts of this thread, and now and then these to those of all.
    fn add(&self, tally: &mut Tally, record: &ReadRecord<'_>, stream: &str) {
        tally.add(self.top, record, stream);
        if tally.bytes() > MOST_OF_THREAD {
            let full = std::mem::replace(tally, Tally::new(self.top, self.catalogue));
            self.progress().tally.merge(full);
        }
    }

    fn folder(&self, folder: Folder, tree: &mut Tree, buffer: &mut Vec<u8>) {
        let now = (self.source.clock)();
        let wanted = self.view.streams.as_deref();
        let found = match open_streams(tree, folder, now, wanted, &Bounds::whole()) {
            Ok(found) => found,
            Err(error) => {
                let trouble = format!("{folder} cannot be read: {error}");
                return self.progress().troubles.push(trouble);
            }
        };
        if has_mirrors(&found.streams, tree.streams()) {
            return self.merged(folder, tree);
        }
        self.progress().troubles.extend(found.troubles);
        for chunk in chunks(&found.streams) {
            self.chunk(&chunk, tree, buffer);
        }
    }

    /// Counts the records of a folder in order, each once.
    fn merged(&self, folder: Folder, tree: &mut Tree) {
        let from = Place::Row(Key::first_of(folder));
        let cursor = TreeCursor::new(tree, self.view, from, Direction::Newer);
        let mut cursor = cursor.within(Bounds::whole()).only(folder);
        let mut whole = WholeRecords::new(Direction::Newer);
        let mut tally = Tally::new(self.top, self.catalogue);
        loop {
            let records = match cursor.step(tree, (self.source.clock)()) {
                Step::Records(records) => records,
                Step::Pending => continue,
                Step::Trouble(trouble) => {
                    self.progress().troubles.push(trouble);
                    continue;
                }
                Step::End => break,
            };
            if !(self.is_wanted)() {
                return;
            }
            for line in records {
                if let Some(record) = whole.add(line) {
                    self.add_merged(&mut tally, record, tree.streams());
                }
            }
        }
        if let Some(record) = whole.finish() {
            self.add_merged(&mut tally, record, tree.streams());
        }
        self.progress().tally.merge(tally);
    }

    fn add_merged(&self, tally: &mut Tally, lines: &[Record], streams: &Streams) {
        let Some(first) = lines.first() else {
            return;
        };
        let texts: Vec<_> = lines
            .iter()
            .map(|record| (Cow::Borrowed(&*record.line.text), record.line.format))
            .collect();
        let record = ReadRecord {
            key: first.line.key,
            own: first.line.own,
            texts: &texts,
            lines: &|| lines.to_vec(),
        };
        self.add(tally, &record, streams.name(streams.origin(&first.streams)));
    }

    fn progress(&self) -> MutexGuard<'_, TallyProgress> {
        // The progress is consistent wherever a holder could have panicked.
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Splits the files of streams into chunks.
fn chunks(found: &[StreamFiles]) -> Vec<FileChunk> {
    let mut chunks = Vec::new();
    for files in found {
        cut(files, CHUNK, &mut chunks);
    }
    chunks
}

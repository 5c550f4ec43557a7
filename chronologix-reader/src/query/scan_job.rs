//! Searches and histograms: scans of all files in chunks, by several threads.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use chronologix_schema::layout::Folder;

use super::{
    filter::View,
    histogram::HistogramBuilder,
    reply::{Answer, Hits, MOST_HITS},
    request::{Place, Query, QueryId, Request, RequestKind},
    scan::{BlockDater, FileChunk, LineMatcher, LineReader},
    stream_files::StreamFiles,
    tree_cursor::{Bounds, open_streams},
};
use crate::{line::Key, tree::Tree};

#[cfg(test)]
mod tests;

/// The size of a chunk. A chunk is not cancelled once it is started.
pub(super) const CHUNK: u64 = 16 << 20;

/// How often progress is reported.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(50);

/// A search or a histogram.
#[derive(Debug)]
pub(crate) struct ScanJob {
    id: QueryId,
    kind: RequestKind,
    view: View,
    matcher: LineMatcher,
    near: Place,
    /// Whether all chunks have been taken.
    is_handed_out: AtomicBool,
    state: Mutex<State>,
}

/// The progress of a job.
#[derive(Debug, Default)]
struct State {
    /// The chunks to do, the next one last. `None` until they are known.
    chunks: Option<Vec<FileChunk>>,
    /// The number of chunks that are not done.
    left: usize,
    /// Bytes to read, and bytes read.
    total: u64,
    read: u64,
    /// The result of a search.
    hits: Hits,
    /// The number of hits reported with their positions, or about to be.
    reported_hits: usize,
    /// The result of a histogram.
    histogram: HistogramBuilder,
    reported: Option<Instant>,
}

/// The result of one chunk.
enum ChunkFindings {
    Hits(Vec<Key>, u64),
    HistogramBuilder(HistogramBuilder),
}

impl ScanJob {
    /// Starts a search or a histogram. Returns `None` for other queries.
    pub(crate) fn new(query: Query) -> Option<Self> {
        let kind = query.request.kind();
        let (view, matcher, near) = match query.request {
            Request::Search {
                view,
                pattern,
                near,
            } => {
                let matcher = LineMatcher::new(view.filter.clone(), Some(pattern));
                (view, matcher, near)
            }
            Request::Histogram { view } => {
                let matcher = LineMatcher::new(view.filter.clone(), None);
                (view, matcher, Place::End)
            }
            Request::Page { .. }
            | Request::Find { .. }
            | Request::Top { .. }
            | Request::Take { .. } => return None,
        };
        Some(Self {
            id: query.id,
            kind,
            view,
            matcher,
            near,
            is_handed_out: AtomicBool::new(false),
            state: Mutex::default(),
        })
    }

    /// Returns the id of the query.
    pub(crate) fn id(&self) -> QueryId {
        self.id
    }

    /// Returns the kind of the query.
    pub(crate) fn kind(&self) -> RequestKind {
        self.kind
    }

    /// Returns whether all chunks have been taken.
    pub(crate) fn is_handed_out(&self) -> bool {
        self.is_handed_out.load(Ordering::Relaxed)
    }

    /// Scans one chunk, and calls `report` if there is something to report.
    pub(crate) fn advance(
        &self,
        tree: &mut Tree,
        now: DateTime<Utc>,
        buffer: &mut Vec<u8>,
        mut report: impl FnMut(&Tree, Answer),
    ) {
        let mut state = self.state();
        if state.chunks.is_none() {
            self.plan(&mut state, tree, now);
            if state.left == 0 {
                self.is_handed_out.store(true, Ordering::Relaxed);
                return report(tree, self.answer(&mut state));
            }
        }
        let chunks = state.chunks.get_or_insert_default();
        let Some(chunk) = chunks.pop() else { return };
        if chunks.is_empty() {
            self.is_handed_out.store(true, Ordering::Relaxed);
        }
        let histogram = state.histogram.empty_of(chunk.folder);
        drop(state);
        let mut is_first = false;
        if chunk.is_folder() {
            is_first = self.look_into(&chunk, tree, now, buffer);
        } else {
            let findings = self.look(&chunk, histogram, tree, buffer);
            is_first |= self.state().add(&chunk, findings, tree);
        }
        let mut state = self.state();
        state.left -= 1;
        state.read += chunk.bytes();
        let is_time = state
            .reported
            .is_none_or(|reported| reported.elapsed() >= PROGRESS_INTERVAL);
        if state.left == 0 || is_first || is_time {
            state.reported = Some(Instant::now());
            tree.learn();
            // Reported while the state is locked, so that nothing follows the last report.
            report(tree, self.answer(&mut state));
        }
    }

    /// Lists the chunks to do.
    fn plan(&self, state: &mut State, tree: &mut Tree, now: DateTime<Utc>) {
        let mut chunks = Vec::new();
        let folders = tree.folders().to_vec();
        let bounds = Bounds::whole();
        if self.kind == RequestKind::Histogram {
            let extents = extents(tree, &folders, now);
            state.histogram = HistogramBuilder::new(tree, &extents);
        }
        for folder in by_distance(&folders, self.near) {
            if tree.is_packed(folder, now) {
                chunks.push(FileChunk::of_folder(folder));
                continue;
            }
            // A folder that cannot be listed has no hits.
            let wanted = self.view.streams.as_deref();
            let found = open_streams(tree, folder, now, wanted, &bounds);
            for files in found.unwrap_or_default().streams {
                cut(&files, CHUNK, &mut chunks);
            }
        }
        chunks.reverse();
        state.left = chunks.len();
        state.total = chunks.iter().map(FileChunk::bytes).sum();
        state.chunks = Some(chunks);
    }

    /// Scans a folder that must be unpacked first. Returns whether it had the first hits.
    fn look_into(
        &self,
        folder: &FileChunk,
        tree: &mut Tree,
        now: DateTime<Utc>,
        buffer: &mut Vec<u8>,
    ) -> bool {
        let wanted = self.view.streams.as_deref();
        // A folder that cannot be unpacked has no hits. Cursors report why.
        let found =
            open_streams(tree, folder.folder, now, wanted, &Bounds::whole()).unwrap_or_default();
        let mut is_first = false;
        for files in &found.streams {
            let mut chunks = Vec::new();
            cut(files, CHUNK, &mut chunks);
            for chunk in chunks {
                let histogram = self.state().histogram.empty_of(chunk.folder);
                let findings = self.look(&chunk, histogram, tree, buffer);
                is_first |= self.state().add(&chunk, findings, tree);
            }
        }
        is_first
    }

    fn look(
        &self,
        chunk: &FileChunk,
        mut histogram: HistogramBuilder,
        tree: &Tree,
        buffer: &mut Vec<u8>,
    ) -> ChunkFindings {
        let mut dater = BlockDater::new(chunk, tree.timestamps());
        let mut reader = LineReader::new(chunk, tree.timestamps());
        let is_search = self.kind == RequestKind::Search;
        let (mut keys, mut lines) = (Vec::new(), 0);
        // A file that cannot be read has no hits. The follower reports why.
        let mut edges = LineReader::new(chunk, tree.timestamps());
        let mut begins_record = |line: &[u8], at| edges.is_beginning(line, at);
        let _ = chunk.scan(buffer, &mut begins_record, |block, begin| {
            if is_search {
                self.matcher.find(block, begin, &mut reader, |line| {
                    lines += 1;
                    if keys.len() < MOST_HITS {
                        keys.push(dater.key(block, begin, &line));
                    }
                });
            } else {
                let matcher = (!self.view.filter.is_clear()).then_some(&self.matcher);
                histogram.count(block, begin, chunk, matcher, (&mut dater, &mut reader));
            }
            dater.pass(block, begin);
            true
        });
        if is_search {
            ChunkFindings::Hits(keys, lines)
        } else {
            ChunkFindings::HistogramBuilder(histogram)
        }
    }

    fn answer(&self, state: &mut State) -> Answer {
        let (read, total, is_complete) = (state.read, state.total, state.left == 0);
        if self.kind == RequestKind::Search {
            return Answer::Hits(Hits {
                keys: std::mem::take(&mut state.hits.keys),
                lines: state.hits.lines.clone(),
                read,
                total,
                is_complete,
            });
        }
        Answer::Histogram(state.histogram.histogram(read, total, is_complete))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // The state is consistent wherever a holder could have panicked.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Adds the result of a chunk. Returns whether it had the first hits.
    fn add(&mut self, chunk: &FileChunk, findings: ChunkFindings, tree: &Tree) -> bool {
        match findings {
            ChunkFindings::HistogramBuilder(histogram) => {
                let weights = tree.streams().weights(None);
                let weight = weights.get(chunk.stream.index()).copied().unwrap_or(1);
                self.histogram.add(histogram, weight);
                false
            }
            ChunkFindings::Hits(mut keys, lines) => {
                let is_first = self.reported_hits == 0 && !keys.is_empty();
                keys.truncate(MOST_HITS - self.reported_hits);
                self.reported_hits += keys.len();
                self.hits.keys.extend(keys);
                let index = chunk.stream.index();
                if self.hits.lines.len() <= index {
                    self.hits.lines.resize(index + 1, 0);
                }
                self.hits.lines[index] += lines;
                is_first
            }
        }
    }
}

/// Returns the times of single files, which have no folder that says them.
fn extents(
    tree: &mut Tree,
    folders: &[Folder],
    now: DateTime<Utc>,
) -> BTreeMap<Folder, (DateTime<Utc>, DateTime<Utc>)> {
    let mut extents = BTreeMap::new();
    if tree.has_intervals() {
        return extents;
    }
    for folder in folders {
        // A file that cannot be read has no times.
        let found = open_streams(tree, *folder, now, None, &Bounds::whole()).unwrap_or_default();
        for mut files in found.streams {
            if let Ok(Some((first, last))) = files.extent(tree.timestamps()) {
                let extent = extents.entry(*folder).or_insert((first, last));
                *extent = (extent.0.min(first), extent.1.max(last));
            }
        }
    }
    extents
}

/// Returns the folders, nearest to a place first.
fn by_distance(folders: &[Folder], near: Place) -> Vec<Folder> {
    let middle = match near {
        Place::Beginning => 0,
        Place::End => folders.len(),
        Place::Row(row) => folders.partition_point(|folder| *folder < row.folder),
        Place::Time(time) => folders.partition_point(|folder| folder.start().and_utc() <= time),
    };
    let distance = |index: usize| index.abs_diff(middle);
    let order: BTreeMap<(usize, usize), Folder> = folders
        .iter()
        .enumerate()
        .map(|(index, folder)| ((distance(index), index), *folder))
        .collect();
    order.into_values().collect()
}

/// What one thread counts at once.
#[derive(Debug)]
pub(super) enum Unit {
    /// A part of a file.
    Chunk(FileChunk),
    /// All streams of a folder, because lines of one can be copies of those of another, or because
    /// it has to be unpacked, and its size.
    Folder(Folder, u64),
}

impl Unit {
    /// Returns the size, for the progress.
    pub(super) fn bytes(&self) -> u64 {
        match self {
            Self::Chunk(chunk) => chunk.bytes(),
            Self::Folder(_, bytes) => *bytes,
        }
    }
}

/// Splits the files of a stream into chunks of a size.
pub(super) fn cut(files: &StreamFiles, size: u64, chunks: &mut Vec<FileChunk>) {
    for part in files.parts() {
        let mut start = part.begin;
        while start < part.length {
            let end = part.length.min(start + size);
            chunks.push(FileChunk {
                range: start..end,
                ..FileChunk::of_part(files, part)
            });
            start = end;
        }
    }
}

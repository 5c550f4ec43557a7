//! Counts all records of a tree, with several threads.
//!
//! A folder is counted by one thread. The large files in it are split into chunks, which any thread
//! counts.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    thread,
};

use chrono::{DateTime, Utc};
use chronologix_schema::{Level, layout::Folder};

use self::{folder::FolderCounter, split::ChunkTask};
use super::{scan::scan_threads, service::TreeSource, values::LineValues};
use crate::streams::StreamId;

mod folder;
mod run;
mod split;
#[cfg(test)]
mod tests;

/// Says what records are counted together.
pub enum RecordGroups<'a, G> {
    /// By their time and level.
    ByHead(&'a HeadGroup<'a, G>),
    /// By their values. The lines of a record are kept until its last one is read.
    ByValues(&'a ValuesGroup<'a, G>),
}

/// Returns the group of a record by its time and level.
type HeadGroup<'a, G> = dyn Fn(Option<DateTime<Utc>>, Option<Level>) -> Option<G> + Sync + 'a;

/// Returns the group of a record by its values.
type ValuesGroup<'a, G> = dyn Fn(&LineValues<'_>) -> Option<G> + Sync + 'a;

// Derived, these would ask the same of the groups.

impl<G> Clone for RecordGroups<'_, G> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<G> Copy for RecordGroups<'_, G> {}

impl<G> fmt::Debug for RecordGroups<'_, G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ByHead(_) => "ByHead",
            Self::ByValues(_) => "ByValues",
        })
    }
}

/// Counts of some records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordCount {
    /// The number of records.
    pub records: u64,
    /// The bytes of their lines.
    pub bytes: u64,
    /// Records by level. Index 0 is for records without a level.
    pub levels: [u64; 7],
    /// The earliest time.
    pub first: Option<DateTime<Utc>>,
    /// The latest time.
    pub last: Option<DateTime<Utc>>,
}

/// Counts of the records of a tree.
#[derive(Debug)]
pub struct RecordCounts<G> {
    /// By stream. A mirrored record counts in each of its streams.
    pub streams: Vec<RecordCount>,
    /// By group.
    pub groups: BTreeMap<G, RecordCount>,
    /// Each record once.
    pub all: RecordCount,
    /// Messages about what cannot be read.
    pub troubles: Vec<String>,
}

impl RecordCount {
    /// Counts one record whose lines have these bytes.
    #[inline]
    pub fn add_record(&mut self, own: Option<DateTime<Utc>>, level: Option<Level>, bytes: u64) {
        self.records += 1;
        self.bytes += bytes;
        self.levels[level.map_or(0, |level| level as usize)] += 1;
        if own.is_some() {
            self.first = self.first.or(own).min(own);
            self.last = self.last.max(own);
        }
    }

    /// Adds other counts.
    pub fn add(&mut self, other: &Self) {
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
    pub fn add_to(&mut self, stream: StreamId, count: &RecordCount) {
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

/// Counts the records of a tree, all or those of some streams. `groups` says what records are
/// counted together.
///
/// Returns `None` if this cannot be done without reading the tree in order.
pub fn count_records<G: Ord + Send>(
    source: &TreeSource,
    wanted: Option<&[StreamId]>,
    groups: RecordGroups<'_, G>,
) -> Option<RecordCounts<G>> {
    let mut tree = source.tree();
    // A tree that cannot be read has no folders. The follower reports why.
    let _ = tree.refresh((source.clock)());
    let tasks = Tasks::new(tree.folders().to_vec());
    thread::scope(|scope| {
        let work = || {
            let mut tree = source.tree();
            let _ = tree.refresh((source.clock)());
            let mut counter = FolderCounter::new(wanted, groups);
            let mut buffer = Vec::new();
            let mut sum = RecordCounts::default();
            while let Some(task) = tasks.next() {
                match task {
                    Task::Folder(folder, _listing) => {
                        let now = (source.clock)();
                        let split = |chunks| tasks.add(chunks);
                        sum.add(counter.count(folder, &mut tree, now, &mut buffer, &split)?);
                    }
                    Task::Chunk(chunk) => {
                        if let Some(counts) = chunk.count(&mut buffer) {
                            sum.add(counts);
                        }
                    }
                }
            }
            Some(sum)
        };
        let workers: Vec<_> = (0..scan_threads()).map(|_| scope.spawn(work)).collect();
        let mut sum = RecordCounts::default();
        for worker in workers {
            // A thread that panicked has counted nothing.
            sum.add(worker.join().ok()??);
        }
        Some(sum)
    })
}

/// What is left to count.
struct Tasks<'a, G> {
    state: Mutex<TaskState<'a, G>>,
    changed: Condvar,
}

struct TaskState<'a, G> {
    /// The next one last.
    folders: Vec<Folder>,
    chunks: Vec<ChunkTask<'a, G>>,
    /// The folders that are being counted, and can still be split into chunks.
    listing: usize,
}

/// What one thread counts at a time.
enum Task<'t, 'a, G> {
    Folder(Folder, ListingGuard<'t, 'a, G>),
    Chunk(ChunkTask<'a, G>),
}

/// Says that a folder is being counted, until it is dropped.
struct ListingGuard<'t, 'a, G>(&'t Tasks<'a, G>);

impl<G> Drop for ListingGuard<'_, '_, G> {
    fn drop(&mut self) {
        self.0.state().listing -= 1;
        self.0.changed.notify_all();
    }
}

impl<'a, G> Tasks<'a, G> {
    fn new(folders: Vec<Folder>) -> Self {
        Self {
            state: Mutex::new(TaskState {
                folders,
                chunks: Vec::new(),
                listing: 0,
            }),
            changed: Condvar::new(),
        }
    }

    /// Adds the chunks of a stream.
    fn add(&self, mut chunks: Vec<ChunkTask<'a, G>>) {
        chunks.reverse();
        self.state().chunks.extend(chunks);
        self.changed.notify_all();
    }

    /// Takes a chunk, or else the newest folder that is left.
    fn next(&self) -> Option<Task<'_, 'a, G>> {
        let is_idle = |state: &mut TaskState<'_, G>| {
            state.chunks.is_empty() && state.folders.is_empty() && state.listing > 0
        };
        let waited = self.changed.wait_while(self.state(), is_idle);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        if let Some(chunk) = state.chunks.pop() {
            return Some(Task::Chunk(chunk));
        }
        let folder = state.folders.pop()?;
        state.listing += 1;
        Some(Task::Folder(folder, ListingGuard(self)))
    }

    fn state(&self) -> MutexGuard<'_, TaskState<'a, G>> {
        // The lists are consistent wherever a holder could have panicked.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! Results about the whole tree: hits of the search, and the number of records over time.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use chronologix_schema::{Level, layout::Folder};

use crate::{
    line::Key,
    query::{Histogram, Hits, add_to},
    streams::StreamId,
};

#[cfg(test)]
mod tests;

/// The hits of the search in all files.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct SearchResults {
    /// Hits by folder, as far as they are reported one by one.
    folders: BTreeMap<Folder, u64>,
    /// The positions of the hits, as far as they are reported one by one, if each counts once.
    keys: Vec<Key>,
    /// The number of records that match.
    pub(crate) lines: u64,
    /// The percentage of the tree that has been searched.
    pub(crate) percent: u64,
    /// Whether the search is complete.
    pub(crate) is_complete: bool,
}

/// The number of lines in a folder, or in a part of its interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TimeSlice {
    /// The folder.
    pub(crate) folder: Folder,
    /// When it begins.
    pub(crate) from: DateTime<Utc>,
    /// Records.
    pub(crate) lines: u64,
    /// The same by level. Index 0 is for records without one.
    pub(crate) levels: [u64; 7],
    /// Hits of the search in the whole folder, or records in this slice that the filter keeps.
    pub(crate) hits: u64,
}

impl TimeSlice {
    /// Returns the number of errors.
    pub(crate) fn errors(&self) -> u64 {
        self.levels[Level::Error as usize..].iter().sum()
    }

    /// Returns the number of warnings.
    pub(crate) fn warnings(&self) -> u64 {
        self.levels[Level::Warn as usize]
    }

    /// Adds the counts of another slice.
    pub(crate) fn add(&mut self, other: &Self) {
        self.lines += other.lines;
        for (ours, theirs) in self.levels.iter_mut().zip(&other.levels) {
            *ours += theirs;
        }
        self.hits += other.hits;
    }
}

impl SearchResults {
    /// Adds new hits. `weights` says how often those of each stream count.
    pub(crate) fn add(&mut self, hits: &Hits, weights: &[i64]) {
        let weight = |key: &Key| weights.get(key.stream.index()).copied().unwrap_or(1);
        for key in &hits.keys {
            let hits = self.folders.entry(key.folder).or_default();
            *hits = hits.saturating_add_signed(weight(key));
        }
        self.keys
            .extend(hits.keys.iter().filter(|key| weight(key) > 0));
        self.keys.sort_unstable();
        self.lines = folded(&hits.lines, weights);
        self.is_complete = hits.is_complete;
        self.percent = match hits.total {
            0 => 100,
            total => (u128::from(hits.read) * 100 / u128::from(total))
                .try_into()
                .unwrap_or(100),
        };
    }

    /// Returns which hit is at a key, if all hits are known.
    pub(crate) fn place(&self, key: Key) -> Option<u64> {
        let is_all = self.is_complete && self.keys.len() as u64 == self.lines;
        let before = self.keys.partition_point(|hit| *hit < key) as u64;
        is_all.then_some(before + 1)
    }

    /// Returns the hits in a folder.
    pub(crate) fn in_folder(&self, folder: Folder) -> u64 {
        self.folders.get(&folder).copied().unwrap_or(0)
    }
}

/// Returns the number of records of all streams together. `weights` says how often those of each
/// stream count.
fn folded(counts: &[u64], weights: &[i64]) -> u64 {
    let weights = weights.iter().copied().chain(std::iter::repeat(1));
    let counts = counts.iter().zip(weights);
    let sum: i64 = counts
        .map(|(count, weight)| count.cast_signed() * weight)
        .sum();
    u64::try_from(sum).unwrap_or(0)
}

/// The number of records over time.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct Counts {
    /// The last count of the whole tree.
    counted: Histogram,
    /// What came since that count, by folder.
    since: BTreeMap<Folder, Since>,
    /// How often the records of each stream count in the merged view.
    weights: Vec<i64>,
}

/// New records of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Since {
    from: DateTime<Utc>,
    lines: Vec<u64>,
    errors: Vec<u64>,
    hits: Vec<u64>,
    /// By level. A mirrored record counts once.
    levels: [i64; 7],
}

/// The number of records of a tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Total {
    /// The number so far.
    pub(crate) records: u64,
    /// The percentage of the tree that has been counted.
    pub(crate) percent: u64,
}

impl Counts {
    /// Replaces the count. An incomplete count does not replace a complete one.
    pub(crate) fn set(&mut self, counted: Histogram) {
        if counted.is_complete || !self.counted.is_complete {
            // The count includes the lines that came meanwhile.
            self.since.clear();
            self.counted = counted;
        }
    }

    /// Sets how often the records of each stream count.
    pub(crate) fn weigh(&mut self, weights: Vec<i64>) {
        self.weights = weights;
    }

    /// Returns how often the records of each stream count.
    pub(crate) fn weights(&self) -> &[i64] {
        &self.weights
    }

    /// Counts a new record. `is_hit` says whether the filter keeps it.
    pub(crate) fn add(&mut self, key: Key, level: Option<Level>, is_hit: bool) {
        let since = self.since.entry(key.folder).or_insert_with(|| Since {
            from: key.instant,
            lines: Vec::new(),
            errors: Vec::new(),
            hits: Vec::new(),
            levels: [0; 7],
        });
        add_to(&mut since.lines, key.stream, 1);
        let is_error = level >= Some(Level::Error);
        add_to(&mut since.errors, key.stream, is_error.into());
        add_to(&mut since.hits, key.stream, is_hit.into());
        let weight = self.weights.get(key.stream.index()).copied().unwrap_or(1);
        since.levels[level.map_or(0, |level| level as usize)] += weight;
    }

    /// Returns the number of records of a stream, or of all, or of those that the filter keeps.
    /// `None` before anything is counted.
    pub(crate) fn records(&self, stream: Option<StreamId>, is_filtered: bool) -> Option<Total> {
        let counted = &self.counted;
        let of = |lines: &[u64], hits: &[u64]| {
            let counts = if is_filtered { hits } else { lines };
            match stream {
                Some(stream) => counts.get(stream.index()).copied().unwrap_or(0),
                None => folded(counts, &self.weights),
            }
        };
        let buckets = counted.buckets.iter();
        let records: u64 = buckets.map(|bucket| of(&bucket.lines, &bucket.hits)).sum();
        let since = self
            .since
            .values()
            .map(|since| of(&since.lines, &since.hits));
        let percent = match counted.total {
            _ if counted.is_complete => 100,
            0 => return None,
            total => u128::from(counted.read) * 100 / u128::from(total),
        };
        Some(Total {
            records: records + since.sum::<u64>(),
            percent: u64::try_from(percent).unwrap_or(100).min(100),
        })
    }

    /// Returns the number of errors of a stream, or `None` before anything is counted.
    pub(crate) fn errors(&self, stream: StreamId) -> Option<u64> {
        let of = |errors: &[u64]| errors.get(stream.index()).copied().unwrap_or(0);
        let counted: u64 = self.counted.buckets.iter().map(|it| of(&it.errors)).sum();
        let since: u64 = self.since.values().map(|since| of(&since.errors)).sum();
        let is_begun = self.counted.is_complete || self.counted.total > 0;
        is_begun.then_some(counted + since)
    }

    /// Returns the percentage of all records that are in slices before the one of this time.
    pub(crate) fn share_before(&self, at: (Folder, DateTime<Utc>)) -> Option<u64> {
        let slices = self.slices(&SearchResults::default());
        let all: u64 = slices.iter().map(|slice| slice.lines).sum();
        let before = slices
            .iter()
            .take_while(|slice| (slice.folder, slice.from) <= at);
        let before: u64 = before.map(|slice| slice.lines).sum();
        (before * 100).checked_div(all)
    }

    /// Returns the counts of the whole tree, if there are any.
    pub(crate) fn total(&self) -> Option<TimeSlice> {
        let slices = self.slices(&SearchResults::default());
        slices.into_iter().reduce(|mut sum, slice| {
            sum.add(&slice);
            sum
        })
    }

    /// Returns whether the count is complete.
    pub(crate) fn is_complete(&self) -> bool {
        self.counted.is_complete
    }

    /// Returns one slice for each folder, in order.
    pub(crate) fn folders(&self, search_results: &SearchResults) -> Vec<TimeSlice> {
        let mut cells: Vec<TimeSlice> = Vec::new();
        for cell in self.slices(search_results) {
            match cells.last_mut() {
                Some(last) if last.folder == cell.folder => {
                    // Hits of the search are those of the folder in each of its slices.
                    let hits = last.hits.max(cell.hits);
                    last.add(&cell);
                    last.hits = hits;
                }
                _ => cells.push(cell),
            }
        }
        cells
    }

    /// Returns all slices, in order.
    pub(crate) fn slices(&self, search_results: &SearchResults) -> Vec<TimeSlice> {
        let mut cells: Vec<TimeSlice> = self
            .counted
            .buckets
            .iter()
            .map(|bucket| TimeSlice {
                folder: bucket.folder,
                from: bucket.from,
                lines: folded(&bucket.lines, &self.weights),
                levels: bucket.levels.map(|count| u64::try_from(count).unwrap_or(0)),
                hits: folded(&bucket.hits, &self.weights)
                    .max(search_results.in_folder(bucket.folder)),
            })
            .collect();
        for (folder, since) in &self.since {
            let new = TimeSlice {
                folder: *folder,
                from: since.from,
                lines: folded(&since.lines, &self.weights),
                levels: since.levels.map(|count| u64::try_from(count).unwrap_or(0)),
                hits: 0,
            };
            match cells.iter_mut().rfind(|cell| cell.folder == *folder) {
                Some(cell) => cell.add(&new),
                None => cells.push(TimeSlice {
                    hits: search_results.in_folder(*folder),
                    ..new
                }),
            }
        }
        cells.sort_by_key(|cell| (cell.folder, cell.from));
        cells
    }
}

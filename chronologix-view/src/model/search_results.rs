//! Results about the whole tree: hits of the search, and the number of lines over time.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use chronologix_schema::{Level, layout::Folder};

use crate::{
    line::Key,
    query::{Histogram, Hits},
};

#[cfg(test)]
mod tests;

/// The hits of the search in all files.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct SearchResults {
    /// Hits by folder, as far as they are reported one by one.
    folders: BTreeMap<Folder, u64>,
    /// The number of lines that match. A mirrored copy counts as one more.
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
    /// Lines. A mirrored copy counts as one more.
    pub(crate) lines: u64,
    /// The same by level. Index 0 is for lines without one.
    pub(crate) levels: [u64; 7],
    /// Hits of the search in the whole folder, or lines in this slice that the filter keeps.
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
        self.add_levels(&other.levels);
        self.hits += other.hits;
    }

    fn add_levels(&mut self, levels: &[u64; 7]) {
        self.lines += levels.iter().sum::<u64>();
        for (ours, theirs) in self.levels.iter_mut().zip(levels) {
            *ours += theirs;
        }
    }
}

impl SearchResults {
    /// Adds new hits.
    pub(crate) fn add(&mut self, hits: &Hits) {
        for key in &hits.keys {
            *self.folders.entry(key.folder).or_default() += 1;
        }
        self.lines = hits.lines.iter().sum();
        self.is_complete = hits.is_complete;
        self.percent = match hits.total {
            0 => 100,
            total => (u128::from(hits.read) * 100 / u128::from(total))
                .try_into()
                .unwrap_or(100),
        };
    }

    /// Returns the hits in a folder.
    pub(crate) fn in_folder(&self, folder: Folder) -> u64 {
        self.folders.get(&folder).copied().unwrap_or(0)
    }
}

/// The number of lines over time.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct Counts {
    /// The last count of the whole tree.
    counted: Histogram,
    /// Lines by level since that count, by folder.
    since: BTreeMap<Folder, (DateTime<Utc>, [u64; 7])>,
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

    /// Counts a new line.
    pub(crate) fn add(&mut self, key: Key, level: Option<Level>) {
        let (_, levels) = self
            .since
            .entry(key.folder)
            .or_insert((key.instant, [0; 7]));
        levels[level.map_or(0, |level| level as usize)] += 1;
    }

    /// Returns the number of lines that the filter keeps, as far as they are counted.
    pub(crate) fn kept(&self) -> u64 {
        self.counted.buckets.iter().map(|bucket| bucket.hits).sum()
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
                Some(last) if last.folder == cell.folder => last.add_levels(&cell.levels),
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
                lines: bucket.sum(),
                levels: bucket.levels,
                hits: bucket.hits.max(search_results.in_folder(bucket.folder)),
            })
            .collect();
        for (folder, (from, levels)) in &self.since {
            match cells.iter_mut().rfind(|cell| cell.folder == *folder) {
                Some(cell) => cell.add_levels(levels),
                None => cells.push(TimeSlice {
                    folder: *folder,
                    from: *from,
                    lines: levels.iter().sum(),
                    levels: *levels,
                    hits: search_results.in_folder(*folder),
                }),
            }
        }
        cells.sort_by_key(|cell| (cell.folder, cell.from));
        cells
    }
}

//! Results about the whole tree: hits of the search, and the number of lines over time.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use chronologix_schema::layout::Folder;

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
    /// Errors among them.
    pub(crate) errors: u64,
    /// Hits of the search in the whole folder, or lines in this slice that the filter keeps.
    pub(crate) hits: u64,
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
    /// Lines and errors since that count, by folder.
    since: BTreeMap<Folder, (DateTime<Utc>, u64, u64)>,
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
    pub(crate) fn add(&mut self, key: Key, is_error: bool) {
        let (_, lines, errors) = self.since.entry(key.folder).or_insert((key.instant, 0, 0));
        *lines += 1;
        *errors += u64::from(is_error);
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
                    last.lines += cell.lines;
                    last.errors += cell.errors;
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
                lines: bucket.sum(),
                errors: bucket.levels[5..].iter().sum(),
                hits: bucket.hits.max(search_results.in_folder(bucket.folder)),
            })
            .collect();
        for (folder, (from, lines, errors)) in &self.since {
            match cells.iter_mut().rfind(|cell| cell.folder == *folder) {
                Some(cell) => {
                    cell.lines += lines;
                    cell.errors += errors;
                }
                None => cells.push(TimeSlice {
                    folder: *folder,
                    from: *from,
                    lines: *lines,
                    errors: *errors,
                    hits: search_results.in_folder(*folder),
                }),
            }
        }
        cells.sort_by_key(|cell| (cell.folder, cell.from));
        cells
    }
}

//! What was found in the whole tree: hits of the search, and how many lines there are when.

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
    /// Hits by folder, as far as they are told one by one.
    folders: BTreeMap<Folder, u64>,
    /// Lines that match; a mirrored copy is one more.
    pub(crate) lines: u64,
    /// How much of the tree was searched, of a hundred.
    pub(crate) percent: u64,
    /// Whether everything was searched.
    pub(crate) is_complete: bool,
}

/// The lines of one folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TimeSlice {
    /// The folder.
    pub(crate) folder: Folder,
    /// When it begins, or the part of it that is counted here.
    pub(crate) from: DateTime<Utc>,
    /// Lines; a mirrored copy is one more.
    pub(crate) lines: u64,
    /// Errors among them.
    pub(crate) errors: u64,
    /// Hits of the search in the whole folder, or lines here that the filters keep.
    pub(crate) hits: u64,
}

impl SearchResults {
    /// Takes in what was found since.
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

    /// Hits in a folder.
    pub(crate) fn in_folder(&self, folder: Folder) -> u64 {
        self.folders.get(&folder).copied().unwrap_or(0)
    }
}

/// How many lines there are when.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct Counts {
    /// As they were counted last.
    counted: Histogram,
    /// Lines and errors that came since, by folder.
    since: BTreeMap<Folder, (DateTime<Utc>, u64, u64)>,
}

impl Counts {
    /// Takes in a count; one that is not complete replaces none that is.
    pub(crate) fn set(&mut self, counted: Histogram) {
        if counted.is_complete || !self.counted.is_complete {
            // What came meanwhile was counted with the rest.
            self.since.clear();
            self.counted = counted;
        }
    }

    /// Counts a line that came.
    pub(crate) fn add(&mut self, key: Key, is_error: bool) {
        let (_, lines, errors) = self.since.entry(key.folder).or_insert((key.instant, 0, 0));
        *lines += 1;
        *errors += u64::from(is_error);
    }

    /// Whether everything is counted.
    pub(crate) fn is_complete(&self) -> bool {
        self.counted.is_complete
    }

    /// The folders, in order, each with all its lines.
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

    /// The slices of time, in order.
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

//! Counts lines by time, stream and level.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use chronologix_schema::layout::{Folder, Interval, TimeZone};

use super::{
    reply::{Bucket, Histogram},
    scan::{BlockDater, LineMatcher, LineShape},
};
use crate::{streams::StreamId, tree::Tree};

#[cfg(test)]
mod tests;

/// The approximate number of buckets of the whole tree.
const SLICES: usize = 1_440;

/// The most buckets of a folder.
const MOST_OF_FOLDER: usize = 60;

/// The assumed interval of a folder if nothing says how long it is.
const DAY: TimeDelta = TimeDelta::hours(24);

/// A histogram of some folders or of all.
#[derive(Clone, Debug, Default)]
pub(crate) struct HistogramBuilder {
    /// In order of time. Every folder has at least one.
    buckets: Vec<Bucket>,
}

impl HistogramBuilder {
    /// Returns an empty histogram of all folders. `extents` has the times of folders where they are
    /// known.
    pub(crate) fn new(
        tree: &Tree,
        extents: &BTreeMap<Folder, (DateTime<Utc>, DateTime<Utc>)>,
    ) -> Self {
        let folders = tree.folders();
        let slices = (SLICES / folders.len().max(1)).clamp(1, MOST_OF_FOLDER);
        let starts: Vec<DateTime<Utc>> = folders
            .iter()
            .map(|folder| match extents.get(folder) {
                Some((first, _)) => *first,
                None => tree.timestamps().start_or_guess(*folder),
            })
            .collect();
        let gaps = starts.windows(2).map(|pair| pair[1] - pair[0]);
        let shortest = gaps
            .filter(|gap| *gap > TimeDelta::zero())
            .min()
            .unwrap_or(DAY)
            .min(DAY);
        let described = tree
            .manifest()
            .and_then(|described| described.interval.parse().ok());
        let end = |folder: Folder, start: DateTime<Utc>| match (extents.get(&folder), described) {
            (Some((_, last)), _) => *last,
            (None, Some(interval)) => end_of(tree, folder, start, interval),
            (None, None) => start.checked_add_signed(shortest).unwrap_or(start),
        };
        let mut buckets = Vec::with_capacity(slices * folders.len());
        for (folder, start) in folders.iter().zip(starts) {
            let width = (end(*folder, start) - start) / i32::try_from(slices).unwrap_or(1);
            for slice in 0..slices {
                let from = start.checked_add_signed(width * i32::try_from(slice).unwrap_or(0));
                buckets.push(Bucket {
                    folder: *folder,
                    from: from.unwrap_or(start),
                    lines: Vec::new(),
                    levels: [0; 7],
                    hits: 0,
                });
            }
        }
        Self { buckets }
    }

    /// Returns an empty histogram of one folder.
    pub(crate) fn empty_of(&self, folder: Folder) -> Self {
        let first = self
            .buckets
            .partition_point(|bucket| bucket.folder < folder);
        let after = self
            .buckets
            .partition_point(|bucket| bucket.folder <= folder);
        let empty = |bucket: &Bucket| Bucket {
            lines: Vec::new(),
            levels: [0; 7],
            hits: 0,
            ..bucket.clone()
        };
        Self {
            buckets: self.buckets[first..after].iter().map(empty).collect(),
        }
    }

    /// Counts the lines of a block.
    pub(crate) fn count(
        &mut self,
        folder: Folder,
        stream: StreamId,
        block: &[u8],
        matcher: Option<&LineMatcher>,
        dater: &mut BlockDater<'_>,
    ) {
        let first = dater.first_time(block);
        let last = dater.time_up_to(block).unwrap_or(first);
        let (first, last) = (self.index(folder, first), self.index(folder, last));
        let middle = if first == last { None } else { middle(block) };
        let Some(middle) = middle else {
            // All lines are in the same bucket.
            return self.add_block(first, stream, block, matcher, dater.shape());
        };
        let (left, right) = block.split_at(middle);
        self.count(folder, stream, left, matcher, dater);
        dater.pass(left);
        self.count(folder, stream, right, matcher, dater);
    }

    fn add_block(
        &mut self,
        index: usize,
        stream: StreamId,
        block: &[u8],
        matcher: Option<&LineMatcher>,
        shape: LineShape<'_>,
    ) {
        let Some(bucket) = self.buckets.get_mut(index) else {
            return;
        };
        let before: u64 = bucket.levels.iter().sum();
        shape.count_levels(block, &mut bucket.levels);
        let lines = bucket.levels.iter().sum::<u64>() - before;
        if bucket.lines.len() <= stream.index() {
            bucket.lines.resize(stream.index() + 1, 0);
        }
        bucket.lines[stream.index()] += lines;
        if let Some(matcher) = matcher {
            matcher.find(block, shape, |_| bucket.hits += 1);
        }
    }

    /// Returns the bucket of a time in a folder.
    fn index(&self, folder: Folder, time: DateTime<Utc>) -> usize {
        let after = self
            .buckets
            .partition_point(|bucket| (bucket.folder, bucket.from) <= (folder, time));
        let first = self
            .buckets
            .partition_point(|bucket| bucket.folder < folder);
        after.saturating_sub(1).max(first)
    }

    /// Adds the counts of some folders.
    pub(crate) fn add(&mut self, other: Self) {
        for theirs in other.buckets {
            let index = self
                .buckets
                .binary_search_by_key(&(theirs.folder, theirs.from), |bucket| {
                    (bucket.folder, bucket.from)
                });
            let Some(ours) = index.ok().and_then(|index| self.buckets.get_mut(index)) else {
                continue;
            };
            if ours.lines.len() < theirs.lines.len() {
                ours.lines.resize(theirs.lines.len(), 0);
            }
            for (ours, theirs) in ours.lines.iter_mut().zip(&theirs.lines) {
                *ours += theirs;
            }
            for (ours, theirs) in ours.levels.iter_mut().zip(&theirs.levels) {
                *ours += theirs;
            }
            ours.hits += theirs.hits;
        }
    }

    /// Returns the counts as an answer.
    pub(crate) fn histogram(&self, read: u64, total: u64, is_complete: bool) -> Histogram {
        Histogram {
            buckets: self.buckets.clone(),
            read,
            total,
            is_complete,
        }
    }
}

/// Returns the end of a folder's interval.
fn end_of(tree: &Tree, folder: Folder, start: DateTime<Utc>, interval: Interval) -> DateTime<Utc> {
    let zone = tree.timestamps().zone().unwrap_or(TimeZone::UTC);
    let span = interval.span(start, &zone);
    // A folder that does not fit the interval was made before the interval was changed, unless
    // something else had its name.
    let is_own = folder.belongs_to(interval) || span.start == start;
    if is_own {
        span.end
    } else {
        start.checked_add_signed(DAY).unwrap_or(start)
    }
}

/// Returns the line start nearest to the middle of a block.
fn middle(block: &[u8]) -> Option<usize> {
    let inner = &block[..block.len().saturating_sub(1)];
    let half = block.len() / 2;
    let after = memchr::memchr(b'\n', inner.get(half..)?).map(|end| half + end + 1);
    after.or_else(|| memchr::memrchr(b'\n', &block[..half]).map(|end| end + 1))
}

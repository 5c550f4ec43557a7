//! Lines by slices of time.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use chronologix_schema::layout::{Folder, Interval, TimeZone};

use super::{
    reply::{Bucket, Histogram},
    scan::{BlockDater, LineMatcher, count_levels},
};
use crate::{streams::StreamId, tree::Tree};

#[cfg(test)]
mod tests;

/// About how many slices the whole tree has.
const SLICES: usize = 1_440;

/// The most slices of one folder.
const MOST_OF_FOLDER: usize = 60;

/// The most a folder spans where nothing says how much it does.
const DAY: TimeDelta = TimeDelta::hours(24);

/// Counts of lines, for some folders or all of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct HistogramBuilder {
    /// In order of time; every folder has at least one.
    buckets: Vec<Bucket>,
}

impl HistogramBuilder {
    /// Empty ones for all folders of a tree, some of which are known to span these times.
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
            .description()
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

    /// The same for one folder alone.
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

    /// Counts the lines of a block of whole lines.
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
            // All lines are of one slice.
            return self.add_block(first, stream, block, matcher);
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
    ) {
        let Some(bucket) = self.buckets.get_mut(index) else {
            return;
        };
        let before: u64 = bucket.levels.iter().sum();
        count_levels(block, &mut bucket.levels);
        let lines = bucket.levels.iter().sum::<u64>() - before;
        if bucket.lines.len() <= stream.index() {
            bucket.lines.resize(stream.index() + 1, 0);
        }
        bucket.lines[stream.index()] += lines;
        if let Some(matcher) = matcher {
            matcher.find(block, |_| bucket.hits += 1);
        }
    }

    /// The slice of a folder that a time lies in.
    fn index(&self, folder: Folder, time: DateTime<Utc>) -> usize {
        let after = self
            .buckets
            .partition_point(|bucket| (bucket.folder, bucket.from) <= (folder, time));
        let first = self
            .buckets
            .partition_point(|bucket| bucket.folder < folder);
        after.saturating_sub(1).max(first)
    }

    /// Adds counts of some of the folders.
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

    /// As the answer to a question.
    pub(crate) fn histogram(&self, read: u64, total: u64, is_complete: bool) -> Histogram {
        Histogram {
            buckets: self.buckets.clone(),
            read,
            total,
            is_complete,
        }
    }
}

/// Where the interval of a folder ends.
fn end_of(tree: &Tree, folder: Folder, start: DateTime<Utc>, interval: Interval) -> DateTime<Utc> {
    let zone = tree.timestamps().zone().unwrap_or(TimeZone::UTC);
    let span = interval.span(start, &zone);
    // A folder that is none of the interval's is from before it was changed.
    let is_own = folder.belongs_to(interval);
    if is_own {
        span.end
    } else {
        start.checked_add_signed(DAY).unwrap_or(start)
    }
}

/// Where a block of several lines is best divided.
fn middle(block: &[u8]) -> Option<usize> {
    let inner = &block[..block.len().saturating_sub(1)];
    let half = block.len() / 2;
    let after = memchr::memchr(b'\n', inner.get(half..)?).map(|end| half + end + 1);
    after.or_else(|| memchr::memrchr(b'\n', &block[..half]).map(|end| end + 1))
}

//! Counts records by time, stream and level.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use chronologix_schema::{
    Level,
    layout::{Folder, Interval, TimeZone},
};

use super::{
    record_boundary::{MOST_LINES, last_record},
    reply::{Bucket, Histogram, add_to},
    scan::{BlockDater, FileChunk, LineMatcher, LineReader},
    stream_files::lines,
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
                buckets.push(Bucket::new(*folder, from.unwrap_or(start)));
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
        let empty = |bucket: &Bucket| Bucket::new(bucket.folder, bucket.from);
        Self {
            buckets: self.buckets[first..after].iter().map(empty).collect(),
        }
    }

    /// Counts the lines of a block that begins at `begin`.
    pub(crate) fn count(
        &mut self,
        block: &[u8],
        begin: u64,
        chunk: &FileChunk,
        matcher: Option<&LineMatcher>,
        (dater, reader): (&mut BlockDater<'_>, &mut LineReader<'_>),
    ) {
        if reader.has_formats() {
            return self.count_each(block, begin, chunk, matcher, (dater, reader));
        }
        let first = dater.first_time(block, begin);
        let last = dater.time_up_to(block, begin).unwrap_or(first);
        let (first, last) = (
            self.index(chunk.folder, first),
            self.index(chunk.folder, last),
        );
        let middle = if first == last {
            None
        } else {
            middle(block, begin, reader)
        };
        let Some(middle) = middle else {
            // All lines are in the same bucket.
            return self.add_block(first, (block, begin), chunk.stream, matcher, reader);
        };
        let (left, right) = block.split_at(middle);
        self.count(left, begin, chunk, matcher, (dater, reader));
        dater.pass(left, begin);
        let begin = begin + left.len() as u64;
        self.count(right, begin, chunk, matcher, (dater, reader));
    }

    /// Counts lines one by one, because their levels stand anywhere, and their times go back.
    fn count_each(
        &mut self,
        block: &[u8],
        begin: u64,
        chunk: &FileChunk,
        matcher: Option<&LineMatcher>,
        (dater, reader): (&mut BlockDater<'_>, &mut LineReader<'_>),
    ) {
        let mut at = begin;
        let mut index = self.index(chunk.folder, dater.first_time(block, begin));
        for line in lines(block) {
            if let Some((time, level)) = dater.record(line, at) {
                if !self.is_in(index, chunk.folder, time) {
                    index = self.index(chunk.folder, time);
                }
                if let Some(bucket) = self.buckets.get_mut(index) {
                    bucket.levels[level.map_or(0, |level| level as usize)] += 1;
                    add_to(&mut bucket.lines, chunk.stream, 1);
                    if level >= Some(Level::Error) {
                        add_to(&mut bucket.errors, chunk.stream, 1);
                    }
                }
            }
            at += line.len() as u64 + 1;
        }
        let Some(matcher) = matcher else { return };
        let mut hits = Vec::new();
        matcher.find(block, begin, reader, |line| hits.push(line));
        for hit in hits {
            let at = begin + hit.start as u64;
            let own = dater.own_time(&block[hit.clone()], at);
            let time = own.or_else(|| dater.time_up_to(&block[..hit.start], begin));
            let index = time.map_or(index, |time| self.index(chunk.folder, time));
            if let Some(bucket) = self.buckets.get_mut(index) {
                add_to(&mut bucket.hits, chunk.stream, 1);
            }
        }
    }

    fn add_block(
        &mut self,
        index: usize,
        (block, begin): (&[u8], u64),
        stream: StreamId,
        matcher: Option<&LineMatcher>,
        reader: &mut LineReader<'_>,
    ) {
        let Some(bucket) = self.buckets.get_mut(index) else {
            return;
        };
        let mut levels = [0; 7];
        reader.count_levels(block, &mut levels);
        add_to(&mut bucket.lines, stream, levels.iter().sum());
        let errors = levels[Level::Error as usize..].iter().sum();
        add_to(&mut bucket.errors, stream, errors);
        for (count, new) in bucket.levels.iter_mut().zip(levels) {
            *count += new.cast_signed();
        }
        if let Some(matcher) = matcher {
            let mut hits = 0;
            matcher.find(block, begin, reader, |_| hits += 1);
            add_to(&mut bucket.hits, stream, hits);
        }
    }

    /// Returns whether a time of a folder is in a bucket.
    fn is_in(&self, index: usize, folder: Folder, time: DateTime<Utc>) -> bool {
        let after = self.buckets.get(index + 1);
        let bucket = self.buckets.get(index);
        bucket.is_some_and(|bucket| bucket.folder == folder && bucket.from <= time)
            && after.is_none_or(|after| after.folder > folder || time < after.from)
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

    /// Adds the counts of some folders. Those by level are taken this many times; see
    /// [`Streams::weights`](crate::streams::Streams::weights).
    pub(crate) fn add(&mut self, other: Self, weight: i64) {
        for theirs in other.buckets {
            let index = self
                .buckets
                .binary_search_by_key(&(theirs.folder, theirs.from), |bucket| {
                    (bucket.folder, bucket.from)
                });
            let Some(ours) = index.ok().and_then(|index| self.buckets.get_mut(index)) else {
                continue;
            };
            for (ours, theirs) in [
                (&mut ours.lines, &theirs.lines),
                (&mut ours.errors, &theirs.errors),
                (&mut ours.hits, &theirs.hits),
            ] {
                if ours.len() < theirs.len() {
                    ours.resize(theirs.len(), 0);
                }
                for (ours, theirs) in ours.iter_mut().zip(theirs) {
                    *ours += theirs;
                }
            }
            for (ours, theirs) in ours.levels.iter_mut().zip(&theirs.levels) {
                *ours += theirs * weight;
            }
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

/// Returns the start of a record near the middle of a block. `None` if there is only one record.
fn middle(block: &[u8], begin: u64, reader: &mut LineReader<'_>) -> Option<usize> {
    let middle = middle_line(block)?;
    let mut start = middle;
    for line in lines(&block[middle..]).take(MOST_LINES) {
        if reader.is_beginning(line, begin + start as u64) {
            return Some(start);
        }
        start += line.len() + 1;
    }
    let mut begins_record = |line: &[u8], at| reader.is_beginning(line, at);
    match last_record(&block[..middle], begin, &mut begins_record) {
        Some(start) => (start > 0).then_some(start),
        // Nothing tells where records begin.
        None => Some(middle),
    }
}

/// Returns the line start nearest to the middle of a block.
fn middle_line(block: &[u8]) -> Option<usize> {
    let inner = &block[..block.len().saturating_sub(1)];
    let half = block.len() / 2;
    let after = memchr::memchr(b'\n', inner.get(half..)?).map(|end| half + end + 1);
    after.or_else(|| memchr::memrchr(b'\n', &block[..half]).map(|end| end + 1))
}

//! Which lines of a mirror are copies.
//!
//! A line of a mirror is a copy if an equal one was read of a stream that is mirrored into it, and
//! no other line was its copy. The writer writes a stream before its mirrors, and files are looked
//! at in the opposite order. So the line that was copied is always read first.

use std::collections::{HashMap, VecDeque};

use chrono::{DateTime, Utc};
use twox_hash::XxHash64;

use crate::{
    formats::line_text,
    record::{Copied, without_added},
};

#[cfg(test)]
mod tests;

/// The most lines whose copies are waited for. Copies of earlier ones do not come any more: their
/// writer has ended in between.
const MOST_EXPECTED: usize = if cfg!(test) { 64 } else { 1 << 14 };

/// With so many lines of one time, the mirror is read before more of the mirrored stream.
const ENOUGH_EXPECTED: usize = MOST_EXPECTED / 4;

/// The lines whose copies are still to come in a mirror.
#[derive(Debug, Default)]
pub(super) struct ExpectedCopies {
    /// How many copies of each line are to come, by its hash.
    counts: HashMap<u64, u32>,
    /// The hashes in their order, with some whose copies have come.
    order: VecDeque<u64>,
    /// How many copies are to come.
    length: usize,
    /// The time of the last line, and how many more lines than copies of that time were read.
    latest: (Option<DateTime<Utc>>, usize),
}

impl ExpectedCopies {
    /// Goes on with lines that were kept: what [`hashes`](Self::hashes) and
    /// [`latest`](Self::latest) returned.
    pub(super) fn of(hashes: &[u64], latest: Option<(DateTime<Utc>, usize)>) -> Self {
        let mut copies = Self::default();
        for hash in hashes {
            copies.add(*hash, None);
        }
        copies.latest = match latest {
            Some((time, lines)) => (Some(time), lines),
            None => (None, 0),
        };
        copies
    }

    /// Returns the time of the last line, and how many more lines than copies of that time were
    /// read.
    pub(super) fn latest(&self) -> Option<(DateTime<Utc>, usize)> {
        Some((self.latest.0?, self.latest.1))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Returns whether the mirror is to be read before more lines of this time.
    pub(super) fn is_full(&self, time: DateTime<Utc>) -> bool {
        self.latest.0 == Some(time) && self.latest.1 >= ENOUGH_EXPECTED
    }

    /// Adds a line of this time that was read.
    pub(super) fn add(&mut self, hash: u64, time: Option<DateTime<Utc>>) {
        if self.latest.0 != time {
            self.latest = (time, 0);
        }
        self.latest.1 += 1;
        if self.length >= MOST_EXPECTED {
            while let Some(oldest) = self.order.pop_front()
                && !self.take(oldest)
            {}
        }
        if self.order.len() >= 2 * MOST_EXPECTED {
            self.order = self.hashes().into();
        }
        *self.counts.entry(hash).or_default() += 1;
        self.order.push_back(hash);
        self.length += 1;
    }

    /// Takes out a line whose copy was read. Returns whether it was there.
    pub(super) fn take(&mut self, hash: u64) -> bool {
        let Some(count) = self.counts.get_mut(&hash) else {
            return false;
        };
        *count -= 1;
        if *count == 0 {
            self.counts.remove(&hash);
        }
        self.length -= 1;
        self.latest.1 = self.latest.1.saturating_sub(1);
        if self.length == 0 {
            self.order.clear();
        }
        true
    }

    /// Returns the lines whose copies are still to come, in their order.
    pub(super) fn hashes(&self) -> Vec<u64> {
        let mut left = self.counts.clone();
        // The last of equal ones are still to come.
        let is_left = |hash: &&u64| match left.get_mut(hash) {
            Some(count) if *count > 0 => {
                *count -= 1;
                true
            }
            _ => false,
        };
        let mut hashes: Vec<u64> = self.order.iter().rev().filter(is_left).copied().collect();
        hashes.reverse();
        hashes
    }
}

/// Returns the hash of what a line and its copies have in common. It is the same in all versions.
pub(super) fn hash_of_copied(line: &[u8], time: Option<DateTime<Utc>>, is_unlike: bool) -> u64 {
    if !is_unlike {
        return XxHash64::oneshot(0, without_added(line));
    }
    let text = line_text(line);
    let copied = Copied::of(&text);
    let time = time.map_or(0, |time| time.timestamp_nanos_opt().unwrap_or_default());
    let level = copied.level.map_or(0, |level| level as u64);
    XxHash64::oneshot(time.cast_unsigned() ^ level, copied.message().as_bytes())
}

/// Returns the stream that a JSON line says it was logged to, also in a file it was mirrored to.
pub(super) fn stream_of_json(line: &[u8]) -> Option<&[u8]> {
    const MEMBER: &[u8] = br#""stream":""#;
    // Quotes within values have a backslash.
    let at = memchr::memmem::find(line, MEMBER)? + MEMBER.len();
    let name = line.get(at..)?;
    name.get(..memchr::memchr(b'"', name)?)
}

/// Returns the hash of the bytes before an offset.
pub(super) fn hash_of_bytes(bytes: &[u8]) -> u64 {
    XxHash64::oneshot(0, bytes)
}

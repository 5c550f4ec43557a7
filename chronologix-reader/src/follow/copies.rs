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
    streams::StreamId,
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
    /// The copies of each line that are to come, by its hash.
    lines: HashMap<u64, ExpectedLine>,
    /// The hashes in their order, with some whose copies have come.
    order: VecDeque<u64>,
    /// How many copies are to come.
    length: usize,
    /// The time of the last line, and how many more lines than copies of that time were read.
    latest: (Option<DateTime<Utc>>, usize),
}

/// The copies of equal lines.
#[derive(Clone, Copy, Debug)]
struct ExpectedLine {
    copies: u32,
    original: OriginalStream,
}

/// The stream that was copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OriginalStream {
    One(StreamId),
    Several,
    /// The line was read before the follower went on by its cursor.
    Unknown,
}

impl ExpectedCopies {
    /// Goes on with lines that were kept: what [`hashes`](Self::hashes) and
    /// [`latest`](Self::latest) returned.
    pub(super) fn of(hashes: &[u64], latest: Option<(DateTime<Utc>, usize)>) -> Self {
        let mut copies = Self::default();
        for hash in hashes {
            copies.add(*hash, None, None);
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

    /// Returns how many copies of a line are still to come.
    pub(super) fn copies_of(&self, hash: u64) -> u32 {
        self.lines.get(&hash).map_or(0, |line| line.copies)
    }

    /// Returns whether the copy of the `last` line that was read of a stream is certainly still to
    /// come. Copies come in the order of the stream, so nothing that comes before it is a copy of
    /// lines that follow. The line may be a copy as well, of a stream that `is_copied` into that
    /// one, which itself waits for so many equal ones `behind` it.
    pub(super) fn awaits(
        &self,
        last: u64,
        is_copied: impl Fn(StreamId) -> bool,
        behind: u32,
    ) -> bool {
        let line = self.lines.get(&last).filter(|line| line.copies > behind);
        line.is_some_and(|line| match line.original {
            OriginalStream::One(original) => is_copied(original),
            OriginalStream::Several => false,
            OriginalStream::Unknown => true,
        })
    }

    /// Adds a line of this time that was read of a stream, if that is known.
    pub(super) fn add(&mut self, hash: u64, time: Option<DateTime<Utc>>, stream: Option<StreamId>) {
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
        let original = stream.map_or(OriginalStream::Unknown, OriginalStream::One);
        let line = self.lines.entry(hash).or_insert(ExpectedLine {
            copies: 0,
            original,
        });
        line.copies += 1;
        if line.original != original {
            line.original = OriginalStream::Several;
        }
        self.order.push_back(hash);
        self.length += 1;
    }

    /// Takes out a line whose copy was read. Returns whether it was there.
    pub(super) fn take(&mut self, hash: u64) -> bool {
        let Some(line) = self.lines.get_mut(&hash) else {
            return false;
        };
        line.copies -= 1;
        if line.copies == 0 {
            self.lines.remove(&hash);
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
        let mut left = self.lines.clone();
        // The last of equal ones are still to come.
        let is_left = |hash: &&u64| match left.get_mut(hash) {
            Some(line) if line.copies > 0 => {
                line.copies -= 1;
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

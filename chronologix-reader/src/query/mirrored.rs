//! Which lines of a folder are copies of others, by its mirrors.
//!
//! A copy is a line of a mirror that equals one of the mirrored stream, in the same folder. The
//! lines are kept as hashes, because there can be many. A line that stands there twice has two
//! copies, so each is counted.
//!
//! The streams that are mirrored are read first, their mirrors last.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    hash::BuildHasher as _,
};

use chrono::{DateTime, Utc};
use foldhash::fast::RandomState;

use super::stream_files::StreamFiles;
use crate::{
    formats::line_text,
    record::{Copied, without_added},
    streams::{StreamId, Streams},
};

/// The most bytes of mirrored streams in a folder. More would need too much memory.
pub(super) const MOST_MIRRORED: u64 = if cfg!(test) { 1 << 10 } else { 64 << 20 };

/// The mirrors among the streams of a folder.
pub(super) struct FolderMirrors {
    /// The mirrors of each stream that has some here.
    targets: BTreeMap<StreamId, Vec<StreamId>>,
    /// The lines whose copies are still to come, by mirror.
    expected: BTreeMap<StreamId, Mirrored>,
    /// The streams whose copies are lines of another shape.
    unlike: BTreeSet<StreamId>,
    hasher: RandomState,
}

/// A stream that is read, beside its mirrors.
pub(super) struct MirroredStream<'a> {
    /// The lines of which it has copies.
    copies: Option<Mirrored>,
    targets: &'a [StreamId],
    expected: &'a mut BTreeMap<StreamId, Mirrored>,
    /// Whether its copies are lines of another shape.
    is_unlike: bool,
    hasher: &'a RandomState,
}

/// Lines whose copies are still to come.
#[derive(Debug, Default)]
struct Mirrored {
    /// How many have not been found in the mirror, by the hash of the line.
    lines: HashMap<u64, u32, RandomState>,
    /// Which levels they have. Lines of others need no hash.
    levels: [bool; 7],
}

impl FolderMirrors {
    /// Finds which of these streams are mirrored into others of them.
    pub(super) fn of(found: &[StreamFiles], streams: &Streams) -> Self {
        let ids: BTreeSet<StreamId> = found.iter().map(StreamFiles::stream).collect();
        let targets_of = |source: StreamId| {
            let mirrors = streams.mirrors(source).iter().copied();
            let others = mirrors.filter(|target| *target != source && ids.contains(target));
            (source, others.collect::<Vec<_>>())
        };
        let targets = ids.iter().map(|source| targets_of(*source));
        let is_unlike = |stream: &StreamId| streams.has_unlike_copies(*stream);
        Self {
            unlike: ids.iter().copied().filter(is_unlike).collect(),
            targets: targets.filter(|(_, targets)| !targets.is_empty()).collect(),
            expected: BTreeMap::new(),
            hasher: RandomState::default(),
        }
    }

    /// Puts the mirrors behind the streams that they have copies of.
    pub(super) fn sort(&self, found: &mut [StreamFiles]) {
        found.sort_by_key(|files| self.is_mirror(files.stream()));
    }

    /// Returns whether hashes cannot tell the copies of a stream: it is too large, or it is itself
    /// a mirror.
    pub(super) fn needs_order(&self, files: &StreamFiles) -> bool {
        let stream = files.stream();
        let bytes: u64 = files.parts().iter().map(|part| part.length).sum();
        self.targets.contains_key(&stream) && (bytes > MOST_MIRRORED || self.is_mirror(stream))
    }

    /// Begins to read a stream.
    pub(super) fn stream(&mut self, stream: StreamId) -> MirroredStream<'_> {
        MirroredStream {
            copies: self.expected.remove(&stream),
            targets: self.targets.get(&stream).map_or(&[], Vec::as_slice),
            expected: &mut self.expected,
            is_unlike: self.unlike.contains(&stream),
            hasher: &self.hasher,
        }
    }

    fn is_mirror(&self, stream: StreamId) -> bool {
        let mut targets = self.targets.values();
        targets.any(|targets| targets.contains(&stream))
    }
}

/// Returns whether one of these streams is mirrored into another one.
pub(super) fn has_mirrors(found: &[StreamFiles], streams: &Streams) -> bool {
    !FolderMirrors::of(found, streams).targets.is_empty()
}

impl MirroredStream<'_> {
    /// Returns whether it neither has mirrors nor copies.
    pub(super) fn is_alone(&self) -> bool {
        self.copies.is_none() && self.targets.is_empty()
    }

    /// Returns whether a line is a copy, by its time and the index of its level. Its own copies are
    /// expected from now on.
    pub(super) fn is_copy(
        &mut self,
        line: &[u8],
        time: Option<DateTime<Utc>>,
        level: usize,
    ) -> bool {
        if self.is_unlike {
            return !self.is_alone() && self.is_unlike_copy(&line_text(line), time);
        }
        let copies = self.copies.as_ref();
        let copies = copies.filter(|copies| copies.levels[level]);
        if copies.is_none() && self.targets.is_empty() {
            return false;
        }
        let hash = self.hasher.hash_one(without_added(line));
        self.pass_on(hash, level)
    }

    fn is_unlike_copy(&mut self, line: &str, time: Option<DateTime<Utc>>) -> bool {
        let copied = Copied::of(line);
        let hash = self.hasher.hash_one((time, copied.level, copied.message()));
        self.pass_on(hash, copied.level.map_or(0, |level| level as usize))
    }

    /// Takes out a copy, and expects those of the line.
    fn pass_on(&mut self, hash: u64, level: usize) -> bool {
        for target in self.targets {
            self.expected.entry(*target).or_default().add(hash, level);
        }
        let copies = self.copies.as_mut();
        copies.is_some_and(|copies| copies.take(hash))
    }
}

impl Mirrored {
    /// Adds a line of the mirrored stream.
    fn add(&mut self, hash: u64, level: usize) {
        *self.lines.entry(hash).or_default() += 1;
        self.levels[level] = true;
    }

    /// Takes out a line, if it is there.
    fn take(&mut self, hash: u64) -> bool {
        let left = self.lines.get_mut(&hash).filter(|left| **left > 0);
        let is_there = left.is_some();
        if let Some(left) = left {
            *left -= 1;
        }
        is_there
    }
}

//! Lines of mirrored streams, to tell their copies in the mirrors.
//!
//! A copy is a line of a mirror that equals one of the mirrored stream, in the same folder. The
//! lines are kept as hashes, because there can be many. A line that stands there twice has two
//! copies, so each is counted.
//!
//! The streams that are mirrored are read first, their mirrors last.

use std::collections::HashMap;

/// Lines whose copies are still to come.
#[derive(Debug, Default)]
pub(super) struct Mirrored {
    /// How many have not been found in the mirror, by the hash of the line.
    lines: HashMap<u64, u32>,
    /// Which levels they have. Lines of others need no hash.
    levels: [bool; 7],
}

impl Mirrored {
    /// Adds a line of the mirrored stream.
    pub(super) fn add(&mut self, hash: u64, level: usize) {
        *self.lines.entry(hash).or_default() += 1;
        self.levels[level] = true;
    }

    /// Returns whether a line of this level can be a copy.
    pub(super) fn has_level(&self, level: usize) -> bool {
        self.levels[level]
    }

    /// Takes out a line, if it is there.
    pub(super) fn take(&mut self, hash: u64) -> bool {
        let left = self.lines.get_mut(&hash).filter(|left| **left > 0);
        let is_there = left.is_some();
        if let Some(left) = left {
            *left -= 1;
        }
        is_there
    }
}

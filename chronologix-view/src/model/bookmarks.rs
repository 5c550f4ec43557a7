//! Lines that somebody wants to find again.

use std::collections::BTreeSet;

use super::Model;
use crate::{line::Key, query::Direction};

/// The marked lines, by their keys.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct Bookmarks(BTreeSet<Key>);

impl Bookmarks {
    /// Marks a line, or takes its mark away.
    pub(crate) fn toggle(&mut self, key: Key) {
        if !self.0.remove(&key) {
            self.0.insert(key);
        }
    }

    /// Whether the line is marked.
    pub(crate) fn contains(&self, key: Key) -> bool {
        self.0.contains(&key)
    }

    /// The nearest mark on one side of a line; from the end on, the first of the other side.
    pub(crate) fn next(&self, key: Key, direction: Direction) -> Option<Key> {
        let found = match direction {
            Direction::Newer => self.0.iter().find(|mark| **mark > key).or(self.0.first()),
            Direction::Older => self.0.iter().rfind(|mark| **mark < key).or(self.0.last()),
        };
        found.copied()
    }

    /// All marks, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Key> + '_ {
        self.0.iter().copied()
    }
}

impl FromIterator<Key> for Bookmarks {
    fn from_iter<T: IntoIterator<Item = Key>>(keys: T) -> Self {
        Self(keys.into_iter().collect())
    }
}

impl Model {
    /// The keys of the rows that are selected, first and last.
    pub(crate) fn selection(&self) -> Option<std::ops::RangeInclusive<Key>> {
        let anchor = self.anchor?;
        let cursor = self.cursor()?.key;
        Some(anchor.min(cursor)..=anchor.max(cursor))
    }
}

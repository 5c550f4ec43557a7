//! Bookmarks and the selection.

use std::collections::BTreeSet;

use super::Model;
use crate::{line::Key, query::Direction};

/// The bookmarked lines, by key.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct Bookmarks(BTreeSet<Key>);

impl Bookmarks {
    /// Adds or removes the bookmark of a line.
    pub(crate) fn toggle(&mut self, key: Key) {
        if !self.0.remove(&key) {
            self.0.insert(key);
        }
    }

    /// Returns whether the line has a bookmark.
    pub(crate) fn contains(&self, key: Key) -> bool {
        self.0.contains(&key)
    }

    /// Returns whether no line has a bookmark.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the nearest bookmark on one side of a line. Continues from the other end.
    pub(crate) fn next(&self, key: Key, direction: Direction) -> Option<Key> {
        let found = match direction {
            Direction::Newer => self.0.iter().find(|mark| **mark > key).or(self.0.first()),
            Direction::Older => self.0.iter().rfind(|mark| **mark < key).or(self.0.last()),
        };
        found.copied()
    }

    /// Iterates over all bookmarks, in order.
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
    /// Returns the keys of the selected rows.
    pub(crate) fn selection(&self) -> Option<std::ops::RangeInclusive<Key>> {
        let anchor = self.anchor?;
        let cursor = self.cursor()?.key;
        Some(anchor.min(cursor)..=anchor.max(cursor))
    }
}

//! A gap buffer: cheap to insert at both ends, and where the last insertion was.
//!
//! If timestamps have whole seconds, the lines of a stream come before those that other streams
//! wrote in the same second. They arrive in batches: the gap moves once for each batch, instead of
//! the rows once for each line.

use std::{cmp::Ordering, collections::VecDeque};

#[cfg(test)]
mod tests;

/// A sequence with a gap in it.
#[derive(Debug)]
pub(super) struct GapBuffer<T> {
    before: VecDeque<T>,
    after: VecDeque<T>,
}

impl<T> GapBuffer<T> {
    /// Returns an empty buffer.
    pub(super) const fn new() -> Self {
        Self {
            before: VecDeque::new(),
            after: VecDeque::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.before.len() + self.after.len()
    }

    pub(super) fn get(&self, index: usize) -> Option<&T> {
        match index.checked_sub(self.before.len()) {
            None => self.before.get(index),
            Some(index) => self.after.get(index),
        }
    }

    pub(super) fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        match index.checked_sub(self.before.len()) {
            None => self.before.get_mut(index),
            Some(index) => self.after.get_mut(index),
        }
    }

    pub(super) fn back(&self) -> Option<&T> {
        self.after.back().or_else(|| self.before.back())
    }

    /// Returns the number of leading items for which `is_so` holds. It must hold for none after
    /// them.
    pub(super) fn partition_point(&self, is_so: impl Fn(&T) -> bool) -> usize {
        match self.after.front() {
            Some(first) if is_so(first) => self.before.len() + self.after.partition_point(is_so),
            _ => self.before.partition_point(is_so),
        }
    }

    /// Returns the index of an item that is `Equal` by `order`. The items must be sorted by it.
    pub(super) fn position(&self, order: impl Fn(&T) -> Ordering) -> Option<usize> {
        let index = self.partition_point(|item| order(item).is_lt());
        self.get(index)
            .is_some_and(|item| order(item).is_eq())
            .then_some(index)
    }

    /// Inserts an item before the one at `index`.
    pub(super) fn insert(&mut self, index: usize, item: T) {
        if index == self.len() && !self.after.is_empty() {
            return self.after.push_back(item);
        }
        self.move_gap(index);
        self.before.push_back(item);
    }

    pub(super) fn push_front(&mut self, item: T) {
        self.before.push_front(item);
    }

    pub(super) fn pop_front(&mut self) -> Option<T> {
        self.before.pop_front().or_else(|| self.after.pop_front())
    }

    pub(super) fn pop_back(&mut self) -> Option<T> {
        self.after.pop_back().or_else(|| self.before.pop_back())
    }

    /// Removes the item at `index`.
    pub(super) fn remove(&mut self, index: usize) -> Option<T> {
        self.move_gap(index);
        self.after.pop_front()
    }

    fn move_gap(&mut self, index: usize) {
        while self.before.len() > index
            && let Some(item) = self.before.pop_back()
        {
            self.after.push_front(item);
        }
        while self.before.len() < index
            && let Some(item) = self.after.pop_front()
        {
            self.before.push_back(item);
        }
    }
}

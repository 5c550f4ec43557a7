//! The scroll position of a pane.
//!
//! Row numbers never change, so a number means the same row after older rows were dropped.

#[cfg(test)]
mod tests;

/// The scroll position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum Scroll {
    /// The newest row stays on screen.
    #[default]
    Following,
    /// The rows stand still.
    Held(Held),
}

/// A position at which the rows stand still.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Held {
    /// The row at the top of the screen.
    pub(crate) top: u64,
    /// The row at the cursor.
    pub(crate) cursor: u64,
    /// The end of the rows that have been shown. Rows after it are new.
    pub(crate) shown: u64,
    /// The number of new rows that pass the filter.
    pub(crate) new: u64,
    /// The number of errors among them.
    pub(crate) new_errors: u64,
}

impl Scroll {
    /// Returns the position, if the rows stand still.
    pub(crate) fn held(self) -> Option<Held> {
        match self {
            Self::Following => None,
            Self::Held(held) => Some(held),
        }
    }

    /// Keeps the same rows on screen after a row was inserted at `at`.
    pub(super) fn inserted(&mut self, at: u64) {
        if let Self::Held(held) = self {
            for place in [&mut held.top, &mut held.cursor, &mut held.shown] {
                *place += u64::from(at < *place);
            }
        }
    }

    /// Keeps the same rows on screen after row `at` was removed.
    pub(super) fn removed(&mut self, at: u64) {
        if let Self::Held(held) = self {
            for place in [&mut held.top, &mut held.cursor, &mut held.shown] {
                *place -= u64::from(at < *place);
            }
        }
    }

    /// Adjusts to dropped rows: `first..end` are left.
    pub(super) fn trimmed(&mut self, first: u64, end: u64) {
        if let Self::Held(held) = self
            && held.top < first
        {
            held.top = first;
            held.cursor = held.cursor.max(first);
            // Dropped rows cannot be shown. The rows after them take their place.
            (held.shown, held.new, held.new_errors) = (end, 0, 0);
        }
    }

    /// Counts a new row at `at` that passes the filter.
    pub(super) fn came(&mut self, at: u64, is_error: bool) {
        if let Self::Held(held) = self
            && at >= held.shown
        {
            held.new += 1;
            held.new_errors += u64::from(is_error);
        }
    }
}

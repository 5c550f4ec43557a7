//! Where a reader is in a pane, and whether the newest rows are followed.
//!
//! Rows are counted from the first the viewer ever read, so a number means the same row after
//! older ones were given up.

#[cfg(test)]
mod tests;

/// The position in a pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum Scroll {
    /// The last row is on screen and stays there.
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
    /// The row the reader points at.
    pub(crate) cursor: u64,
    /// The end of the rows the reader was shown so far; those after it are the new ones.
    pub(crate) shown: u64,
    /// Rows that came since and are to be seen.
    pub(crate) new: u64,
    /// Those of them that are errors.
    pub(crate) new_errors: u64,
}

impl Scroll {
    /// The position, if the rows stand still.
    pub(crate) fn held(self) -> Option<Held> {
        match self {
            Self::Following => None,
            Self::Held(held) => Some(held),
        }
    }

    /// Keeps the same rows on screen when one was put in before row `at`.
    pub(super) fn inserted(&mut self, at: u64) {
        if let Self::Held(held) = self {
            for place in [&mut held.top, &mut held.cursor, &mut held.shown] {
                *place += u64::from(at < *place);
            }
        }
    }

    /// Keeps the same rows on screen when row `at` was taken out.
    pub(super) fn removed(&mut self, at: u64) {
        if let Self::Held(held) = self {
            for place in [&mut held.top, &mut held.cursor, &mut held.shown] {
                *place -= u64::from(at < *place);
            }
        }
    }

    /// Rows before `first` were given up; `end` is the end of those that are left.
    pub(super) fn trimmed(&mut self, first: u64, end: u64) {
        if let Self::Held(held) = self
            && held.top < first
        {
            held.top = first;
            held.cursor = held.cursor.max(first);
            // Rows that were given up cannot be shown; those after them take their place.
            (held.shown, held.new, held.new_errors) = (end, 0, 0);
        }
    }

    /// A row that is to be seen came at `at`.
    pub(super) fn came(&mut self, at: u64, is_error: bool) {
        if let Self::Held(held) = self
            && at >= held.shown
        {
            held.new += 1;
            held.new_errors += u64::from(is_error);
        }
    }
}

//! Which rows of a pane are on screen, and whether it follows the newest.
//!
//! Rows are counted from the first the viewer ever read, so a number means the same row after
//! older ones were given up.

use std::ops::Range;

/// The position in a pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum Scroll {
    /// The last row is on screen and stays there.
    #[default]
    Following,
    /// The rows stand still.
    Held {
        /// The row at the top of the screen.
        top: u64,
        /// The end of the rows the reader was shown so far; those after it are the new ones.
        shown: u64,
    },
}

impl Scroll {
    /// The rows to draw, of those that exist, on a page of so many.
    pub(crate) fn visible(self, rows: &Range<u64>, page: u64) -> Range<u64> {
        match self {
            Self::Following => rows.end.saturating_sub(page).max(rows.start)..rows.end,
            Self::Held { top, shown } => {
                // Rows that were given up cannot be shown; those after them take their place.
                let shown = if top < rows.start { rows.end } else { shown };
                let top = top.max(rows.start);
                top..(top + page).min(shown).max(top)
            }
        }
    }

    /// How many rows came since the rows stand still.
    pub(crate) fn waiting(self, rows: &Range<u64>) -> u64 {
        match self {
            Self::Following => 0,
            Self::Held { shown, .. } => rows.end.saturating_sub(shown),
        }
    }

    /// Lets the rows stand still as they are.
    pub(crate) fn hold(&mut self, rows: &Range<u64>, page: u64) {
        if *self == Self::Following {
            *self = Self::Held {
                top: self.visible(rows, page).start,
                shown: rows.end,
            };
        }
    }

    /// Moves towards older rows.
    pub(crate) fn up(&mut self, by: u64, rows: &Range<u64>, page: u64) {
        let visible = self.visible(rows, page);
        let top = visible.start.saturating_sub(by).max(rows.start);
        if top < visible.start {
            let shown = if let Self::Held { shown, .. } = *self {
                shown
            } else {
                rows.end
            };
            *self = Self::Held { top, shown };
        }
    }

    /// Moves towards newer rows; following resumes at the end.
    pub(crate) fn down(&mut self, by: u64, rows: &Range<u64>, page: u64) {
        let Self::Held { shown, .. } = *self else {
            return;
        };
        let top = self.visible(rows, page).start.saturating_add(by);
        *self = if top.saturating_add(page) >= rows.end {
            Self::Following
        } else {
            Self::Held {
                top,
                shown: shown.max(top + page),
            }
        };
    }

    /// Keeps the same rows on screen when one was put in before row `at`.
    pub(crate) fn inserted(&mut self, at: u64) {
        if let Self::Held { top, shown } = self {
            *top += u64::from(at < *top);
            *shown += u64::from(at < *shown);
        }
    }

    /// Keeps the same rows on screen when row `at` was taken out.
    pub(crate) fn removed(&mut self, at: u64) {
        if let Self::Held { top, shown } = self {
            *top -= u64::from(at < *top);
            *shown -= u64::from(at < *shown);
        }
    }
}

#[cfg(test)]
mod tests;

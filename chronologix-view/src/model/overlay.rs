//! Overlays over the lines, and the prompt below them.

use crate::{
    model::{input::Input, scroll::Scroll},
    query::{Direction, LineRegex, Top},
};

/// An overlay over the lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Overlay {
    /// The keys, narrowed down by what is typed.
    Help {
        /// The typed text.
        input: Input,
        /// The first visible row.
        top: usize,
    },
    /// The command palette.
    Palette {
        /// The typed text.
        input: Input,
        /// The selected action.
        selected: usize,
    },
    /// The list of filters.
    Filters {
        /// The selected filter.
        selected: usize,
    },
    /// The fields that can stand in columns of their own.
    Columns {
        /// The columns in their order, then other fields.
        names: Vec<String>,
        /// The selected field.
        selected: usize,
    },
    /// The answer to a question about all records.
    Top {
        /// The question.
        top: Top,
        /// The selected row.
        selected: usize,
    },
    /// The record at the cursor in full.
    Detail {
        /// Which rows are visible.
        place: DetailPlace,
        /// The selected field.
        field: usize,
    },
}

/// Which rows of the details are visible. How many there are depends on the width of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DetailPlace {
    /// Those from this one on.
    FromStart(usize),
    /// Those up to so many before the last.
    FromEnd(usize),
}

impl DetailPlace {
    /// Returns the place so many rows down.
    pub(crate) fn down(self, rows: usize) -> Self {
        match self {
            Self::FromStart(top) => Self::FromStart(top.saturating_add(rows)),
            Self::FromEnd(left) => Self::FromEnd(left.saturating_sub(rows)),
        }
    }

    /// Returns the place so many rows up.
    pub(crate) fn up(self, rows: usize) -> Self {
        match self {
            Self::FromStart(top) => Self::FromStart(top.saturating_sub(rows)),
            Self::FromEnd(left) => Self::FromEnd(left.saturating_add(rows)),
        }
    }

    /// Returns the first visible of some rows, where so many are visible at once.
    pub(crate) fn first_row(self, rows: usize, visible: usize) -> usize {
        let last = rows.saturating_sub(visible);
        match self {
            Self::FromStart(top) => top.min(last),
            Self::FromEnd(left) => last.saturating_sub(left),
        }
    }
}

/// The purpose of a prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Purpose {
    /// Search towards newer lines.
    Search,
    /// Search towards older lines.
    SearchBack,
    /// Add a filter that shows only matching lines.
    Include,
    /// Add a filter that hides matching lines.
    Exclude,
    /// Add a filter by fields.
    Where,
    /// Highlight a pattern.
    Highlight,
    /// Count the values of a field.
    Count,
    /// Go to a time.
    Jump,
    /// Write lines to a file.
    Write,
}

/// A line that is typed at the bottom of the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Prompt {
    /// Its purpose.
    pub(crate) purpose: Purpose,
    /// The typed text.
    pub(crate) input: Input,
    /// What is wrong with it.
    pub(crate) problem: Option<String>,
    /// The scroll position before.
    pub(crate) scroll: Scroll,
    /// The search before.
    pub(crate) search: Option<LineRegex>,
    /// The filter that is edited, if it is not a new one.
    pub(crate) edited: Option<usize>,
    /// The position in the history of this purpose. 0 is the text being typed.
    pub(crate) recalled: usize,
    /// The names of fields that have been seen, if fields are asked for.
    pub(crate) names: Vec<String>,
    /// The name that was completed last, until another key is pressed.
    pub(crate) completion: Option<Completion>,
}

/// A name that is completed, and those that could stand in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Completion {
    /// Where the name begins.
    pub(crate) start: usize,
    /// All names that complete what was typed.
    pub(crate) names: Vec<String>,
    /// Which of them stands there.
    pub(crate) place: usize,
}

impl Purpose {
    /// Returns the label before the text.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Search => "search: ",
            Self::SearchBack => "search backward: ",
            Self::Include => "include: ",
            Self::Exclude => "exclude: ",
            Self::Where => "where: ",
            Self::Highlight => "highlight: ",
            Self::Count => "count values of: ",
            Self::Jump => "go to: ",
            Self::Write => "export to: ",
        }
    }

    /// Returns a hint that is shown while nothing is typed.
    pub(crate) fn hint(self) -> &'static str {
        match self {
            Self::Search | Self::SearchBack => "regex; enter: keep position, esc: go back",
            Self::Include | Self::Exclude => "regex; dimmed lines will be hidden",
            Self::Where => "status>=500 and not path~^/health; tab: names",
            Self::Highlight => "regex to highlight",
            Self::Count => "a field, level, stream or message; tab: names",
            Self::Jump => "14:02, -10m, +5m, 2025-05-04 14:02",
            Self::Write => "path of a new file (outside the log tree)",
        }
    }

    /// Returns whether the names of fields are typed.
    pub(crate) fn asks_for_fields(self) -> bool {
        matches!(self, Self::Where | Self::Count)
    }

    /// Returns the direction of a search.
    pub(crate) fn direction(self) -> Option<Direction> {
        match self {
            Self::Search => Some(Direction::Newer),
            Self::SearchBack => Some(Direction::Older),
            _ => None,
        }
    }
}

//! What lies over the lines, or is typed below them.

use crate::{
    model::{input::Input, scroll::Scroll},
    query::{Direction, Pattern},
};

/// What lies over the lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Overlay {
    /// The keys; what is typed narrows them down.
    Help {
        /// What is typed.
        input: Input,
        /// The first row of the list that is in sight.
        top: usize,
    },
    /// The actions, to find one by its name.
    Palette {
        /// What is typed.
        input: Input,
        /// The one that is chosen.
        selected: usize,
    },
    /// The filters, to switch them on and off.
    Filters {
        /// The one that is chosen.
        selected: usize,
    },
    /// The record at the cursor in full.
    Detail {
        /// The first row of it that is in sight.
        top: usize,
    },
}

/// What is typed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Purpose {
    /// To search towards newer lines.
    Search,
    /// To search towards older lines.
    SearchBack,
    /// To see only lines that match.
    Keep,
    /// To see no lines that match.
    Drop,
    /// To colour what matches.
    Highlight,
    /// To go to a time.
    Jump,
    /// To write lines to a file.
    Write,
}

/// A line that is being typed below the lines of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Prompt {
    /// What for.
    pub(crate) purpose: Purpose,
    /// What is typed.
    pub(crate) input: Input,
    /// What is wrong with it.
    pub(crate) problem: Option<String>,
    /// Where the reader was before.
    pub(crate) scroll: Scroll,
    /// What was searched for before.
    pub(crate) search: Option<Pattern>,
    /// How far back in what was typed earlier for the same purpose; 0 is what is typed now.
    pub(crate) recalled: usize,
}

impl Purpose {
    /// What stands before the text.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Search => "search: ",
            Self::SearchBack => "search back: ",
            Self::Keep => "keep: ",
            Self::Drop => "drop: ",
            Self::Highlight => "highlight: ",
            Self::Jump => "go to: ",
            Self::Write => "write to: ",
        }
    }

    /// What may be typed, as long as nothing is.
    pub(crate) fn hint(self) -> &'static str {
        match self {
            Self::Search | Self::SearchBack => "a regular expression; enter stays, esc returns",
            Self::Keep | Self::Drop => "a regular expression; dimmed lines would go",
            Self::Highlight => "a regular expression to colour",
            Self::Jump => "14:02, -10m, +5m, 2025-05-04 14:02",
            Self::Write => "a file that does not exist, outside the tree",
        }
    }

    /// To which side is searched.
    pub(crate) fn direction(self) -> Option<Direction> {
        match self {
            Self::Search => Some(Direction::Newer),
            Self::SearchBack => Some(Direction::Older),
            _ => None,
        }
    }
}

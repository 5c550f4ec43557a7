//! Which lines are looked at.

use chronologix_core::{
    Level,
    layout::{parse_json_line, parse_text_line},
};

use super::pattern::Pattern;
use crate::streams::StreamId;

#[cfg(test)]
mod tests;

/// Streams, and which of their lines.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct View {
    /// These streams; none stands for all. Copies are folded among these alone.
    pub(crate) streams: Option<Vec<StreamId>>,
    /// These of their lines.
    pub(crate) filter: Filter,
}

/// Lines, by what they say.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct Filter {
    /// The least level. A line without a level has none that is high enough.
    pub(crate) least: Option<Level>,
    /// What a line must match, all of it.
    pub(crate) include: Vec<Pattern>,
    /// What a line must not match, none of it.
    pub(crate) exclude: Vec<Pattern>,
}

impl Filter {
    /// Whether every line is taken.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a line with this text is taken.
    pub(crate) fn takes(&self, text: &str) -> bool {
        self.include.iter().all(|pattern| pattern.is_match(text))
            && !self.exclude.iter().any(|pattern| pattern.is_match(text))
            && self.least.is_none_or(|least| level(text) >= Some(least))
    }
}

/// The level of a line, if it has one.
pub(crate) fn level(text: &str) -> Option<Level> {
    if text.starts_with('{') {
        return parse_json_line(text)?.level;
    }
    parse_text_line(text).level
}

//! Which lines are looked at.

use chronologix_schema::{
    Level,
    layout::{parse_json_line, parse_text_line},
};

use super::pattern::{Case, Pattern};
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

/// A filter, made ready to run over whole blocks of lines.
#[derive(Clone, Debug)]
pub(crate) struct BlockFilter {
    filter: Filter,
    /// What blocks without a line of the least level lack.
    levels: Option<Pattern>,
}

impl BlockFilter {
    /// Makes a filter ready.
    pub(crate) fn new(filter: Filter) -> Self {
        let levels = filter.least.and_then(|least| {
            let levels = Level::ALL.iter().filter(|level| **level >= least);
            let words: Vec<&str> = levels.map(|level| level.as_str()).collect();
            let words = words.join("|");
            let text = format!(r#"\] \[(?:{words})\] |"level"\s*:\s*"(?i:{words})""#);
            Pattern::new(&text, Case::Sensitive).ok()
        });
        Self { filter, levels }
    }

    /// Whether a line of the block may be taken; `false` is certain.
    pub(crate) fn may_take(&self, block: &[u8]) -> bool {
        let mut patterns = self.filter.include.iter().chain(&self.levels);
        patterns.all(|pattern| pattern.next_line(block, 0).is_some())
    }

    /// Whether a line with this text is taken.
    pub(crate) fn takes(&self, text: &str) -> bool {
        self.filter.takes(text)
    }
}

/// The level of a line, if it has one.
pub(crate) fn level(text: &str) -> Option<Level> {
    if text.starts_with('{') {
        return parse_json_line(text)?.level;
    }
    parse_text_line(text).level
}

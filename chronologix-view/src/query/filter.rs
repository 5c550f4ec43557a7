//! Which lines are shown or printed: by level, and by regular expressions.

use chronologix_schema::Level;

use super::pattern::{Case, Pattern};
use crate::{
    formats::LineFormat,
    line::LogLine,
    record::{self, BARE_LEVELS},
    streams::StreamId,
};

#[cfg(test)]
mod tests;

/// The streams of a query, and the filter of their lines.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct View {
    /// The streams, or `None` for all. Copies are folded among these only.
    pub(crate) streams: Option<Vec<StreamId>>,
    /// The filter.
    pub(crate) filter: Filter,
}

/// A rule that keeps or drops the lines that match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FilterRule {
    /// The pattern.
    pub(crate) pattern: Pattern,
    /// Whether lines must match. If not, lines that match are dropped.
    pub(crate) keeps: bool,
    /// Whether the rule is on.
    pub(crate) is_on: bool,
}

/// Selects lines by level and text. The screen, the queries and the plain output share it.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct Filter {
    /// A line must match all rules that keep, and none that drop.
    pub(crate) rules: Vec<FilterRule>,
    /// The lowest level. A line without a level is below all levels.
    least: Option<Level>,
    /// Matches in every block that has a line of `least` or higher.
    level_words: Option<Box<Pattern>>,
}

/// The result of a filter for a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum Verdict {
    /// It is not shown.
    #[default]
    Out,
    /// It is shown if it is in the context of a line that is kept.
    Near,
    /// It is shown.
    Kept,
}

impl FilterRule {
    /// Returns a rule that is on.
    pub(crate) fn new(pattern: Pattern, keeps: bool) -> Self {
        Self {
            pattern,
            keeps,
            is_on: true,
        }
    }

    /// Returns whether the line passes this rule.
    pub(crate) fn passes(&self, text: &str) -> bool {
        self.pattern.is_match(text) == self.keeps
    }

    /// Returns whether a line passes of which the bytes differ from the text.
    fn passes_raw(&self, text: &str, raw: &[u8]) -> bool {
        let is_match = self.pattern.is_match(text) || self.pattern.is_match_raw(raw);
        is_match == self.keeps
    }
}

impl Filter {
    /// Returns a filter of these rules, for lines of level `least` or higher.
    pub(crate) fn new(least: Option<Level>, rules: Vec<FilterRule>) -> Self {
        let mut filter = Self {
            rules,
            ..Self::default()
        };
        filter.set_least(least);
        filter
    }

    /// Returns the lowest level.
    pub(crate) fn least(&self) -> Option<Level> {
        self.least
    }

    /// Sets the lowest level.
    pub(crate) fn set_least(&mut self, least: Option<Level>) {
        self.least = least;
        self.level_words = least.and_then(|least| {
            let levels = BARE_LEVELS.into_iter().filter(|(_, level)| *level >= least);
            let words: Vec<&str> = levels.map(|(word, _)| word).collect();
            let words = words.join("|");
            let text = format!(r#"\] \[?(?:{words})\]? |"level"\s*:\s*"(?i:{words})""#);
            Pattern::new(&text, Case::Sensitive).ok().map(Box::new)
        });
    }

    /// Returns whether every line passes.
    pub(crate) fn is_clear(&self) -> bool {
        self.least.is_none() && self.active().next().is_none()
    }

    /// Returns whether lines that are not kept can still be shown as context.
    pub(crate) fn keeps_some(&self) -> bool {
        self.least.is_some() || self.active().any(|rule| rule.keeps)
    }

    /// Iterates over the rules that are on.
    pub(crate) fn active(&self) -> impl Iterator<Item = &FilterRule> {
        self.rules.iter().filter(|rule| rule.is_on)
    }

    /// Returns whether a line passes.
    pub(crate) fn takes(&self, line: &LogLine) -> bool {
        self.takes_text(&line.text, line.raw.as_deref(), line.format)
    }

    /// Returns whether a line with this text passes, and with these bytes if they differ.
    pub(crate) fn takes_text(
        &self,
        text: &str,
        raw: Option<&[u8]>,
        format: Option<LineFormat>,
    ) -> bool {
        let is_high = |least| record::level(text, format) >= Some(least);
        let passes = |rule: &FilterRule| match raw {
            None => rule.passes(text),
            Some(raw) => rule.passes_raw(text, raw),
        };
        self.active().all(passes) && self.least.is_none_or(is_high)
    }

    /// Returns whether a line of the block may pass; `false` is certain. Searches the block as a
    /// whole. Levels are looked for only where chronologix writes them.
    pub(crate) fn may_take(&self, block: &[u8], is_own: bool) -> bool {
        let kept = self.active().filter(|rule| rule.keeps);
        let levels = self.level_words.as_deref().filter(|_| is_own);
        let mut patterns = kept.map(|rule| &rule.pattern).chain(levels);
        patterns.all(|pattern| pattern.next_line(block, 0).is_some())
    }

    /// Returns the result for a line in a record of this level.
    pub(crate) fn judge(&self, text: &str, level: Option<Level>) -> Verdict {
        let is_admitted = self.least.is_none_or(|least| level >= Some(least));
        let mut verdict = if is_admitted {
            Verdict::Kept
        } else {
            Verdict::Near
        };
        for rule in self.active() {
            if !rule.passes(text) {
                if !rule.keeps {
                    return Verdict::Out;
                }
                verdict = Verdict::Near;
            }
        }
        verdict
    }
}

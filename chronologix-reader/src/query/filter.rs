//! Which lines are shown or printed: by level, by regular expressions, and by fields.

use std::sync::Arc;

use chronologix_schema::Level;

use super::{
    condition::Condition,
    line_regex::{Case, LineRegex},
    values::LineValues,
};
use crate::{
    formats::LineFormat,
    line::LogLine,
    patterns::Catalogue,
    record::{self, BARE_LEVELS},
    streams::{StreamId, StreamNames},
};

#[cfg(test)]
mod tests;

/// The streams of a query, and the filter of their lines.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct View {
    /// The streams, or `None` for all. Copies are folded among these only.
    pub streams: Option<Vec<StreamId>>,
    /// The filter.
    pub filter: Filter,
}

/// A rule that keeps or drops the lines that match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterRule {
    /// The pattern.
    pub regex: LineRegex,
    /// Whether lines must match. If not, lines that match are dropped.
    pub keeps: bool,
    /// Whether the rule is on.
    pub is_on: bool,
}

/// A rule that keeps or drops the records that a condition on their fields holds for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldRule {
    /// The condition.
    pub condition: Arc<Condition>,
    /// Whether it must hold. If not, records that it holds for are dropped.
    pub keeps: bool,
    /// Whether the rule is on.
    pub is_on: bool,
}

/// Selects lines by level and text. The screen, the queries and the plain output share it.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Filter {
    /// A line must match all rules that keep, and none that drop.
    pub rules: Vec<FilterRule>,
    /// The lowest level. A line without a level is below all levels.
    least: Option<Level>,
    /// What the fields of a line must be.
    pub fields: Vec<FieldRule>,
    /// Matches in every block that has a line of `least` or higher.
    level_words: Option<Box<LineRegex>>,
    /// A pattern that selects nothing, but whose matches are shown where a line is cut.
    pub search: Option<Box<LineRegex>>,
}

/// The result of a filter for a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Verdict {
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
    pub fn new(regex: LineRegex, keeps: bool) -> Self {
        Self {
            regex,
            keeps,
            is_on: true,
        }
    }

    /// Returns whether the line passes this rule.
    pub(crate) fn passes(&self, text: &str) -> bool {
        self.regex.is_match(text) == self.keeps
    }

    /// Returns whether a line passes of which the bytes differ from the text.
    fn passes_raw(&self, text: &str, raw: &[u8]) -> bool {
        let is_match = self.regex.is_match(text) || self.regex.is_match_raw(raw);
        is_match == self.keeps
    }

    /// Returns whether a record of these lines passes this rule.
    pub fn passes_record<'a>(&self, mut lines: impl Iterator<Item = &'a LogLine>) -> bool {
        let is_match = |line: &LogLine| {
            let raw = line.raw.as_deref();
            self.regex.is_match(&line.text)
                || raw.is_some_and(|raw| self.regex.is_match_raw(raw))
                || self.regex.is_match_beyond(line)
        };
        lines.any(is_match) == self.keeps
    }
}

impl FieldRule {
    /// Returns a rule that is on and keeps what a condition holds for.
    pub fn new(condition: Condition) -> Self {
        Self {
            condition: Arc::new(condition),
            keeps: true,
            is_on: true,
        }
    }

    /// Returns the condition that must hold.
    pub fn text(&self) -> String {
        if self.keeps {
            self.condition.text().to_owned()
        } else {
            self.condition.inverted_text()
        }
    }

    fn passes(&self, values: &LineValues<'_>, stream: StreamId) -> bool {
        self.condition.holds(values, Some(stream)) == self.keeps
    }

    /// Returns whether a record of these lines passes this rule.
    pub fn passes_record<'a>(&self, lines: impl Iterator<Item = &'a LogLine>) -> bool {
        values_of(lines).is_some_and(|(values, stream)| self.passes(&values, stream))
    }
}

/// Returns the values and the stream of a record of these lines, unless there are none.
fn values_of<'a>(
    mut lines: impl Iterator<Item = &'a LogLine>,
) -> Option<(LineValues<'a>, StreamId)> {
    let first = lines.next()?;
    let more = lines.map(|line| (&*line.text, line.format)).collect();
    let values = LineValues::new(&first.text, first.format).continued_by(more);
    Some((values, first.key.stream))
}

impl Filter {
    /// Returns a filter of these rules, for lines of level `least` or higher.
    pub fn new(least: Option<Level>, rules: Vec<FilterRule>) -> Self {
        let mut filter = Self {
            rules,
            ..Self::default()
        };
        filter.set_least(least);
        filter
    }

    /// Returns the lowest level.
    pub fn least(&self) -> Option<Level> {
        self.least
    }

    /// Sets the lowest level.
    pub fn set_least(&mut self, least: Option<Level>) {
        self.least = least;
        self.level_words = least.and_then(|least| {
            let levels = BARE_LEVELS.into_iter().filter(|(_, level)| *level >= least);
            let words: Vec<&str> = levels.map(|(word, _)| word).collect();
            let words = words.join("|");
            let text = format!(r#"\] \[?(?:{words})\]? |"level"\s*:\s*"(?i:{words})""#);
            LineRegex::new(&text, Case::Sensitive).ok().map(Box::new)
        });
    }

    /// Sets the names of streams, for a condition on the stream.
    #[must_use]
    pub fn with_streams(mut self, names: &StreamNames) -> Self {
        for rule in &mut self.fields {
            let condition = Condition::clone(&rule.condition);
            rule.condition = Arc::new(condition.with_streams(names.clone()));
        }
        self
    }

    /// Returns whether a condition asks for the pattern of a message.
    pub fn asks_for_pattern(&self) -> bool {
        let mut rules = self.fields.iter();
        rules.any(|rule| rule.condition.asks_for_pattern())
    }

    /// Sets the log statements that are known, for conditions on the pattern.
    #[must_use]
    pub fn with_statements(mut self, catalogue: &Arc<Catalogue>) -> Self {
        for rule in &mut self.fields {
            let condition = Condition::clone(&rule.condition);
            rule.condition = Arc::new(condition.with_statements(catalogue));
        }
        self
    }

    /// Iterates over the patterns that lines are looked for with: the search first.
    pub(crate) fn looked_for(&self) -> impl Iterator<Item = &LineRegex> {
        let kept = self.active().filter(|rule| rule.keeps);
        self.search
            .as_deref()
            .into_iter()
            .chain(kept.map(|rule| &rule.regex))
    }

    /// Returns whether every line passes.
    pub fn is_clear(&self) -> bool {
        self.least.is_none()
            && self.active().next().is_none()
            && self.active_fields().next().is_none()
    }

    /// Returns whether lines that are not kept can still be shown as context.
    pub(crate) fn keeps_some(&self) -> bool {
        self.least.is_some()
            || self.active().any(|rule| rule.keeps)
            || self.active_fields().any(|rule| rule.keeps)
    }

    /// Iterates over the rules that are on.
    pub fn active(&self) -> impl Iterator<Item = &FilterRule> {
        self.rules.iter().filter(|rule| rule.is_on)
    }

    /// Iterates over the rules about fields that are on.
    pub fn active_fields(&self) -> impl Iterator<Item = &FieldRule> {
        self.fields.iter().filter(|rule| rule.is_on)
    }

    /// Returns whether a record of one line passes.
    pub fn takes(&self, line: &LogLine) -> bool {
        self.takes_record(std::slice::from_ref(line))
    }

    /// Returns whether a line with this text passes, and with these bytes if they differ.
    pub fn takes_text(
        &self,
        text: &str,
        raw: Option<&[u8]>,
        format: Option<LineFormat>,
        stream: StreamId,
    ) -> bool {
        let is_high = |least| record::level(text, format) >= Some(least);
        let passes = |rule: &FilterRule| match raw {
            None => rule.passes(text),
            Some(raw) => rule.passes_raw(text, raw),
        };
        self.active().all(passes)
            && self.least.is_none_or(is_high)
            && self.passes_fields(&LineValues::new(text, format), stream)
    }

    /// Returns whether the format of a line must be known to filter it.
    pub(crate) fn needs_format(&self) -> bool {
        self.least.is_some() || self.active_fields().next().is_some()
    }

    /// Returns whether the fields of a line or a record are as they must be.
    fn passes_fields(&self, values: &LineValues<'_>, stream: StreamId) -> bool {
        let mut rules = self.active_fields();
        rules.all(|rule| rule.passes(values, stream))
    }

    /// Returns whether a record of these lines passes.
    pub(crate) fn takes_record(&self, lines: &[LogLine]) -> bool {
        let level = LogLine::level_of_record(lines);
        !lines.is_empty() && self.judge(&lines.iter(), level) == Verdict::Kept
    }

    /// Returns whether a record with this line cannot pass, whatever its other lines are.
    pub(crate) fn drops(&self, line: &LogLine) -> bool {
        let mut rules = self.active().filter(|rule| !rule.keeps);
        rules.any(|rule| !rule.passes_record(std::iter::once(line)))
    }

    /// Returns whether a line of the block may pass; `false` is certain. Searches the block as a
    /// whole. Levels are looked for only where chronologix writes them.
    pub(crate) fn may_take(&self, block: &[u8], is_own: bool) -> bool {
        let kept = self.active().filter(|rule| rule.keeps);
        let levels = self.level_words.as_deref().filter(|_| is_own);
        let mut patterns = kept.map(|rule| &rule.regex).chain(levels);
        patterns.all(|pattern| pattern.next_line(block, 0).is_some())
    }

    /// Returns the result for a record of this level with these lines.
    pub fn judge<'a>(
        &self,
        lines: &(impl Iterator<Item = &'a LogLine> + Clone),
        level: Option<Level>,
    ) -> Verdict {
        let is_admitted = self.least.is_none_or(|least| level >= Some(least));
        let mut verdict = if is_admitted {
            Verdict::Kept
        } else {
            Verdict::Near
        };
        for rule in self.active() {
            if !rule.passes_record(lines.clone()) {
                if !rule.keeps {
                    return Verdict::Out;
                }
                verdict = Verdict::Near;
            }
        }
        if self.active_fields().next().is_none() {
            return verdict;
        }
        let Some((values, stream)) = values_of(lines.clone()) else {
            return Verdict::Near;
        };
        for rule in self.active_fields() {
            if !rule.passes(&values, stream) {
                if !rule.keeps {
                    return Verdict::Out;
                }
                verdict = Verdict::Near;
            }
        }
        verdict
    }
}

/// Returns the level of a word in any case: a name, what other loggers call it, or the first
/// letter.
pub fn level_of_word(word: &str) -> Option<Level> {
    let level = match word.to_ascii_lowercase().as_str() {
        "t" | "trace" | "trc" | "verbose" => Level::Trace,
        "d" | "debug" | "dbg" => Level::Debug,
        "i" | "info" | "inf" | "information" | "notice" => Level::Info,
        "w" | "warn" | "wrn" | "warning" => Level::Warn,
        "e" | "err" | "error" | "severe" => Level::Error,
        "c" | "f" | "crit" | "critical" | "fatal" | "alert" | "emerg" | "emergency" | "panic" => {
            Level::Critical
        }
        _ => return None,
    };
    Some(level)
}

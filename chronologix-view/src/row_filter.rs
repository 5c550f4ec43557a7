//! Which lines are seen: of which streams, from which level on, by which rules. Pure.

use std::collections::BTreeSet;

use chronologix_schema::Level;

use crate::{
    query::{Filter, Pattern, View},
    streams::{StreamId, StreamSet, Streams},
};

#[cfg(test)]
mod tests;

/// The most lines around those that are kept.
pub(crate) const MOST_CONTEXT: u64 = 20;

/// Keeps the lines that match, or drops them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FilterRule {
    /// What is looked for.
    pub(crate) pattern: Pattern,
    /// Whether lines with it are kept, and others not; else they are dropped.
    pub(crate) keeps: bool,
    /// Whether the rule is in force.
    pub(crate) is_on: bool,
}

/// What is to be seen of a tree.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct RowFilter {
    /// The streams that are left out of the merged view.
    pub(crate) hidden: BTreeSet<StreamId>,
    /// A line must match all of those that keep, and none of those that drop.
    pub(crate) rules: Vec<FilterRule>,
    /// The lowest level that is seen. A line without a level has none that is high enough.
    pub(crate) least: Option<Level>,
    /// How many lines around those that are kept are seen, too.
    pub(crate) context: u64,
}

/// What becomes of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum Verdict {
    /// It is not seen.
    #[default]
    Out,
    /// It is seen if it stands close enough to a line that is kept.
    Near,
    /// It is seen.
    Kept,
}

impl FilterRule {
    /// Whether the rule, alone, lets the line be seen.
    pub(crate) fn passes(&self, text: &str) -> bool {
        self.pattern.is_match(text) == self.keeps
    }
}

impl RowFilter {
    /// Whether every line is seen.
    pub(crate) fn is_clear(&self) -> bool {
        self.hidden.is_empty() && self.least.is_none() && self.active().next().is_none()
    }

    /// The rules that are in force.
    pub(crate) fn active(&self) -> impl Iterator<Item = &FilterRule> {
        self.rules.iter().filter(|rule| rule.is_on)
    }

    /// Whether a line that was found in these streams, and read from `own`, has its place in the
    /// merged view.
    pub(crate) fn shows(&self, found: StreamSet, own: StreamId) -> bool {
        if self.hidden.is_empty() {
            return true;
        }
        if found.len() == 0 {
            return !self.hidden.contains(&own);
        }
        found.iter().any(|stream| !self.hidden.contains(&stream))
    }

    /// The same for the query service, for all streams or for one.
    pub(crate) fn view(&self, stream: Option<StreamId>, streams: &Streams) -> View {
        let patterns = |keeps| {
            let rules = self.active().filter(move |rule| rule.keeps == keeps);
            rules.map(|rule| rule.pattern.clone()).collect()
        };
        let shown = || {
            streams
                .ids()
                .filter(|id| !self.hidden.contains(id))
                .collect()
        };
        let merged = (!self.hidden.is_empty()).then(shown);
        View {
            streams: stream.map_or(merged, |stream| Some(vec![stream])),
            filter: Filter {
                least: self.least,
                include: patterns(true),
                exclude: patterns(false),
            },
        }
    }

    /// What becomes of a line with this text and level.
    pub(crate) fn judge(&self, text: &str, level: Option<Level>) -> Verdict {
        let mut verdict = if self.admits(level) {
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

    /// Whether a line of this level is seen.
    fn admits(&self, level: Option<Level>) -> bool {
        self.least.is_none_or(|least| level >= Some(least))
    }
}

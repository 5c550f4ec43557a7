//! What rows are matched against: the filter, the search, and the filter that is being typed.

use std::collections::BTreeSet;

use super::buffer::{Body, Row};
use crate::{
    query::{Filter, FilterRule, Pattern, Verdict, View},
    streams::{StreamId, StreamSet, Streams},
};

#[cfg(test)]
mod tests;

/// The most context lines.
pub(crate) const MOST_CONTEXT: u64 = 20;

/// Everything that a row can be matched against.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct RowMatch {
    /// Which lines are shown.
    pub(crate) filter: Filter,
    /// The number of lines shown around those that the filter keeps.
    pub(crate) context: u64,
    /// The streams hidden in the merged view.
    pub(crate) hidden: BTreeSet<StreamId>,
    /// The search.
    pub(crate) search: Option<Pattern>,
    /// The filter that is being typed.
    pub(crate) draft: Option<FilterRule>,
}

/// A criterion that rows are matched against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Criterion {
    /// Whether a row is shown.
    Filter,
    /// Whether the search matches.
    Search,
    /// Whether the filter that is being typed keeps a row.
    Draft,
}

impl Criterion {
    /// All criteria.
    pub(crate) const ALL: [Self; 3] = [Self::Filter, Self::Search, Self::Draft];
}

impl RowMatch {
    /// Returns whether every line of every stream is shown.
    pub(crate) fn shows_all(&self) -> bool {
        self.hidden.is_empty() && self.filter.is_clear()
    }

    /// Returns whether the merged view shows a line that was found in these streams.
    pub(crate) fn shows(&self, found: &StreamSet) -> bool {
        self.hidden.is_empty() || found.iter().any(|stream| !self.hidden.contains(&stream))
    }

    /// Returns the view of a query, for the visible streams or for one.
    pub(crate) fn view(&self, stream: Option<StreamId>, streams: &Streams) -> View {
        let shown = || streams.ids().filter(|id| !self.hidden.contains(id));
        let merged = (!self.hidden.is_empty()).then(|| shown().collect());
        View {
            streams: stream.map_or(merged, |stream| Some(vec![stream])),
            filter: self.filter.clone(),
        }
    }

    /// Returns whether all rows match, so that none needs to be looked at.
    pub(super) fn is_clear(&self, criterion: Criterion, is_merged: bool) -> bool {
        match criterion {
            // Hidden streams matter in the merged view only.
            Criterion::Filter if is_merged => self.shows_all(),
            Criterion::Filter => self.filter.is_clear(),
            Criterion::Search => self.search.is_none(),
            Criterion::Draft => self.draft.is_none(),
        }
    }

    /// Matches a row against a criterion.
    pub(super) fn apply(&self, criterion: Criterion, row: &mut Row, is_merged: bool) {
        let Body::Line(line, streams) = &row.body else {
            // Incidents are always shown.
            (row.verdict, row.is_found, row.is_drafted) = (Verdict::Kept, false, true);
            return;
        };
        match criterion {
            Criterion::Filter if is_merged && !self.shows(streams) => {
                row.verdict = Verdict::Out;
            }
            Criterion::Filter => {
                row.verdict = self.filter.judge(&line.text, line.format, row.level)
            }
            Criterion::Search => {
                let search = self.search.as_ref();
                row.is_found = search.is_some_and(|pattern| pattern.is_match(&line.text));
            }
            Criterion::Draft => {
                let draft = self.draft.as_ref();
                row.is_drafted = draft.is_none_or(|rule| rule.passes(&line.text));
            }
        }
    }
}

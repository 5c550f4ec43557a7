//! What rows are matched against: the filter, the search, and the filter that is being typed.

use std::collections::BTreeSet;

use super::buffer::{Body, Row};
use crate::{
    query::{Filter, FilterRule, Pattern, Verdict, View},
    streams::{StreamId, StreamSet, Streams},
};

#[cfg(test)]
mod tests;

/// The most lines around those that the filter keeps.
pub(crate) const MOST_CONTEXT: u64 = 20;

/// Everything that a row can be matched against.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct RowMatch {
    /// Which lines are shown.
    pub(crate) filter: Filter,
    /// How many lines around those that the filter keeps are shown, too.
    pub(crate) context: u64,
    /// The streams that are left out of the merged view.
    pub(crate) hidden: BTreeSet<StreamId>,
    /// What is searched for.
    pub(crate) search: Option<Pattern>,
    /// The filter that is being typed.
    pub(crate) draft: Option<FilterRule>,
}

/// One thing that rows are matched against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Criterion {
    /// Whether they are shown.
    Filter,
    /// Whether they hold what is searched for.
    Search,
    /// Whether the filter that is being typed lets them be shown.
    Draft,
}

impl Criterion {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::Filter, Self::Search, Self::Draft];
}

impl RowMatch {
    /// Whether every line of every stream is shown.
    pub(crate) fn shows_all(&self) -> bool {
        self.hidden.is_empty() && self.filter.is_clear()
    }

    /// Whether a line that was found in these streams, and read from `own`, has its place in the
    /// merged view.
    pub(crate) fn shows(&self, found: StreamSet, own: StreamId) -> bool {
        if found.len() == 0 {
            return !self.hidden.contains(&own);
        }
        self.hidden.is_empty() || found.iter().any(|stream| !self.hidden.contains(&stream))
    }

    /// What a query asks for, of all streams that are shown or of one.
    pub(crate) fn view(&self, stream: Option<StreamId>, streams: &Streams) -> View {
        let shown = || streams.ids().filter(|id| !self.hidden.contains(id));
        let merged = (!self.hidden.is_empty()).then(|| shown().collect());
        View {
            streams: stream.map_or(merged, |stream| Some(vec![stream])),
            filter: self.filter.clone(),
        }
    }

    /// Whether there is nothing to match, so that all rows are alike.
    pub(super) fn is_clear(&self, criterion: Criterion, is_merged: bool) -> bool {
        match criterion {
            // One that shows all of a single stream may still leave that out of all streams.
            Criterion::Filter if is_merged => self.shows_all(),
            Criterion::Filter => self.filter.is_clear(),
            Criterion::Search => self.search.is_none(),
            Criterion::Draft => self.draft.is_none(),
        }
    }

    /// Matches a row.
    pub(super) fn apply(&self, criterion: Criterion, row: &mut Row, is_merged: bool) {
        let Body::Line(line, streams) = &row.body else {
            // What is said between the lines is always shown.
            (row.verdict, row.is_found, row.is_drafted) = (Verdict::Kept, false, true);
            return;
        };
        match criterion {
            Criterion::Filter if is_merged && !self.shows(*streams, row.key.stream) => {
                row.verdict = Verdict::Out;
            }
            Criterion::Filter => row.verdict = self.filter.judge(&line.text, row.level),
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

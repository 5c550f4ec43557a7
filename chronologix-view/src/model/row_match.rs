//! What rows are matched against: the filter, the search, and the filter that is being typed.

use std::collections::BTreeSet;

use super::buffer::{Body, Row};
use crate::{
    line::LogLine,
    query::{FieldRule, Filter, FilterRule, LineRegex, Verdict, View},
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
    pub(crate) search: Option<LineRegex>,
    /// The filter that is being typed.
    pub(crate) draft: Option<Draft>,
}

/// A filter that is being typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Draft {
    /// By a pattern.
    Regex(FilterRule),
    /// By fields.
    Fields(FieldRule),
}

impl Draft {
    /// Returns whether what matches stays.
    pub(crate) fn keeps(&self) -> bool {
        match self {
            Self::Regex(rule) => rule.keeps,
            Self::Fields(rule) => rule.keeps,
        }
    }

    /// Returns the pattern, if there is one.
    pub(crate) fn pattern(&self) -> Option<&LineRegex> {
        match self {
            Self::Regex(rule) => Some(&rule.regex),
            Self::Fields(_) => None,
        }
    }
}

/// The filters as they were before a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Filters {
    filter: Filter,
    context: u64,
    hidden: BTreeSet<StreamId>,
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
    /// Returns the filters.
    pub(crate) fn filters(&self) -> Filters {
        Filters {
            filter: self.filter.clone(),
            context: self.context,
            hidden: self.hidden.clone(),
        }
    }

    /// Sets the filters.
    pub(crate) fn set_filters(&mut self, filters: Filters) {
        let Filters {
            filter,
            context,
            hidden,
        } = filters;
        (self.filter, self.context, self.hidden) = (filter, context, hidden);
    }

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
        let mut filter = self.filter.clone();
        filter.search = self.search.clone().map(Box::new);
        let merged = (!self.hidden.is_empty()).then(|| shown().collect());
        View {
            streams: stream.map_or(merged, |stream| Some(vec![stream])),
            filter,
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

    /// Returns whether the search matches a row.
    pub(super) fn finds(&self, row: &Row) -> bool {
        let search = self.search.as_ref().zip(row.line());
        search.is_some_and(|(pattern, line)| {
            pattern.is_match(&line.text) || pattern.is_match_beyond(line)
        })
    }

    /// Returns whether the filter shows the record of these rows. Incidents are always shown.
    pub(super) fn verdict<'a>(
        &self,
        rows: impl Iterator<Item = &'a Row> + Clone,
        is_merged: bool,
    ) -> Verdict {
        let Some((first, Body::Line(_, streams))) = rows.clone().next().map(|row| (row, &row.body))
        else {
            return Verdict::Kept;
        };
        if is_merged && !self.shows(streams) {
            return Verdict::Out;
        }
        self.filter.judge(&lines(rows), first.level)
    }

    /// Returns whether the filter that is being typed keeps the record of these rows.
    pub(super) fn drafts<'a>(&self, rows: impl Iterator<Item = &'a Row> + Clone) -> bool {
        let mut lines = lines(rows).peekable();
        let draft = self.draft.as_ref().filter(|_| lines.peek().is_some());
        draft.is_none_or(|draft| match draft {
            Draft::Regex(rule) => rule.passes_record(lines),
            Draft::Fields(rule) => rule.passes_record(lines),
        })
    }
}

/// Returns those rows that are lines.
fn lines<'a>(
    rows: impl Iterator<Item = &'a Row> + Clone,
) -> impl Iterator<Item = &'a LogLine> + Clone {
    rows.filter_map(Row::line).map(AsRef::as_ref)
}

//! Through what rows are looked at: the filter, the search, and the filter that is being typed.

use crate::{
    model::buffer::{Body, Row},
    query::Pattern,
    row_filter::{FilterRule, RowFilter, Verdict},
};

/// Everything that a row can be looked at for.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct RowMatch {
    /// Which rows are seen.
    pub(crate) row_filter: RowFilter,
    /// What is searched for.
    pub(crate) search: Option<Pattern>,
    /// The filter that is being typed.
    pub(crate) draft: Option<FilterRule>,
}

/// One thing that rows are looked at for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Criterion {
    /// Whether they are seen.
    RowFilter,
    /// Whether they hold what is searched for.
    Search,
    /// Whether the filter that is being typed lets them be seen.
    Draft,
}

impl Criterion {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::RowFilter, Self::Search, Self::Draft];
}

impl RowMatch {
    /// Whether there is nothing to look for, so that all rows look alike.
    pub(super) fn is_clear(&self, look: Criterion, is_merged: bool) -> bool {
        match look {
            // One that shows all of a single stream may still leave that out of all streams.
            Criterion::RowFilter if is_merged => self.row_filter.is_clear(),
            Criterion::RowFilter => {
                self.row_filter.least.is_none() && self.row_filter.active().next().is_none()
            }
            Criterion::Search => self.search.is_none(),
            Criterion::Draft => self.draft.is_none(),
        }
    }

    /// Looks at a row.
    pub(super) fn look(&self, look: Criterion, row: &mut Row, is_merged: bool) {
        let Body::Line(line, streams) = &row.body else {
            // What is said between the lines is always seen.
            (row.verdict, row.is_found, row.is_drafted) = (Verdict::Kept, false, true);
            return;
        };
        match look {
            Criterion::RowFilter
                if is_merged && !self.row_filter.shows(*streams, row.key.stream) =>
            {
                row.verdict = Verdict::Out;
            }
            Criterion::RowFilter => row.verdict = self.row_filter.judge(&line.text, row.level),
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

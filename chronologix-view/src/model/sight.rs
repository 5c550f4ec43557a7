//! Through what rows are looked at: the lens, the search, and the filter that is being typed.

use crate::{
    history::Pattern,
    lens::{Lens, Rule, Verdict},
    model::buffer::{Body, Row},
};

/// Everything that a row can be looked at for.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct Sight {
    /// Which rows are seen.
    pub(crate) lens: Lens,
    /// What is searched for.
    pub(crate) search: Option<Pattern>,
    /// The filter that is being typed.
    pub(crate) draft: Option<Rule>,
}

/// One thing that rows are looked at for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// Whether they are seen.
    Lens,
    /// Whether they hold what is searched for.
    Search,
    /// Whether the filter that is being typed lets them be seen.
    Draft,
}

impl Look {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::Lens, Self::Search, Self::Draft];
}

impl Sight {
    /// Whether there is nothing to look for, so that all rows look alike.
    pub(super) fn is_clear(&self, look: Look, is_merged: bool) -> bool {
        match look {
            // One that shows all of a single stream may still leave that out of all streams.
            Look::Lens if is_merged => self.lens.is_clear(),
            Look::Lens => self.lens.least.is_none() && self.lens.active().next().is_none(),
            Look::Search => self.search.is_none(),
            Look::Draft => self.draft.is_none(),
        }
    }

    /// Looks at a row.
    pub(super) fn look(&self, look: Look, row: &mut Row, is_merged: bool) {
        let Body::Line(line, streams) = &row.body else {
            // What is said between the lines is always seen.
            (row.verdict, row.is_found, row.is_drafted) = (Verdict::Kept, false, true);
            return;
        };
        match look {
            Look::Lens if is_merged && !self.lens.shows(*streams, row.key.stream) => {
                row.verdict = Verdict::Out;
            }
            Look::Lens => row.verdict = self.lens.judge(&line.text, row.level),
            Look::Search => {
                let search = self.search.as_ref();
                row.is_found = search.is_some_and(|pattern| pattern.is_match(&line.text));
            }
            Look::Draft => {
                let draft = self.draft.as_ref();
                row.is_drafted = draft.is_none_or(|rule| rule.passes(&line.text));
            }
        }
    }
}

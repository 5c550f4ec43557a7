//! What somebody does not want to set up again: filters, hidden streams, colours, marks. Pure; the
//! file is `user_files`'s business.

use chronologix_schema::{Level, layout::Folder};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    line::Key,
    model::{Model, bookmarks::Bookmarks, row_match::Criterion},
    query::{Case, Pattern},
    row_filter::{FilterRule, MOST_CONTEXT, RowFilter},
    streams::StreamId,
};

#[cfg(test)]
mod tests;

/// What is kept from one time to the next, by names instead of numbers.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Session {
    /// The lowest level that is seen.
    level: Option<String>,
    /// Lines around those that are kept.
    context: u64,
    /// Whether long lines are broken.
    wrap: bool,
    /// Streams left out of the merged view.
    hidden: Vec<String>,
    /// What is coloured.
    highlights: Vec<String>,
    /// The filters.
    filters: Vec<SavedFilter>,
    /// Marked lines.
    marks: Vec<SavedMark>,
}

/// A filter as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct SavedFilter {
    keep: bool,
    on: bool,
    pattern: String,
}

/// A marked line as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct SavedMark {
    folder: String,
    stream: String,
    time: Timestamp,
    place: u64,
}

impl Session {
    /// What is to be kept of a model.
    pub(crate) fn of(model: &Model) -> Self {
        let row_filter = &model.row_match.row_filter;
        let name = |stream: StreamId| model.streams.name(stream).to_owned();
        let filter = |rule: &FilterRule| SavedFilter {
            keep: rule.keeps,
            on: rule.is_on,
            pattern: rule.pattern.text().to_owned(),
        };
        let mark = |key: Key| SavedMark {
            folder: key.folder.name(),
            stream: name(key.stream),
            time: key.instant,
            place: key.sequence,
        };
        Self {
            level: row_filter.least.map(|least| least.to_string()),
            context: row_filter.context,
            wrap: model.is_wrapped,
            hidden: row_filter.hidden.iter().copied().map(name).collect(),
            highlights: model
                .highlights
                .iter()
                .map(|pattern| pattern.text().to_owned())
                .collect(),
            filters: row_filter.rules.iter().map(filter).collect(),
            marks: model.bookmarks.iter().map(mark).collect(),
        }
    }

    /// Whether there is nothing to be kept.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Puts everything back that still makes sense, once the streams of the tree are known, and
    /// says so if lines are left out by it.
    pub(crate) fn restore(&self, model: &mut Model) {
        let pattern = |text: &String| Pattern::new(text, Case::Smart).ok();
        let rule = |filter: &SavedFilter| {
            Some(FilterRule {
                pattern: pattern(&filter.pattern)?,
                keeps: filter.keep,
                is_on: filter.on,
            })
        };
        let stream = |name: &String| {
            let mut ids = model.streams.ids();
            ids.find(|id| model.streams.name(*id) == name)
        };
        let mark = |mark: &SavedMark| {
            Some(Key {
                folder: Folder::parse(&mark.folder)?,
                instant: mark.time,
                stream: stream(&mark.stream)?,
                sequence: mark.place,
            })
        };
        let row_filter = RowFilter {
            hidden: self.hidden.iter().filter_map(stream).collect(),
            rules: self.filters.iter().filter_map(rule).collect(),
            least: self
                .level
                .as_ref()
                .and_then(|level| level.parse::<Level>().ok()),
            context: self.context.min(MOST_CONTEXT),
        };
        let bookmarks: Bookmarks = self.marks.iter().filter_map(mark).collect();
        model.bookmarks = bookmarks;
        model.highlights = self.highlights.iter().filter_map(pattern).collect();
        model.is_wrapped = self.wrap;
        if !row_filter.is_clear() {
            let key = model.keymap.label(crate::action::Action::Reset);
            let undo = key.map_or(String::new(), |key| format!("; {key} shows everything"));
            model.notice = Some(format!("filtered as last time{undo}"));
        }
        model.row_match.row_filter = row_filter;
        model.rescan(Criterion::RowFilter);
    }
}

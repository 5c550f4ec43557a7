//! Captures and restores the view settings of a tree.

use chronologix_schema::{Level, layout::Folder};

use super::filters;
use crate::{
    action::Action,
    line::Key,
    model::{
        Model,
        bookmarks::Bookmarks,
        columns::{NARROWEST, WIDEST},
        row_match::{Criterion, MOST_CONTEXT, RowMatch},
        session::{SavedFieldFilter, SavedFilter, SavedMark, Session},
    },
    query::{Case, FieldRule, Filter, FilterRule, LineRegex},
    streams::StreamId,
};

#[cfg(test)]
mod tests;

/// Captures the settings.
pub(crate) fn capture(model: &Model) -> Session {
    let row_match = &model.row_match;
    let name = |stream: StreamId| model.streams.name(stream).to_owned();
    let filter = |rule: &FilterRule| SavedFilter {
        keep: rule.keeps,
        on: rule.is_on,
        pattern: rule.regex.text().to_owned(),
    };
    let by_fields = |rule: &FieldRule| SavedFieldFilter {
        keep: rule.keeps,
        on: rule.is_on,
        condition: rule.condition.text().to_owned(),
    };
    let mark = |key: Key| SavedMark {
        folder: key.folder.name(),
        stream: name(key.stream),
        time: key.instant,
        place: key.sequence,
    };
    Session {
        level: row_match.filter.least().map(|least| least.to_string()),
        context: row_match.context,
        wrap: model.is_wrapped,
        repeats: model.shows_repeats,
        log_colors: model.has_log_colours,
        theme: model.chosen_theme,
        time_format: model.stamp,
        time_zone: model.zones.choice_to_keep(),
        columns: model.columns.clone(),
        sidebar: model.panels.has_sidebar,
        histogram: model.panels.has_histogram,
        hidden: row_match.hidden.iter().copied().map(name).collect(),
        highlights: model
            .highlights
            .iter()
            .map(|pattern| pattern.text().to_owned())
            .collect(),
        filters: row_match.filter.rules.iter().map(filter).collect(),
        fields: row_match.filter.fields.iter().map(by_fields).collect(),
        marks: model.bookmarks.iter().map(mark).collect(),
    }
}

/// Restores the settings that are still valid. Tells the user if lines are filtered out.
pub(super) fn restore(model: &mut Model, session: &Session) {
    let pattern = |text: &String| LineRegex::new(text, Case::Smart).ok();
    let rule = |filter: &SavedFilter| {
        Some(FilterRule {
            regex: pattern(&filter.pattern)?,
            keeps: filter.keep,
            is_on: filter.on,
        })
    };
    let by_fields = |filter: &SavedFieldFilter| {
        let condition = filter.condition.parse().ok()?;
        Some(FieldRule {
            keeps: filter.keep,
            is_on: filter.on,
            ..filters::of_fields(model, condition)
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
    let least = session.level.as_ref();
    let least = least.and_then(|level| level.parse::<Level>().ok());
    let rules = session.filters.iter().filter_map(rule).collect();
    let mut filter = Filter::new(least, rules);
    filter.fields = session.fields.iter().filter_map(by_fields).collect();
    let row_match = RowMatch {
        filter,
        hidden: session.hidden.iter().filter_map(stream).collect(),
        context: session.context.min(MOST_CONTEXT),
        ..model.row_match.clone()
    };
    let bookmarks: Bookmarks = session.marks.iter().filter_map(mark).collect();
    model.bookmarks = bookmarks;
    model.highlights = session.highlights.iter().filter_map(pattern).collect();
    model.is_wrapped = session.wrap;
    model.show_repeats(session.repeats);
    model.has_log_colours = session.log_colors;
    model.stamp = session.time_format;
    model.restore_zone(session.time_zone);
    let widths = NARROWEST..=WIDEST;
    let columns = session.columns.iter();
    let columns = columns.filter(|column| widths.contains(&column.width));
    model.columns = columns.cloned().collect();
    (model.panels.has_sidebar, model.panels.has_histogram) = (session.sidebar, session.histogram);
    model.chosen_theme = session.theme;
    if let Some(theme) = session.theme {
        model.theme = model.theme.renamed(theme);
    }
    if !row_match.shows_all() {
        let key = model.keymap.label(Action::Reset);
        let undo = key.map_or(String::new(), |key| format!("; {key} clears them"));
        model.notice = Some(format!("filters of the last session{undo}"));
    }
    model.row_match = row_match;
    model.rescan(Criterion::Filter);
    model.count_all();
}

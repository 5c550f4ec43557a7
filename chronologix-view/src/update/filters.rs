//! Filters, levels, hidden streams, searches, highlights and themes.

use std::collections::BTreeSet;

use chronologix_schema::Level;

use super::{fetch, navigate};
use crate::{
    model::{
        Model,
        row_match::{Criterion, Draft, MOST_CONTEXT},
    },
    query::{
        BadCondition, Condition, FieldRule, Filter, FilterRule, LineRegex, Place, Request,
        RequestKind,
    },
    streams::StreamId,
};

/// The lowest levels to choose from.
const LEAST: [Option<Level>; 4] = [
    None,
    Some(Level::Info),
    Some(Level::Warn),
    Some(Level::Error),
];

/// The most changes of the filters that can be undone.
const MOST_UNDONE: usize = 100;

/// Keeps the filters before a change, to undo it.
pub(super) fn remember(model: &mut Model) {
    let filters = model.row_match.filters();
    if model.earlier_filters.last() == Some(&filters) {
        return;
    }
    model.earlier_filters.push(filters);
    if model.earlier_filters.len() > MOST_UNDONE {
        model.earlier_filters.remove(0);
    }
}

/// Undoes the last change of the filters.
pub(super) fn undo(model: &mut Model) {
    let now = model.row_match.filters();
    // A change that changed nothing is not worth a key.
    while let Some(filters) = model.earlier_filters.pop() {
        if filters != now {
            model.row_match.set_filters(filters);
            return rescan(model);
        }
    }
    model.notice = Some("nothing to undo".to_owned());
}

/// Matches all rows again after the filter was changed.
pub(super) fn rescan(model: &mut Model) {
    model.rescan(Criterion::Filter);
    // The records of a selection are others.
    model.selected = None;
    fetch::refetch(model);
    search_all(model);
    model.count_all();
    navigate::settle(model);
}

/// Changes or ends the search.
pub(super) fn search(model: &mut Model, pattern: Option<LineRegex>) {
    if model.row_match.search == pattern {
        return;
    }
    model.row_match.search = pattern;
    model.rescan(Criterion::Search);
    search_all(model);
}

/// Searches the whole tree as well, for the filter that is being typed or else for the search.
pub(super) fn search_all(model: &mut Model) {
    model.search_results = None;
    let draft = model.row_match.draft.as_ref().and_then(Draft::pattern);
    let Some(pattern) = draft.or(model.row_match.search.as_ref()).cloned() else {
        return model.queries.forget(RequestKind::Search);
    };
    let view = model
        .row_match
        .view(Model::stream_of(model.tab), &model.streams);
    let near = model.cursor().map_or(Place::End, |row| Place::Row(row.key));
    model.queries.ask(Request::Search {
        view,
        pattern,
        near,
    });
}

/// Previews a filter, or none.
pub(super) fn draft(model: &mut Model, draft: Option<Draft>) {
    if model.row_match.draft != draft {
        model.row_match.draft = draft;
        model.rescan(Criterion::Draft);
        // Its matches in the whole tree tell how many records stay.
        search_all(model);
    }
}

/// Adds a filter.
pub(super) fn add_filter(model: &mut Model, rule: FilterRule) {
    remember(model);
    let rules = &mut model.row_match.filter.rules;
    rules.retain(|other| other.regex != rule.regex || other.keeps != rule.keeps);
    rules.push(rule);
    rescan(model);
}

/// Shows only records with this value of a field, or only those without it.
pub(super) fn add_condition(model: &mut Model, name: &str, value: &str, is_equal: bool) {
    add_parsed(model, Condition::of_field(name, value, is_equal));
}

/// Shows only records of a pattern, or only the others.
pub(super) fn add_pattern(model: &mut Model, name: &str, is_equal: bool) {
    add_parsed(model, Condition::of_pattern(name, is_equal));
}

fn add_parsed(model: &mut Model, condition: Result<Condition, BadCondition>) {
    match condition {
        Ok(condition) => add_fields(model, of_fields(model, condition)),
        Err(bad) => model.notice = Some(bad.reason().to_owned()),
    }
}

/// Returns a rule of this condition, which knows the names of streams and the log statements.
pub(super) fn of_fields(model: &Model, condition: Condition) -> FieldRule {
    let condition = condition.with_streams(model.names.clone());
    if !condition.asks_for_pattern() {
        return FieldRule::new(condition);
    }
    FieldRule::new(condition.with_statements(model.statements.get()))
}

/// Adds a filter by fields.
pub(super) fn add_fields(model: &mut Model, rule: FieldRule) {
    remember(model);
    let rules = &mut model.row_match.filter.fields;
    rules.retain(|other| other.text() != rule.text());
    rules.push(rule);
    rescan(model);
}

/// Changes a filter: those by patterns come first, then those by fields.
pub(super) fn change(
    model: &mut Model,
    place: usize,
    of_pattern: impl FnOnce(&mut FilterRule),
    of_fields: impl FnOnce(&mut FieldRule),
) {
    remember(model);
    let filter = &mut model.row_match.filter;
    let patterns = filter.rules.len();
    if let Some(rule) = filter.rules.get_mut(place) {
        of_pattern(rule);
    } else if let Some(rule) = filter.fields.get_mut(place - patterns) {
        of_fields(rule);
    }
    rescan(model);
}

/// Removes a filter.
pub(super) fn remove(model: &mut Model, place: usize) {
    remember(model);
    let filter = &mut model.row_match.filter;
    let patterns = filter.rules.len();
    if place < patterns {
        filter.rules.remove(place);
    } else if place - patterns < filter.fields.len() {
        filter.fields.remove(place - patterns);
    }
    rescan(model);
}

pub(super) fn set_context(model: &mut Model, by: i64) {
    remember(model);
    let context = &mut model.row_match.context;
    *context = context.saturating_add_signed(by).min(MOST_CONTEXT);
    let lines = *context;
    rescan(model);
    model.notice = Some(match lines {
        0 => "context: off".to_owned(),
        1 => "context: 1 line".to_owned(),
        lines => format!("context: {lines} lines"),
    });
}

pub(super) fn raise_level(model: &mut Model) {
    remember(model);
    let filter = &mut model.row_match.filter;
    let higher = LEAST.into_iter().find(|least| *least > filter.least());
    filter.set_least(higher.unwrap_or(filter.least()));
    rescan(model);
}

pub(super) fn lower_level(model: &mut Model) {
    remember(model);
    let filter = &mut model.row_match.filter;
    let lower = LEAST.into_iter().rfind(|least| *least < filter.least());
    filter.set_least(lower.flatten());
    rescan(model);
}

/// Removes all filters and highlights.
pub(super) fn reset(model: &mut Model) {
    remember(model);
    model.row_match.filter = Filter::default();
    model.row_match.hidden.clear();
    model.row_match.context = 0;
    model.highlights.clear();
    search(model, None);
    rescan(model);
    model.notice = Some("filters cleared".into());
}

/// Hides or shows the stream of a tab. Tab 0 shows all streams.
pub(super) fn toggle_stream(model: &mut Model, tab: usize) {
    remember(model);
    let hidden = &mut model.row_match.hidden;
    match Model::stream_of(tab) {
        None => hidden.clear(),
        Some(stream) if stream.index() < model.streams.len() => {
            if !hidden.remove(&stream) {
                hidden.insert(stream);
            }
        }
        Some(_) => return,
    }
    rescan(model);
}

/// Hides the stream of the row at the cursor.
pub(super) fn hide_stream(model: &mut Model) {
    if let Some(stream) = stream_at_cursor(model) {
        toggle_stream(model, stream.index() + 1);
        let is_hidden = model.row_match.hidden.contains(&stream);
        let word = if is_hidden { "hidden" } else { "shown" };
        let name = model.streams.name(stream);
        model.notice = Some(format!("{name} {word}"));
    }
}

/// Shows only the stream of the row at the cursor, or all streams again.
pub(super) fn solo(model: &mut Model) {
    let Some(stream) = stream_at_cursor(model) else {
        return;
    };
    remember(model);
    let others = model
        .streams
        .ids()
        .filter(|other| *other != stream)
        .collect();
    let hidden = &mut model.row_match.hidden;
    *hidden = if *hidden == others {
        BTreeSet::new()
    } else {
        others
    };
    rescan(model);
}

pub(super) fn next_theme(model: &mut Model) {
    let theme = model.theme.name().next();
    model.theme = model.theme.renamed(theme);
    model.chosen_theme = Some(theme);
    model.notice = Some(format!("theme: {}", model.theme.name().word()));
}

/// Returns the stream of the active tab, or of the row at the cursor.
fn stream_at_cursor(model: &Model) -> Option<StreamId> {
    Model::stream_of(model.tab).or_else(|| model.origin_of(model.cursor()?))
}

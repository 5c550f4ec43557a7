//! The tables of what is counted in all records: the values of a field, and patterns.

use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent};

use super::{fetch, filters, overlays, windows};
use crate::{
    action::Effect,
    model::{Model, overlay::Overlay},
    patterns::Pattern,
    query::{Field, RankedRecord, Ranking, Request, RequestKind, Top, TopAnswer, TopOf, TopRows},
};

/// The most rows of a table.
const ROWS: usize = 1_000;

/// Counts the values of a field in the records that the filters keep.
pub(super) fn begin(model: &mut Model, name: &str) {
    let of = TopOf::Field(Field::named(name));
    ask(model, of, Ranking::Frequent);
}

/// Counts the patterns of the records that the filters keep.
pub(super) fn patterns(model: &mut Model) {
    ask(model, TopOf::Patterns, Ranking::Frequent);
}

/// Asks a question about the records that the filters keep.
pub(super) fn ask(model: &mut Model, of: TopOf, ranking: Ranking) {
    let tab = Model::stream_of(model.tab);
    let view = model.row_match.view(tab, &model.streams);
    let top = Top::about(of, ranking, ROWS);
    model.top = None;
    model.queries.ask(Request::Top {
        view,
        top: top.clone(),
    });
    model.overlay = Some(Overlay::Top { top, selected: 0 });
}

/// Applies an answer. Returns whether it is complete.
pub(super) fn answered(model: &mut Model, answer: TopAnswer) -> bool {
    match &answer.rows {
        TopRows::Patterns(found) => model.statements.set(Arc::clone(&found.catalogue)),
        TopRows::Changes(found) => model.statements.set(Arc::clone(&found.catalogue)),
        TopRows::Values(_) | TopRows::Records(_) => {}
    }
    let is_complete = answer.is_complete;
    model.top = Some(answer);
    is_complete
}

/// Closes the table.
pub(super) fn close(model: &mut Model) {
    model.queries.forget(RequestKind::Top);
    (model.top, model.overlay) = (None, None);
}

/// Handles a key.
pub(super) fn press(model: &mut Model, key: KeyEvent) -> Effect {
    let rows = model.top.as_ref().map_or(0, |top| top.rows.len());
    let last = rows.saturating_sub(1);
    let Some(Overlay::Top { top, selected }) = &mut model.overlay else {
        return Effect::None;
    };
    if overlays::step_by_letter(selected, key, last) {
        return Effect::None;
    }
    let (of, place, now) = (top.of.clone(), *selected, top.ranking);
    match (key.code, &of) {
        (KeyCode::Char('q'), _) => close(model),
        (KeyCode::Enter, _) => choose(model, &of, place),
        (KeyCode::Char('!'), _) => leave_out(model, of, now, place),
        (KeyCode::Char('e'), TopOf::Patterns | TopOf::Changes(_)) => show_place(model, place),
        (KeyCode::Char(letter), TopOf::Changes(found)) => windows::press(model, *found, letter),
        (KeyCode::Char('r'), _) if now == Ranking::Frequent => ask(model, of, Ranking::Rare),
        (KeyCode::Char('r'), _) => ask(model, of, Ranking::Frequent),
        (_, TopOf::Patterns) => {}
        (KeyCode::Char('>'), _) if now == Ranking::Largest => ask(model, of, Ranking::Frequent),
        (KeyCode::Char('>'), _) => ask(model, of, Ranking::Largest),
        (KeyCode::Char('<'), _) if now == Ranking::Smallest => ask(model, of, Ranking::Frequent),
        (KeyCode::Char('<'), _) => ask(model, of, Ranking::Smallest),
        _ => {}
    }
    Effect::None
}

/// Shows only the records of a row, or goes to its record.
fn choose(model: &mut Model, of: &TopOf, place: usize) {
    if has_records(model, place) {
        add_filter(model, of, place, true);
        return close(model);
    }
    let key = match model.top.as_ref().map(|top| &top.rows) {
        Some(TopRows::Records(records)) => records.get(place).and_then(RankedRecord::key),
        _ => None,
    };
    if let Some(key) = key {
        close(model);
        fetch::to_key(model, key);
    }
}

/// Leaves out the records of a row, and counts the others.
fn leave_out(model: &mut Model, of: TopOf, ranking: Ranking, place: usize) {
    if has_records(model, place) {
        add_filter(model, &of, place, false);
        ask(model, of, ranking);
    }
}

/// Returns whether a row stands for records that a filter can select.
fn has_records(model: &Model, place: usize) -> bool {
    value_at(model, place).is_some() || pattern_at(model, place).is_some()
}

fn add_filter(model: &mut Model, of: &TopOf, place: usize, is_kept: bool) {
    if let Some(pattern) = pattern_at(model, place) {
        let name = name_of(model, pattern).to_owned();
        filters::add_pattern(model, &name, is_kept);
    } else if let (Some(value), TopOf::Field(field)) = (value_at(model, place), of) {
        filters::add_condition(model, field.name(), &value, is_kept);
    }
}

/// Says where the statement of a row stands in the source.
fn show_place(model: &mut Model, place: usize) {
    let Some(pattern) = pattern_at(model, place) else {
        return;
    };
    let source = model.statements.get().place(&pattern.id);
    model.notice = Some(match source {
        Some(source) => format!("{source}  {}", pattern.id),
        None => "no catalogue of statements has this pattern".to_owned(),
    });
}

/// Returns what a condition calls a pattern: its text, unless two statements have it.
fn name_of<'a>(model: &Model, pattern: &'a Pattern) -> &'a str {
    let is_ambiguous = model.statements.get().statements_with(&pattern.text) > 1;
    if is_ambiguous || pattern.text.is_empty() {
        &pattern.id
    } else {
        &pattern.text
    }
}

/// Returns the value of a row.
fn value_at(model: &Model, place: usize) -> Option<Box<str>> {
    match &model.top.as_ref()?.rows {
        TopRows::Values(values) => Some(values.rows.get(place)?.0.clone()),
        TopRows::Records(_) | TopRows::Patterns(_) | TopRows::Changes(_) => None,
    }
}

/// Returns the pattern of a row.
fn pattern_at(model: &Model, place: usize) -> Option<&Pattern> {
    match &model.top.as_ref()?.rows {
        TopRows::Patterns(found) => found.rows.get(place),
        TopRows::Changes(found) => Some(&found.rows.get(place)?.pattern),
        TopRows::Values(_) | TopRows::Records(_) => None,
    }
}

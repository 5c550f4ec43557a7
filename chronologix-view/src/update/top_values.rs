//! The table of the values of a field.

use crossterm::event::{KeyCode, KeyEvent};

use super::{fetch, filters, overlays};
use crate::{
    action::Effect,
    model::{Model, overlay::Overlay},
    query::{Field, RankedRecord, Ranking, Request, RequestKind, Top, TopAnswer, TopRows},
};

/// The most rows of the table.
const ROWS: usize = 1_000;

/// Counts the values of a field in the records that the filters keep.
pub(super) fn begin(model: &mut Model, name: &str) {
    let field = Field::named(name);
    ask(model, field, Ranking::Frequent);
}

fn ask(model: &mut Model, field: Field, ranking: Ranking) {
    let tab = Model::stream_of(model.tab);
    let view = model.row_match.view(tab, &model.streams);
    let top = Top::new(field.clone(), ranking, ROWS);
    model.top = None;
    model.queries.ask(Request::Top { view, top });
    model.overlay = Some(Overlay::Top {
        field,
        ranking,
        selected: 0,
    });
}

/// Applies an answer. Returns whether it is complete.
pub(super) fn answered(model: &mut Model, answer: TopAnswer) -> bool {
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
    let Some(Overlay::Top {
        field,
        ranking,
        selected,
    }) = &mut model.overlay
    else {
        return Effect::None;
    };
    if overlays::step(selected, key, last) {
        return Effect::None;
    }
    let (field, place) = (field.clone(), *selected);
    let now = *ranking;
    match key.code {
        KeyCode::Char('k') => *selected = place.saturating_sub(1),
        KeyCode::Char('j') => *selected = (place + 1).min(last),
        KeyCode::Home | KeyCode::Char('g') => *selected = 0,
        KeyCode::End | KeyCode::Char('G') => *selected = last,
        KeyCode::Char('q') => close(model),
        KeyCode::Char('r') if now == Ranking::Frequent => ask(model, field, Ranking::Rare),
        KeyCode::Char('r') => ask(model, field, Ranking::Frequent),
        KeyCode::Char('>') if now == Ranking::Largest => ask(model, field, Ranking::Frequent),
        KeyCode::Char('>') => ask(model, field, Ranking::Largest),
        KeyCode::Char('<') if now == Ranking::Smallest => ask(model, field, Ranking::Frequent),
        KeyCode::Char('<') => ask(model, field, Ranking::Smallest),
        KeyCode::Enter => choose(model, &field, place),
        KeyCode::Char('!') => {
            if let Some(value) = value_at(model, place) {
                filters::add_condition(model, field.name(), &value, false);
                ask(model, field, now);
            }
        }
        _ => {}
    }
    Effect::None
}

/// Shows only records with the value of a row, or goes to its record.
fn choose(model: &mut Model, field: &Field, place: usize) {
    if let Some(value) = value_at(model, place) {
        close(model);
        return filters::add_condition(model, field.name(), &value, true);
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

/// Returns the value of a row.
fn value_at(model: &Model, place: usize) -> Option<Box<str>> {
    match &model.top.as_ref()?.rows {
        TopRows::Values(values) => Some(values.rows.get(place)?.0.clone()),
        TopRows::Records(_) => None,
    }
}

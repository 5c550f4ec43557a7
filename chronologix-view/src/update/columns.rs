//! The list of fields that can stand in columns of their own.

use crossterm::event::{KeyCode, KeyEvent};

use super::{completion, overlays};
use crate::{
    action::Effect,
    model::{
        Model,
        columns::{FieldColumn, NARROWEST, WIDEST},
        overlay::Overlay,
    },
    query::LineValues,
    sanitize,
};

/// The rows that tell how wide a new column is.
const MEASURED_ROWS: u64 = 200;

/// The widest that a new column is.
const USUAL_WIDTH: usize = 16;

/// Opens the list: the columns in their order, then other fields that have been seen.
pub(super) fn begin(model: &mut Model) {
    let mut names: Vec<String> = model.columns.iter().map(|it| it.name.clone()).collect();
    // The level and the stream have columns, and the message comes last.
    let of_records = completion::fields_seen(model).into_iter();
    let others: Vec<String> = of_records.filter(|name| !names.contains(name)).collect();
    names.extend(others);
    model.overlay = Some(Overlay::Columns { names, selected: 0 });
}

/// Handles a key.
pub(super) fn press(model: &mut Model, key: KeyEvent) -> Effect {
    let Some(Overlay::Columns { names, selected }) = &mut model.overlay else {
        return Effect::None;
    };
    let last = names.len().saturating_sub(1);
    if overlays::step_by_letter(selected, key, last) {
        return Effect::None;
    }
    let place = *selected;
    match key.code {
        KeyCode::Char('q') | KeyCode::Enter | KeyCode::F(2) => model.overlay = None,
        KeyCode::Char(' ') if place < names.len() => {
            let name = names[place].clone();
            toggle(model, &name);
        }
        KeyCode::Char('K') if place > 0 && place < model.columns.len() => {
            model.columns.swap(place, place - 1);
            names.swap(place, place - 1);
            *selected = place - 1;
        }
        KeyCode::Char('J') if place + 1 < model.columns.len() => {
            model.columns.swap(place, place + 1);
            names.swap(place, place + 1);
            *selected = place + 1;
        }
        KeyCode::Left | KeyCode::Right => {
            if let Some(column) = model.columns.get_mut(place) {
                let width = if key.code == KeyCode::Left {
                    column.width.saturating_sub(1)
                } else {
                    column.width + 1
                };
                column.width = width.clamp(NARROWEST, WIDEST);
            }
        }
        _ => {}
    }
    Effect::None
}

/// Gives a field a column behind the others, or takes it away.
fn toggle(model: &mut Model, name: &str) {
    let before = model.columns.len();
    model.columns.retain(|column| column.name != name);
    if model.columns.len() == before {
        let width = usual_width(model, name);
        let name = name.to_owned();
        model.columns.push(FieldColumn { name, width });
    }
    begin(model);
    if let Some(Overlay::Columns { names, selected }) = &mut model.overlay {
        *selected = names.iter().position(|it| it == name).unwrap_or(0);
    }
}

/// Returns the width that shows most values of a field.
fn usual_width(model: &Model, name: &str) -> usize {
    let pane = model.pane();
    let rows = pane.rows();
    let first = rows.end.saturating_sub(MEASURED_ROWS).max(rows.start);
    let lines = (first..rows.end).filter_map(|number| pane.buffer.row(number)?.line());
    let column = FieldColumn {
        name: name.to_owned(),
        width: 0,
    };
    let values = lines.map(|line| LineValues::new(&line.text, line.format));
    let widths = values.filter_map(|values| column.value(&values));
    let widest = widths.map(|value| sanitize::width(&value)).max();
    widest.unwrap_or(0).clamp(NARROWEST, USUAL_WIDTH)
}

//! The keys of overlays: lists and the detail view.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{choices::choices, columns, filters, prompt, selection, top_values, update};
use crate::{
    action::{Action, Effect},
    model::{
        Model,
        input::{Input, Typed},
        overlay::{DetailPlace, Overlay},
    },
    query::RequestKind,
};

/// Rows that a page key moves in a list.
const LIST_PAGE: usize = 10;

pub(super) fn help(model: &mut Model) {
    model.overlay = Some(Overlay::Help {
        input: Input::default(),
        top: 0,
    });
}

pub(super) fn palette(model: &mut Model) {
    model.overlay = Some(Overlay::Palette {
        input: Input::default(),
        selected: 0,
    });
}

/// Handles a key.
pub(super) fn press(model: &mut Model, key: KeyEvent) -> Effect {
    let is_stop = key.modifiers == KeyModifiers::CONTROL && key.code == KeyCode::Char('c');
    if key.code == KeyCode::Esc || is_stop {
        top_values::close(model);
        close_detail(model);
        return Effect::None;
    }
    match &mut model.overlay {
        Some(Overlay::Help { input, top }) => {
            if is_closing(input, key) {
                model.overlay = None;
            } else if !step(top, key, usize::MAX) && input.press(key) == Typed::Changed {
                *top = 0;
            }
        }
        Some(Overlay::Palette { .. }) => return in_palette(model, key),
        Some(Overlay::Filters { .. }) => in_filter_list(model, key),
        Some(Overlay::Columns { .. }) => return columns::press(model, key),
        Some(Overlay::Top { .. }) => return top_values::press(model, key),
        Some(Overlay::Detail { .. }) => return in_detail(model, key),
        None => {}
    }
    Effect::None
}

/// The key that opens the help also closes it, unless something is typed.
fn is_closing(input: &Input, key: KeyEvent) -> bool {
    let is_question = key.code == KeyCode::Char('?') && input.text().is_empty();
    is_question || matches!(key.code, KeyCode::F(1) | KeyCode::Enter)
}

/// Moves in a list. Returns whether the key does that.
pub(super) fn step(place: &mut usize, key: KeyEvent, last: usize) -> bool {
    let by_ctrl =
        |letter| key.modifiers == KeyModifiers::CONTROL && key.code == KeyCode::Char(letter);
    let moved = match key.code {
        KeyCode::Up => place.saturating_sub(1),
        KeyCode::Down => place.saturating_add(1),
        KeyCode::PageUp => place.saturating_sub(LIST_PAGE),
        KeyCode::PageDown => place.saturating_add(LIST_PAGE),
        _ if by_ctrl('p') => place.saturating_sub(1),
        _ if by_ctrl('n') => place.saturating_add(1),
        _ => return false,
    };
    *place = moved.min(last);
    true
}

/// Moves in a list in which no text is typed: letters move as well. Returns whether the key does
/// that.
pub(super) fn step_by_letter(place: &mut usize, key: KeyEvent, last: usize) -> bool {
    let moved = match key.code {
        KeyCode::Char('k') => place.saturating_sub(1),
        KeyCode::Char('j') => place.saturating_add(1),
        KeyCode::Home | KeyCode::Char('g') => 0,
        KeyCode::End | KeyCode::Char('G') => last,
        _ => return step(place, key, last),
    };
    *place = moved.min(last);
    true
}

fn in_palette(model: &mut Model, key: KeyEvent) -> Effect {
    let Some(Overlay::Palette { input, selected }) = &model.overlay else {
        return Effect::None;
    };
    let (mut input, mut selected) = (input.clone(), *selected);
    let found = choices(model, input.text());
    if key.code == KeyCode::Enter {
        model.overlay = None;
        return match found.get(selected) {
            Some(choice) => update(model, choice.action),
            None => Effect::None,
        };
    }
    if !step(&mut selected, key, found.len().saturating_sub(1))
        && input.press(key) == Typed::Changed
    {
        selected = 0;
    }
    model.overlay = Some(Overlay::Palette { input, selected });
    Effect::None
}

fn in_filter_list(model: &mut Model, key: KeyEvent) {
    let filter = &model.row_match.filter;
    let count = filter.rules.len() + filter.fields.len();
    let last = count.saturating_sub(1);
    let Some(Overlay::Filters { selected }) = &mut model.overlay else {
        return;
    };
    if step_by_letter(selected, key, last) {
        return;
    }
    let place = *selected;
    match key.code {
        KeyCode::Char(' ') if place < count => filters::change(
            model,
            place,
            |rule| rule.is_on = !rule.is_on,
            |rule| rule.is_on = !rule.is_on,
        ),
        KeyCode::Char('n') if place < count => filters::change(
            model,
            place,
            |rule| rule.keeps = !rule.keeps,
            |rule| rule.keeps = !rule.keeps,
        ),
        KeyCode::Char('e') if place < count => {
            model.overlay = None;
            prompt::edit(model, place);
        }
        KeyCode::Char('d') | KeyCode::Delete if place < count => {
            *selected = place.min(last.saturating_sub(1));
            filters::remove(model, place);
        }
        KeyCode::Char('u') => filters::undo(model),
        KeyCode::Enter | KeyCode::Char('q') => model.overlay = None,
        _ => {}
    }
}

/// Handles a key in the detail view. Most keys work as without it.
fn in_detail(model: &mut Model, key: KeyEvent) -> Effect {
    let fields = fields_at_cursor(model);
    let Some(Overlay::Detail { place, field }) = &mut model.overlay else {
        return Effect::None;
    };
    let count = fields.len().max(1);
    match key.code {
        KeyCode::PageUp => *place = place.up(LIST_PAGE),
        KeyCode::PageDown => *place = place.down(LIST_PAGE),
        KeyCode::Tab => *field = (*field + 1) % count,
        KeyCode::BackTab => *field = (*field + count - 1) % count,
        KeyCode::Char(letter @ ('f' | '!')) if !fields.is_empty() => {
            let (name, value) = &fields[(*field).min(count - 1)];
            filters::add_condition(model, name, value, letter == 'f');
        }
        KeyCode::Char('c') if !fields.is_empty() => {
            let (name, _) = &fields[(*field).min(count - 1)];
            top_values::begin(model, name);
        }
        KeyCode::Char('L') => selection::ask_whole(model),
        KeyCode::Enter | KeyCode::Char('q') => close_detail(model),
        _ => {
            let start = DetailPlace::FromStart(0);
            match model.keymap.action(key) {
                None => {}
                Some(Action::LineStart) => *place = start,
                Some(Action::LineEnd) => *place = DetailPlace::FromEnd(0),
                Some(action) => {
                    let effect = update(model, detail_action(action));
                    if let Some(Overlay::Detail { place, .. }) = &mut model.overlay {
                        *place = start;
                    }
                    return effect;
                }
            }
        }
    }
    Effect::None
}

/// Closes the detail view. A line that was read in full can be large.
fn close_detail(model: &mut Model) {
    model.queries.forget(RequestKind::WholeLine);
    (model.overlay, model.whole_line) = (None, None);
}

/// Returns the fields of the record at the cursor.
fn fields_at_cursor(model: &Model) -> Vec<(String, String)> {
    let row = model.cursor().filter(|row| row.line().is_some());
    let line = row.and_then(|row| model.in_full(row));
    line.map_or_else(Vec::new, |line| line.detail().fields)
}

/// Left and right go to the records before and after.
fn detail_action(action: Action) -> Action {
    match action {
        Action::Left => Action::Up,
        Action::Right => Action::Down,
        other => other,
    }
}

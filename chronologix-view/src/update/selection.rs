//! Bookmarks, the selection, copying, and the detail view.

use crate::{
    action::Effect,
    model::{Model, overlay::Overlay},
    query::Direction,
};

use super::{fetch, navigate};

/// The most bytes that are copied. Terminals accept no more.
const MOST_COPIED: usize = 64 << 10;

pub(super) fn bookmark(model: &mut Model) {
    let line = model.cursor().filter(|row| row.line().is_some());
    if let Some(key) = line.map(|row| row.key) {
        model.bookmarks.toggle(key);
    }
}

pub(super) fn to_bookmark(model: &mut Model, direction: Direction) {
    let mark = model
        .cursor()
        .and_then(|row| model.bookmarks.next(row.key, direction));
    match mark {
        Some(key) => fetch::to_key(model, key),
        None => model.notice = Some("no bookmarks".into()),
    }
}

pub(super) fn detail(model: &mut Model) {
    if model.cursor().is_some() {
        navigate::up(model, 0);
        model.overlay = Some(Overlay::Detail { top: 0 });
    }
}

pub(super) fn select(model: &mut Model) {
    if model.anchor.take().is_none() {
        navigate::up(model, 0);
        model.anchor = model.cursor().map(|row| row.key);
    }
}

/// Copies the selected lines, or the line at the cursor.
pub(super) fn copy(model: &mut Model) -> Effect {
    let lines: Vec<String> = if model.anchor.is_some() {
        taken(model)
    } else {
        let line = model.cursor().and_then(|row| row.line());
        line.map(|line| line.text.to_string()).into_iter().collect()
    };
    if lines.is_empty() {
        model.notice = Some("no line to copy".into());
        return Effect::None;
    }
    let text = lines.join("\n");
    if text.len() > MOST_COPIED {
        let key = model
            .keymap
            .label(crate::action::Action::Write)
            .unwrap_or_default();
        model.notice = Some(format!(
            "too large for the clipboard; {key} exports it to a file"
        ));
        return Effect::None;
    }
    model.notice = Some(match lines.len() {
        1 => "copied 1 line".into(),
        count => format!("copied {count} lines"),
    });
    model.anchor = None;
    Effect::Copy(text)
}

/// Returns the selected lines, or else all visible ones.
pub(super) fn taken(model: &Model) -> Vec<String> {
    let pane = model.pane();
    let selection = model.selection();
    let rows = pane.rows().filter(|number| pane.is_seen(*number));
    let rows = rows.filter_map(|number| pane.buffer.row(number));
    let lines = rows.filter(|row| {
        selection
            .as_ref()
            .is_none_or(|range| range.contains(&row.key))
    });
    lines
        .filter_map(|row| row.line())
        .map(|line| line.text.to_string())
        .collect()
}

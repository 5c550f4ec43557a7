//! Switches tabs, and splits the screen.

use crate::{
    line::Key,
    model::{
        Model, Side,
        layout::ScreenLayout,
        scroll::{Held, Scroll},
    },
};

use super::{filters, navigate};

/// Activates a tab.
pub(super) fn show(model: &mut Model, tab: usize) {
    if tab >= model.panes.len() || tab == model.tab {
        return;
    }
    if model.other == Some(tab) {
        return other(model);
    }
    model.anchor = None;
    model.seek = None;
    if model.other.is_some() {
        // Both halves stay at the same time.
        lock(model, tab);
    }
    model.tab = tab;
    filters::search_all(model);
    navigate::settle(model);
}

/// Activates the tab this many positions later.
pub(super) fn step(model: &mut Model, by: usize) {
    let tabs = model.panes.len();
    let mut tab = (model.tab + by) % tabs;
    if Some(tab) == model.other {
        tab = (tab + by) % tabs;
    }
    show(model, tab);
}

/// Splits the screen, or ends the split.
pub(super) fn split(model: &mut Model) {
    model.aligned = None;
    if model.other.take().is_some() {
        model.side = Side::Left;
        return;
    }
    let at_cursor = model.cursor().and_then(|row| model.origin_of(row));
    let other = match (model.tab, at_cursor) {
        (0, Some(stream)) => stream.index() + 1,
        (0, None) => 1,
        _ => 0,
    };
    if other >= model.panes.len() {
        model.notice = Some("only one stream".into());
        return;
    }
    model.other = Some(other);
    if ScreenLayout::of(model).panes.len() < 2 {
        model.other = None;
        model.notice = Some("terminal too narrow for a split view".into());
    }
    navigate::settle(model);
}

/// Goes to the other half.
pub(super) fn other(model: &mut Model) {
    let Some(other) = model.other else {
        return;
    };
    lock(model, other);
    model.anchor = None;
    model.seek = None;
    (model.tab, model.other) = (other, Some(model.tab));
    model.side = match model.side {
        Side::Left => Side::Right,
        Side::Right => Side::Left,
    };
    navigate::settle(model);
}

/// Moves a tab to the time of the active one.
fn lock(model: &mut Model, tab: usize) {
    let scroll = match (model.pane().scroll, model.cursor()) {
        (Scroll::Held(_), Some(row)) => held_at(model, tab, row.key),
        _ => Scroll::Following,
    };
    model.panes[tab].scroll = scroll;
}

fn held_at(model: &Model, tab: usize, key: Key) -> Scroll {
    let pane = &model.panes[tab];
    let rows = pane.rows();
    let cursor = pane.last_by(key).or_else(|| pane.seen_from(rows.start));
    cursor.map_or(Scroll::Following, |cursor| {
        Scroll::Held(Held {
            top: cursor.saturating_sub(1).max(rows.start),
            cursor,
            shown: rows.end,
            new: 0,
            new_errors: 0,
        })
    })
}

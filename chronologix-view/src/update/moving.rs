//! Moving in a tab.

use crate::{
    lens::Verdict,
    line::Key,
    model::{
        Model,
        buffer::Row,
        page::Page,
        scroll::{Held, Scroll},
    },
};

/// Columns that one step to the side moves.
const SIDE_STEP: usize = 16;

/// The furthest to the side; more than any line that is shown has.
const FURTHEST: usize = 1 << 17;

/// The lines of a page, without the one of the page before that stays in sight.
pub(super) fn page(model: &Model) -> u64 {
    model.with_page(|page| page.lines.saturating_sub(1).max(1))
}

pub(super) fn up(model: &mut Model, rows: u64) {
    go(model, |page, held| {
        let cursor = (0..rows).fold(held.cursor, |row, _| {
            page.pane.seen_before(row).unwrap_or(row)
        });
        page.settle(Held { cursor, ..held })
    });
}

pub(super) fn down(model: &mut Model, rows: u64) {
    go_down(model, |page, held| {
        let next = |row| page.pane.seen_from(row + 1).unwrap_or(row);
        let cursor = (0..rows).fold(held.cursor, |row, _| next(row));
        page.settle(Held { cursor, ..held })
    });
}

pub(super) fn page_up(model: &mut Model, lines: u64) {
    go(model, |page, held| {
        let (top, cursor) = (page.back(held.top, lines), page.back(held.cursor, lines));
        page.settle(Held {
            top,
            cursor,
            ..held
        })
    });
}

pub(super) fn page_down(model: &mut Model, lines: u64) {
    go_down(model, |page, held| {
        let (top, cursor) = (page.ahead(held.top, lines), page.ahead(held.cursor, lines));
        page.settle(Held {
            top,
            cursor,
            ..held
        })
    });
}

pub(super) fn home(model: &mut Model) {
    go(model, |page, held| {
        let first = page.pane.seen_from(0).unwrap_or(held.cursor);
        page.go_to(held, first)
    });
}

/// Follows the newest rows.
pub(super) fn follow(model: &mut Model) {
    model.pane_mut().scroll = Scroll::Following;
}

pub(super) fn pause(model: &mut Model) {
    if model.pane().scroll == Scroll::Following {
        go(model, |_, held| held);
    } else {
        follow(model);
    }
}

pub(super) fn left(model: &mut Model) {
    let pane = model.pane_mut();
    pane.left = pane.left.saturating_sub(SIDE_STEP);
}

pub(super) fn right(model: &mut Model) {
    let pane = model.pane_mut();
    pane.left = (pane.left + SIDE_STEP).min(FURTHEST);
}

pub(super) fn wrap(model: &mut Model) {
    model.is_wrapped = !model.is_wrapped;
    settle(model);
}

pub(super) fn minimal(model: &mut Model) {
    model.bars.is_minimal = !model.bars.is_minimal;
    settle(model);
}

/// Goes to the first row of the next folder.
pub(super) fn next_folder(model: &mut Model) {
    let target = model.cursor().and_then(|cursor| {
        let folder = cursor.key.folder;
        let pane = model.pane();
        (pane.buffer.end_of_folder(folder)..pane.rows().end).find(|row| pane.is_seen(*row))
    });
    match target {
        Some(row) => to_row(model, row),
        None => model.notice = Some("there is no later folder with lines to be seen".into()),
    }
}

/// Goes to the first row of the folder, or of the one before it.
pub(super) fn previous_folder(model: &mut Model) {
    let target = model.cursor().and_then(|cursor| {
        let pane = model.pane();
        let first_of = |folder| pane.seen_from(pane.buffer.start_of_folder(folder));
        let own = first_of(cursor.key.folder)?;
        if pane.buffer.row(own)?.key < cursor.key {
            return Some(own);
        }
        let before = pane.buffer.row(pane.seen_before(own)?)?;
        first_of(before.key.folder)
    });
    match target {
        Some(row) => to_row(model, row),
        None => model.notice = Some("there is no earlier folder with lines to be seen".into()),
    }
}

/// Goes to the row with this key, or else to the first after it.
pub(super) fn to_key(model: &mut Model, key: Key) {
    to_row(model, model.pane().buffer.position(key));
}

/// Goes to a row.
pub(super) fn to_row(model: &mut Model, row: u64) {
    lift(model);
    go(model, |page, held| {
        let row = page.pane.nearest_seen(row).unwrap_or(row);
        page.go_to(held, row)
    });
    lower(model, None);
}

/// Goes to a row that is on the screen, which does not move.
pub(super) fn to_row_in_sight(model: &mut Model, row: u64) {
    go(model, |page, held| {
        page.settle(Held {
            cursor: row,
            ..held
        })
    });
}

/// Puts the cursor back on a row that is seen, as after a filter was changed.
pub(super) fn settle(model: &mut Model) {
    if let Scroll::Held(held) = model.pane().scroll {
        let settled = model.with_page(|page| page.settle(held));
        model.pane_mut().scroll = Scroll::Held(settled);
    }
}

/// Lets the rows stand still, at another place.
fn go(model: &mut Model, place: impl FnOnce(&Page<'_>, Held) -> Held) {
    let held = model.with_page(|page| page.hold().map(|held| place(&page, held)));
    if let Some(held) = held {
        model.pane_mut().scroll = Scroll::Held(held);
    }
}

/// The same towards newer rows; following resumes at the end.
fn go_down(model: &mut Model, place: impl FnOnce(&Page<'_>, Held) -> Held) {
    let Some(before) = model.pane().scroll.held() else {
        return;
    };
    lift(model);
    go(model, place);
    let pane = model.pane();
    let is_last = |held: Held| pane.seen_from(held.cursor + 1).is_none();
    if pane.scroll.held().is_some_and(is_last) {
        follow(model);
    } else {
        lower(model, Some(before.shown));
    }
}

/// Lets all rows be gone to, also new ones.
fn lift(model: &mut Model) {
    let pane = model.pane_mut();
    let end = pane.rows().end;
    if let Scroll::Held(held) = &mut pane.scroll {
        held.shown = end;
    }
}

/// Rows after those on the screen, and after those that were shown before, are new again.
fn lower(model: &mut Model, shown: Option<u64>) {
    let last = model.with_page(|page| page.placed().last().map(|placed| placed.number));
    let pane = model.pane_mut();
    let Scroll::Held(mut held) = pane.scroll else {
        return;
    };
    if let (Some(shown), Some(last)) = (shown, last) {
        held.shown = shown.max(last + 1);
    }
    let new = held.shown..pane.rows().end;
    let seen = || {
        new.clone()
            .filter(|number| pane.verdict(*number) == Verdict::Kept)
    };
    let is_error = |number: &u64| pane.buffer.row(*number).is_some_and(Row::is_error);
    held.new = seen().count() as u64;
    held.new_errors = seen().filter(is_error).count() as u64;
    pane.scroll = Scroll::Held(held);
}

//! Moves the cursor and scrolls.

use super::fetch;
use crate::{
    line::Key,
    model::{
        Model,
        buffer::Row,
        layout::{ScreenLayout, text_width, width},
        scroll::{Held, Scroll},
        search_results::{SearchResults, TimeSlice},
        viewport::Viewport,
        window::Edge,
    },
    query::{Direction, Place, Verdict},
    sanitize,
};

/// The columns of one horizontal step.
pub(super) const SIDE_STEP: usize = 16;

/// The furthest horizontal position. No line that is shown is longer.
const FURTHEST: usize = 1 << 17;

/// Returns the rows of a page, less one that stays visible.
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
    let is_ended = model.pane().edge(Direction::Older) == Edge::Ended;
    if model.queries.is_open && !is_ended {
        return fetch::to_place(model, Place::Beginning, Direction::Newer);
    }
    go(model, |page, held| {
        let first = page.pane.seen_from(0).unwrap_or(held.cursor);
        page.go_to(held, first)
    });
}

/// Follows the newest rows.
pub(super) fn follow(model: &mut Model) {
    let tab = model.tab;
    model.panes[tab].return_to_live(&model.row_match);
    model.panes[tab].scroll = Scroll::Following;
    model.panes[tab].is_stale = false;
    fetch::cancel(model);
}

pub(super) fn pause(model: &mut Model) {
    if model.pane().scroll == Scroll::Following {
        go(model, |_, held| held);
    } else {
        follow(model);
    }
}

/// Returns the columns of a line that are on the screen.
pub(super) fn columns(model: &Model) -> usize {
    let area = ScreenLayout::of(model).lines();
    text_width(model, model.tab, area.width).max(1)
}

pub(super) fn left(model: &mut Model, columns: usize) {
    let pane = model.pane_mut();
    pane.left = pane.left.saturating_sub(columns);
}

pub(super) fn right(model: &mut Model, columns: usize) {
    let pane = model.pane_mut();
    pane.left = (pane.left + columns).min(FURTHEST);
}

pub(super) fn line_start(model: &mut Model) {
    model.pane_mut().left = 0;
}

/// Scrolls to the end of the line at the cursor.
pub(super) fn line_end(model: &mut Model) {
    let room = columns(model);
    let width = model.cursor().map_or(0, width);
    model.pane_mut().left = width.saturating_sub(room).min(FURTHEST);
}

/// Scrolls sideways if the match of the search at the cursor is not on the screen.
pub(super) fn show_match(model: &mut Model) {
    let room = columns(model);
    let span = model.row_match.search.as_ref().and_then(|pattern| {
        let message = model.cursor()?.line()?.parts().message;
        let span = pattern.spans(&message).next()?;
        let start = sanitize::width(&message[..span.start]);
        Some((start, start + sanitize::width(&message[span])))
    });
    let left = model.pane().left;
    if let Some((start, end)) = span
        && (start < left || end > left + room)
    {
        // Some of what stands before it is shown as well.
        let is_at_start = end <= room;
        let left = if is_at_start {
            0
        } else {
            start.saturating_sub(room / 3)
        };
        model.pane_mut().left = left.min(FURTHEST);
    }
}

pub(super) fn wrap(model: &mut Model) {
    model.is_wrapped = !model.is_wrapped;
    settle(model);
}

/// Shows lines in the colours that stand in the files, or without.
pub(super) fn log_colours(model: &mut Model) {
    model.has_log_colours = !model.has_log_colours;
    let word = if model.has_log_colours { "on" } else { "off" };
    model.notice = Some(format!("colors of the log: {word}"));
}

/// Shows records that say the same as the one before, or counts them.
pub(super) fn repeats(model: &mut Model) {
    model.show_repeats(!model.shows_repeats);
    let word = if model.shows_repeats {
        "shown"
    } else {
        "counted"
    };
    model.notice = Some(format!("repeated records: {word}"));
    settle(model);
}

/// Shows times in the next time zone.
pub(super) fn next_zone(model: &mut Model) {
    let name = model.next_zone();
    model.notice = Some(format!("time zone: {name}"));
}

/// Writes the times of lines in another way.
pub(super) fn next_stamp(model: &mut Model) {
    model.stamp = model.stamp.next();
    model.notice = Some(format!("time format: {}", model.stamp.word()));
    settle(model);
}

pub(super) fn minimal(model: &mut Model) {
    model.panels.is_minimal = !model.panels.is_minimal;
    settle(model);
}

pub(super) fn histogram(model: &mut Model) {
    model.panels.has_histogram = !model.panels.has_histogram;
    settle(model);
}

/// Zooms the histogram to a quarter around the cursor, up to three times.
pub(super) fn zoom(model: &mut Model) {
    model.panels.has_histogram = true;
    model.zoom = match model.zoom {
        64.. => 1,
        zoom => zoom.max(1) * 4,
    };
    model.notice = Some(format!("histogram: {}×", model.zoom));
    settle(model);
}

/// Goes to the first row of the next folder.
pub(super) fn next_folder(model: &mut Model) {
    let Some(folder) = model.cursor().map(|row| row.key.folder) else {
        return;
    };
    let pane = model.pane();
    let loaded =
        (pane.buffer.end_of_folder(folder)..pane.rows().end).find(|row| pane.is_seen(*row));
    match loaded {
        Some(row) => to_row(model, row),
        None if pane.edge(Direction::Newer) != Edge::Ended => {
            let place = Place::Row(Key::last_of(folder));
            fetch::to_place(model, place, Direction::Newer);
        }
        None => model.notice = Some("no later folder".into()),
    }
}

/// Goes to the first row of the folder, or of the folder before.
pub(super) fn previous_folder(model: &mut Model) {
    let Some(cursor) = model.cursor().map(|row| row.key) else {
        return;
    };
    let pane = model.pane();
    let start = pane.buffer.start_of_folder(cursor.folder);
    let is_whole = start > pane.rows().start || pane.edge(Direction::Older) == Edge::Ended;
    if !is_whole && model.queries.is_open {
        // The folder begins before the loaded rows.
        return to_folder_before(model, cursor);
    }
    let own = pane.seen_from(start);
    let is_after = |row: u64| pane.buffer.row(row).is_some_and(|row| row.key < cursor);
    let target = own.filter(|own| is_after(*own)).or_else(|| {
        let before = pane.buffer.row(pane.seen_before(own?)?)?.key.folder;
        let start = pane.buffer.start_of_folder(before);
        let is_whole = start > pane.rows().start || pane.edge(Direction::Older) == Edge::Ended;
        (is_whole || !model.queries.is_open).then(|| pane.seen_from(start))?
    });
    match target {
        Some(row) => to_row(model, row),
        None if model.queries.is_open && pane.edge(Direction::Older) != Edge::Ended => {
            to_folder_before(model, cursor);
        }
        None => model.notice = Some("no earlier folder".into()),
    }
}

/// Goes to the first row of the folder, or of the one before, if it is not loaded. The counts tell
/// which folders there are.
fn to_folder_before(model: &mut Model, cursor: Key) {
    let pane = model.pane();
    let start = pane.buffer.start_of_folder(cursor.folder);
    let is_first = pane
        .seen_before(pane.buffer.position(cursor))
        .is_none_or(|row| row < start)
        && start > pane.rows().start;
    let cells = model.counts.folders(&SearchResults::default());
    let has_lines = |cell: &&TimeSlice| cell.lines > 0 || !model.counts.is_complete();
    let folder = if is_first {
        cells
            .iter()
            .rfind(|cell| cell.folder < cursor.folder && has_lines(cell))
            .map(|cell| cell.folder)
    } else {
        Some(cursor.folder)
    };
    match folder {
        Some(folder) => {
            let place = Place::Row(Key::first_of(folder));
            fetch::to_place(model, place, Direction::Newer);
        }
        None => model.notice = Some("no earlier folder".into()),
    }
}

/// Goes to a row.
pub(super) fn to_row(model: &mut Model, row: u64) {
    lift(model);
    go(model, |page, held| {
        let row = page.pane.nearest_seen(row).unwrap_or(row);
        page.go_to(held, row)
    });
    lower(model, None);
    // Rows after it may have to be fetched.
    let pane = model.pane_mut();
    pane.is_arriving = pane.edge(Direction::Newer) != Edge::Ended;
    pane.destination = None;
}

/// Moves the cursor to a row on the screen, without scrolling.
pub(super) fn to_row_in_sight(model: &mut Model, row: u64) {
    go(model, |page, held| {
        page.settle(Held {
            cursor: row,
            ..held
        })
    });
}

/// Moves the cursor to a visible row, for example after a filter was changed.
pub(super) fn settle(model: &mut Model) {
    if let Scroll::Held(held) = model.pane().scroll {
        let settled = model.with_page(|page| page.settle(held));
        model.pane_mut().scroll = Scroll::Held(settled);
    }
}

/// Moves the cursor to its destination after rows around it were loaded.
pub(super) fn arrive(model: &mut Model) {
    if let Scroll::Held(held) = model.pane().scroll
        && model.pane().is_arriving
    {
        let pane = model.pane();
        let cursor = pane.destination.and_then(|key| pane.buffer.find(key));
        let held = Held {
            cursor: cursor.unwrap_or(held.cursor),
            ..held
        };
        let placed = model.with_page(|page| page.lead_to(held));
        model.pane_mut().scroll = Scroll::Held(placed);
    } else {
        settle(model);
    }
}

/// Pauses at another position.
fn go(model: &mut Model, place: impl FnOnce(&Viewport<'_>, Held) -> Held) {
    let held = model.with_page(|page| page.hold().map(|held| place(&page, held)));
    if let Some(held) = held {
        model.pane_mut().scroll = Scroll::Held(held);
    }
}

/// Pauses at a position towards newer rows, or follows at the end.
fn go_down(model: &mut Model, place: impl FnOnce(&Viewport<'_>, Held) -> Held) {
    let Some(before) = model.pane().scroll.held() else {
        return;
    };
    lift(model);
    go(model, place);
    let pane = model.pane();
    // There are more rows after the last one of a window.
    let has_more = pane.edge(Direction::Newer) != Edge::Ended;
    let is_last = |held: Held| !has_more && pane.seen_from(held.cursor + 1).is_none();
    if pane.scroll.held().is_some_and(is_last) {
        follow(model);
    } else {
        lower(model, Some(before.shown));
    }
}

/// Makes all rows reachable, including new ones.
fn lift(model: &mut Model) {
    let pane = model.pane_mut();
    let end = pane.rows().end;
    if let Scroll::Held(held) = &mut pane.scroll {
        held.shown = end;
    }
}

/// Marks rows after the screen, and after those shown before, as new again.
fn lower(model: &mut Model, shown: Option<u64>) {
    let last = model.with_page(|page| {
        let last = page.placed().last().map(|placed| placed.number);
        last.map(|last| page.pane.last_repeat(last))
    });
    let pane = model.pane_mut();
    let Scroll::Held(mut held) = pane.scroll else {
        return;
    };
    if pane.is_detached() {
        // New rows go to the live buffer.
        return;
    }
    if let (Some(shown), Some(last)) = (shown, last) {
        held.shown = shown.max(last + 1);
    }
    let new = held.shown..pane.rows().end;
    let seen = || {
        new.clone()
            .filter(|number| pane.verdict(*number) == Verdict::Kept)
            .filter(|number| pane.begins_record(*number))
    };
    let is_error = |number: &u64| pane.buffer.row(*number).is_some_and(Row::is_error);
    held.new = seen().count() as u64;
    held.new_errors = seen().filter(is_error).count() as u64;
    pane.scroll = Scroll::Held(held);
}

//! Fetches rows from anywhere in the tree, before the user reaches the end of the loaded ones.

use chrono::{DateTime, Utc};

use super::{navigate, search, selection, top_values};
use crate::{
    action::Effect,
    line::{Key, LogLine},
    merge::Record,
    model::{
        Model,
        pending_queries::{Aim, Fetch},
        row_match::Criterion,
        scroll::{Held, Scroll},
        search_results::SearchResults,
        window::Edge,
    },
    query::{Answer, Direction, Page, Place, Reply, Request, RequestKind},
};

/// The number of rows of a page.
const ROWS: usize = 400;

/// Requests missing rows around the screen.
pub(super) fn fetch_missing(model: &mut Model) {
    if !model.queries.is_open || model.queries.is_waiting(RequestKind::Page) {
        return;
    }
    let front = model.tab;
    if model.panes[front].is_detached() && model.panes[front].is_in_live() {
        let row_match = &model.row_match;
        model.panes[front].return_to_live(row_match);
    }
    if model.panes[front].is_stale
        && let Some(key) = model.cursor().map(|row| row.key)
    {
        return fetch_around(model, front, key);
    }
    for direction in [Direction::Older, Direction::Newer] {
        if is_short(model, direction) {
            return ask(model, front, direction, Aim::Extend, None);
        }
    }
    model.pane_mut().is_arriving = false;
    align_other(model);
}

/// Drops rows requested with an old filter. A jump that is under way is requested again.
pub(super) fn refetch(model: &mut Model) {
    let fetch = cancel(model);
    if let Some(fetch) = fetch
        && fetch.aim == Aim::Replace
        && model.other != Some(fetch.tab)
    {
        let Fetch {
            tab,
            direction,
            aim,
            from,
            key,
        } = fetch;
        ask(model, tab, direction, aim, Some(from));
        set_destination(model, key);
    }
}

/// Cancels the request of a page. Returns what the page was for.
pub(super) fn cancel(model: &mut Model) -> Option<Fetch> {
    let is_waiting = model.queries.is_waiting(RequestKind::Page);
    model.queries.forget(RequestKind::Page);
    model.aligned = None;
    model.fetch.take().filter(|_| is_waiting)
}

/// Shows the rows from a place on.
pub(super) fn to_place(model: &mut Model, place: Place, direction: Direction) {
    model.seek = None;
    ask(model, model.tab, direction, Aim::Replace, Some(place));
}

/// Goes to the first row at this time or later.
pub(super) fn to_time(model: &mut Model, instant: DateTime<Utc>) {
    let pane = model.pane();
    let first = pane.rows().find_map(|number| pane.buffer.row(number));
    let is_loaded = first.is_some_and(|row| row.key.instant <= instant) && !pane.is_detached();
    if model.queries.is_open && !is_loaded {
        return to_place(model, Place::Time(instant), Direction::Newer);
    }
    let is_by_then = |number: &u64| {
        let row = pane.buffer.row(*number);
        pane.is_kept(*number) && row.is_some_and(|row| row.key.instant >= instant)
    };
    if let Some(row) = pane.rows().find(is_by_then) {
        navigate::to_row(model, row);
    } else {
        model.notice = Some("nothing at or after that time; showing the newest".into());
        navigate::follow(model);
    }
}

/// Goes to a line anywhere in the tree.
pub(super) fn to_key(model: &mut Model, key: Key) {
    let front = model.tab;
    if model.pane().is_detached() && model.pane().is_live(key) {
        // A pending page is for another place.
        cancel(model);
        model.panes[front].return_to_live(&model.row_match);
    }
    let found = model.pane().buffer.find(key);
    // What was found in a line that is cut is only known to the reader of the file.
    let is_told = |line: &LogLine| !line.is_cut || line.beyond.is_some();
    let row = found.and_then(|number| model.pane().buffer.row(number)?.line());
    let is_whole = model.row_match.search.is_none() || row.is_none_or(|line| is_told(line));
    match found {
        Some(row) if is_whole || !model.queries.is_open => navigate::to_row(model, row),
        _ if model.queries.is_open => fetch_around(model, front, key),
        _ => navigate::to_row(model, model.pane().buffer.position(key)),
    }
}

/// Applies a reply. Returns what the caller must do.
pub(crate) fn answer(model: &mut Model, reply: Reply) -> Effect {
    model.learn(reply.streams);
    let Some(kind) = model.queries.kind_of(reply.id) else {
        return Effect::None;
    };
    let mut effect = Effect::None;
    let is_complete = match reply.answer {
        Answer::Page(page) => take_page(model, &page),
        Answer::Found(found) => {
            if found.is_complete {
                model.queries.close(kind);
                search::found(model, found.key);
            }
            found.is_complete
        }
        Answer::Hits(hits) => {
            let weights = match Model::stream_of(model.tab) {
                Some(_) => Vec::new(),
                None => model.counts.weights().to_vec(),
            };
            model
                .search_results
                .get_or_insert_with(SearchResults::default)
                .add(&hits, &weights);
            hits.is_complete
        }
        Answer::Trouble(trouble) => {
            model.notice = Some(trouble);
            false
        }
        Answer::Histogram(histogram) => {
            let is_complete = histogram.is_complete;
            model.counts.set(histogram);
            is_complete
        }
        Answer::Top(answer) => top_values::answered(model, answer),
        Answer::Taken(taken) => {
            let is_complete = taken.is_complete;
            match kind {
                RequestKind::Count => selection::counted(model, &taken),
                RequestKind::WholeLine => selection::read_whole(model, taken),
                _ => effect = selection::exported(model, taken),
            }
            is_complete
        }
    };
    if is_complete && model.queries.kind_of(reply.id).is_some() {
        model.queries.close(kind);
    }
    fetch_missing(model);
    effect
}

fn ask(model: &mut Model, tab: usize, direction: Direction, aim: Aim, from: Option<Place>) {
    let view = model.row_match.view(Model::stream_of(tab), &model.streams);
    let from = from.unwrap_or_else(|| model.panes[tab].place(direction));
    let context = usize::try_from(model.row_match.context).unwrap_or(usize::MAX);
    model.queries.ask(Request::Page {
        view,
        from,
        direction,
        rows: ROWS,
        context,
    });
    model.fetch = Some(Fetch {
        tab,
        direction,
        aim,
        from,
        key: None,
    });
    if aim == Aim::Replace && model.other != Some(tab) {
        // A pending page of the other half is lost, so it must be requested again.
        model.aligned = None;
    }
}

/// Sets the line of the cursor for the page that was just requested.
fn set_destination(model: &mut Model, key: Option<Key>) {
    if let Some(fetch) = &mut model.fetch {
        fetch.key = key;
    }
}

/// Shows the rows up to a line, with the cursor on it.
fn fetch_around(model: &mut Model, tab: usize, key: Key) {
    // A row at the place itself would be excluded.
    let after = Key {
        sequence: key.sequence.saturating_add(1),
        ..key
    };
    ask(
        model,
        tab,
        Direction::Older,
        Aim::Replace,
        Some(Place::Row(after)),
    );
    set_destination(model, Some(key));
}

/// Returns whether less than a screen of rows is loaded beyond the screen, and there may be more.
fn is_short(model: &Model, direction: Direction) -> bool {
    let pane = model.pane();
    if pane.edge(direction) == Edge::Ended || !pane.is_scanned(Criterion::Filter) {
        return false;
    }
    if pane.scroll == Scroll::Following && pane.buffer.is_full(ROWS) {
        // Older rows would be dropped for the next new lines.
        return false;
    }
    // If the buffer is full, one side is dropped for the other. Rows that are not on the screen
    // must not cause that again and again.
    let is_full = pane.is_detached() && pane.buffer.is_full(ROWS);
    model.with_page(|page| {
        let placed = page.placed();
        let (first, last) = match (placed.first(), placed.last()) {
            (Some(first), Some(last)) => (first.number, last.number),
            _ => (u64::MAX, 0),
        };
        // Of repeats, the last one counts: what is loaded beyond it is more to show.
        let last = pane.last_repeat(last);
        let beyond = |direction, number| match direction {
            Direction::Older => pane.kept_before(number),
            Direction::Newer => pane.kept_from(number + 1),
        };
        // One side of a full buffer is dropped for more on the other. If all of it is on the
        // screen, both would be fetched again and again.
        let is_all = first <= last
            && beyond(Direction::Older, first).is_none()
            && beyond(Direction::Newer, last).is_none();
        let mut row = if direction == Direction::Older {
            first
        } else {
            last
        };
        for count in 0..page.lines {
            match beyond(direction, row) {
                Some(next) => row = next,
                None => return !is_full || (count == 0 && !is_all),
            }
        }
        false
    })
}

/// Fetches the rows of the other half for the time of the cursor.
fn align_other(model: &mut Model) {
    let Some(other) = model.other else {
        return;
    };
    let cursor = model.pane().scroll.held().and_then(|_| model.cursor());
    let Some(key) = cursor.map(|row| row.key) else {
        // Both halves follow.
        let pane = &mut model.panes[other];
        pane.return_to_live(&model.row_match);
        pane.scroll = Scroll::Following;
        return;
    };
    let pane = &mut model.panes[other];
    if pane.is_detached() && pane.live_reaches(key) {
        pane.return_to_live(&model.row_match);
    }
    let rows = pane.rows();
    let is_before = pane.buffer.row(rows.start).is_none_or(|row| row.key > key);
    let is_after = pane.is_detached()
        && pane
            .buffer
            .row(rows.end.saturating_sub(1))
            .is_none_or(|row| row.key < key);
    let may_be_more = pane.edge(Direction::Older) != Edge::Ended;
    let is_wanted = pane.is_stale
        || (is_before && may_be_more)
        || (is_after && pane.edge(Direction::Newer) != Edge::Ended);
    // Only once for each line, because there may be no rows of that time.
    if is_wanted && model.aligned != Some((other, key)) {
        fetch_around(model, other, key);
        model.aligned = Some((other, key));
    }
}

/// Adds the rows of a page. Returns whether the page is complete.
fn take_page(model: &mut Model, page: &Page) -> bool {
    let Some(mut fetch) = model.fetch else {
        return page.is_complete;
    };
    let Fetch { tab, direction, .. } = fetch;
    let Some(shown) = model.panes.get_mut(tab) else {
        return page.is_complete;
    };
    // Context rows are no targets of a jump.
    let is_first = fetch.aim == Aim::Replace && {
        let filter = model.row_match.view(None, &model.streams).filter;
        let is_taken = |record: &Record| filter.takes(&record.line);
        page.records.iter().any(is_taken)
    };
    if is_first {
        shown.open_window();
        shown.destination = fetch.key;
        fetch.aim = Aim::Extend;
    }
    if fetch.aim == Aim::Extend {
        let is_all = model.row_match.shows_all();
        shown.extend(&page.records, direction, is_all, &model.row_match);
        let edge = match (page.is_complete, page.is_at_end) {
            (true, true) => Edge::Ended,
            (true, false) if page.records.is_empty() => Edge::Reached(page.reached),
            _ => Edge::Open,
        };
        shown.set_edge(direction, edge);
    }
    if is_first {
        let rows = shown.rows();
        let number = match direction {
            Direction::Newer => rows.start,
            Direction::Older => rows.end.saturating_sub(1),
        };
        if let Scroll::Held(held) = shown.scroll {
            shown.scroll = Scroll::Held(Held {
                top: number,
                cursor: number,
                ..held
            });
        }
    }
    model.fetch = Some(fetch);
    if page.is_complete {
        model.fetch = None;
        if fetch.aim == Aim::Replace {
            show_other_side(model, fetch);
        }
    }
    if tab == model.tab {
        navigate::arrive(model);
    }
    page.is_complete
}

/// If there are no rows in one direction, shows the nearest in the other.
fn show_other_side(model: &mut Model, fetch: Fetch) {
    if let (Some(key), Direction::Older) = (fetch.key, fetch.direction)
        && model.row_match.context > 0
    {
        // It may be a context row before the first row that is kept.
        let before = Key {
            sequence: key.sequence.saturating_sub(1),
            ..key
        };
        let from = Some(Place::Row(before));
        ask(model, fetch.tab, Direction::Newer, Aim::Replace, from);
        return set_destination(model, Some(key));
    }
    model.panes[fetch.tab].is_stale = false;
    if fetch.tab != model.tab {
        return;
    }
    model.notice = Some(match fetch.direction {
        Direction::Newer if fetch.key.is_none() => {
            "nothing at or after that time; showing the newest".into()
        }
        _ => "nothing at or before that time; showing the oldest".into(),
    });
    if fetch.direction == Direction::Newer && fetch.key.is_none() {
        navigate::follow(model);
    }
}

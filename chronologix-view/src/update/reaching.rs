//! Fetching rows from anywhere in the tree, when the reader comes near the end of those there are.

use jiff::Timestamp;

use super::{moving, seeking};
use crate::{
    history::{Answer, Direction, Kind, Page, Place, Record, Reply, Request},
    line::Key,
    model::{
        Model,
        finds::Finds,
        past::Edge,
        scroll::{Held, Scroll},
        sight::Look,
    },
};

/// Rows that are fetched at a time.
const ROWS: usize = 400;

/// What the page that is waited for is to be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reaching {
    /// The tab it is for.
    tab: usize,
    direction: Direction,
    aim: Aim,
    /// Where the rows begin.
    from: Place,
    /// The line the reader is to come to, if it is known.
    key: Option<Key>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Aim {
    /// The rows are put to those there are.
    Extend,
    /// The rows are shown instead, with the cursor on the first in their direction, once there
    /// are any. The next part extends them.
    Replace,
}

/// Asks for what is missing around the rows on screen, if anything is.
pub(super) fn reach(model: &mut Model) {
    if !model.outbox.is_open || model.outbox.is_waiting(Kind::Page) {
        return;
    }
    let front = model.tab;
    if model.panes[front].is_away() && model.panes[front].is_back() {
        let sight = &model.sight;
        model.panes[front].come_back(sight);
    }
    if model.panes[front].is_stale
        && let Some(key) = model.cursor().map(|row| row.key)
    {
        return around_key(model, front, key);
    }
    for direction in [Direction::Older, Direction::Newer] {
        if is_short(model, direction) {
            return ask(model, front, direction, Aim::Extend, None);
        }
    }
    model.pane_mut().is_arriving = false;
    beside(model);
}

/// Does not take in rows that were asked for through another lens. A jump that is under way is made through the new one.
pub(super) fn renew(model: &mut Model) {
    let reaching = give_up(model);
    if let Some(reaching) = reaching
        && reaching.aim == Aim::Replace
        && model.other != Some(reaching.tab)
    {
        let Reaching {
            tab,
            direction,
            aim,
            from,
            key,
        } = reaching;
        ask(model, tab, direction, aim, Some(from));
        come_to(model, key);
    }
}

/// Waits for no rows any more; gives what those under way were for.
pub(super) fn give_up(model: &mut Model) -> Option<Reaching> {
    let is_waiting = model.outbox.is_waiting(Kind::Page);
    model.outbox.forget(Kind::Page);
    model.aligned = None;
    model.reaching.take().filter(|_| is_waiting)
}

/// Shows the rows around a time, or from a place on.
pub(super) fn to_place(model: &mut Model, place: Place, direction: Direction) {
    model.seek = None;
    ask(model, model.tab, direction, Aim::Replace, Some(place));
}

/// Goes to a time: the first row then or later.
pub(super) fn to_time(model: &mut Model, instant: Timestamp) {
    let pane = model.pane();
    let first = pane.rows().find_map(|number| pane.buffer.row(number));
    let is_loaded = first.is_some_and(|row| row.key.instant <= instant) && !pane.is_away();
    if model.outbox.is_open && !is_loaded {
        return to_place(model, Place::Time(instant), Direction::Newer);
    }
    let is_by_then = |number: &u64| {
        let row = pane.buffer.row(*number);
        pane.is_seen(*number) && row.is_some_and(|row| row.key.instant >= instant)
    };
    if let Some(row) = pane.rows().find(is_by_then) {
        moving::to_row(model, row);
    } else {
        model.notice = Some("there are no lines then or later; these are the last".into());
        moving::follow(model);
    }
}

/// Goes to a line, wherever it is.
pub(super) fn to_key(model: &mut Model, key: Key) {
    let front = model.tab;
    if model.pane().is_away() && model.pane().comes(key) {
        // Rows under way are those around another place.
        give_up(model);
        model.panes[front].come_back(&model.sight);
    }
    let found = model.pane().buffer.find(key);
    match found {
        Some(row) => moving::to_row(model, row),
        None if model.outbox.is_open => around_key(model, front, key),
        None => moving::to_row(model, model.pane().buffer.position(key)),
    }
}

/// Takes in an answer.
pub(crate) fn answer(model: &mut Model, reply: Reply) {
    model.learn(reply.streams);
    let Some(kind) = model.outbox.kind_of(reply.ticket) else {
        return;
    };
    let is_complete = match reply.answer {
        Answer::Page(page) => take_page(model, &page),
        Answer::Found(found) => {
            if found.is_complete {
                model.outbox.close(kind);
                seeking::found(model, found.key);
            }
            found.is_complete
        }
        Answer::Hits(hits) => {
            model.finds.get_or_insert_with(Finds::default).add(&hits);
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
    };
    if is_complete && model.outbox.kind_of(reply.ticket).is_some() {
        model.outbox.close(kind);
    }
    reach(model);
}

fn ask(model: &mut Model, tab: usize, direction: Direction, aim: Aim, from: Option<Place>) {
    let view = model.sight.lens.view(Model::stream_of(tab), &model.streams);
    let from = from.unwrap_or_else(|| model.panes[tab].place(direction));
    let around = usize::try_from(model.sight.lens.context).unwrap_or(usize::MAX);
    model.outbox.ask(Request::Page {
        view,
        from,
        direction,
        rows: ROWS,
        around,
    });
    model.reaching = Some(Reaching {
        tab,
        direction,
        aim,
        from,
        key: None,
    });
    if aim == Aim::Replace && model.other != Some(tab) {
        // The other half may have waited for its rows, and is to ask again.
        model.aligned = None;
    }
}

/// Says which line the rows that were just asked for are to lead to.
fn come_to(model: &mut Model, key: Option<Key>) {
    if let Some(reaching) = &mut model.reaching {
        reaching.key = key;
    }
}

/// Shows the rows up to a line, with the cursor on it.
fn around_key(model: &mut Model, tab: usize, key: Key) {
    // The row at the very place would not be among them.
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
    come_to(model, Some(key));
}

/// Whether there are fewer rows beyond the screen on this side than it has lines, and may be more.
fn is_short(model: &Model, direction: Direction) -> bool {
    let pane = model.pane();
    if pane.edge(direction) == Edge::Ended || !pane.is_swept(Look::Lens) {
        return false;
    }
    if pane.scroll == Scroll::Following && pane.buffer.is_full(ROWS) {
        // Rows of the past would be given up for the next that come.
        return false;
    }
    // One side of a buffer that is full is given up for the other: rows that nobody sees must not drive that on.
    let is_full = pane.is_away() && pane.buffer.is_full(ROWS);
    model.with_page(|page| {
        let placed = page.placed();
        let (first, last) = match (placed.first(), placed.last()) {
            (Some(first), Some(last)) => (first.number, last.number),
            _ => (u64::MAX, 0),
        };
        let mut row = if direction == Direction::Older {
            first
        } else {
            last
        };
        for beyond in 0..page.lines {
            let next = match direction {
                Direction::Older => pane.seen_before(row),
                Direction::Newer => pane.seen_from(row + 1),
            };
            match next {
                Some(next) => row = next,
                None => return !is_full || beyond == 0,
            }
        }
        false
    })
}

/// Fetches the rows of the other half that are of the time of the cursor.
fn beside(model: &mut Model) {
    let Some(other) = model.other else {
        return;
    };
    let cursor = model.pane().scroll.held().and_then(|_| model.cursor());
    let Some(key) = cursor.map(|row| row.key) else {
        // Both halves follow.
        let pane = &mut model.panes[other];
        pane.come_back(&model.sight);
        pane.scroll = Scroll::Following;
        return;
    };
    let pane = &mut model.panes[other];
    if pane.is_away() && pane.comes_by(key) {
        pane.come_back(&model.sight);
    }
    let rows = pane.rows();
    let is_before = pane.buffer.row(rows.start).is_none_or(|row| row.key > key);
    let is_after = pane.is_away()
        && pane
            .buffer
            .row(rows.end.saturating_sub(1))
            .is_none_or(|row| row.key < key);
    let may_be_more = pane.edge(Direction::Older) != Edge::Ended;
    let is_wanted = pane.is_stale
        || (is_before && may_be_more)
        || (is_after && pane.edge(Direction::Newer) != Edge::Ended);
    // Once for each place: there may be no rows of that very time.
    if is_wanted && model.aligned != Some((other, key)) {
        around_key(model, other, key);
        model.aligned = Some((other, key));
    }
}

/// Takes in rows; says whether they were all.
fn take_page(model: &mut Model, page: &Page) -> bool {
    let Some(mut reaching) = model.reaching else {
        return page.is_complete;
    };
    let Reaching { tab, direction, .. } = reaching;
    let Some(shown) = model.panes.get_mut(tab) else {
        return page.is_complete;
    };
    // Rows around others are none to go to.
    let is_first = reaching.aim == Aim::Replace && {
        let filter = model.sight.lens.view(None, &model.streams).filter;
        let is_taken = |record: &Record| filter.takes(&record.line.text);
        page.records.iter().any(is_taken)
    };
    if is_first {
        shown.go_away();
        shown.destination = reaching.key;
        reaching.aim = Aim::Extend;
    }
    if reaching.aim == Aim::Extend {
        let is_all = model.sight.lens.is_clear();
        shown.extend(&page.records, direction, is_all, &model.sight);
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
    model.reaching = Some(reaching);
    if page.is_complete {
        model.reaching = None;
        if reaching.aim == Aim::Replace {
            nothing_there(model, reaching);
        }
    }
    if tab == model.tab {
        moving::arrive(model);
    }
    page.is_complete
}

/// Where there are no rows at a place, the nearest on its other side are shown.
fn nothing_there(model: &mut Model, reaching: Reaching) {
    if let (Some(key), Direction::Older) = (reaching.key, reaching.direction)
        && model.sight.lens.context > 0
    {
        // It may be one of the rows before the first that is kept.
        let before = Key {
            sequence: key.sequence.saturating_sub(1),
            ..key
        };
        let from = Some(Place::Row(before));
        ask(model, reaching.tab, Direction::Newer, Aim::Replace, from);
        return come_to(model, Some(key));
    }
    model.panes[reaching.tab].is_stale = false;
    if reaching.tab != model.tab {
        return;
    }
    model.notice = Some(match reaching.direction {
        Direction::Newer if reaching.key.is_none() => {
            "there are no lines then or later; these are the last".into()
        }
        _ => "there are no lines then or earlier".into(),
    });
    if reaching.direction == Direction::Newer && reaching.key.is_none() {
        moving::follow(model);
    }
}

//! Going to the next match or error, as soon as it is found.

use chronologix_schema::Level;

use super::{fetch, navigate};
use crate::{
    line::Key,
    model::{
        Model,
        seek::{Seek, Sought, Want},
        window::Edge,
    },
    query::{Direction, Place, Request, RequestKind, Target},
};

/// Looks for a row after, or before, the one at the cursor.
pub(super) fn begin(model: &mut Model, want: Want, direction: Direction) {
    let rows = model.pane().rows();
    let from = match (model.pane().scroll.held(), direction) {
        (Some(held), Direction::Newer) => Some(held.cursor + 1),
        (Some(held), Direction::Older) => held.cursor.checked_sub(1),
        // Everything is before the end that is followed.
        (None, Direction::Newer) => Some(rows.end),
        (None, Direction::Older) => rows.end.checked_sub(1),
    };
    let seek = Seek {
        want,
        direction,
        from: from.unwrap_or(0),
        has_wrapped: from.is_none(),
        is_preview: false,
    };
    model.notice = None;
    model.queries.forget(RequestKind::Find);
    model.seek = Some(seek);
    go_on(model);
}

/// Stops looking; says whether anything was looked for.
pub(super) fn stop(model: &mut Model) -> bool {
    model.queries.forget(RequestKind::Find);
    model.seek.take().is_some()
}

/// Looks for the next match of what was searched for last.
pub(super) fn next_match(model: &mut Model, direction: Direction) {
    if model.row_match.search.is_some() {
        begin(model, Want::Match, direction);
    } else {
        let key = model.keymap.label(crate::action::Action::Search);
        let key = key.map_or(String::new(), |key| format!("; {key} searches"));
        model.notice = Some(format!("nothing is searched for{key}"));
    }
}

/// Looks for the first match from the cursor on, while it is being typed.
pub(super) fn preview(model: &mut Model, direction: Direction) {
    let rows = model.pane().rows();
    let last = rows.end.saturating_sub(1);
    model.queries.forget(RequestKind::Find);
    model.seek = Some(Seek {
        want: Want::Match,
        direction,
        from: model.pane().scroll.held().map_or(last, |held| held.cursor),
        has_wrapped: false,
        is_preview: true,
    });
    go_on(model);
}

/// Goes to what is looked for, if it is found by now.
pub(super) fn go_on(model: &mut Model) {
    let Some(mut seek) = model.seek else {
        return;
    };
    match seek.through(model.pane()) {
        Sought::NotYet => return,
        Sought::Row(row) => {
            navigate::to_row(model, row);
            if seek.has_wrapped && !seek.is_preview {
                model.notice = Some(said_of(seek.direction).to_owned());
            }
        }
        Sought::Nothing if is_beyond(model, seek) => return ask_beyond(model, seek),
        Sought::Nothing if !seek.has_wrapped => {
            let rows = model.pane().rows();
            seek.from = match seek.direction {
                Direction::Newer => rows.start,
                Direction::Older => rows.end.saturating_sub(1),
            };
            seek.has_wrapped = true;
            model.seek = Some(seek);
            return go_on(model);
        }
        Sought::Nothing if seek.is_preview => {}
        Sought::Nothing => {
            model.notice = Some(nothing(model, seek.want));
        }
    }
    model.seek = None;
}

/// Whether there may be such a row beyond those there are.
fn is_beyond(model: &Model, seek: Seek) -> bool {
    let pane = model.pane();
    let is_all = pane.edge(Direction::Older) == Edge::Ended && !pane.is_detached();
    let is_open = pane.edge(seek.direction) != Edge::Ended;
    model.queries.is_open && (is_open || (seek.has_wrapped && !is_all))
}

/// Has the query service look for the row.
fn ask_beyond(model: &mut Model, seek: Seek) {
    if model.queries.is_waiting(RequestKind::Find) {
        return;
    }
    let target = match (seek.want, &model.row_match.search) {
        (Want::Error, _) => Target::Level(Level::Error),
        (Want::Match, Some(pattern)) => Target::Match(pattern.clone()),
        (Want::Match, None) => return,
    };
    let from = match (seek.has_wrapped, seek.direction) {
        (false, direction) => model.pane().place(direction),
        (true, Direction::Newer) => Place::Beginning,
        (true, Direction::Older) => Place::End,
    };
    let view = model
        .row_match
        .view(Model::stream_of(model.tab), &model.streams);
    let direction = seek.direction;
    model.queries.ask(Request::Find {
        view,
        target,
        from,
        direction,
    });
}

/// Goes to what the query service found, or on from the other end of the tree.
pub(super) fn found(model: &mut Model, key: Option<Key>) {
    let Some(seek) = model.seek else {
        return;
    };
    match key {
        Some(key) => {
            model.seek = None;
            if seek.has_wrapped && !seek.is_preview {
                model.notice = Some(said_of(seek.direction).to_owned());
            }
            fetch::to_key(model, key);
        }
        None if seek.has_wrapped => {
            model.seek = None;
            if !seek.is_preview {
                model.notice = Some(nothing(model, seek.want));
            }
        }
        None => {
            let has_wrapped = true;
            model.seek = Some(Seek {
                has_wrapped,
                ..seek
            });
            ask_beyond(
                model,
                Seek {
                    has_wrapped,
                    ..seek
                },
            );
        }
    }
}

/// What is said when there is no such row.
fn nothing(model: &Model, want: Want) -> String {
    match (&model.row_match.search, want) {
        (Some(pattern), Want::Match) => format!("not found: {}", pattern.text()),
        _ => "no errors among the lines to be seen".to_owned(),
    }
}

fn said_of(direction: Direction) -> &'static str {
    match direction {
        Direction::Newer => "went on from the oldest line",
        Direction::Older => "went on from the newest line",
    }
}
